"""Everything wrong with a pack is said at once, by file, line and column, in words that help."""

# ruff: noqa: E501  a case of a table stands on one line
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from moothall.core.packs import PackErrors, load_pack
from moothall.core.packs.reader import LARGEST_FILE
from tests.core.packs.conftest import SERVICE

Packs = Callable[..., Path]
SERVICES = "town/services/missed-bin.yaml"
PLACE = "base/services/missed-bin.yaml"


def said(packs: Packs, files: dict[str, str | bytes | None], name: str = "town") -> list[str]:
    """What loading says is wrong."""
    with pytest.raises(PackErrors) as caught:
        load_pack(name, packs(files=files))
    return [str(problem) for problem in caught.value.problems]


def test_the_small_pack_is_right(packs: Packs) -> None:
    assert list(load_pack("town", packs()).services) == ["missed-bin"]


def test_all_mistakes_at_once_with_their_places(packs: Packs) -> None:
    text = (
        SERVICE.replace("summary:", "sumary:")
        .replace("unit: working_days", "unit: working_dys")
        .replace("complete:\n      amount: 2", "complete:\n      amount: two")
        .replace("web: full", "web: fully")
    )
    assert said(packs, {PLACE: text}) == [
        "base/services/missed-bin.yaml:1:1: `summary` is missing",
        "base/services/missed-bin.yaml:6:1: `sumary` is not a key here; did you mean `summary`?",
        "base/services/missed-bin.yaml:8:8: `channels.web.level` has a value it cannot have; found `fully`; "
        "expected one of `full`, `begin`, `no`; did you mean `full`?",
        "base/services/missed-bin.yaml:12:15: `promises.0.complete.amount` is not right; found `two`; expected a valid "
        "integer, unable to parse string as an integer",
        "base/services/missed-bin.yaml:13:13: `promises.0.complete.unit` has a value it cannot have; found `working_dys`; "
        "expected one of `seconds`, `working_minutes`, `working_days`, `calendar_days`, `calendar_months`; "
        "did you mean `working_days`?",
    ]


