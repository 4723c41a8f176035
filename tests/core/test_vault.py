"""What is locked: opens with any key of ours, stands in no column as it is, and takes a new key without a stop."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import connection

from moothall.config.env import Env
from moothall.config.keys import keys_at_rest
from moothall.core import clock, vault
from moothall.core.ids import new_id
from moothall.customers.accounts.models import Account, Authenticator

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.DATA_KEYS = ["the first key, of more than enough letters"]


def test_what_is_locked_opens_again_and_shows_nothing_of_itself() -> None:
    once, twice = vault.lock("30908900733445"), vault.lock("30908900733445")
    assert once != twice
    assert "00733445" not in once
    assert vault.unlock(once) == vault.unlock(twice) == "30908900733445"
    assert (vault.lock(""), vault.unlock(""), vault.unlock("never locked")) == ("", "", "never locked")


def test_another_key_or_a_changed_letter_opens_nothing(settings) -> None:
    kept = vault.lock("00733445")
    spoilt = kept[:-6] + ("A" if kept[-6] != "A" else "B") + kept[-5:]
    with pytest.raises(vault.NoKey):
        vault.unlock(spoilt)
    settings.DATA_KEYS = ["another key, just as long as the first one"]
    with pytest.raises(vault.NoKey, match="MOOTHALL_DATA_KEYS"):
        vault.unlock(kept)


def held(secret: str = SECRET) -> Authenticator:
    account = Account.objects.create(customer_id=new_id(), created_at=clock.now())
    return Authenticator.objects.create(account=account, secret=secret, created_at=clock.now())


def as_kept(row: Authenticator) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM customer_accounts_authenticator WHERE id = %s", [row.id])
        return str(cursor.fetchone()[0])


def put_plain(row: Authenticator) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customer_accounts_authenticator SET secret = %s WHERE id = %s", [SECRET, row.id])


@pytest.mark.django_db
def test_a_column_is_locked_for_whoever_reads_the_database_and_plain_in_python() -> None:
    row = held()
    assert SECRET not in as_kept(row)
    assert vault.is_newest(as_kept(row))
    assert Authenticator.objects.get(id=row.id).secret == SECRET
    assert list(Authenticator.objects.filter(id=row.id).values_list("secret", flat=True)) == [SECRET]
    Authenticator.objects.filter(id=row.id).update(secret="")
    assert not Authenticator.objects.exclude(secret="").filter(id=row.id).exists()
    with pytest.raises(FieldError):
        Authenticator.objects.filter(secret__startswith="J").exists()


@pytest.mark.django_db
def test_a_new_key_is_taken_while_the_old_one_still_opens(settings) -> None:
    row, plain = held(), held()
    put_plain(plain)
    settings.DATA_KEYS = ["the second key, of more than enough letters", *settings.DATA_KEYS]
    (column,) = [one for one in vault.columns() if one.column == "customer_accounts.Authenticator.secret"]
    assert (column.newest, column.older, column.plain, column.lost) == (0, 1, 1, 0)
    assert vault.lock_again() == 2
    assert vault.lock_again() == 0
    settings.DATA_KEYS = settings.DATA_KEYS[:1]
    assert {Authenticator.objects.get(id=one.id).secret for one in (row, plain)} == {SECRET}


@pytest.mark.django_db
def test_what_no_key_opens_is_counted_and_left(settings) -> None:
    row = held()
    kept = as_kept(row)
    settings.DATA_KEYS = ["a key that has nothing to do with the first"]
    (column,) = [one for one in vault.columns() if one.column == "customer_accounts.Authenticator.secret"]
    assert (column.lost, vault.lock_again(), as_kept(row)) == (1, 0, kept)


@pytest.mark.django_db
def test_the_migration_locks_the_secrets_that_are_there_and_gives_them_back() -> None:
    step: Any = importlib.import_module("moothall.customers.accounts.migrations.0002_secrets_locked")
    row = held()
    put_plain(row)
    step.lock(apps, None)
    assert vault.is_newest(as_kept(row))
    step.open_again(apps, None)
    assert as_kept(row) == SECRET


def test_keys_come_from_the_environment_and_short_ones_are_refused() -> None:
    env = Env({})
    assert (keys_at_rest(env, "s", production=True)[1], env.problems) == (["s:data"], [])
    env = Env({"MOOTHALL_DATA_KEYS": f"{'n' * 32}, {'o' * 32}"})
    assert (keys_at_rest(env, "s", production=True)[1], env.problems) == (["n" * 32, "o" * 32], [])
    env = Env({"MOOTHALL_DATA_KEYS": "short"})
    keys_at_rest(env, "s", production=True)
    assert "MOOTHALL_DATA_KEYS" in env.problems[0]
