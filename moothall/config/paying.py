"""Settings of card payments: the provider, and the keypad that callers are put through to."""

from __future__ import annotations

from typing import NamedTuple

from moothall.config.env import Env


class CardPayments(NamedTuple):
    """Who takes card payments, the provider's address and keys, the keypad's, and where the provider's own pages stand."""

    by: str
    url: str
    key: str
    secret: str
    keypad: str
    keypad_key: str
    pages: list[str]


def card_payments(env: Env, production: bool) -> CardPayments:
    """Return how card payments are taken here."""
    by = env.choice(
        "MOOTHALL_PAY_BY",
        "Who takes card payments: GOV.UK Pay, Stripe, or nobody yet.",
        options=("govuk_pay", "stripe", "none"),
        default="none" if production else "govuk_pay",
        shown="none",
    )
    url = env.text(
        "MOOTHALL_PAY_URL",
        "The address of the payment provider’s API, or of a twin of it for tests.",
        default={"stripe": "https://api.stripe.com"}.get(by, "https://publicapi.payments.service.gov.uk")
        if production
        else "",
        shown="the provider’s own",
    ).rstrip("/")
    key = env.text(
        "MOOTHALL_PAY_KEY", "The API key of the council’s account there.", required=production and by != "none"
    )
    secret = env.text(
        "MOOTHALL_PAY_SECRET",
        "The secret that signs what the payment provider calls back with.",
        required=production and by != "none",
    )
    keypad = env.text(
        "MOOTHALL_PAY_KEYPAD",
        "The address of the keypad service that callers are put through to, to type their card’s number.",
    ).rstrip("/")
    keypad_key = env.text("MOOTHALL_PAY_KEYPAD_KEY", "The key of the council’s account there.")
    pages = env.listing(
        "MOOTHALL_PAY_PAGES",
        "Where the provider’s own payment pages stand, as https://host: forms may lead there.",
        default={
            "govuk_pay": ["https://www.payments.service.gov.uk", "https://card.payments.service.gov.uk"],
            "stripe": ["https://checkout.stripe.com"],
        }.get(by, [])
        if production
        else [],
        shown="the provider’s own",
    )
    return CardPayments(by, url, key, secret, keypad, keypad_key, pages)
