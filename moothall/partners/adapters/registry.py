"""Which partner is reached how: by the pack's way and the address of this installation."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from moothall.partners.adapters.open311 import Open311
from moothall.partners.pack import Partner
from moothall.partners.protocols import Sender


def sender_of(partner: Partner) -> Sender | None:
    """Return the way to a partner's system; ``None`` where this installation has no address for it."""
    address = _for(settings.PARTNER_ADDRESSES, partner.code, under="/")
    if partner.sends != "open311" or not address:
        return None
    base, _, jurisdiction = address.partition("#")
    return Open311(base, key=key_of(partner.code), jurisdiction=jurisdiction)


def is_reached(partner: Partner) -> bool:
    """Return whether this installation can tell a partner of something by itself."""
    return partner.sends == "email" or sender_of(partner) is not None


def key_of(code: str) -> str:
    """Return the key that we and a partner's system hold; empty where there is none."""
    return _for(settings.PARTNER_KEYS, code)


def _for(given: Mapping[str, str], code: str, *, under: str = "") -> str:
    """What is set for a partner; `*` stands for all others, at an address each under its code."""
    every = given.get("*", "")
    return given.get(code) or (f"{every}{under}{code}" if every and under else every)