def test_a_mistake_in_the_child_is_placed_in_the_child(packs: Packs) -> None:
    child = "code: missed-bin\npromises:\n  - code: standard\n    calender: office\n"
    assert said(packs, {SERVICES: child}) == [
        "town/services/missed-bin.yaml:4:5: `calender` is not a key here; did you mean `calendar`?"
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("team: refuse\nsummary", "team: refues\nsummary"), ":5:7: there is no such team; found `refues`; did you mean `refuse`?"),
        (("area: waste", "area: wast"), ":3:7: there is no such area; found `wast`; did you mean `waste`?"),
        (("calendar: office", "calendar: offices"), ":14:15: there is no such calendar; found `offices`; did you mean `office`?"),
        (("          late: yes\n        then", "          lat: yes\n        then"), ":33:16: there is no such question or fact; found `lat`; did you mean `late`?"),
        (("          late: yes\n        then", "          late: maybe\n        then"), ":33:17: `late` can never be that; found `maybe`; expected one of `no`, `none`, `yes`"),
        (("          late: yes\n        then", "          bin: foood\n        then"), ":33:16: `bin` can never be that; found `foood`; expected one of `food`, `general`, `none`; did you mean `food`?"),
        (("          accept: yes", "          promise: standrd"), ":39:20: there is no such promise of this service; found `standrd`; did you mean `standard`?"),
        (("          accept: yes", "          offer: [missed-bn]"), ":39:19: there is no such service; found `missed-bn`; did you mean `missed-bin`?"),
        (("      - id: ordinary", "      - id: also\n        then:\n          accept: yes\n        because: All.\n      - id: ordinary"), ":41:13: row `ordinary` can never win: row `also` above it fits whenever this one does"),
        (("  triage:", "  follow_on:\n    rows:\n      - id: also\n        then:\n          team: refuse\n        because: So.\n  triage:"), ":33:17: `follow_on` says what else begins; `team` is for the other tables"),
        (("web: full", "web: no"), ":8:3: no channel takes this service; expected one `full` at least"),
        (("    label: Was it out late?", "    label: Was it out late?\n    show_when:\n      question: bim\n      is_any_of: [food]"), ":29:17: there is no such question; found `bim`; did you mean `bin`?"),
        (("    label: Was it out late?", "    label: Was it out late?\n    show_when:\n      question: late\n      is_any_of: [yes]"), ":29:7: `late` waits for itself, by way of the questions in its `show_when`"),
    ],
)  # fmt: skip
def test_what_must_agree_across_sections(packs: Packs, change: tuple[str, str], expected: str) -> None:
    text = SERVICE.replace(*change)
    assert text != SERVICE
    assert said(packs, {PLACE: text}) == [PLACE + expected]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"town/teams.yaml": "- code: a\n  code: b\n"}, "town/teams.yaml:2:3: `code` is written twice; expected once (first on line 1)"),
        ({"town/teams.yaml": "- &a {code: a, name: A}\n- *a\n"}, "town/teams.yaml:1:3: anchors (&) and aliases (*) are not used in packs; expected write it out"),
        ({"town/teams.yaml": b"- code: a\n  name: caf\xe9\n"}, "town/teams.yaml:2:12: this file is not UTF-8 text; found byte 0xe9; expected save it as UTF-8"),
        ({"town/teams.yaml": b"#" * (LARGEST_FILE + 1)}, "town/teams.yaml:1:1: this file is too large; found 1,000,001 bytes; expected at most 1,000,000 bytes"),
        ({"town/teams.yaml": "- code: a\n  name: Bins: and boxes\n"}, "town/teams.yaml:2:13: not readable as YAML: mapping values are not allowed in this context; expected a colon inside a sentence needs quotes around the sentence"),
        ({"town/teams.yaml": "- code: a\n  name: !!python/name:os.system A\n"}, "town/teams.yaml:2:9: this tag is not used in packs; found `tag:yaml.org,2002:python/name:os.system`; expected a plain value"),
        ({"town/teams.yaml": "[" * 60 + "]" * 60}, "town/teams.yaml:1:41: nested too deeply; expected at most 40 levels"),
        ({"town/teams.yaml": '- code: a\n  name: "a\\0b"\n'}, "town/teams.yaml:2:9: this text holds a character that cannot be kept; found `\\0`"),
        ({"town/teams.yaml": "- name: A\n"}, "town/teams.yaml:1:3: an entry of `teams` has no `code`"),
        ({"town/teams.yaml": "- just words\n"}, "town/teams.yaml:1:3: an entry of `teams` must be a mapping; found `just words`; expected `code: …` and so on"),
        ({"town/teams.yaml": "- {code: a, name: A}\n- {code: a, name: B}\n"}, "town/teams.yaml:2:10: `a` is defined twice in `teams`; expected once (first at town/teams.yaml:1:10)"),
        ({"town/taems.yaml": "[]\n"}, "town/taems.yaml:1:1: this is not a section of a pack; found `taems.yaml`; did you mean `teams`?"),
        ({"town/services/a.yaml": "code: b\nremove: true\n"}, "town/services/a.yaml:1:7: `code` differs from the file's name; found `b`; expected `a`"),
        ({"town/services/gone.yaml": "remove: true\n"}, "town/services/gone.yaml:1:1: `gone` cannot be removed: the parent has none"),
        ({"town/services/notes.docx": "words"}, "town/services/notes.docx:1:1: this file is of no use in a pack; found `notes.docx`; expected a .yaml or .md file"),
        ({"town/knowledge/a.md": "---\ntitle: A\n"}, "town/knowledge/a.md:1:1: the front matter is not closed; expected a line with `---` after it"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_used(packs: Packs, files: dict[str, str | bytes | None], expected: str) -> None:
    assert expected in said(packs, files)


def test_a_pack_that_inherits_in_a_circle(packs: Packs) -> None:
    files = {"base/council.yaml": "name: Base\ninherits: town\n"}
    assert said(packs, files) == [
        "base/council.yaml:2:11: packs inherit in a circle: town → base → town; expected a parent that does not come back"
    ]


def test_a_parent_that_does_not_exist(packs: Packs) -> None:
    assert said(packs, {"town/council.yaml": "name: Town\ninherits: bse\n"}) == [
        "town/council.yaml:2:11: this pack inherits from one that does not exist; found `bse`; expected one of `base`; "
        "did you mean `base`?"
    ]


@pytest.mark.parametrize("name", ["nowhere", "../town", "", "Town", "a/b"])
def test_a_pack_that_is_not_there(packs: Packs, name: str) -> None:
    assert "there is no such pack" in said(packs, {}, name)[0]


def test_an_example_that_does_not_come_out_names_what_differs(packs: Packs) -> None:
    from moothall.services.examples import run_examples

    pack = load_pack(
        "town", packs(files={PLACE: SERVICE.replace("expect:\n      accept: no", "expect:\n      accept: yes")})
    )
    assert [str(problem) for problem in run_examples(pack)] == [
        "base/services/missed-bin.yaml:49:15: the example “Out late” does not come out: accept; found `no`; expected `yes`"
    ]
