"""What this room holds of people."""

from moothall.core.data_map import Basis, holds, holds_nobody

ROOM = "privacy"

holds(
    "customer_privacy.Opening",
    purpose="To answer for sealed records that were opened",
    basis=Basis.LEGAL,
    kept="opening",
    personal="customer_id reason finding sought",
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

holds(
    "customer_privacy.Copy",
    purpose="To give her a copy of what is held on her",
    basis=Basis.LEGAL,
    kept="opening",
    personal="customer_id",
    plain="asked_by_kind",
    room=ROOM,
)
holds(
    "customer_privacy.CopyLine",
    purpose="To give her a copy of what is held on her",
    basis=Basis.LEGAL,
    kept="technical",
    special="path value",
    plain="section file_key withheld",
    room=ROOM,
    not_copied="It is the copy.",
)
holds(
    "customer_privacy.Hold",
    purpose="To keep what a claim or an inquiry needs",
    basis=Basis.LEGAL,
    kept="opening",
    personal="customer_id note",
    plain="record_class reference reason review_on",
    room=ROOM,
)
holds(
    "customer_privacy.Reason",
    purpose="To know why an officer looked at somebody’s record",
    basis=Basis.LEGAL,
    kept="look",
    personal="customer_id note",
    room=ROOM,
)
holds_nobody("What each night’s forgetting did, in numbers", "customer_privacy.RetentionRun", kept="opening")
