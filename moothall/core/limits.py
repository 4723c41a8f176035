"""Limits on guessing: passwords, references, codes. Counted per address and per account, told to nobody which was wrong.

A guess is counted *before* it is looked at, one at a time for each address and account, so that a hundred sent at the
same moment are a hundred and not one: ``count`` first, then compare, then ``give_back`` or ``forgive`` when it was right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from moothall.core.ids import new_id
from moothall.core.models import Attempt

KEPT_FOR = timedelta(days=2)


class TooManyAttempts(Exception):
    """Too many wrong tries from here for now. ``wait_minutes`` says how long to wait."""

    def __init__(self, wait_minutes: int) -> None:
        self.wait_minutes = wait_minutes
        super().__init__(f"There have been too many tries. Wait {wait_minutes} minutes and try again.")


def _bucket(value: str) -> str:
    return hashlib.sha256(value.strip().lower().encode()).hexdigest()


def count(scope: str, allowed: Mapping[str, int], *, at: datetime, minutes: int = 15) -> tuple[UUID, ...]:
    """Count one try against each value (address, account) and let it through; return what ``give_back`` takes.

    ``allowed`` says how many tries each value has in ``minutes``. Nothing is counted when one of them has none left, so
    whoever waits out the time is let through again.

    Raises:
        TooManyAttempts
    """
    since = at - timedelta(minutes=minutes)
    wanted = sorted((_bucket(value), most) for value, most in allowed.items())
    with transaction.atomic():
        with connection.cursor() as cursor:
            for bucket, _ in wanted:  # in one order everywhere, so that no two wait for each other
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{scope}:{bucket}"])
        for bucket, most in wanted:
            if len(Attempt.objects.filter(scope=scope, bucket=bucket, at__gt=since)[:most]) >= most:
                raise TooManyAttempts(minutes)
        made = [Attempt(id=new_id(), scope=scope, bucket=bucket, at=at) for bucket, _ in wanted]
        Attempt.objects.bulk_create(made)
    return tuple(attempt.id for attempt in made)


def give_back(tries: Sequence[UUID]) -> None:
    """Take back tries that turned out right: only wrong ones count."""
    Attempt.objects.filter(id__in=tries).delete()


def check(scope: str, values: list[str], *, at: datetime, allowed: int = 10, minutes: int = 15) -> None:
    """Look, without counting: raise ``TooManyAttempts`` when any of the values has failed too often.

    On its own it does not hold against many at once: before comparing a secret use ``count``.
    """
    since = at - timedelta(minutes=minutes)
    for value in values:
        failed = Attempt.objects.filter(scope=scope, bucket=_bucket(value), at__gt=since)[:allowed]
        if len(failed) >= allowed:
            raise TooManyAttempts(minutes)


def note_failure(scope: str, values: list[str], *, at: datetime) -> None:
    """Count a try against each value without asking whether there is one left."""
    Attempt.objects.bulk_create([Attempt(scope=scope, bucket=_bucket(value), at=at) for value in values])


def forgive(scope: str, values: list[str]) -> None:
    """Forget the failures of these values: they got it right."""
    Attempt.objects.filter(scope=scope, bucket__in=[_bucket(value) for value in values]).delete()


def forget_old(at: datetime) -> int:
    """Remove tries no limit asks about any more. Returns how many."""
    return Attempt.objects.filter(at__lt=at - KEPT_FOR).delete()[0]
