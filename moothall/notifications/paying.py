"""What we write about money: what is to be paid and how, the receipt, what goes back and why. Never a card's number."""

from __future__ import annotations

from typing import Any, Final

from moothall.cases.models import Case
from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.events import Recorded, handles
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.notifications.actions.queueing import queue_message
from moothall.notifications.models import Message
from moothall.notifications.recipients import Recipient, recipient
from moothall.payments.links import pay_link
from moothall.payments.pack import MONEY
from moothall.payments.queries import Bill, bill
from moothall.payments.queries.bills import pounds
from moothall.promises.rules.words import say_day

ON_SCREEN: Final = frozenset({"web", "app", "kiosk"})
"""Channels on which a card is paid with at once. Elsewhere the link goes to the customer: no adviser hears a number."""
FAILED: Final = {
    "declined": "the card was not accepted",
    "expired": "the payment page was left open too long",
    "cancelled": "it was stopped on the payment page",
}
VOID: Final = {
    "expired": "We could keep it for you only for a while, and it was not paid in that time.",
    "unpaid": "It was not paid in the time there was, so we have stopped your request.",
    "gone": "It could not be had any more when your payment came.",
    "withdrawn": "",
}
BACK: Final = {
    "cancelled": "You cancelled.",
    "we-cancelled": "We cancelled, and we are sorry.",
    "mistake": "We charged it by mistake, and we are sorry.",
    "goodwill": "We are giving it back as goodwill.",
    "deposit": "This is your deposit.",
    "paid-twice": "It was paid twice.",
    "too-late": "Your payment came when it could not be had any more.",
    "too-much": "More was paid than was owed.",
    "not-owed": "It was not owed any more when your payment came.",
}


@handles("payment.owed", as_="notifications.owed_money")
def owed(event: Recorded) -> None:
    """Something is to be paid another way than there and then on the web: how much, and how."""
    about = _bill(event)
    there_and_then = about is not None and about.how == "card" and about.channel in ON_SCREEN
    if about is None or not about.payable or there_and_then or about.how == "debit":
        return
    how = {
        "place": current_pack().one(MONEY).offices or "",
        "phone": "We will call you to take the payment, or call us.",
    }
    until = say_day(about.expires_at.date()) if about.expires_at else ""
    _tell(event, about, "payment-owed", pay=pay_link(about.id), how=how.get(about.how, ""), until=until)


@handles("payment.link_asked", as_="notifications.link_asked")
def link_asked(event: Recorded) -> None:
    """An adviser sends the link to pay, mostly while the customer is on the line: at once, with nothing but the link."""
    about = _bill(event)
    if about is not None and about.payable:
        until = say_day(about.expires_at.date()) if about.expires_at else ""
        _tell(event, about, "payment-owed", pay=pay_link(about.id), how="", until=until)


def can_be_sent(about: Bill) -> bool:
    """Whether we know an address that a link could go to. Four queries."""
    return any(not address.stopped for address in whom(about)[0].addresses)


@handles("payment.failed", as_="notifications.unfinished")
def unfinished(event: Recorded) -> None:
    """A payment did not go through and is still to be made: nothing was taken, and here is the link."""
    about = _bill(event)
    why = FAILED.get(str(event.data.get("why", "")))
    if about is not None and about.state == "failed" and why is not None:
        _tell(event, about, "payment-unfinished", pay=pay_link(about.id), why=why)


@handles("payment.settled", as_="notifications.receipt")
def receipt(event: Recorded) -> None:
    """Paid: the receipt, line by line, with the tax in it."""
    about = _bill(event)
    if about is None or about.pence == 0 or about.done_at is None:
        return
    lines = "\n".join(f"{line['says']}: {pounds(int(line['pence']))}" for line in about.lines)
    vat = pounds(about.vat) if about.vat else ""
    _tell(event, about, "payment-receipt", paid_at=say_day(about.done_at.date()), vat=vat, lines=lines)


@handles("payment.voided", as_="notifications.void")
def voided(event: Recorded) -> None:
    """It is not to be paid any more, and the customer did not say so herself: why, and that nothing is owed."""
    about = _bill(event)
    why = VOID.get(str(event.data.get("why", "")), "")
    if about is not None and about.state == "void" and why:
        _tell(event, about, "payment-void", why=why)


@handles("refund.sent", as_="notifications.refund")
def refunded(event: Recorded) -> None:
    """Money went back: how much and why."""
    about = _bill(event)
    if about is not None:
        why = BACK.get(str(event.data.get("reason", "")), "")
        _tell(event, about, "refund-sent", back=pounds(int(event.data.get("pence", 0))), why=why)


def _bill(event: Recorded) -> Bill | None:
    return bill(event.subject_id, visible_to=SYSTEM) if event.subject_id is not None else None


def _tell(event: Recorded, about: Bill, template: str, **more: Any) -> Message:
    to, named = whom(about)
    values = {"what": named or about.what, "amount": pounds(about.pence), "reference": show_reference(about.reference),
              "service": named or about.what.partition(":")[0]}  # fmt: skip
    key = to.customer_id or (to.addresses[0].value if to.addresses else about.id)
    return queue_message(
        key=f"{event.id}:{key}:{template}", template=template, to=to, values={**values, **more}, at=clock.now(),
        case_id=about.case_id, event_id=event.id,
    )  # fmt: skip


def whom(about: Bill) -> tuple[Recipient, str]:
    """Who is told, and what it is called where the service must not be named over a shoulder."""
    case = (
        Case.objects.filter(id=about.case_id).values_list("track_email", "restricted").first()
        if about.case_id
        else None
    )
    to = recipient(about.customer_id, email=case[0] if case else "")
    return to, "Your request" if case is not None and case[1] else ""
