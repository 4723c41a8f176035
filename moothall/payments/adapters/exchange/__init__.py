"""The telephone exchange, told to stop and go on recording a call: no recording may hold a card's number.

The contract is one call: `POST {MOOTHALL_CALLS_URL}/calls/{call}/recording` with `{"recording": "off", "at": "…"}` or `"on"`,
signed with `MOOTHALL_CALLS_KEY` as the exchange signs what it tells us. It answers 2xx once it is so; 404 when it has no such
call (any more). Saying the same again changes nothing there, nor does an order whose `at` is before the last it took: what
came late must not undo what was said since.
"""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import quote

import requests
from django.conf import settings

from moothall.core import clock
from moothall.core.signing import signed

PATIENCE: Final = (2.0, 5.0)
"""Seconds to connect, and to answer: an adviser and a caller wait."""
NAME: Final = "X-Moothall"


class ExchangeAway(Exception):
    """The exchange did not say that it is so: whether the call is recorded is not known."""


class NoSuchCall(Exception):
    """The exchange knows no such call: it is over."""


def has_exchange() -> bool:
    """Whether calls are recorded here by an exchange that can be told to stop."""
    return bool(settings.CALLS_URL)


def tell(call_id: str, *, recording: bool) -> None:
    """Have a call recorded or not.

    Raises:
        ExchangeAway: it does not answer, or not as it should. NoSuchCall: the call is over.
    """
    at = clock.now()
    body = json.dumps({"recording": "on" if recording else "off", "at": at.isoformat()}).encode()
    headers = signed(body, settings.CALLS_KEY, at=at, name=NAME) | {"Content-Type": "application/json"}
    address = f"{settings.CALLS_URL.rstrip('/')}/calls/{quote(call_id, safe='')}/recording"
    try:
        answer = requests.post(address, data=body, headers=headers, timeout=PATIENCE, allow_redirects=False)
    except requests.RequestException as error:
        raise ExchangeAway(f"The telephone exchange did not answer ({type(error).__name__}).") from error
    if answer.status_code == 404:
        raise NoSuchCall(call_id)
    if not 200 <= answer.status_code < 300:
        raise ExchangeAway(f"The telephone exchange says {answer.status_code}.")
