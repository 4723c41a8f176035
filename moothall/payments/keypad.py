"""The payment line: a service that takes a caller over and types the card's number into the provider's page for her.

The adviser stays on the call, or goes; either way she hears no tones and sees no number, and none comes here. What we ask of
such a service is one request, `POST /keypad/sessions` with the page, the amount and the reference, answered with 201.
"""

from __future__ import annotations

from django.conf import settings

from moothall.payments.adapters.calling import Line

_lines: dict[tuple[str, str], Line] = {}


def has_keypad() -> bool:
    """Whether callers can be put through to a payment line here."""
    return bool(settings.PAY_KEYPAD)


def put_through(page: str, *, reference: str, pence: int) -> None:
    """Hand a payment page over to the payment line. The same page twice is one caller.

    Raises:
        ProviderTrouble: the line does not answer. ProviderRefused: it does not take this page.
    """
    key = (settings.PAY_KEYPAD, settings.PAY_KEYPAD_KEY)
    line = _lines.setdefault(key, Line(*key))
    line.ask("POST", "/keypad/sessions", json={"page": page, "reference": reference, "amount": pence})
