"""A bill's page in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.interfaces.site.pages import NoticeView
from moothall.interfaces.ui import words
from moothall.interfaces.ui.debits import in_parts, may_agree, may_agree_by_card
from moothall.interfaces.ui.parts import FactRow
from moothall.payments.actions.paying import UNDERWAY
from moothall.payments.links import debit_path
from moothall.payments.pack import DIRECT_DEBIT, MONEY, PRICES
from moothall.payments.queries import Bill
from moothall.payments.queries.debits import agreement_of_bill

TITLES: Final = {
    "owed": "Pay {amount}",
    "failed": "Pay {amount}",
    "checking": "We are checking your payment",
    "paid": "Paid",
    "part_refunded": "Paid",
    "void": "There is nothing to pay",
    "refunding": "Your money is on its way back",
    "refunded": "You have your money back",
}
FAILED: Final = {
    "declined": ("Your card was not accepted", "Nothing was taken. Try again, or use another card."),
    "cancelled": ("You stopped the payment", "Nothing was taken. You can still pay."),
    "returned": (
        "Your bank did not pay it",
        "We asked by Direct Debit. You can pay it by card, or ring us if that is hard.",
    ),
    "expired": ("The payment page was open too long", "Nothing was taken. You can start again."),
}
BACK_WHY: Final = {
    "gone": "Your payment came when we could no longer give you what it was for. All of it goes back by itself.",
    "expired": "Your payment came after the time we could keep it for you. All of it goes back by itself.",
}
VOID_WHY: Final = {
    "expired": "We could keep it for you for a while, and that time is over. Nothing was taken. You can ask again.",
    "unpaid": "It was not paid in time, so we have stopped it. Nothing was taken. You can ask again.",
    "withdrawn": "You do not need to pay for it any more. Nothing was taken.",
    "instalments": "You pay it in parts. We tell you before each.",
    "gone": "It could not be had any more. Anything you paid goes back to you.",
}


SET_UP: Final = "Nothing is set up yet. We show you every day and amount before you agree to anything."
NOT_AT_KIOSK: Final = (
    "A Direct Debit is set up on your own telephone or computer, by the link that we send you, or with one of us: your bank"
    " account is not for a screen that others can see."
)


@dataclass(frozen=True, slots=True)
class PayView:
    """A bill: its title and sentence, what it is for line by line, and what can be done."""

    title: str
    text: str
    what: str
    reference: str
    rows: tuple[FactRow, ...]
    done: bool
    request: str = ""
    action: str = ""
    button: str = ""
    look_link: str = ""
    notices: tuple[NoticeView, ...] = ()
    follow_link: str = ""
    follow_words: str = ""
    offices: str = ""
    debit_link: str = ""
    debit_words: str = ""
    debit_first: bool = False
    elsewhere: str = ""
    parts_link: str = ""
    parts_words: str = ""


def pay_page(
    about: Bill, token: str, *, mine: bool, kiosk: bool = False, trouble: str = "", request: str = ""
) -> PayView:
    """Return a bill's page. ``mine``: this browser has shown that the case is hers; ``request``: the reference of the request
    it is paid for. No bank account is asked at a kiosk."""
    notices: list[NoticeView] = []
    if trouble:
        notices.append(NoticeView("Not now", trouble, "late"))
    elif about.state == "failed":
        title, text = FAILED.get(
            about.failure, ("The payment did not go through", "Nothing was taken. You can try again.")
        )
        notices.append(NoticeView(title, text, "risk"))
    by_debit = about.state == "checking" and about.method == "debit"
    open_ = about.payable and not by_debit
    follow = reverse("site:case", args=[about.case_id]) if mine else reverse("site:track")
    by_account = about.how == DIRECT_DEBIT and bool(may_agree(about)) and not kiosk
    return PayView(
        title="Set up your Direct Debit" if by_account else _title(about, by_debit),
        text=SET_UP if by_account else _text(about), what=about.what,
        reference=show_reference(about.reference), request=request, rows=_rows(about),
        done=about.state in {"paid", "part_refunded"},
        action=reverse("site:pay-start", args=[about.id, token]) if open_ and not about.underway else "",
        button="Pay by card" if about.state != "checking" else "Go back to the payment page",
        look_link=reverse("site:pay-back", args=[about.id, token]) if open_ and about.state == "checking" else "",
        notices=tuple(notices), follow_link=follow if about.case_id else "",
        follow_words="See your request" if mine else "Track your request",
        debit_link="" if kiosk else _debit_link(about, token), debit_words=_debit_words(about), debit_first=by_account,
        elsewhere=NOT_AT_KIOSK if kiosk and may_agree(about) else "",
        parts_link=reverse("site:pay-parts", args=[about.id, token]) if (plans := may_agree_by_card(about)) else "",
        parts_words=f"Pay it in {plans[0].payments} parts by card" if plans else "",
        offices=(current_pack().one(MONEY).offices or "") if open_ and about.state != "checking" else "",
    )  # fmt: skip


def _title(about: Bill, by_debit: bool) -> str:
    if about.why_void == "instalments":
        return "You pay this in parts"
    return "On its way by Direct Debit" if by_debit else TITLES[about.state].format(amount=words.pence(about.pence))


def _debit_link(about: Bill, token: str) -> str:
    """Where it is paid in parts, or is being: the page to set it up, or the agreement's own."""
    if about.why_void == "instalments":
        held = agreement_of_bill(about.id, visible_to=SYSTEM)
        return debit_path(held.id) if held is not None else ""
    return reverse("site:debit-set-up", args=[about.id, token]) if may_agree(about) else ""


