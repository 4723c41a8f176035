"""Limits on guessing: passwords, references, codes. Counted per address and per account, told to nobody which was wrong.

A guess is counted *before* it is looked at, one at a time for each address and account, so that a hundred sent at the
same moment are a hundred and not one: ``count`` first, then compare, then ``give_back`` or ``forgive`` when it was right.
A secret too long to be guessed is compared first, and only a wrong one counted, so that nobody is shut out by others who
share an address with her.
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


def forgive(scope: str, values: list[str]) -> None:
    """Forget the failures of these values: they got it right."""
    Attempt.objects.filter(scope=scope, bucket__in=[_bucket(value) for value in values]).delete()


def forget_old(at: datetime) -> int:
    """Remove tries no limit asks about any more. Returns how many."""
    return Attempt.objects.filter(at__lt=at - KEPT_FOR).delete()[0]
