"""A standard as it stood when the promise was made, kept with the promise; and the calendar it counts in."""

from typing import Any
from uuid import UUID

from moothall.core.packs.queries import current_pack, pack_at
from moothall.promises.pack import calendar_of
from moothall.promises.rules import Calendar, Standard, Starts, Unit, Warn


def to_terms(standard: Standard) -> dict[str, Any]:
    """Return the standard as plain JSON. ``from_terms`` gives it back equal."""
    return {
        "code": standard.code, "name": standard.name, "amount": standard.amount, "unit": standard.unit.value,
        "calendar": standard.calendar, "statutory": standard.statutory, "roll": standard.roll_to_working_day,
        "warn": {"fraction": standard.warn.fraction, "lead": standard.warn.lead, "unit": standard.warn.unit.value},
        "pauses": list(standard.pauses), "restarts": list(standard.restarts), "extension_max": standard.extension_max,
        "chained_to": standard.chained_to, "starts": standard.starts.value, "redress": standard.redress,
        "escalate_to": standard.escalate_to,
    }  # fmt: skip


def from_terms(terms: dict[str, Any]) -> Standard:
    """Return the standard that ``to_terms`` wrote."""
    warn = terms.get("warn") or {}
    return Standard(
        code=terms["code"], name=terms.get("name", ""), amount=terms["amount"], unit=Unit(terms["unit"]),
        calendar=terms["calendar"], statutory=terms.get("statutory", False),
        roll_to_working_day=terms.get("roll", False),
        warn=Warn(warn.get("fraction"), warn.get("lead"), Unit(warn.get("unit", Unit.WORKING_MINUTES))) if warn else Warn(),
        pauses=tuple(terms.get("pauses", ())), restarts=tuple(terms.get("restarts", ())),
        extension_max=terms.get("extension_max", 0), chained_to=terms.get("chained_to", ""),
        starts=Starts(terms.get("starts", Starts.RECEIPT)), redress=terms.get("redress", ""),
        escalate_to=terms.get("escalate_to", ""),
    )  # fmt: skip


def calendar(code: str, version_id: UUID | None) -> Calendar:
    """Return a calendar of the pack version a promise was made under (the current one where none is named)."""
    return calendar_of(pack_at(version_id) if version_id else current_pack(), code)
