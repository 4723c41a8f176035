"""OpenID Connect: plain, and as GOV.UK One Login speaks it."""

from __future__ import annotations

from django.conf import settings

from moothall.customers.accounts.adapters.oidc.one_login import OneLogin
from moothall.customers.accounts.adapters.oidc.plain import PlainProvider
from moothall.customers.accounts.protocols import IdentityProvider


def provider() -> IdentityProvider | None:
    """Return the identity provider that residents may come by, or nothing where none is set up."""
    held = settings.RESIDENT_PROVIDER
    if not held["client_id"]:
        return None
    if held["flavour"] == "one-login":
        return OneLogin(
            issuer=held["issuer"], client_id=held["client_id"], key_file=held["private_key_file"], did=held["did"],
            name=held["name"],
        )  # fmt: skip
    return PlainProvider(
        issuer=held["issuer"], client_id=held["client_id"], secret=held["secret"], name=held["name"],
        proving=frozenset(held["acr"]),
    )  # fmt: skip


__all__ = ["provider"]
