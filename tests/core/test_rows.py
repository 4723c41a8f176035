"""Rows that are added together are written together, and are there for whoever asks."""

from __future__ import annotations

import uuid

import psycopg
import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.events import Happening, record, together
from moothall.core.models import ApiClient, Event, IdempotencyKey
from moothall.core.postgres.backend.base import still_open
from moothall.core.rows import add_rows, unit

pytestmark = pytest.mark.django_db


def key(name: str, **more) -> IdempotencyKey:
    return IdempotencyKey(scope="test", key=name, created_at=clock.now(), **more)


def client(name: str) -> ApiClient:
    return ApiClient(name=name, token_digest=name, scopes=["a", "b,c"], created_at=clock.now())


def happening() -> Happening:
    return Happening("test.happened", "test", uuid.uuid4(), clock.now(), data={"n": 1})


def add_and_fail(row: IdempotencyKey) -> None:
    with transaction.atomic(), unit():
        add_rows(row)
        raise ValueError("undo")


def names() -> set[str]:
    return set(IdempotencyKey.objects.filter(scope="test").values_list("key", flat=True))


def test_rows_of_several_tables_and_their_events_are_one_statement():
    with transaction.atomic(), CaptureQueriesContext(connection) as sent, together():
        add_rows(key("one", answer={"a": [1, None, "ü"]}), key("two"), client("three"))
        record([happening()], by=SYSTEM)
    assert len(sent) == 1
    assert IdempotencyKey.objects.get(key="one").answer == {"a": [1, None, "ü"]}
    assert IdempotencyKey.objects.get(key="two").answer is None
    assert ApiClient.objects.get(name="three").scopes == ["a", "b,c"]
    assert Event.objects.filter(name="test.happened").count() == 1


def test_whoever_asks_finds_what_was_added():
    with transaction.atomic(), unit():
        add_rows(key("one"))
        assert names() == {"one"}
        add_rows(key("two"))
    assert names() == {"one", "two"}


def test_an_added_row_can_be_changed_and_saved():
    with transaction.atomic(), unit():
        row = key("one")
        add_rows(row)
        row.answer = {"n": 2}
        row.save(update_fields=["answer"])
    assert IdempotencyKey.objects.get(key="one").answer == {"n": 2}


def test_a_savepoint_that_is_undone_takes_its_rows_with_it_and_no_others():
    with transaction.atomic(), unit():
        add_rows(key("before"))
        with pytest.raises(IntegrityError), transaction.atomic():
            add_rows(key("within"), key("before"))
        add_rows(key("after"))
    assert names() == {"before", "after"}


def test_an_inner_unit_that_fails_leaves_the_outer_one_whole():
    with transaction.atomic(), unit():
        with pytest.raises(ValueError, match="undo"):
            add_and_fail(key("within"))
        add_rows(key("after"))
    assert names() == {"after"}


def test_constraints_and_types_hold_as_for_any_insert():
    add_rows(key("one"))
    with pytest.raises(IntegrityError), transaction.atomic():
        add_rows(key("one"))
    with pytest.raises(DataError), transaction.atomic():
        add_rows(key("x" * 201))
    with pytest.raises(DataError), transaction.atomic():
        add_rows(key("nul\0"))
    assert names() == {"one"}


def test_a_value_no_column_holds_is_refused():
    with pytest.raises(TypeError, match="set cannot be written"):
        add_rows(key("one", answer={1, 2}))


@pytest.mark.django_db(transaction=True)
def test_rows_wait_only_inside_a_transaction():
    with pytest.raises(transaction.TransactionManagementError), unit():
        pass


@pytest.mark.django_db(transaction=True)
def test_a_connection_the_server_has_ended_is_told_from_a_living_one(database_address):
    with psycopg.connect(database_address, autocommit=True) as kept:
        still_open(kept)
        pid = kept.info.backend_pid
        with psycopg.connect(database_address, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
        with pytest.raises(psycopg.OperationalError):
            still_open(kept)
