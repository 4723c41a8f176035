"""Small packs written to a folder for a test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

SERVICE = """\
code: missed-bin
name: Report a missed bin
area: waste
directorate: Environment
team: refuse
summary: Tell us when your bin was not emptied.
channels:
  web: full
promises:
  - code: standard
    complete:
      amount: 2
      unit: working_days
    calendar: office
    escalate_to: refuse
questions:
  - id: bin
    type: choice
    label: Which bin?
    options:
      - value: general
        label: Rubbish
      - value: food
        label: Food
  - id: late
    type: yes_no
    label: Was it out late?
tables:
  triage:
    rows:
      - id: late
        when:
          late: yes
        then:
          accept: no
        because: It was out late.
      - id: ordinary
        then:
          accept: yes
        because: Nothing else.
closings:
  - code: emptied
    says: Emptied
examples:
  - says: Out late
    answers:
      late: yes
    expect:
      accept: no
"""

BASE = {
    "base/council.yaml": "name: Base\nabstract: true\n",
    "base/teams.yaml": "- code: refuse\n  name: Refuse\n",
    "base/areas.yaml": "- code: waste\n  name: Bins\n",
    "base/calendars.yaml": "- code: office\n  name: Office\n  days: {mon-fri: 09:00-17:00}\n",
    "base/services/missed-bin.yaml": SERVICE,
    "town/council.yaml": "name: Town Council\ninherits: base\n",
}


@pytest.fixture
def packs(tmp_path: Path) -> Callable[..., Path]:
    """Write files (`town/teams.yaml`: text) over a small valid pair of packs, and return their folder."""

    def write(**files: str | bytes | None) -> Path:
        wanted: dict[str, str | bytes | None] = {**BASE, **files.pop("files", {})}  # type: ignore[dict-item]
        for name, text in wanted.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink(missing_ok=True)
            elif isinstance(text, bytes):
                path.write_bytes(text)
            else:
                path.write_text(dedent(text), encoding="utf-8")
        return tmp_path

    return write
