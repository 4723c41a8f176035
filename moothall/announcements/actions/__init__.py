"""The only writers of announcements, by topic: making and ending them, and who they touch."""

from moothall.announcements.actions.joining import find_touched, forget, join_case, join_contact
from moothall.announcements.actions.making import (
    NewAnnouncement,
    NotSo,
    check_announcement,
    end_announcement,
    give_news,
    make_announcement,
)
from moothall.announcements.actions.stopping import announce_stop, end_stop
from moothall.announcements.actions.telling import tell_next

__all__ = [
    "NewAnnouncement",
    "NotSo",
    "announce_stop",
    "check_announcement",
    "end_announcement",
    "end_stop",
    "find_touched",
    "forget",
    "give_news",
    "join_case",
    "join_contact",
    "make_announcement",
    "tell_next",
]
