"""Background work: once for each event and handler, tried again, given back when a worker dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from moothall.core import clock as machine
from moothall.core import events, jobs
from moothall.core.actors import SYSTEM
from moothall.core.ids import new_id
from moothall.core.models import Heartbeat, Job
from moothall.core.worker import Worker

seen: list[str] = []


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_handlers", {})
    monkeypatch.setattr(events, "_by_name", {})
    monkeypatch.setattr(jobs, "_jobs", {})
    seen.clear()


def happen(name: str = "thing.happened") -> events.Recorded:
    with transaction.atomic():
        (row,) = events.record([events.Happening(name, "thing", new_id(), machine.now())], by=SYSTEM)
    return row


@pytest.mark.django_db
def test_every_handler_of_an_event_runs_once(clock):
    events.handles("thing.happened", as_="a.first")(lambda event: seen.append(f"first {event.id}"))
    events.handles("thing.happened", as_="b.second")(lambda event: seen.append(f"second {event.id}"))
    row = happen()
    assert jobs.drain() == 2
    assert seen == [f"first {row.id}", f"second {row.id}"]
    assert jobs.drain() == 0


@pytest.mark.django_db
def test_imported_history_wakes_nobody(clock):
    events.handles("thing.happened", as_="a.first")(lambda event: seen.append("ran"))
    with transaction.atomic():
        events.record([events.Happening("thing.happened", "thing", None, machine.now())], by=SYSTEM, imported=True)
    assert jobs.drain() == 0


@pytest.mark.django_db
def test_a_handler_that_fails_leaves_nothing_and_is_tried_again_while_the_others_stand(clock):
    def breaks_first(event: events.Recorded) -> None:
        Heartbeat.objects.create(process=f"broken {len(seen)}", at=machine.now())
        seen.append("tried")
        if len(seen) < 3:
            raise RuntimeError("Mrs Dunn's address is 14 Mill Lane")

    events.handles("thing.happened", as_="a.breaks")(breaks_first)
    events.handles("thing.happened", as_="b.stands")(lambda event: None)
    happen()
    jobs.run_handlers()
    waiting = Job.objects.get()
    assert (waiting.name, waiting.attempts) == ("a.breaks", 1)
    assert waiting.error.startswith("RuntimeError in ")
    assert "Mill Lane" not in waiting.error
    assert not Heartbeat.objects.exists()
    assert jobs.run_handlers() == 0
    clock.advance(seconds=2)
    jobs.run_handlers()
    clock.advance(seconds=4)
    jobs.run_handlers()
    assert list(Heartbeat.objects.values_list("process", flat=True)) == ["broken 2"]
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_a_job_that_never_works_is_given_up_shown_and_can_be_tried_again(clock):
    @jobs.job("a.hopeless")
    def hopeless(word: str) -> None:
        seen.append(word)
        raise ValueError(word)

    jobs.enqueue("a.hopeless", word="x")
    for _ in range(jobs.MOST_ATTEMPTS + 3):
        jobs.run_one(["default"], "w/0")
        clock.advance(hours=2)
    assert len(seen) == jobs.MOST_ATTEMPTS
    (line,) = jobs.health().given_up
    assert (line.name, line.state, line.attempts) == ("a.hopeless", "given up", jobs.MOST_ATTEMPTS)
    assert jobs.try_again(line.id)
    assert jobs.run_one(["default"], "w/0")
    assert len(seen) == jobs.MOST_ATTEMPTS + 1


@pytest.mark.django_db
def test_a_job_put_off_waits_for_its_time_and_queues_once(clock):
    jobs.job("a.later")(lambda: seen.append("ran"))
    for _ in range(3):
        jobs.enqueue("a.later", once="only", at=clock.now() + timedelta(hours=1))
    assert jobs.drain() == 0
    clock.advance(hours=1)
    assert jobs.drain() == 1
    assert seen == ["ran"]


@pytest.mark.django_db
def test_the_same_lock_never_runs_twice_at_once(clock):
    def take_another() -> None:
        seen.append("ran")
        assert not jobs.run_one(["default"], "other/0")

    jobs.job("a.locked")(take_another)
    jobs.enqueue("a.locked", lock="mine")
    jobs.enqueue("a.locked", lock="mine")
    assert jobs.run_one(["default"], "w/0", strict=True)
    assert jobs.run_one(["default"], "w/0", strict=True)
    assert seen == ["ran", "ran"]


@pytest.mark.django_db
def test_a_schedule_runs_at_once_then_at_its_times_and_once_for_all_it_missed(clock):
    jobs.every("0 * * * *", "a.hourly")(lambda: seen.append("ran"))
    assert jobs.drain() == 1
    clock.advance(minutes=59)
    assert jobs.drain() == 0
    clock.advance(minutes=1)
    assert jobs.drain() == 1
    clock.advance(days=3)
    assert jobs.drain() == 1
    clock.advance(timedelta(days=-2))
    assert jobs.drain() == 0
    clock.advance(hours=1)
    assert jobs.drain() == 1


@pytest.mark.django_db
def test_what_a_dead_worker_held_is_given_back_and_what_a_living_one_holds_is_not(clock):
    jobs.job("a.long")(lambda: None)
    for _ in range(2):
        jobs.enqueue("a.long")
    dead, living = (
        jobs._claim(["default"], "dead:1/default-0", clock.now()),
        jobs._claim(["default"], "live:2/default-0", clock.now()),
    )
    assert dead is not None
    assert living is not None
    long_ago = machine.machine_now() - timedelta(minutes=5)
    Job.objects.update(claimed_at=long_ago)
    Heartbeat.objects.create(process="dead:1", at=long_ago)
    jobs.beat("live:2")
    assert jobs.release_dead() == 1
    assert Job.objects.get(id=dead.id).claimed_by == ""
    assert Job.objects.get(id=living.id).claimed_by == "live:2/default-0"


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_handler(clock):
    lock = threading.Lock()

    def note(event: events.Recorded) -> None:
        with lock:
            seen.append(str(event.id))

    events.handles("thing.happened", as_="a.note")(note)
    made = {str(happen().id) for _ in range(120)}

    def take() -> None:
        while jobs.run_handlers(limit=5):
            pass
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == sorted(made)


@pytest.mark.django_db(transaction=True)
def test_a_worker_outlives_its_database_connection_and_stops_in_good_order(clock):
    jobs.job("a.quick")(lambda: seen.append("ran"))
    worker = Worker("w", send_lanes=1)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        jobs.enqueue("a.quick")
        _until(lambda: seen == ["ran"])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        jobs.enqueue("a.quick")
        _until(lambda: seen == ["ran", "ran"])
        assert jobs.alive() == {"w"}
    finally:
        worker.stop()
        thread.join(timeout=20)
    assert not thread.is_alive()
    assert jobs.alive() == set()


KILLED = """
import django; django.setup()
import os, signal
from moothall.core import events, jobs
from moothall.core.models import Heartbeat
from moothall.core import clock
@events.handles("thing.happened", as_="a.dies")
def dies(event):
    Heartbeat.objects.create(process="half done", at=clock.now())
    os.kill(os.getpid(), signal.SIGKILL)
jobs.run_handlers()
"""


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_a_handler_leaves_nothing_and_the_next_takes_it_at_once(clock, database_address: str):
    events.handles("thing.happened", as_="a.dies")(lambda event: seen.append("ran"))
    happen()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED], env=os.environ | {"DATABASE_URL": database_address}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert not Heartbeat.objects.exists()
    _until(lambda: jobs.run_handlers() == 1)  # as soon as the server has seen the connection go
    assert seen == ["ran"]


def _until(holds) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold within 20 seconds"
        time.sleep(0.05)
