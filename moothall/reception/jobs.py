"""What reception does by itself: the day is closed; names and numbers go with it."""

from moothall.core import clock
from moothall.core.jobs import every
from moothall.reception.actions import close_yesterday, forget_yesterday


@every("15 2 * * *", "reception.forget_yesterday")
def forget() -> None:
    """Count out whom nobody counted out, then take names, numbers and words out of yesterday's visits."""
    close_yesterday(at=clock.now())
    forget_yesterday(at=clock.now())
