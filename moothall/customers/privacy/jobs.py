"""Background work of privacy."""

from uuid import UUID

from moothall.core import clock
from moothall.core.jobs import enqueue, every, job
from moothall.core.seals import seal_next
from moothall.core.seals.sealing import BATCH
from moothall.customers.privacy.actions.copies import BUILD, build_copy, end_copies
from moothall.customers.privacy.actions.keeping import continue_run

MOST_BATCHES = 20
FORGET = "customers.privacy.forget"


@every("* * * * *", "customers.privacy.seal_events")
def seal_events() -> None:
    """Seal the events that were written since the last time; what is left after a large import waits a minute."""
    for _ in range(MOST_BATCHES):
        if seal_next(at=clock.now()) < BATCH:
            return


@job(BUILD)
def build(copy_id: str) -> None:
    """Put a copy together."""
    build_copy(UUID(copy_id), at=clock.now())


@every("29 3 * * *", "customers.privacy.end_copies")
def end_old_copies() -> None:
    """Each night: let go of copies that have run out."""
    end_copies(at=clock.now())


@every("47 2 * * *", "customers.privacy.retention")
def begin_night() -> None:
    """Each night: let go of what is due by the pack's retention, a part at a time so that other work has its turn."""
    enqueue(FORGET, once=FORGET, lock=FORGET)


@job(FORGET)
def forget() -> None:
    """Let go of some of what is due; where there is more, queue the next part."""
    if continue_run(at=clock.now()):
        enqueue(FORGET, once=FORGET, lock=FORGET)
