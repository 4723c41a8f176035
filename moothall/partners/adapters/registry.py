"""Which partner is reached how: by the pack's way and the address of this installation."""

from __future__ import annotations

from django.conf import settings

from moothall.partners.adapters.open311 import Open311
from moothall.partners.pack import Partner
from moothall.partners.protocols import Sender


def sender_of(partner: Partner) -> Sender | None:
    """Return the way to a partner's system; ``None`` where this installation has no address for it."""
    address = settings.PARTNER_ADDRESSES.get(partner.code)
    if partner.sends != "open311" or not address:
        return None
    base, _, jurisdiction = address.partition("#")
    return Open311(base, key=settings.PARTNER_KEYS.get(partner.code, ""), jurisdiction=jurisdiction)
