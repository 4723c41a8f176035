"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

ROOM = "intake"

holds(
    "intake.Dialogue",
    purpose="A request under way",
    kept="dialogue",
    special="answers",
    personal="customer_id",
    plain="at_question",
    room=ROOM,
)
holds(
    "intake.Draft",
    purpose="What an officer typed and has not sent",
    kept="draft",
    special="fields",
    plain="key",
    room=ROOM,
)
holds_nobody("Words nobody found anything for", "intake.UnmetSearch", kept="unmet")
