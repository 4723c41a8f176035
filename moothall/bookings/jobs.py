"""Every minute: end the holds that have run out, and say whose reminder is due."""

from moothall.bookings.actions import expire_holds, queue_reminders
from moothall.core import clock
from moothall.core.jobs import every


@every("* * * * *", "bookings.expire")
def expire() -> None:
    """End overdue holds, a few hundred at a time."""
    while expire_holds(at=clock.now()) == 500:
        pass


@every("* * * * *", "bookings.remind")
def remind() -> None:
    """Say whose reminder is due."""
    while queue_reminders(at=clock.now()) == 1000:
        pass
