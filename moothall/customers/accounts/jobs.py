"""Background work of accounts."""

from moothall.core import away, clock
from moothall.core.jobs import every
from moothall.core.staff import elsewhere as _staff  # noqa: F401 - registers how it is asked
from moothall.customers.accounts.actions import forget_codes
from moothall.customers.accounts.adapters.oidc import asking as _residents  # noqa: F401 - registers how it is asked


@every("17 3 * * *", "customers.accounts.forget_codes")
def forget_old_codes() -> None:
    """Forget codes of yesterday and the addresses they went to."""
    forget_codes(at=clock.now())


@every("* * * * *", "customers.accounts.ask_again", queue="default")
def ask_again() -> None:
    """Ask each sign-in elsewhere that did not answer whether it does now."""
    away.ask_again(at=clock.now())
