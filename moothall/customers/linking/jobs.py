"""Background work: telling systems of changes, and noticing those that are late."""

from uuid import UUID

from moothall.core.jobs import every, job
from moothall.customers.linking.actions import changing


@job(changing.JOB, queue="systems")
def tell(telling_id: str) -> None:
    """Tell one system of one change."""
    changing.tell(UUID(telling_id))


@every("*/5 * * * *", "linking.late")
def late() -> None:
    """Put what was not answered in time before a person."""
    changing.sweep_late()
