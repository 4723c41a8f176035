"""Which provider takes card payments here: from the settings, or put in place by a test."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from moothall.payments.adapters.govuk_pay import GovukPay
from moothall.payments.adapters.stripe import Stripe
from moothall.payments.protocols import Provider, ProviderTrouble

_KINDS: Mapping[str, type[GovukPay] | type[Stripe]] = {"govuk_pay": GovukPay, "stripe": Stripe}
_made: dict[tuple[str, ...], Provider] = {}
_used: Provider | None = None


def provider() -> Provider | None:
    """Return the provider new payments go to; None when nobody takes them yet."""
    if _used is not None:
        return _used
    if settings.PAY_BY == "none" or not settings.PAY_URL:
        return None
    key = (settings.PAY_BY, settings.PAY_URL, settings.PAY_KEY, settings.PAY_SECRET)
    if key not in _made:
        made = _KINDS[settings.PAY_BY](
            settings.PAY_URL, settings.PAY_KEY, settings.PAY_SECRET, pages=tuple(settings.PAY_PAGES)
        )
        _made[key] = made
    return _made[key]


def taken_by_phone() -> bool:
    """Whether the provider's page may be filled in for somebody on the telephone; also where nobody takes cards yet."""
    found = provider()
    return found is None or found.by_phone


def provider_named(name: str) -> Provider:
    """Return the provider that an earlier payment went by.

    Raises:
        ProviderTrouble: this installation has no line to it any more.
    """
    found = provider()
    if found is None or found.name != name:
        raise ProviderTrouble(f"There is no line to {name} here any more.")
    return found


def use(one: Provider | None) -> None:
    """Put a provider in place of the settings' own (tests); None: the settings' own again."""
    global _used  # noqa: PLW0603 - one for the process
    _used = one
