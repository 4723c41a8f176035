"""`moothall data-map`: what each table holds of people, why, on which ground and for how long."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from moothall.core.data_map import SPECIAL_BASIS, Held, all_held
from moothall.interfaces.cli.support import NO, answer, json_option, ready

PAGE = Path(__file__).resolve().parents[3] / "docs" / "data-map.md"
PACK = "common"
"""The retention that every council starts with; a council's own pack may say otherwise."""
BEGINNING = """# The data map

What each table holds of people, and why: made from the tables themselves by `bin/moothall data-map --write`, so that it is
never out of date. Each room says what its own fields are in its `data_held.py`; a new column that could hold something of
somebody fails a test until it is said there. **Special** marks data of article 9 (health, belief, origin …), which stands on
article 6 as shown and on article 9(2)(g) besides. **Locked** marks what is encrypted in the database (`moothall keys`).
Times are those of the common pack; a council's own stand in its `retention.yaml`.
"""


@click.command(name="data-map")
@click.option("--write", is_flag=True, help="Write docs/data-map.md anew.")
@click.option("--check", is_flag=True, help="Exit with 1 when docs/data-map.md is not current.")
@json_option
def command(write: bool, check: bool, as_json: bool) -> None:
    """Show what each table holds of people."""
    ready()
    if write:
        PAGE.write_text(page(), encoding="utf-8")
    if check and (not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page()):
        click.echo("docs/data-map.md is not current: run `bin/moothall data-map --write`.", err=True)
        sys.exit(NO)
    held = [one for one in all_held().values() if one.is_personal]
    answer(
        [field for one in held for field in fields_of(one)],
        as_json=as_json,
        words=lambda: "\n".join(
            f"{one.model:<40} {len(one.personal) + len(one.special):>3}  {one.purpose}" for one in held
        ),
    )


def fields_of(one: Held) -> list[dict[str, Any]]:
    """Return one row for each personal field of a model."""
    from moothall.core.vault import locked_fields

    locked = {(model._meta.label, name) for model, name in locked_fields()}
    return [
        {
            "table": one.model, "field": field, "category": "special" if field in one.special else "personal",
            "whose": one.whose, "purpose": one.purpose, "basis": one.basis.value if one.basis else "",
            "special_basis": SPECIAL_BASIS if field in one.special else "", "retention": one.kept,
            "copied": not one.not_copied, "erased": not one.stays, "locked": (one.model, field) in locked,
        }
        for field in sorted((*one.personal, *one.special))
    ]  # fmt: skip


def page() -> str:
    """Return docs/data-map.md as it should be."""
    rules = _rules()
    personal = [one for one in all_held().values() if one.is_personal]
    lines = [BEGINNING]
    for one in personal:
        lines += [
            f"## {one.model}", "", f"{one.purpose}. {one.basis.value if one.basis else ''}. Kept: {_kept(one.kept, rules)}",
            "", "| field | category |", "|---|---|",
        ]  # fmt: skip
        lines += [
            f"| `{row['field']}` | {'**special**' if row['category'] == 'special' else 'personal'}"
            f"{', **locked**' if row['locked'] else ''} |"
            for row in fields_of(one)
        ]
        lines.append("")
        if one.not_copied:
            lines.append(f"Not in a person’s copy: {_end(one.not_copied)}")
        if one.stays:
            lines.append(f"Stays when a person is erased: {_end(one.stays)}")
        if one.not_copied or one.stays:
            lines.append("")
    others = ", ".join(f"`{one.model}`" for one in all_held().values() if not one.is_personal)
    lines += ["## Tables with nobody in them", "", others + ".", ""]
    return "\n".join(lines)


def _end(words: str) -> str:
    return words if words.endswith(".") else f"{words}."


def _kept(code: str, rules: dict[str, Any]) -> str:
    rule = rules[code]
    months = f"{rule['months']} months. " if rule.get("months") else ""
    return f"{months}{_end(rule['because'])}"


def _rules() -> dict[str, Any]:
    import yaml

    folder = Path(__file__).resolve().parents[3] / "councils" / PACK
    return {one["code"]: one for one in yaml.safe_load((folder / "retention.yaml").read_text(encoding="utf-8"))}
