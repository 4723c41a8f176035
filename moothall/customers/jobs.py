"""Background work of this room."""

from datetime import datetime

from moothall.core.jobs import job
from moothall.customers.actions.record import relearn_words


@job("customers.relearn_words")
def relearn(since: str) -> None:
    """Keep again the words of records written about the time of an erasure."""
    relearn_words(since=datetime.fromisoformat(since))
