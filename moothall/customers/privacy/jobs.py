"""Background work of privacy."""

from moothall.core import clock
from moothall.core.jobs import every
from moothall.core.seals import seal_next
from moothall.core.seals.sealing import BATCH

MOST_BATCHES = 20


@every("* * * * *", "customers.privacy.seal_events")
def seal_events() -> None:
    """Seal the events that were written since the last time; what is left after a large import waits a minute."""
    for _ in range(MOST_BATCHES):
        if seal_next(at=clock.now()) < BATCH:
            return
