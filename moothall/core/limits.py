"""Limits on guessing: passwords, references, codes. Counted per address and per account, told to nobody which was wrong."""

import hashlib
from datetime import datetime, timedelta

from moothall.core.models import Attempt


class TooManyAttempts(Exception):
    """Too many wrong tries from here for now. ``wait_minutes`` says how long to wait."""

    def __init__(self, wait_minutes: int) -> None:
        self.wait_minutes = wait_minutes
        super().__init__(f"There have been too many tries. Wait {wait_minutes} minutes and try again.")


def _bucket(value: str) -> str:
    return hashlib.sha256(value.strip().lower().encode()).hexdigest()


def check(scope: str, values: list[str], *, at: datetime, allowed: int = 10, minutes: int = 15) -> None:
    """Let through, or raise ``TooManyAttempts`` when any of the values (address, account) has failed too often."""
    since = at - timedelta(minutes=minutes)
    for value in values:
        failed = Attempt.objects.filter(scope=scope, bucket=_bucket(value), at__gt=since)[:allowed]
        if len(failed) >= allowed:
            raise TooManyAttempts(minutes)


def note_failure(scope: str, values: list[str], *, at: datetime) -> None:
    """Count a failed try against each value."""
    Attempt.objects.bulk_create([Attempt(scope=scope, bucket=_bucket(value), at=at) for value in values])


def forgive(scope: str, values: list[str]) -> None:
    """Forget the failures of these values: they got it right."""
    Attempt.objects.filter(scope=scope, bucket__in=[_bucket(value) for value in values]).delete()
