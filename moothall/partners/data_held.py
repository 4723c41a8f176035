"""What this room holds of people."""

from moothall.core.data_map import Basis, holds, holds_nobody

ROOM = "partners"

holds(
    "partners.Referral",
    purpose="To have done what others look after, and to say what they answer",
    kept="case",
    plain="partner way reference rule because their_reference their_token their_status their_change expected_at trouble",
    room=ROOM,
    not_copied="Where her case stands with others; what they said stands in the case's notes, which are copied.",
)
holds(
    "partners.PersonReferral",
    purpose="To put people in touch with somebody else who can help, as they agreed",
    basis=Basis.CONSENT,
    kept="case",
    personal="customer_id agreed words",
    special="about",
    plain="name organization taker way reference shares agreed_how state reason due_at task_id",
    room=ROOM,
)
holds_nobody("What other organisations say of their services in public directories", "partners.Help")
