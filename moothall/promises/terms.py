"""A standard as it stood when the promise was made, kept with the promise; and the calendar it counts in."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from moothall.core.packs import Pack
from moothall.core.packs.queries import current_pack, pack_at
from moothall.promises.pack import calendar_of
from moothall.promises.rules import Calendar, Standard, Starts, Unit, Warn
from moothall.services.pack import PAUSES


def to_terms(standard: Standard, fee_pence: int = 0) -> dict[str, Any]:
    """Return the standard as plain JSON, with the fee paid for it. ``from_terms`` gives the standard back equal."""
    fee = {"fee_pence": fee_pence} if fee_pence else {}
    return fee | {
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


def standard_now(terms: Mapping[str, Any]) -> Standard:
    """Return the standard a promise is under now: the one it was made with, or the one it was changed to."""
    return from_terms(terms.get("now") or dict(terms))


def with_standard_now(terms: dict[str, Any], standard: Standard) -> dict[str, Any]:
    """Return terms that say which standard the promise is under now; what was promised first stays as it was."""
    if standard == standard_now(terms):
        return terms
    made_with = {key: value for key, value in terms.items() if key != "now"}
    return made_with if standard == from_terms(made_with) else made_with | {"now": to_terms(standard)}


def fee_of(terms: Mapping[str, Any]) -> int:
    """Return the pence the customer paid for what was promised."""
    return int(terms.get("fee_pence", 0))


def pack_of(version_id: UUID | None) -> Pack:
    """Return the pack version a promise was made under (the current one where none is named)."""
    return pack_at(version_id) if version_id else current_pack()


def calendar(code: str, version_id: UUID | None) -> Calendar:
    """Return a calendar of the pack version a promise was made under."""
    return calendar_of(pack_of(version_id), code)


def receiver_hours(team: str, standard: Standard, version_id: UUID | None) -> Calendar:
    """Return the hours in which a promise's team is warned: its own calendar, else the standard's."""
    pack = pack_of(version_id)
    known = pack.teams.get(team)
    return calendar_of(pack, (known.calendar if known is not None else None) or standard.calendar)


def pause_words(version_id: UUID | None) -> dict[str, str]:
    """Return the pack's reasons for stopping a clock, by code, in the customer's words."""
    return {code: pause.says for code, pause in pack_of(version_id).of(PAUSES).items()}
