"""What this room asks of the outside: somebody who can say who a resident is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from moothall.core.away import Why
from moothall.customers.accounts.actions.proving import ProviderSays


class ProviderFailed(Exception):
    """The provider did not answer, or what it answered cannot be trusted. ``reason`` is for the log, never for the page;
    ``why`` is given where it fails for everybody, not for one visit alone."""

    def __init__(self, reason: str, why: Why | None = None) -> None:
        self.reason, self.why = reason, why
        super().__init__(reason)


class NotProved(Exception):
    """She is known to the provider, but it could not prove her identity as strongly as was asked, or she gave up."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One visit to the provider, kept in the session meanwhile: what must come back, and what was asked for."""

    state: str
    nonce: str
    verifier: str
    trust: str
    redirect_uri: str


class IdentityProvider(Protocol):
    """An identity provider by OpenID Connect (code flow with PKCE)."""

    name: str
    proves: bool

    def begin(self, errand: Errand) -> str:
        """Return the address to send the browser to. Raises ProviderFailed."""

    def finish(self, code: str, errand: Errand) -> ProviderSays:
        """Return who came back. Raises ProviderFailed, NotProved."""
