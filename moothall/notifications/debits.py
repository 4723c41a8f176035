"""What we write about Direct Debits: the confirmation, which is the notice, every change of it, what was not paid."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from moothall.cases.named import reference_to_quote
from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.events import Recorded, handles
from moothall.core.money import pounds
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.notifications.actions.queueing import queue_message
from moothall.notifications.paying import whom
from moothall.payments.actions.agreeing import OTHER_ACCOUNT
from moothall.payments.links import debit_link, pay_link
from moothall.payments.pack import MONEY
from moothall.payments.queries import Bill, bill
from moothall.payments.queries.debits import Agreement, agreement
from moothall.promises.rules.words import say_day

ENDED: Final = {
    "payer": "You ended it.",
    "bank": "Your bank told us that it ended.",
    "council": "We ended it, as it is not needed any more.",
}


@handles("mandate.agreed", as_="notifications.debit_agreed")
def agreed(event: Recorded) -> None:
    """Set up: every day and amount, which is the notice the scheme asks for, and the Guarantee."""
    _tell(event, "debit-agreed", card="card-agreed")


@handles("mandate.changed", as_="notifications.debit_changed")
def changed(event: Recorded) -> None:
    """Days have changed: the new ones, in time."""
    late = event.data.get("what") == "late"
    why = (
        "We did not collect a payment on its day, so we have moved it and those after it. We are sorry." if late else ""
    )
    _tell(event, "debit-changed", why=why)


@handles("mandate.ended", as_="notifications.debit_ended")
def ended(event: Recorded) -> None:
    """It ended: who ended it, and that nothing more is taken."""
    if event.data.get("why") == OTHER_ACCOUNT:
        return  # what goes on from the other account was told, with its days
    left = int(event.data.get("left", 0))
    owed = left if event.data.get("why") != "not-done" else 0
    _tell(
        event,
        "debit-ended",
        card="card-ended",
        why=ENDED.get(str(event.data.get("who", "")), ""),
        left=pounds(owed) if owed else "",
    )


@handles("payment.returned", as_="notifications.debit_returned")
def returned(event: Recorded) -> None:
    """A payment did not come: nothing bad has happened yet, and how to pay it now."""
    about = bill(event.subject_id, visible_to=SYSTEM) if event.subject_id is not None else None
    if about is None or event.data.get("booked"):
        return  # money that a bank took back afterwards is looked into by a person first
    to, named = whom(about)
    values = {
        "what": named or about.what, "amount": pounds(about.pence), "reference": show_reference(about.reference),
        "service": named or about.what.partition(":")[0], "pay": pay_link(about.id),
    }  # fmt: skip
    queue_message(
        key=f"{event.id}:debit-returned", template="debit-returned", to=to, values=values, at=clock.now(),
        case_id=about.case_id, event_id=event.id,
    )  # fmt: skip


@handles("instalment.due", as_="notifications.card_due")
def due(event: Recorded) -> None:
    """A part by card comes soon: how much and when, and how to stop it."""
    on = say_day(date.fromisoformat(str(event.data["on"])))
    _tell(event, "", card="card-due", part=pounds(int(event.data["pence"])), when=on)


@handles("instalment.failed", as_="notifications.card_failed")
def failed(event: Recorded) -> None:
    """A part by card was not paid: nothing bad has happened yet, when we try again, and how to pay it now."""
    again, pay = str(event.data.get("again", "")), pay_link(UUID(str(event.data["bill"])))
    when = say_day(date.fromisoformat(again)) if again else ""
    _tell(event, "", card="card-failed", part=pounds(int(event.data["pence"])), pay=pay, when=when)


def _tell(event: Recorded, template: str, *, card: str = "", **more: Any) -> None:
    held = agreement(event.subject_id, visible_to=SYSTEM) if event.subject_id is not None else None
    about = bill(held.intent_id, visible_to=SYSTEM) if held is not None else None
    if held is None or about is None:
        return
    if held.scheme == "card":
        _tell_of_card(event, card, held, about, more)
        return
    terms = current_pack().one(MONEY).debits
    if terms is None:
        return
    to, named = whom(about)
    values = {
        "what": named or held.what, "service": named or held.what.partition(":")[0],
        "reference": show_reference(held.reference),
        "account": held.account, "schedule": _schedule(held), "sender": terms.name, "notice": str(terms.notice_days),
        "manage": debit_link(held.id), "amount": pounds(held.pence), **more,
    }  # fmt: skip
    queue_message(
        key=f"{event.id}:{template}", template=template, to=to, values=values, at=clock.now(), case_id=held.case_id,
        event_id=event.id,
    )  # fmt: skip


def _tell_of_card(event: Recorded, template: str, held: Agreement, about: Bill, more: dict[str, Any]) -> None:
    if event.name == "mandate.ended" and not held.paid:
        return  # it was never agreed, so nothing of it was told
    to, named = whom(about)
    values = {
        "what": named or held.what, "service": named or held.what.partition(":")[0],
        "reference": reference_to_quote(held.case_id, show_reference(held.reference)), "schedule": _schedule(held),
        "manage": debit_link(held.id),
        "amount": pounds(held.pence), **more,
    }  # fmt: skip
    queue_message(
        key=f"{event.id}:{template}", template=template, to=to, values=values, at=clock.now(), case_id=held.case_id,
        event_id=event.id,
    )  # fmt: skip


def _schedule(held: Agreement) -> str:
    return "\n\n".join(f"{say_day(one.on)}: {pounds(one.pence)}" for one in held.parts if one.state == "planned")