def _debit_words(about: Bill) -> str:
    plans = may_agree(about)
    if not plans and about.why_void == "instalments":
        held = agreement_of_bill(about.id, visible_to=SYSTEM)
        return "See how you pay it" if held is not None and held.scheme == "card" else "See your Direct Debit"
    if not plans:
        return "See your Direct Debit"
    return "Set up the Direct Debit" if about.how == DIRECT_DEBIT else f"Pay it {in_parts(plans)} by Direct Debit"


def holds_money(service: str) -> bool:
    """Whether the pack has money set aside first and taken when what it is for is sure."""
    price = current_pack().of(PRICES).get(service)
    return price is not None and price.hold_money


def notice_of(about: Bill | None, path: str) -> tuple[NoticeView, ...]:
    """Return what a request's own pages say of its payment; nothing where there is none."""
    if about is None or about.pence == 0:
        return ()
    amount = words.pence(about.pence)
    if about.state == "checking" and about.method == "debit":
        return (NoticeView(f"{amount} on its way by Direct Debit", "You need do nothing."),)
    if about.state == "void" and about.why_void == "instalments":
        return (NoticeView("You pay this in parts", "We tell you before each part.", "", path, "See what it is for"),)
    if about.underway:
        return (NoticeView("We are checking your payment", UNDERWAY, "", path, "See how it stands"),)
    if about.payable and about.how == DIRECT_DEBIT and may_agree(about):
        until = f" Do it by {words.day_time(about.expires_at)}." if about.expires_at else ""
        return (
            NoticeView(
                "Your Direct Debit is not set up yet", f"We go on when it is.{until}", "risk", path, "Set it up"
            ),
        )
    if about.payable:
        until = f" Pay by {words.day_time(about.expires_at)}." if about.expires_at else ""
        ways = (
            ""
            if about.how in {"card", "link", DIRECT_DEBIT}
            else " You said you would pay another way; a card works too."
        )
        return (
            NoticeView(f"{amount} to pay", f"We go on when it is paid.{until}{ways}", "risk", path, f"Pay {amount}"),
        )
    said = {
        "paid": ("Paid", f"We have your {amount}.{_parts_back(about)}", "kept"),
        "part_refunded": ("Paid, part given back", f"You paid {words.pence(about.paid)}.{_parts_back(about)}", "kept"),
        "refunding": ("Your money is on its way back", BACK_WHY.get(about.why_void, ""), ""),
        "refunded": ("You have your money back", f"{words.pence(about.back)} went back the way you paid.", ""),
        "void": ("There is nothing to pay", VOID_WHY.get(about.why_void, ""), ""),
    }[about.state]
    return (NoticeView(said[0], said[1], said[2]),)  # type: ignore[arg-type]  # the table holds only the kinds there are


def _text(about: Bill) -> str:
    amount = words.pence(about.pence)
    if about.state == "checking" and about.method == "debit":
        return "We have asked your bank for it, by Direct Debit. You need do nothing."
    if about.state == "checking" and about.underway:
        return UNDERWAY
    if about.state == "checking":
        return (
            "A payment was started and we do not know yet how it ended. If you have paid, do not pay again: we will see it"
            " within a few minutes, and send you a receipt. If you left the payment page, you can go back to it."
        )
    if about.state in {"paid", "part_refunded"}:
        return f"Thank you. We have your {amount}.{_parts_back(about)}"
    if about.state == "refunding":
        return BACK_WHY.get(about.why_void, f"{words.pence(about.going_back)} goes back by itself, the way you paid.")
    if about.state == "refunded":
        return f"{words.pence(about.back)} went back the way you paid. It can take five working days to reach your account."
    if about.state == "void":
        return VOID_WHY.get(about.why_void, "Nothing was taken.")
    until = f" We keep it for you until {words.day_time(about.expires_at)}." if about.expires_at else ""
    return f"You pay on the secure page of our payment service. We never see your card’s number.{until}"


def _parts_back(about: Bill) -> str:
    """What of a payment has gone back or is going, while the rest is kept."""
    gone = f" {words.pence(about.back)} has gone back to you." if about.back else ""
    by_hand = about.method in {"cash", "debit"}
    how = "Somebody will pay it back to you." if by_hand else "It goes the way you paid."
    going = f" {words.pence(about.going_back)} is going back to you. {how}" if about.going_back else ""
    return gone + going


def _rows(about: Bill) -> tuple[FactRow, ...]:
    rows = [
        FactRow(str(line["says"]), "\n".join(filter(None, (words.pence(int(line["pence"])), str(line.get("why", ""))))))
        for line in about.lines
    ]
    if len(rows) != 1:
        rows.append(FactRow("To pay" if about.payable else "Total", words.pence(about.pence)))
    if about.vat:
        rows.append(FactRow("VAT, included", words.pence(about.vat)))
    return tuple(rows)
