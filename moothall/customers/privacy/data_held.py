"""What this room holds of people."""

from moothall.core.data_map import Basis, holds

ROOM = "privacy"

holds(
    "customer_privacy.Opening",
    purpose="To answer for sealed records that were opened",
    basis=Basis.LEGAL,
    kept="opening",
    personal="customer_id reason finding",
    room=ROOM,
)
