"""What we write about money: what is to be paid and how, the receipt, what goes back and why. Never a card's number."""

from __future__ import annotations

from typing import Any, Final

from moothall.bookings.rules import MOVE
from moothall.cases.models import Case
from moothall.cases.named import reference_to_quote
from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.events import Recorded, handles
from moothall.core.money import pounds
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.notifications.actions.queueing import queue_message
from moothall.notifications.models import Message
from moothall.notifications.recipients import Recipient, posted_to, recipient
from moothall.payments.links import pay_link
from moothall.payments.pack import DIRECT_DEBIT, MONEY
from moothall.payments.queries import Bill, bill
from moothall.payments.queries.deposits import deposit_of
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
NOT_MOVED: Final = "It was not paid in the time there was, so your booking stands as it was."
LET_GO: Final = {
    "expired": "It came when we could not keep it for you any longer, and somebody else has it now.",
    "gone": "It could not be had any more when your payment came.",
    "unpaid": "It came after the time there was, and we had stopped your request.",
    "paid": "It was paid already.",
}
BY_HAND: Final = {
    "cash": "You paid in cash, so it cannot go back by itself. Ring us with the account it should go to, or come to one of"
    " our offices with this payment reference.",
    "terminal": "You paid by card at a machine. Come back with the same card, or ring us with the account it should go to.",
    "bacs": "We pay it to your account by bank transfer. You need do nothing.",
}
"""What is done about money that nothing can be sent back by, by where it came from."""

CALL: Final = (
    "It could not be sent to your card. Ring us with the account it should go to, and we pay it by bank transfer."
)
ITS_WAY: Final = "It goes the way you paid and reaches your account within five working days."
BACK: Final = {
    "cancelled": "You cancelled.",
    "fewer": "It is for the places that were given up.",
    "we-cancelled": "We cancelled, and we are sorry.",
    "mistake": "We charged it by mistake, and we are sorry.",
    "goodwill": "We are giving it back as goodwill.",
    "deposit": "This is your deposit.",
    "paid-twice": "It was paid twice.",
    "too-late": "Your payment came when it could not be had any more.",
    "too-much": "More was paid than was owed.",
    "elsewhere": "We gave it back.",
    "not-owed": "It was not owed any more when your payment came.",
}


@handles("payment.owed", as_="notifications.owed_money")
def owed(event: Recorded) -> None:
    """Something is to be paid another way than there and then on the web: how much, and how."""
    about = _bill(event)
    there_and_then = about is not None and about.how in {"card", MOVE} and about.channel in ON_SCREEN
    if about is None or not about.payable or there_and_then or about.how in {"debit", "agreement"}:
        return
    if about.how == DIRECT_DEBIT:
        _ask_for_debit(event, about)
        return
    how = {
        "place": current_pack().one(MONEY).offices or "",
        "phone": "We will ring you to take the payment, or ring us.",
    }
    until = say_day(about.expires_at.date()) if about.expires_at else ""
    _tell(event, about, "payment-owed", pay=pay_link(about.id), how=how.get(about.how, ""), until=until)


def _ask_for_debit(event: Recorded, about: Bill) -> None:
    """Where the Direct Debit is set up: also to who has the page before her, as she may want to look up her account first."""
    until = say_day(about.expires_at.date()) if about.expires_at else ""
    _tell(event, about, "debit-wanted", pay=pay_link(about.id), until=until)


@handles("payment.link_asked", as_="notifications.link_asked")
def link_asked(event: Recorded) -> None:
    """An adviser sends the link to pay, mostly while the customer is on the line: at once, with nothing but the link."""
    about = _bill(event)
    if about is not None and about.payable and about.how == DIRECT_DEBIT:
        _ask_for_debit(event, about)
    elif about is not None and about.payable:
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
    by_agreement = about is not None and about.method == "agreement"  # told by the agreement's own message
    if about is not None and about.state == "failed" and why is not None and not by_agreement:
        _tell(event, about, "payment-unfinished", pay=pay_link(about.id), why=why)


