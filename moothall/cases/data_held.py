"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

ROOM = "cases"

holds(
    "cases.Case",
    purpose="To do what was asked for",
    kept="case",
    room=ROOM,
    special="answers",
    personal="customer_id uprn place_text latitude longitude track_email track_postcode external_id",
    plain="priority decisions outcome",
)
holds("cases.Task", purpose="To do what was asked for", kept="case", personal="title outcome", room=ROOM)
holds("cases.Note", purpose="To do what was asked for", kept="case", special="text", room=ROOM)
holds_nobody(
    "Which contact had a part in which case; who has it open", "cases.CaseContact", "cases.Presence", kept="case"
)
