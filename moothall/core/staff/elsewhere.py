"""The council's own sign-in for its staff: is it there?"""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import requests
from django.conf import settings

from moothall.core import clock
from moothall.core.away import Why, may_be_away

CODE: Final = "staff-sign-in"
PATIENCE: Final = 3.0
"""Seconds that somebody who wants to sign in waits for the answer at most."""
LEEWAY: Final = timedelta(seconds=60)
"""How far its clock and ours may be apart."""


@may_be_away(CODE, "the council’s own sign-in")
def ask_council() -> Why | None:
    """Ask for the keys it signs with, as every sign-in must, and look what time it says it is."""
    if not settings.OIDC_RP_CLIENT_ID:
        return None
    try:
        with requests.get(settings.OIDC_OP_JWKS_ENDPOINT, timeout=min(PATIENCE, settings.OIDC_TIMEOUT)) as answer:
            if answer.status_code != requests.codes.ok or "keys" not in answer.json():
                return Why.SILENT
            said = answer.headers.get("Date", "")
    except (requests.RequestException, ValueError, TypeError):
        return Why.SILENT
    return Why.CLOCKS if said and _apart(said) else None


def _apart(said: str) -> bool:
    """Say whether the moment an answer bears is not ours. To the second, and some time on the way: more than the leeway."""
    try:
        return abs(clock.machine_now() - parsedate_to_datetime(said)) > LEEWAY + timedelta(seconds=PATIENCE)
    except (ValueError, TypeError):
        return False