@handles("payment.failed", as_="notifications.let_go")
def let_go(event: Recorded) -> None:
    """Money was set aside for what could not be had any more, or was paid already: it was never taken, and why."""
    about = _bill(event)
    if about is None or about.payable or not event.data.get("set_aside"):
        return
    why = "paid" if about.state in {"paid", "part_refunded"} else about.why_void
    _tell(event, about, "payment-let-go", why=LET_GO.get(why, "You had told us that you do not want it any more."))


@handles("payment.machine_kept", as_="notifications.machine_kept")
def machine_kept(event: Recorded) -> None:
    """A machine kept money that does not cover what is owed: that we know, and how it comes back."""
    about = _bill(event)
    if about is not None:
        offices = current_pack().one(MONEY).offices or ""
        _tell(event, about, "payment-kept", back=pounds(int(event.data.get("pence", 0))), how=offices)


@handles("payment.machine_gave", as_="notifications.machine_gave")
def machine_gave(event: Recorded) -> None:
    """What a machine had kept was given back by one of us."""
    about = _bill(event)
    if about is not None:
        back = pounds(int(event.data.get("pence", 0)))
        _tell(event, about, "refund-sent", back=back, why="A machine had kept it.", how="We gave it back by hand.")


@handles("refund.failed", as_="notifications.refund_by_hand")
def by_hand(event: Recorded) -> None:
    """Money is owed back and nothing can send it: what becomes of it, and what she can do."""
    about = _bill(event)
    if about is not None and event.data.get("pence"):
        why = BACK.get(str(event.data.get("reason", "")), "")
        how = BY_HAND.get(str(event.data.get("came_by", "")), CALL)
        _tell(event, about, "refund-by-hand", back=pounds(int(event.data["pence"])), why=why, how=how)


@handles("deposit.kept", as_="notifications.deposit_kept")
def deposit_kept(event: Recorded) -> None:
    """Some of a deposit was kept: how much, why in the words of whoever kept it, and what goes back."""
    about = _bill(event)
    held = deposit_of(about.id) if about is not None else None
    if about is not None and held is not None:
        back = int(event.data.get("back", 0))
        amount = pounds(int(event.data.get("pence", 0)))
        _tell(event, about, "deposit-kept", amount=amount, why=held.why, back=pounds(back) if back else "")


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
    ended = str(event.data.get("why", ""))
    moving = about is not None and about.how == MOVE
    why = (NOT_MOVED if ended == "expired" else "") if moving else VOID.get(ended, "")
    if about is not None and about.state == "void" and why:
        _tell(event, about, "payment-void", why=why)


@handles("refund.sent", as_="notifications.refund")
def refunded(event: Recorded) -> None:
    """Money went back: how much and why."""
    about = _bill(event)
    if about is not None:
        why = BACK.get(str(event.data.get("reason", "")), "")
        how = "We paid it back by hand." if event.data.get("by_hand") else ITS_WAY
        _tell(event, about, "refund-sent", back=pounds(int(event.data.get("pence", 0))), why=why, how=how)


def _bill(event: Recorded) -> Bill | None:
    return bill(event.subject_id, visible_to=SYSTEM) if event.subject_id is not None else None


def _tell(event: Recorded, about: Bill, template: str, **more: Any) -> Message:
    to, named = whom(about)
    request = reference_to_quote(about.case_id)  # as every other message about it has it
    values = {"what": named or about.what, "amount": pounds(about.pence), "reference": show_reference(about.reference),
              "request": request,
              "service": named or about.what.partition(":")[0]}  # fmt: skip
    key = to.customer_id or (to.addresses[0].value if to.addresses else about.id)
    return queue_message(
        key=f"{event.id}:{key}:{template}", template=template, to=to, values={**values, **more}, at=clock.now(),
        case_id=about.case_id, event_id=event.id,
    )  # fmt: skip


def whom(about: Bill) -> tuple[Recipient, str]:
    """Who is told, and what it is called where the service must not be named over a shoulder."""
    case = Case.objects.filter(id=about.case_id).first() if about.case_id else None
    if case is None:
        return recipient(about.customer_id), ""
    to = recipient(about.customer_id, email=case.track_email, post=posted_to(case))
    return to, "Your request" if case.restricted else ""
