"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

holds(
    "contacts.Contact",
    purpose="To answer her, and know that we did",
    kept="contact",
    room="contacts",
    personal="customer_id caller note speaker",
    plain="direction cause outreach outreach_at",
)
holds_nobody("What a contact was about, by codes", "contacts.Matter", kept="contact")
