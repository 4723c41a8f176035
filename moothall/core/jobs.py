"""Background work: queued in the caller's transaction, run at least once, retried with growing pauses.

Domain rooms call ``enqueue``; the library behind it (Procrastinate, jobs in the same PostgreSQL) is known only here.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

log = logging.getLogger("moothall.jobs")
RETRY = RetryStrategy(max_attempts=12, exponential_wait=3)


def job(name: str, *, queue: str = "default") -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a background job under a stable name. It must be idempotent: it may run more than once."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        app.task(name=name, queue=queue, retry=RETRY)(function)
        return function

    return register


def every(cron: str, name: str, *, queue: str = "clock") -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Run a function on a schedule (cron words, UTC), once across all workers."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        def run(timestamp: int) -> None:
            function()

        app.periodic(cron=cron)(app.task(name=name, queue=queue, queueing_lock=name)(run))
        return function

    return register


def enqueue(name: str, *, lock: str | None = None, at: datetime | None = None, **arguments: Any) -> None:
    """Queue a job by its name in the current transaction. Arguments must be plain JSON values."""
    options: dict[str, Any] = {"schedule_at": at} if at else {}
    app.configure_task(name, lock=lock, allow_unknown=True, **options).defer(**arguments)


def defer_handlers(wanted: Sequence[dict[str, Any]]) -> None:
    """Queue one job per event and handler, in one statement."""
    app.configure_task("core.handle_event").batch_defer(*wanted)


@job("core.handle_event", queue="events")
def handle_event(event_id: str, recorded_at: str, handler: str) -> None:
    """Run one handler for one event."""
    from moothall.core import event_feed
    from moothall.core.events import handler_named

    found = event_feed.event(UUID(event_id), datetime.fromisoformat(recorded_at))
    if found is None:
        log.error("An event a job speaks of is not there", extra={"event_id": event_id, "handler": handler})
        return
    handler_named(handler)(found)
