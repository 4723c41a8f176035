"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

ROOM = "inbox"

holds(
    "inbox.Writing",
    purpose="To read and answer what she wrote",
    kept="contact",
    special="subject text whole sender sender_name answer_to sent_to message_id references verdicts remarks",
    plain="external_id inbox language",
    room=ROOM,
)
holds(
    "inbox.Answer",
    purpose="To know what was answered",
    kept="contact",
    special="text",
    room=ROOM,
)
holds(
    "inbox.Question",
    purpose="To answer well what she wrote",
    kept="contact",
    special="text answer",
    room=ROOM,
)
holds(
    "inbox.Post",
    purpose="To answer her where she wrote",
    kept="contact",
    personal="author_id author refs link",
    plain="network",
    room=ROOM,
)
holds(
    "inbox.Reply",
    purpose="To have a public answer checked before everyone reads it",
    kept="contact",
    special="text why",
    plain="cause",
    room=ROOM,
)
holds(
    "inbox.Measure",
    purpose="To answer for what was done about abuse",
    kept="contact",
    personal="author_id author reason",
    plain="network",
    room=ROOM,
)
holds_nobody("How far a network was read", "inbox.Feed", kept="contact")
