"""What payments ask of the outside: a provider that shows the paying page, takes the money and gives it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

Standing = Literal["started", "authorised", "taken", "failed", "cancelled"]


class ProviderTrouble(Exception):
    """The provider could not be reached, or answered in a way we cannot read: whether it did what we asked is not known."""


class ProviderRefused(Exception):
    """The provider said no, and nothing was done. ``code`` is its own word for why."""

    def __init__(self, code: str, words: str = "") -> None:
        self.code = code
        super().__init__(words or code)


class Forged(ValueError):
    """A webhook whose signature does not fit what it says."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A payment to be started. ``reference`` is this try's own; ``come_back`` is where the customer returns to.

    ``set_up``: she agrees to an agreement while she pays; ``agreement``: it is taken by one, and she is not there.
    """

    reference: str
    pence: int
    description: str
    come_back: str
    moto: bool = False
    hold: bool = False
    agreement: str = ""
    set_up: str = ""
    metadata: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """How a payment stands at the provider."""

    provider_id: str
    state: Standing
    pence: int
    reference: str = ""
    next_url: str = ""
    failure: str = ""
    refunded: int = 0
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """How money that is given back stands: ``going`` was taken on and may still fail."""

    refund_id: str
    state: Literal["going", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Heard:
    """A webhook understood: the provider's own id of the event, and the payment it speaks of. We then ask for its state."""

    event_id: str
    kind: str
    provider_id: str


class Provider(Protocol):
    """A provider of card payments."""

    name: str
    pages: tuple[str, ...]
    agrees: bool
    """Whether it keeps agreements for payments to come."""
    by_phone: bool
    """Whether its page may be filled in for somebody on the telephone."""

    def start(self, wanted: Wanted) -> Stand:
        """Start a payment; its page is ``next_url``. Raises ProviderRefused, ProviderTrouble."""

    def look(self, provider_id: str) -> Stand:
        """Return how a payment stands. Raises ProviderTrouble; ProviderRefused when it knows no such payment."""

    def find(self, reference: str) -> Stand | None:
        """Return the payment started under a reference of ours, or None. Raises ProviderTrouble."""

    def cancel(self, provider_id: str) -> None:
        """Cancel a payment that is not finished. Raises ProviderRefused when it is, ProviderTrouble."""

    def capture(self, provider_id: str) -> None:
        """Take what was authorised. Raises ProviderRefused, ProviderTrouble."""

    def refund(self, provider_id: str, pence: int, *, refunded_before: int, key: str) -> Given:
        """Give money back, once for a key; return how it stands. Raises ProviderRefused, ProviderTrouble.

        ``refunded_before`` is what we think has gone back already or is going: a provider that knows better refuses.
        """

    def look_refund(self, provider_id: str, refund_id: str) -> Given:
        """Return how money stands that is given back. Raises ProviderTrouble; ProviderRefused when it knows none such."""

    def agree(self, reference: str, description: str) -> str:
        """Make an agreement for payments to come; return its id. Raises ProviderRefused, ProviderTrouble."""

    def agreement(self, agreement: str) -> str:
        """Return how an agreement stands: created, active, cancelled or inactive. Raises as ``look``."""

    def end_agreement(self, agreement: str) -> None:
        """End one: nothing more is taken by it. Raises ProviderRefused where it is not in force, ProviderTrouble."""

    def hear(self, raw: bytes, headers: Mapping[str, str]) -> Heard:
        """Return what a webhook says. Raises Forged, ValueError when it cannot be read."""
