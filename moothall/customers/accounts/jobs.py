"""Background work of accounts."""

from moothall.core import clock
from moothall.core.jobs import every
from moothall.customers.accounts.actions import forget_codes


@every("17 3 * * *", "customers.accounts.forget_codes")
def forget_old_codes() -> None:
    """Forget codes of yesterday and the addresses they went to."""
    forget_codes(at=clock.now())
