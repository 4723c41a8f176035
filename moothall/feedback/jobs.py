"""Background entry points."""

from __future__ import annotations

from moothall.core import clock
from moothall.core.jobs import every
from moothall.feedback.actions import forget_asks


@every("23 3 * * *", "feedback.forget_asks")
def forget_who_was_asked() -> None:
    """Each night: forget who was asked how we did, once it does not matter any more."""
    forget_asks(at=clock.now())
