from datetime import timedelta
from threading import Event as Flag
from threading import Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from moothall.core import events
from moothall.core.actors import SYSTEM
from moothall.core.event_feed import NOWHERE, event, events_of_case, events_since
from moothall.core.events import Happening, handles, record, together


def happening(clock, name="test.happened", **more):
    return Happening(name=name, subject_kind="test", subject_id=uuid4(), occurred_at=clock.now(), **more)


@pytest.mark.django_db
def test_an_event_reads_back_as_it_was_recorded(clock):
    case = uuid4()
    with transaction.atomic():
        [row] = record([happening(clock, case_id=case, service="missed-bin", data={"reason": "a", "n": 3})], by=SYSTEM)
    found = event(row.id, row.recorded_at)
    assert found is not None
    assert (found.name, found.case_id, found.service, dict(found.data)) == (
        "test.happened", case, "missed-bin", {"reason": "a", "n": 3},
    )  # fmt: skip
    assert [e.id for e in events_of_case(case)] == [row.id]


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused(clock):
    with pytest.raises(transaction.TransactionManagementError):
        record([happening(clock)], by=SYSTEM)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["UPDATE core_event SET name = 'x'", "DELETE FROM core_event", "TRUNCATE core_event", "TRUNCATE core_event_rest"],
)
def test_the_database_itself_refuses_to_change_or_delete_an_event(clock, statement):
    with transaction.atomic():
        record([happening(clock)], by=SYSTEM)
    with pytest.raises((IntegrityError, DatabaseError), match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.django_db
def test_each_event_lies_in_the_partition_of_its_month(clock):
    for month in ("2026-03-15T12:00", "2031-07-01T12:00"):
        clock.set(month)
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute("SELECT core_event_month(%s::date)", [month[:10]])
            [row] = record([happening(clock)], by=SYSTEM)
            cursor.execute("SELECT tableoid::regclass::text FROM core_event WHERE id = %s", [row.id])
            assert cursor.fetchone()[0] == f"core_event_{month[:7].replace('-', '_')}"


@pytest.mark.django_db
def test_an_event_of_a_month_nobody_foresaw_is_kept_and_moves_to_its_partition_later(clock):
    clock.set("2041-02-03T04:05")
    with transaction.atomic():
        [row] = record([happening(clock)], by=SYSTEM)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM core_event WHERE id = %s", [row.id])
        assert cursor.fetchone()[0] == "core_event_rest"
        cursor.execute("SELECT core_event_month('2041-02-01')")
        cursor.execute("SELECT tableoid::regclass::text FROM core_event WHERE id = %s", [row.id])
        assert cursor.fetchone()[0] == "core_event_2041_02"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "table", ["core_eventseal", "customers_look", "promises_clockfact", "payments_entry", "payments_posting"]
)
def test_what_is_only_added_to_is_not_emptied_either(table):
    with pytest.raises((IntegrityError, DatabaseError), match="append-only"), transaction.atomic():
        connection.cursor().execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db
def test_months_are_made_ahead_once_and_are_kept_like_the_others(clock):
    clock.set("2033-01-15T12:00")
    assert events.make_months(clock.now()) == 15
    assert events.make_months(clock.now()) == 0
    clock.set("2034-03-31T23:30")
    with transaction.atomic():
        [row] = record([happening(clock)], by=SYSTEM)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM core_event WHERE id = %s", [row.id])
        assert cursor.fetchone()[0] == "core_event_2034_03"
    with pytest.raises((IntegrityError, DatabaseError), match="append-only"), transaction.atomic():
        connection.cursor().execute("TRUNCATE core_event_2034_03")


@pytest.mark.django_db
def test_events_recorded_together_are_one_statement_and_an_error_writes_none(clock, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(1), together():
        for _ in range(5):
            record([happening(clock)], by=SYSTEM)
    case = uuid4()
    with pytest.raises(ValueError, match="stop"), transaction.atomic(), together():  # noqa: PT012
        record([happening(clock, case_id=case)], by=SYSTEM)
        raise ValueError("stop")
    assert events_of_case(case) == []


@pytest.mark.django_db
def test_handlers_are_queued_with_the_event_and_imported_history_queues_none(clock, monkeypatch):
    monkeypatch.setattr(events, "_handlers", {})
    monkeypatch.setattr(events, "_by_name", {})
    handles("test.happened", as_="test.listener")(lambda _: None)
    with transaction.atomic():
        record([happening(clock)], by=SYSTEM)
        record([happening(clock)], by=SYSTEM, imported=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_job WHERE name = 'test.listener'")
        assert cursor.fetchone()[0] == 1


@pytest.mark.django_db(transaction=True)
def test_the_feed_never_skips_an_event_that_commits_late(clock):
    """One transaction writes first and commits last; a reader between the two must not pass it by."""
    wrote, may_commit = Flag(), Flag()
    slow_id = []

    def slow() -> None:
        try:
            with transaction.atomic():
                slow_id.append(record([happening(clock, name="test.slow")], by=SYSTEM)[0].id)
                wrote.set()
                may_commit.wait(10)
        finally:
            connection.close()

    thread = Thread(target=slow)
    thread.start()
    assert wrote.wait(10)
    with transaction.atomic():
        record([happening(clock, name="test.quick")], by=SYSTEM)
    seen = [row for row in events_since(0, NOWHERE) if row.name.startswith("test.")]
    assert seen == []  # the quick one waits for the slow one that may still come before it
    may_commit.set()
    thread.join(10)
    later = [row.name for row in events_since(0, NOWHERE) if row.name.startswith("test.")]
    assert later == ["test.slow", "test.quick"]


@pytest.mark.django_db
def test_the_feed_goes_on_from_where_it_was(clock):
    ids = []
    for _ in range(4):
        with transaction.atomic():
            ids.append(record([happening(clock)], by=SYSTEM)[0].id)
        clock.advance(timedelta(seconds=1))
    # within one test transaction nothing is committed, so the feed's horizon hides it: read the table's own order
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM core_event WHERE name = 'test.happened' ORDER BY tx, id")
        assert [row[0] for row in cursor.fetchall()] == ids
