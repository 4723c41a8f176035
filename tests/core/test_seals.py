"""The chain of seals finds every change to what was sealed, and stays out of the writers' way."""

import hashlib
import io
import json
import zipfile
from datetime import date

import pytest
from django.db import connection, transaction

from moothall.core import clock as core_clock
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.events import Happening, record
from moothall.core.models import EventSeal
from moothall.core.seals import seal_next, verify

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = (date(2026, 3, 1), date(2026, 3, 1))


def write(many: int, clock) -> list:
    made = []
    for number in range(many):
        with transaction.atomic():
            made += record([Happening("thing.happened", "thing", None, clock.now(), data={"n": number})], by=SYSTEM)
    return made


@pytest.fixture
def sealed(clock):
    made = write(25, clock)
    while seal_next(at=clock.now(), limit=10):
        pass
    return made


def tamper(sql: str, values: list) -> None:
    """What somebody with the keys of the database could do."""
    table = "core_eventseal" if "core_eventseal" in sql else "core_event"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
        cursor.execute(sql, values)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_append_only")


def found(first=MONTH[0], last=MONTH[1]):
    return {(one.what, one.event_id) for one in verify(first, last).findings}


def test_what_is_untouched_holds(sealed, clock):
    verdict = verify(*MONTH)
    assert verdict.holds
    assert verdict.sealed == 25
    assert [seal.number for seal in EventSeal.objects.order_by("number")] == [1, 2, 3]
    write(3, clock)
    assert verify(*MONTH).holds
    assert verify(*MONTH).open == 3


def test_a_changed_a_missing_and_an_inserted_row_are_each_found(sealed, clock):
    tamper("UPDATE core_event SET purpose = 'audit' WHERE id = %s", [sealed[3].id])
    assert found() == {("changed", sealed[3].id)}
    tamper("DELETE FROM core_event WHERE id = %s", [sealed[7].id])
    assert found() == {("changed", sealed[3].id), ("missing", sealed[7].id)}
    stranger = write(1, clock)[0]
    tamper("UPDATE core_event SET tx = 1 WHERE id = %s", [stranger.id])
    assert found() == {("changed", sealed[3].id), ("missing", sealed[7].id), ("inserted", stranger.id)}


def test_a_seal_that_was_forged_is_found(sealed):
    seal = EventSeal.objects.get(number=2)
    tamper("UPDATE core_eventseal SET held = %s WHERE id = %s", [bytes(seal.held)[::-1], seal.id])
    assert ("chain", None) in found()
    tamper("DELETE FROM core_eventseal WHERE number = 1", [])
    assert ("chain", None) in found()


def test_seals_are_never_changed_by_the_product(sealed):
    from django.db.utils import DatabaseError

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        EventSeal.objects.update(rows=0)


def test_each_month_has_its_own_chain(clock):
    write(2, clock)
    clock.set("2026-04-01T12:00")
    write(2, clock)
    assert seal_next(at=clock.now()) == 4
    assert {(seal.month, seal.number, seal.rows) for seal in EventSeal.objects.all()} == {
        ("2026-03", 1, 2), ("2026-04", 1, 2),
    }  # fmt: skip
    assert verify(date(2026, 3, 1), date(2026, 4, 1)).sealed == 4


def test_a_transaction_that_is_still_open_holds_the_seal_back_not_the_other_way_round(clock, database_address):
    import psycopg

    write(2, clock)
    with psycopg.connect(database_address) as other:
        other.execute("SELECT pg_current_xact_id()")
        write(1, clock)
        assert seal_next(at=clock.now()) == 2
    assert seal_next(at=clock.now()) == 1


@pytest.mark.row("I2")
def test_the_auditors_copy_can_be_checked_without_us(sealed, council, clock):
    from moothall.customers.actions import log_look
    from moothall.customers.privacy.audit import write_audit

    log_look(customer_id=sealed[0].id, screen="desk.person", by=SYSTEM.because("contact"), at=clock.now())
    while seal_next(at=core_clock.now()):
        pass
    auditor = Actor(ActorKind.STAFF, permissions=frozenset({"audit.view"}))
    out = io.BytesIO()
    write_audit(out, *MONTH, by=auditor, at=clock.now())
    archive = zipfile.ZipFile(out)
    lines = archive.read("events.jsonl").decode().splitlines()
    digests = {json.loads(line)[0]: hashlib.sha256(line.encode()).hexdigest() for line in lines}
    sealed_rows = [row.split(",") for row in archive.read("sealed.csv").decode().split()[1:]]
    assert {row[2]: row[3] for row in sealed_rows} == digests
    assert str(sealed[0].id) in digests
    assert "contact,desk.person" in archive.read("looks.csv").decode()
    assert archive.read("reasons.csv").decode().startswith("at,officer,customer,purpose,note")
    assert json.loads(archive.read("verdict.json"))["holds"] is True
