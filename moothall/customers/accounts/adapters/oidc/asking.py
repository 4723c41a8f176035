"""The identity provider that residents come by: is it there?"""

from __future__ import annotations

from typing import Final

from django.conf import settings

from moothall.core.away import Why, may_be_away
from moothall.customers.accounts.adapters.oidc import wire
from moothall.customers.accounts.protocols import ProviderFailed

CODE: Final = "residents-sign-in"


@may_be_away(CODE, "the identity service residents sign in with")
def ask_provider() -> Why | None:
    """Ask for its description and its keys, without which nobody can come by it."""
    held = settings.RESIDENT_PROVIDER
    if not held["client_id"]:
        return None
    try:
        described = wire.discover(held["issuer"], again=True)
        listed = wire.kept(str(described["jwks_uri"]), again=True)
    except (ProviderFailed, KeyError):
        return Why.SILENT
    return None if isinstance(listed, dict) and "keys" in listed else Why.SILENT
