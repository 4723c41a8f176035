"""The only writers of this room, by topic."""

from moothall.customers.privacy.actions.erasing import note_erasure
from moothall.customers.privacy.actions.glass import NeedsReason, break_glass, close_opening, review_opening, seek
from moothall.customers.privacy.actions.reasons import say_why

__all__ = ["NeedsReason", "break_glass", "close_opening", "note_erasure", "review_opening", "say_why", "seek"]
