"""Which contractor is reached how: by the pack's way and the address of this installation."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from moothall.repairs.adapters.works_orders import WorksOrders
from moothall.repairs.pack import Contractor
from moothall.repairs.protocols import Contract


def contract_of(contractor: Contractor) -> Contract | None:
    """Return the way to a contractor's system; ``None`` where this installation has no address for it."""
    address = _of(settings.CONTRACTOR_ADDRESSES, contractor.code)
    if contractor.sends != "works_orders" or not address:
        return None
    if contractor.code not in settings.CONTRACTOR_ADDRESSES:
        address = f"{address.rstrip('/')}/{contractor.code}"
    return WorksOrders(address, key=key_of(contractor.code))


def key_of(code: str) -> str:
    """Return the key that signs what a contractor and we tell each other; empty: nothing of its is believed."""
    return _of(settings.CONTRACTOR_KEYS, code)


def _of(held: Mapping[str, str], code: str) -> str:
    return held.get(code) or held.get("*", "")
