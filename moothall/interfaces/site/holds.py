"""How many times one visitor may keep while forms are filled in."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from moothall.core import clock, limits
from moothall.intake.dialogue import AnswerError
from moothall.interfaces.policy import Request, address_of

log = logging.getLogger("moothall.bookings")
MOST_HOLDS: Final = 100
"""Times that one address may keep in a quarter of an hour: a library's computers share one, and a university's halls."""


@contextmanager
def counted_hold(request: Request) -> Iterator[None]:
    """Let one address keep so many times and no more: nobody holds a whole centre against everybody else.

    What is done within keeps the time; where it fails nothing was kept, so it is not counted: in a rush for a few times
    those who were too late learn that, and not that they tried too often.

    Raises:
        AnswerError.
    """
    try:
        tries = limits.count("booking-holds", {address_of(request): MOST_HOLDS}, at=clock.now())
    except limits.TooManyAttempts as many:
        log.warning("Refused one hold more", extra={"kind": "booking-holds"})
        raise AnswerError(
            f"Many times have been kept from here in a few minutes. Wait {many.wait_minutes} minutes and choose again."
        ) from many
    try:
        yield
    except Exception:
        limits.give_back(tries)
        raise
