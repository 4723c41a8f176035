"""Background entry points."""

from uuid import UUID

from moothall.core import clock
from moothall.core.jobs import current_lane, every, job
from moothall.notifications import actions
from moothall.notifications.actions.delivering import queue_forgotten
from moothall.notifications.actions.erasing import forget_receipts
from moothall.notifications.actions.gathering import gather, gather_forgotten
from moothall.notifications.actions.queueing import DELIVER, GATHER


@job(DELIVER, queue="send")
def deliver(message_id: str) -> None:
    """Try to send one message."""
    actions.deliver(UUID(message_id), worker=current_lane())


@job(GATHER, queue="send")
def tell_together(to: str, channel: str) -> None:
    """Tell a day's further news to one address in one message."""
    gather(to, channel, at=clock.now())


@every("* * * * *", "notifications.resolve_lost")
def resolve_lost() -> None:
    """Each minute: find out about messages whose sending broke off, and queue what was forgotten."""
    actions.resolve_lost()
    queue_forgotten()
    gather_forgotten(clock.now())


@every("23 3 * * *", "notifications.forget_receipts")
def forget_addresses() -> None:
    """Each night: let go of the addresses that receipts of erasures went to."""
    forget_receipts(at=clock.now())
