"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

holds(
    "announcements.Touched",
    purpose="To tell whoever a failure touches, and when it is over",
    kept="case",
    personal="customer_id contact_id case_id",
    plain="how",
    room="announcements",
)
holds_nobody(
    "What failed, and what was said of it",
    "announcements.Announcement",
    "announcements.News",
    kept="case",
)
