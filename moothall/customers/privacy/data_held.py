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
holds(
    "customer_privacy.Erasure",
    purpose="To show that somebody was erased, or why not",
    basis=Basis.LEGAL,
    kept="opening",
    personal="customer_id",
    plain="number counts kept",
    not_copied="The receipt was sent; it names nobody.",
    stays="It names nobody; without it nobody could show that the erasure was done.",
)
