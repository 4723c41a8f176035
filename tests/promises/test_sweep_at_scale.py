"""The sweep at the size of a bad morning, and two workers at once."""

import threading
import time
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moothall.core.actors import SYSTEM
from moothall.promises.actions import NewPromise, make_promises
from moothall.promises.models import ClockFact, Promise, RedressOwed
from moothall.promises.rules import Standard, Unit
from moothall.promises.sweep import BATCH, sweep

pytestmark = [pytest.mark.usefixtures("council")]
TWO_DAYS = Standard("bin.complete", 2, Unit.WORKING_DAYS, "refuse", escalate_to="head-of-waste")


def make(clock, many):
    for _ in range(many):
        new = NewPromise(
            "complete", TWO_DAYS, "case", uuid4(), clock.now(), service="missed-bin", team="refuse-collection"
        )
        make_promises([new], by=SYSTEM, at=clock.now())


def counted(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT subject_id) FROM core_event WHERE name = %s", [name])
        return cursor.fetchone()


@pytest.mark.django_db
def test_a_batch_costs_the_same_statements_however_many_it_holds(clock):
    asked = {}
    for many in (3, 30):
        make(clock, many)
        clock.advance(days=5)
        with CaptureQueriesContext(connection) as queries:
            assert sweep(clock.now())["broken"] == many
        asked[many] = len(queries)
        Promise.objects.update(promised_again_at=None)
    assert asked[30] == asked[3]


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_own_up_to_each_promise_once(clock):
    many = 3 * BATCH // 2
    make(clock, many)
    clock.advance(days=5)
    at, found, gate = clock.now(), [], threading.Barrier(3)

    def work():
        try:
            gate.wait(10)
            found.append(sweep(at)["broken"])
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert sum(found) == many
    for name in ("promise.broken", "promise.explained", "redress.owed"):
        assert counted(name) == (many, many)
    assert RedressOwed.objects.count() == many
    assert ClockFact.objects.filter(kind="explained").count() == many


@pytest.mark.long
@pytest.mark.django_db
def test_ten_thousand_due_at_once_are_owned_up_to(clock, capsys):
    for _ in range(100):
        new = [
            NewPromise(f"k{n}", TWO_DAYS, "case", uuid4(), clock.now(), service="missed-bin", team="refuse-collection")
            for n in range(100)
        ]
        make_promises(new, by=SYSTEM, at=clock.now())
    clock.advance(days=5)
    before = time.perf_counter()
    assert sweep(clock.now())["broken"] == 10_000
    with capsys.disabled():
        print(f"\n10,000 broken promises owned up to in {time.perf_counter() - before:.1f} s")  # noqa: T201
    assert counted("promise.explained") == (10_000, 10_000)
