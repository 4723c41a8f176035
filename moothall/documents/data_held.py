"""What this room holds of people."""

from moothall.core.data_map import holds

holds(
    "documents.Document",
    purpose="What was sent with a request",
    kept="case",
    special="name path sha256 customer_id",
    plain="media_type scan mark question",
    room="documents",
)
