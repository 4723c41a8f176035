"""Somebody with an account."""

import pytest

from moothall.core.actors import ANONYMOUS
from moothall.customers.accounts.actions import open_account


@pytest.fixture(autouse=True)
def pack(council):
    """The demo council's pack, applied."""
    return council


@pytest.fixture
def mary(council, clock):
    return open_account(
        kind="email",
        value="mary.jones@example.com",
        given_name="Mary",
        family_name="Jones",
        by=ANONYMOUS,
        at=clock.now(),
    )
