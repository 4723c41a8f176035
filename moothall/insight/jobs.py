"""Background entry points."""

from moothall.core.jobs import every
from moothall.insight.projection import catch_up


@every("* * * * *", "insight.catch_up")
def keep_up() -> None:
    """Each minute: project what happened since."""
    catch_up()
