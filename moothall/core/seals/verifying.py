"""Checking the chain: what was changed, taken out or put in since it was sealed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import connection

from moothall.core.models import EventSeal
from moothall.core.seals.sealing import CANONICAL, START, chain, entries

MOST_TOLD: Final = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was sealed. ``what``: changed, missing, inserted, or chain (the seals themselves)."""

    month: str
    what: str
    event_id: UUID | None
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of some months found. ``sealed`` rows were compared; ``open`` ones are too new to be sealed."""

    months: tuple[str, ...]
    sealed: int
    open: int
    findings: tuple[Finding, ...]
    last_digest: str

    @property
    def holds(self) -> bool:
        """Whether everything is as it was sealed."""
        return not self.findings


def months_between(first: date, last: date) -> list[str]:
    """Return the months of a period, as partitions are called."""
    whole, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(whole, end + 1)]


def verify(first: date, last: date) -> Verdict:
    """Check every event of the months of a period against its seal. Reads each sealed row once.

    A row that is not sealed yet counts as inserted when it stands before the last seal's place in the feed.
    """
    months = months_between(first, last)
    findings: list[Finding] = []
    sealed = open_ = 0
    digest = ""
    for month in months:
        done, waiting, digest_of_month = _month(month, findings)
        sealed, open_, digest = sealed + done, open_ + waiting, digest_of_month or digest
    return Verdict(tuple(months), sealed, open_, tuple(findings[:MOST_TOLD]), digest)


def _month(month: str, findings: list[Finding]) -> tuple[int, int, str]:
    known: dict[UUID, bytes] = {}
    before, number, place = START, 0, None
    for seal in EventSeal.objects.filter(month=month).order_by("number").iterator(chunk_size=50):
        held = bytes(seal.held)
        right = chain(before, month, seal.number, held)
        if seal.number != number + 1 or seal.before != before or seal.digest != right:
            findings.append(Finding(month, "chain", None, f"Seal {seal.number} does not follow from the one before."))
        before, number, place = seal.digest, seal.number, (seal.last_tx, seal.last_id)
        known |= entries(held)
    count = len(known)
    open_ = 0
    for event_id, tx, digest in _rows(month):
        was = known.pop(event_id, None)
        if was is None:
            if place is not None and (tx, event_id.int) <= (place[0], place[1].int):
                findings.append(Finding(month, "inserted", event_id, "Put in among rows that were sealed already."))
            else:
                open_ += 1
        elif was != digest:
            findings.append(Finding(month, "changed", event_id, "Not as it was when it was sealed."))
    findings += [Finding(month, "missing", event_id, "Sealed, and not there any more.") for event_id in known]
    return count, open_, before if number else ""


def _rows(month: str) -> Iterator[tuple[UUID, int, bytes]]:
    sql = (
        f"SELECT id, tx, sha256(convert_to({CANONICAL}, 'UTF8')) FROM core_event"  # noqa: S608  our own words
        " WHERE recorded_at >= (%s || '-01')::timestamp AT TIME ZONE 'UTC'"
        " AND recorded_at < ((%s || '-01')::timestamp + interval '1 month') AT TIME ZONE 'UTC'"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [month, month])
        while rows := cursor.fetchmany(5_000):
            for event_id, tx, digest in rows:
                yield event_id, tx, bytes(digest)


def canonical_rows(first: date, last: date) -> Iterator[str]:
    """Yield every event of the months of a period as the text whose SHA-256 is in its seal, oldest partition first."""
    sql = (
        f"SELECT {CANONICAL} FROM core_event"  # noqa: S608  our own words
        " WHERE recorded_at >= (%s || '-01')::timestamp AT TIME ZONE 'UTC'"
        " AND recorded_at < ((%s || '-01')::timestamp + interval '1 month') AT TIME ZONE 'UTC' ORDER BY tx, id"
    )
    for month in months_between(first, last):
        with connection.cursor() as cursor:
            cursor.execute(sql, [month, month])
            while rows := cursor.fetchmany(5_000):
                for (text,) in rows:
                    yield text


@dataclass(frozen=True, slots=True)
class SealLine:
    """One seal as an auditor takes it away; ``entries`` are the id and digest (hexadecimal) of each row in it."""

    month: str
    number: int
    rows: int
    before: str
    digest: str
    sealed_at: datetime
    entries: tuple[tuple[UUID, str], ...]


def seal_lines(months: Iterable[str]) -> Iterator[SealLine]:
    """Yield the seals of these months, in order."""
    for month in months:
        for seal in EventSeal.objects.filter(month=month).order_by("number").iterator(chunk_size=50):
            held = tuple((event_id, digest.hex()) for event_id, digest in entries(bytes(seal.held)).items())
            yield SealLine(month, seal.number, seal.rows, seal.before, seal.digest, seal.sealed_at, held)
