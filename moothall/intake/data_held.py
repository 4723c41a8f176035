"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

ROOM = "intake"

holds(
    "intake.Dialogue",
    purpose="A request under way",
    kept="dialogue",
    special="answers",
    personal="customer_id link_to",
    plain="at_question helped_because",
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
holds(
    "intake.Conversation",
    purpose="A call or texts in which a machine asked",
    kept="dialogue",
    special="held turn",
    personal="caller customer_id",
    plain="call_id line step ended language",
    room=ROOM,
)
holds_nobody("Words nobody found anything for", "intake.UnmetSearch", kept="unmet")
holds_nobody("Whether a resident agreed that her councillor is told", "intake.ConsentAsked", kept="case")
