"""Background entry points."""

from moothall.core import clock
from moothall.core.jobs import every
from moothall.promises.sweep import sweep


@every("* * * * *", "promises.sweep")
def sweep_promises() -> None:
    """Each minute: warn of what is at risk, own up to what is broken."""
    sweep(clock.now())
