"""A council that books, on a Thursday in November, with somebody who may run its diary."""

from datetime import timedelta
from uuid import uuid4

import pytest

from moothall.bookings import actions
from moothall.bookings.queries import Wish, find
from moothall.core.actors import SYSTEM, Actor, ActorKind


@pytest.fixture
def thursday(clock):
    """Thursday 19 November 2026, 4pm."""
    clock.set("2026-11-19T16:00")
    return clock


@pytest.fixture
def officer():
    return Actor(kind=ActorKind.STAFF, id=uuid4(), permissions=frozenset({"booking.manage"}))


@pytest.fixture
def slots(thursday, council):
    """The free times for something, from two hours on."""

    def free(bookable="squash", **wish):
        wish.setdefault("since", thursday.now() + timedelta(hours=2))
        return find(Wish(bookable, **wish), at=thursday.now()).slots

    return free


@pytest.fixture
def held(thursday, slots):
    """Hold a time for somebody new."""

    def hold(bookable="squash", slot="", **more):
        key = slot or slots(bookable)[0].key
        given = {"for_kind": "dialogue", "for_id": uuid4(), "by": SYSTEM, "at": thursday.now(), **more}
        return actions.hold(bookable, key, **given)

    return hold
