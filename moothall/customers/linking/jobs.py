"""Background work: telling systems of changes, noticing those that are late, looking through every record."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings

from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.jobs import enqueue, every, job
from moothall.core.packs import current_pack
from moothall.customers.linking.actions import changing, fetching, searching
from moothall.customers.linking.actions.households import tie_households
from moothall.customers.linking.actions.refreshing import put_away_missed
from moothall.customers.linking.pack import SYSTEMS
from moothall.customers.linking.registry import feed_of
from moothall.customers.matching import queries


@job(changing.JOB, queue="systems")
def tell(telling_id: str) -> None:
    """Tell one system of one change."""
    changing.tell(UUID(telling_id))


@every("*/5 * * * *", "linking.late")
def late() -> None:
    """Put what was not answered in time before a person."""
    changing.sweep_late()


@every("*/5 * * * *", "linking.feeds")
def feeds() -> None:
    """Have every feed read on from where we were, each by itself: one that is slow keeps no other waiting."""
    for code in current_pack().of(SYSTEMS) if settings.SYSTEM_FEEDS else ():
        if feed_of(code) is not None:
            enqueue(fetching.PULL, once=f"pull:{code}", lock=f"pull:{code}", system=code)


@job(fetching.PULL, queue="systems")
def pull(system: str) -> None:
    """Read one feed to its end."""
    fetching.pull_feed(system, at=clock.now())


@every("* * * * *", "linking.folders")
def folders() -> None:
    """Each minute: take the complete files of the folders that systems write into."""
    fetching.take_folders(at=clock.now())


@job(searching.SEARCH, queue="matching")
def search() -> None:
    """Look through every record."""
    try:
        searching.search_all(by=SYSTEM, at=clock.now())
    except searching.NothingToCompare:
        return


@job(searching.TAKE, queue="matching")
def take() -> None:
    """Take what was found."""
    searching.take_found()


@every("20 2 * * *", "linking.households")
def households() -> None:
    """Tie who lives together where somebody's record changed since the night before last."""
    at = clock.now()
    tie_households(by=SYSTEM, at=at, since=at - timedelta(days=2))


@every("30 1 * * *", "linking.seals")
def seals() -> None:
    """Put away what only a restricted system said, wherever it still stands open."""
    put_away_missed()


@every("55 1 * * *", "linking.firms")
def firms() -> None:
    """Have every organisation looked through at night."""
    searching.search_firms(by=SYSTEM, at=clock.now())


@every("40 1 * * *", "linking.nightly")
def nightly() -> None:
    """Have every record looked through at night, where the council's own weights were learnt."""
    if queries.model_in_use().version is not None:
        searching.ask_for_search(by=SYSTEM, at=clock.now())
