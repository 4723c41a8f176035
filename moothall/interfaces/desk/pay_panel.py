"""What the page of a case shows of what is to be paid, and how a caller may pay it."""

from __future__ import annotations

from django.conf import settings

from moothall.core.actors import Actor
from moothall.interfaces.ui import words
from moothall.interfaces.ui.debits import may_agree
from moothall.interfaces.ui.deposits import deposit_words
from moothall.payments.actions.telephone import NOT_BY_PHONE
from moothall.payments.keypad import has_keypad
from moothall.payments.providers import taken_by_phone
from moothall.payments.queries import Bill
from moothall.payments.queries.debits import agreements_of_case
from moothall.payments.queries.deposits import deposit_of

SAID = {
    "declined": "The card was not accepted. Nothing was taken. Ask for another card, or send the link.",
    "cancelled": "It was stopped. Nothing was taken.",
    "expired": "Nobody typed a number in time. Nothing was taken.",
}


def shown(about: Bill | None, actor: Actor, **more: object) -> dict[str, object]:
    """Return what the panel shows; nothing where nothing was ever to be paid."""
    if about is None or about.pence == 0:
        return {"bill": None}
    held = next((one for one in agreements_of_case(about.case_id, visible_to=actor)), None) if about.case_id else None
    by_debit = about.state == "checking" and about.method == "debit"
    on_line = about.state == "checking" and about.method == "moto" and not about.underway
    failed = SAID.get(about.failure, "The payment did not go through. Nothing was taken.")
    deposit = deposit_of(about.id) if about.deposit else None
    by_phone = taken_by_phone()
    page = about.page if settings.MODE != "production" else ""
    return {
        "bill": about, "on_line": on_line, "by_debit": by_debit, "line": has_keypad() and by_phone,
        "no_line": NOT_BY_PHONE if has_keypad() and not by_phone else "",
        "demo_page": page,
        "failed": failed if about.state == "failed" else "",
        "until": words.day_time(about.expires_at) if about.expires_at and about.payable else "", "wrong": "",
        "debit": held, "plans": may_agree(about),
        "deposit": deposit, "deposit_words": deposit_words(deposit) if deposit is not None else "",
        "said": "", "vouch": False, **more,
    }  # fmt: skip
