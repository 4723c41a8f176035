"""Each provider in each kind of trouble for a day: nothing lost, nothing twice, and the wait can be seen."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest

from moothall.core.ids import new_id
from moothall.core.models import Job
from moothall.notifications import queries
from moothall.notifications.models import Message
from tests.conftest import MovableClock
from tests.notifications.test_telling import OFFICER
from tests.outages.providers import OUTGOING, Provider, work_off
from tests.repairs.conftest import ask  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council"), pytest.mark.long]
TROUBLES = ("down", "wrong", "garbage", "slow", "cut")
A_DAY = (12, 12)
"""Hours from one look to the next: as few as show that it is tried again in vain; each costs a slow provider's patience."""


@pytest.fixture(params=OUTGOING)
def provider(
    request: pytest.FixtureRequest, clock: MovableClock, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Provider]:
    clock.set("2026-11-23T10:00:00+00:00")
    settings.SEND_LEASE_SECONDS = 0  # a line that broke off is looked into at the next minute
    made = OUTGOING[request.param]
    wanted = inspect.signature(made).parameters
    more = {name: request.getfixturevalue(name) for name in ("ask", "tmp_path") if name in wanted}
    with made(clock, settings, monkeypatch, **more) as one:
        yield one


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_day_of_trouble_loses_nothing_and_repeats_nothing(
    provider: Provider, clock: MovableClock, trouble: str
) -> None:
    keys = [provider.make(0)]
    work_off(provider)
    provider.line.set(trouble)
    keys += [provider.make(number) for number in (1, 2)]
    for look, hours in enumerate(A_DAY):
        work_off(provider, minutes=1)
        if look == 0:
            assert provider.waits(), "the wait is not shown"
        clock.advance(hours=hours)
    provider.line.set("")
    for _ in range(6):
        clock.advance(hours=1)
        work_off(provider)
    keys.append(provider.make(3))
    for _ in range(3):
        work_off(provider)
        clock.advance(minutes=5)
    have = provider.arrived()
    lost = set(keys) - set(have) - provider.by_hand()
    assert not lost, f"lost: {len(lost)} of {len(keys)}; {provider.waits()}"
    assert set(have) <= set(keys)
    again = {key for key, times in have.items() if times > 1}
    if provider.twice_is_shown:
        shown = {str(row.id) for row in queries.troubled_messages(visible_to=OFFICER).rows if row.in_doubt}
        assert again <= shown, "what may have gone twice is not shown"
        assert max(have.values()) <= 2
    else:
        assert not again
    assert not Job.objects.filter(given_up_at__isnull=False).exists()


def test_a_queue_that_brings_everything_three_times_sends_it_once(provider: Provider, clock: MovableClock) -> None:
    keys = [provider.make(number) for number in range(3)]
    rows = list(Job.objects.filter(claimed_by=""))
    Job.objects.bulk_create(
        [
            Job(id=new_id(), queue=row.queue, name=row.name, arguments=row.arguments, run_at=row.run_at,
                created_at=row.created_at)
            for row in reversed(rows * 2)
        ]
    )  # fmt: skip
    work_off(provider)
    clock.advance(minutes=5)
    work_off(provider)
    assert provider.arrived() == dict.fromkeys(keys, 1)
    assert not Message.objects.exclude(state__in=["sent", "delivered"]).filter(attempts__gt=1).exists()
