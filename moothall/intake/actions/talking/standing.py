"""“How does my request stand?” in a call: the number says who it may be, the postcode shows it, then it is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from moothall.cases.queries import cases_of
from moothall.core import limits
from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.linking.queries import spoken_for
from moothall.customers.queries import IN_THE_OPEN, customer_card, customers_at
from moothall.customers.rules.writing import postcode_in
from moothall.intake.actions.talking.queue import queue_turn
from moothall.intake.actions.talking.saying import listen
from moothall.intake.desk import pressing_promise
from moothall.intake.models import Conversation
from moothall.intake.pack import sentence
from moothall.intake.talking.hearing import same_keys
from moothall.intake.talking.turns import Turn
from moothall.promises.queries import promises_of

TRIES = 3
MOST_TOLD = 3

Menu = Callable[[list[str]], Turn]


def begin_status(row: Conversation, at: datetime) -> Turn:
    """Ask for the postcode of whoever has this number; nothing is said of anybody before it is right."""
    pack = current_pack()
    row.step, row.held = "status", {}
    if not row.caller or not customers_at(row.caller, IN_THE_OPEN):
        return listen(row, [sentence(pack, "status_unknown")], digits=1)
    row.held = {"asked": True}
    return listen(row, [sentence(pack, "status_proof")])


def hear_status(row: Conversation, words: str, at: datetime, *, menu: Menu) -> Turn:
    """Compare the postcode keyed with those of the people who have this number; three tries an hour for a number."""
    pack = current_pack()
    keys = words.rstrip("#")
    if keys == "0":
        return queue_turn(row, at)
    if keys == "9" or not row.held.get("asked"):
        row.held = {}
        return menu([])
    try:
        tries = limits.count("call-status", {row.caller: TRIES}, at=at, minutes=60)
    except limits.TooManyAttempts:
        return listen(row, [sentence(pack, "status_wrong")], digits=1)
    hers = _whose(row.caller, keys, at)
    if hers is None:
        return listen(row, [sentence(pack, "status_wrong"), sentence(pack, "status_proof")])
    limits.give_back(tries)
    row.held = {}
    return menu(_told(hers, at))


def _whose(caller: str, keys: str, at: datetime) -> tuple[UUID, ...] | None:
    """The ids of the one person with this number whose postcode these keys write; None where that is nobody, or several.

    Only those that the record with the number speaks for: a postcode is no secret, and anybody can type a number (adr/0085).
    """
    fits = []
    for line in customers_at(caller, IN_THE_OPEN):
        card = customer_card(line.id, SYSTEM, on=council_date(at))
        found = postcode_in(card.address) if card else None
        if card is not None and found is not None and same_keys(keys, "".join(found)):
            having = [one for point in card.points if point.value == caller for one in point.of]
            fits.append(tuple(sorted(spoken_for(having, card.ids))))
    return fits[0] if len(fits) == 1 else None


def _told(ids: tuple[UUID, ...], at: datetime) -> list[str]:
    """Her newest requests under way, each in a sentence. Of a restricted kind nothing is named: a call can be overheard."""
    pack = current_pack()
    still = [one for one in cases_of(ids, visible_to=SYSTEM) if one.closed_at is None][:MOST_TOLD]
    if not still:
        return [sentence(pack, "status_none")]
    promised = promises_of([one.id for one in still], at=at)
    said = []
    for one in still:
        service = pack.services.get(one.service)
        open_ = service is not None and service.restricted is None and service.visibility == "public"
        promise = pressing_promise(promised.get(one.id, ()))
        due = (promise.new_date_words or promise.due_words) if promise is not None and promise.is_open else ""
        said.append(
            sentence(
                pack, "status_line", service=service.name if service is not None and open_ else "Your request",
                status=status_said(one.status), promise=f"We’ll do this by {due}." if due else "",
            )
        )  # fmt: skip
    return said


def status_said(code: str) -> str:
    """Return a status in the pack's words; its code where the pack has none."""
    from moothall.services.pack import STATUSES

    found = current_pack().of(STATUSES).get(code)
    return found.says if found else code
