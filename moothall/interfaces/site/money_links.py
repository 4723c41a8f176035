"""Pages of money open to whoever has their link, and to nobody who guesses one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar
from uuid import UUID

from django.http import HttpResponse

from moothall.core import clock
from moothall.core.limits import TooManyAttempts, count
from moothall.interfaces.policy import Request, address_of
from moothall.interfaces.site.messages import message
from moothall.payments.actions import refuse

T = TypeVar("T")
NOT_HERE = "Check that you have the whole link from our message. You can also ring us, with the reference."

WRONG_LINKS: Final = 30
"""Wrong links from one network address in a quarter of an hour that are answered and noted one by one."""


def by_link(request: Request, find: Callable[[], T | None], *, about: UUID, what: str) -> T | HttpResponse:
    """Return what ``find`` finds behind a link, or the page to answer instead.

    A wrong link and a thing that is not there look the same, are noted, and are counted against the caller's address. A
    right one is never refused, whoever guessed before from the same address: a library's visitors share one, and a link
    is too long to be guessed. ``what`` names the thing, as in “this payment”.
    """
    caller, at = address_of(request), clock.now()
    found = find()
    if found is not None:
        return found
    try:
        count("pay-link", {caller: WRONG_LINKS}, at=at)
    except TooManyAttempts:
        words = "Too many links were tried from where you are. Try again in 15 minutes."
        return message(request, "Wait a while", words, status=429)
    refuse(
        "link",
        f"{what[:1].upper()}{what[1:]} was asked for with a link that does not open it.",
        subject=str(about),
        at=at,
    )
    return message(request, f"We can’t find {what}", NOT_HERE, status=404)
