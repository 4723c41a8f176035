"""Every minute: end the holds that have run out, and say whose reminder is due; every hour the waits that are over."""

from moothall.bookings.actions import end_waits, expire_holds, finish_closures, queue_reminders, warn_unarranged
from moothall.core import clock
from moothall.core.jobs import every


@every("* * * * *", "bookings.expire")
def expire() -> None:
    """End overdue holds, a few hundred at a time."""
    while expire_holds(at=clock.now()) == 500:
        pass


@every("7 * * * *", "bookings.end_waits")
def end() -> None:
    """End the waits whose time has passed."""
    while end_waits(at=clock.now()) == 500:
        pass


@every("*/10 * * * *", "bookings.warn_unarranged")
def warn() -> None:
    """Tell who must know what was not arranged in time."""
    while warn_unarranged(at=clock.now()) == 200:
        pass


@every("*/10 * * * *", "bookings.finish_closures")
def finish() -> None:
    """See to whoever was booked where something closed and was not seen to."""
    finish_closures(at=clock.now())


@every("* * * * *", "bookings.remind")
def remind() -> None:
    """Say whose reminder is due."""
    while queue_reminders(at=clock.now()) == 1000:
        pass
