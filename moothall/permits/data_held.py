"""What this room holds of people."""

from moothall.core.data_map import holds

holds(
    "permits.Permit",
    purpose="To know what is in force, for what and until when, and to remind its holder",
    kept="case",
    personal="what ended_because",
    plain="reference service starts ends issued_at ended_at reminded",
    room="permits",
)
