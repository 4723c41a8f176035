"""The only readers of announcements: what is going on, for whom, and what was said."""

from moothall.announcements.queries.reaching import reached, spot_of
from moothall.announcements.queries.views import (
    AnnouncementView,
    NewsLine,
    announcement,
    finished,
    first_news,
    live,
    news_of,
    news_standards,
    of_contact,
    queue_words,
    touched_counts,
    touching,
)

__all__ = [
    "AnnouncementView",
    "NewsLine",
    "announcement",
    "finished",
    "first_news",
    "live",
    "news_of",
    "news_standards",
    "of_contact",
    "queue_words",
    "reached",
    "spot_of",
    "touched_counts",
    "touching",
]
