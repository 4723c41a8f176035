"""Which of the council's own standards is a promise about this: answering a call, seeing a visitor, calling back. Pure."""

from __future__ import annotations

from datetime import date

from moothall.core.packs import Pack
from moothall.promises.pack import STANDARDS, StandardSpec
from moothall.promises.rules import Standard, Unit

CALL_BACK = "call_back"
ANSWERED = {"phone": "call_answered", "counter": "visit_seen"}
"""The kind of standard that says how soon a contact is taken, by channel."""


def standard_for(pack: Pack, kind: str, *, on: date, channel: str = "", service: str = "") -> Standard | None:
    """Return the council's standard of this kind as it stands on a day; the one that names most wins; None: none promised."""
    fits = [spec for spec in pack.of(STANDARDS).values() if _fits(spec, kind, channel, service) and spec.valid_on(on)]
    fits.sort(key=lambda spec: (not spec.applies.services, not spec.applies.channels))
    return next((found for spec in fits if (found := spec.standard(on)) is not None), None)


def answer_standard(pack: Pack, channel: str, *, on: date) -> Standard | None:
    """Return how soon a call is answered or a visitor seen; None where the council promises nothing of it."""
    kind = ANSWERED.get(channel)
    return standard_for(pack, kind, on=on, channel=channel) if kind else None


def call_back_standard(pack: Pack, channel: str, service: str, *, on: date) -> Standard:
    """Return the council's standard for a promised call; without one, by the end of the next working day."""
    found = standard_for(pack, CALL_BACK, on=on, channel=channel, service=service)
    return found or Standard(CALL_BACK, 1, Unit.WORKING_DAYS, "contact_centre", name="Call back")


def _fits(spec: StandardSpec, kind: str, channel: str, service: str) -> bool:
    applies = spec.applies
    return (
        kind in applies.kinds
        and (not applies.channels or channel in applies.channels)
        and (not applies.services or service in applies.services)
    )
