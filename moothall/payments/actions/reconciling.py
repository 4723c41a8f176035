"""Statements are brought in once, matched with what we took, and every difference is kept until somebody settles it."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.bulk import copy_rows
from moothall.core.events import Happening, record
from moothall.core.ids import new_id, new_ids
from moothall.core.packs import current_pack
from moothall.core.zone import LONDON, council_date
from moothall.payments import events
from moothall.payments.actions.ledger import post
from moothall.payments.models import Attempt, AttemptState, Difference, Intent, Statement, StatementLine
from moothall.payments.pack import MONEY
from moothall.payments.rules import ledger
from moothall.payments.rules.reconciling import KINDS, Found, Line, Matched, Ours, match, plain

LONGEST: Final = 20_000_000
LINE_COLUMNS: Final = (
    "id", "statement_id", "source", "number", "kind", "provider_id", "reference", "payout", "pence", "fee_pence", "on",
    "matched",
)  # fmt: skip


class CannotRead(ValueError):
    """The file cannot be read; the message says which line and what is wrong. Nothing of it was kept."""


@dataclass(frozen=True, slots=True)
class NewLine:
    """One line of a statement. ``kind`` is payment, refund, chargeback or payout."""

    kind: str
    provider_id: str
    reference: str
    pence: int
    on: date
    fee_pence: int = 0
    payout: str = ""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one reconciliation came to."""

    matched: int
    found: int
    came_late: int
    waiting: int


def read_provider_file(raw: bytes) -> list[NewLine]:
    """Read the provider's list of transactions: CSV with Reference, Payment ID, Type, Amount, Fee, Payout, Date.

    Of a file with more columns only these are read: what a card looks like is never kept.

    Raises:
        CannotRead.
    """
    return list(_read(raw, ("Reference", "Payment ID", "Type", "Amount", "Date"), _provider_line))


def read_bank_file(raw: bytes) -> list[NewLine]:
    """Read the bank's statement, with the columns the pack names: money that came in, by payout.

    Raises:
        CannotRead.
    """
    names = current_pack().one(MONEY).bank

    def line(row: dict[str, str]) -> NewLine:
        reference = row[names.reference].strip()
        return NewLine(
            "payout", "", reference, _pence(row[names.amount]), _day(row[names.day]), payout=plain(reference)
        )

    return list(_read(raw, (names.day, names.reference, names.amount), line))


def bring_statement(
    source: str, lines: Iterable[NewLine], *, name: str, sha256: str, by: Actor, at: datetime
) -> tuple[Statement, bool]:
    """Keep a statement's lines; the same file again is the first one. Returns it and whether it was new.

    Raises:
        Refused.
    """
    require(by, "payment.reconcile")
    with transaction.atomic():
        held = Statement.objects.filter(sha256=sha256).first()
        if held is not None:
            return held, False
        wanted = list(lines)
        statement = Statement(
            id=new_id(),
            source=source,
            name=name[:200],
            sha256=sha256,
            rows=len(wanted),
            brought_at=at,
            brought_by=by.id,
        )
        statement.save(force_insert=True)
        ids = new_ids()
        copy_rows(
            "payments_statementline", LINE_COLUMNS,
            (
                (next(ids), statement.id, source, number, one.kind, one.provider_id, one.reference[:80], one.payout[:40],
                 one.pence, one.fee_pence, one.on, False)
                for number, one in enumerate(wanted, start=1)
            ),
        )  # fmt: skip
        record([_happened(events.STATEMENT_BROUGHT, statement.id, at, rows=len(wanted), source=source)], by=by)
        return statement, True


def digest_of(raw: bytes) -> str:
    """Return what tells one file from another."""
    return hashlib.sha256(raw).hexdigest()


def reconcile(source: str, *, until: date, by: Actor, at: datetime) -> Reconciled:
    """Match everything unmatched of a provider up to a day, and keep what does not fit. Again changes nothing more.

    Fixed number of statements, whatever the number of payments.
    """
    require(by, "payment.reconcile")
    terms = current_pack().one(MONEY)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"reconcile:{source}"])
        ours = list(_ours(source, until))
        lines = list(_lines(source, until))
        done = match(ours, lines, until=until, late_after=terms.late_after_days, usual=terms.settled_after_days)
        late = _close_missing(done, by=by, at=at)
        _keep(source, done, at=at)
        _mark(done, at)
        return Reconciled(len({one for one, _ in done.pairs}), len(done.found), late, len(done.waiting))


AT_A_TIME: Final = 1_000
"""Lines asked about in one question."""


def _ours(source: str, until: date) -> Iterator[Ours[UUID]]:
    """What we took and have not seen yet; and what a new line may speak of again: a copy, or money taken back."""
    ends = datetime.combine(until + timedelta(days=1), time(), LONDON)
    rows = (
        Attempt.objects.filter(provider=source, state=AttemptState.TAKEN, taken_at__lt=ends, matched_at__isnull=True)
        .values_list("id", "provider_id", "intent__reference", "number", "amount_pence", "taken_at")
        .iterator(chunk_size=5_000)
    )
    for id_, provider_id, reference, number, pence, taken_at in rows:
        yield Ours(id_, provider_id, f"{reference}{number}", pence, _day_of(taken_at))
    new = StatementLine.objects.filter(source=source, matched=False, on__lte=until).exclude(kind="payout")
    named = [plain(text)[:8] for text in new.filter(provider_id="").values_list("reference", flat=True)]
    # Asked by the very ids, some at a time: joined to the lines, PostgreSQL may look through all of them again for each
    # payment while it does not know yet how much is new.
    seen = Attempt.objects.filter(provider=source, matched_at__isnull=False)
    told = ("id", "provider_id", "intent__reference", "number", "amount_pence", "taken_at")
    ids = list(new.exclude(provider_id="").values_list("provider_id", flat=True))
    intents = list(Intent.objects.filter(reference__in=named).values_list("id", flat=True))
    asked = [seen.filter(intent_id__in=intents)]
    asked += [seen.filter(provider_id__in=ids[first : first + AT_A_TIME]) for first in range(0, len(ids), AT_A_TIME)]
    again = {row[0]: row for rows in asked for row in rows.values_list(*told)}
    for id_, provider_id, reference, number, pence, taken_at in again.values():
        yield Ours(id_, provider_id, f"{reference}{number}", pence, _day_of(taken_at), seen=True)


def _day_of(moment: datetime | None) -> date:
    """The council's date of a moment; what is taken always has one."""
    return council_date(moment or datetime.max.replace(tzinfo=LONDON))


def _lines(source: str, until: date) -> Iterator[Line[UUID]]:
    rows = (
        StatementLine.objects.filter(source=source, matched=False, on__lte=until)
        .exclude(kind="payout")
        .values_list("id", "provider_id", "reference", "pence", "on", "kind")
        .iterator(chunk_size=5_000)
    )
    for id_, provider_id, reference, pence, on, kind in rows:
        yield Line(id_, provider_id, reference, pence, on, kind)


def _mark(done: Matched[UUID], at: datetime) -> None:
    """Mark what was matched; a payment known to be seen once may still be spoken of again within the late days."""
    seen = {one for one, _ in done.pairs}
    lines = {line for _, line in done.pairs} | {one.line for one in done.found if one.line is not None}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_attempt SET matched_at = %s WHERE id = ANY(%s) AND matched_at IS NULL", [at, list(seen)]
        )
        cursor.execute("UPDATE payments_statementline SET matched = true WHERE id = ANY(%s)", [list(lines)])


def _keep(source: str, done: Matched[UUID], *, at: datetime) -> None:
    rows = [
        Difference(
            id=new_id(), key=f"{one.kind}:{one.ours or ''}:{one.line or ''}", kind=one.kind, source=source,
            attempt_id=one.ours, line_id=one.line, pence=one.pence, says=KINDS[one.kind], found_at=at,
        )
        for one in done.found
    ]  # fmt: skip
    Difference.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)


def _close_missing(done: Matched[UUID], *, by: Actor, at: datetime) -> int:
    """What was missing and has come after all is settled by itself; that it was late stays on record."""
    came = [one.ours for one in done.found if one.kind == "late" and one.ours is not None]
    if not came:
        return 0
    return Difference.objects.filter(kind="missing", attempt_id__in=came, settled_at=None).update(
        settled_at=at, how="It came after all."
    )


def settle_difference(difference_id: UUID, *, how: str, by: Actor, at: datetime) -> Difference:
    """Say that a difference was looked into and how it was settled. Money that was taken back leaves the books.

    Raises:
        Refused; ValueError: nothing was said of how; Difference.DoesNotExist.
    """
    require(by, "payment.reconcile")
    if not how.strip():
        raise ValueError("Say in a few words what was done about it, so that a colleague understands it later.")
    with transaction.atomic():
        row = Difference.objects.select_for_update(of=("self",)).select_related("attempt__intent").get(id=difference_id)
        if row.settled_at is not None:
            return row
        row.settled_at, row.settled_by, row.how = at, by.id, how.strip()[:300]
        row.save(update_fields=["settled_at", "settled_by", "how"])
        if row.kind == "reversed" and row.attempt is not None:
            sides = ledger.moved(-row.pence, out_of=ledger.provider(row.source), into="disputed")
            post("reversed", sides, key=f"reversed:{row.id}", at=at, intent=row.attempt.intent, attempt=row.attempt)
            about = events.about(
                events.REVERSED, row.attempt.intent, at, attempt_id=str(row.attempt.id), pence=-row.pence
            )
            record([about], by=by)
        record([_happened(events.DIFFERENCE_SETTLED, row.id, at, kind=row.kind, pence=row.pence)], by=by)
        return row


def book_payouts(source: str, *, by: Actor, at: datetime) -> tuple[int, int]:
    """Match the bank's lines with the provider's payouts and book the money into the bank; return (booked, left open).

    A payout is booked when the bank's amount is the sum of its lines less the provider's fees, to the penny.
    """
    require(by, "payment.reconcile")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT b.id, b.payout, b.pence, p.pence, p.fees FROM payments_statementline b LEFT JOIN ("
                " SELECT payout, sum(pence) AS pence, sum(fee_pence) AS fees FROM payments_statementline"
                " WHERE source = %s AND kind <> 'payout' AND payout <> '' GROUP BY payout) p ON p.payout = b.payout"
                " WHERE b.source = 'bank' AND NOT b.matched",
                [source],
            )
            rows = cursor.fetchall()
        booked: list[UUID] = []
        found: list[Found[UUID]] = []
        for line, payout, came, gross, fees in rows:
            if gross is not None and int(came) == int(gross) - int(fees):
                post("paid-out", ledger.paid_out(int(came), int(fees), source), key=f"paid-out:{payout}", at=at)
                booked.append(line)
            elif gross is not None:
                found.append(Found("wrong_amount", None, line, int(came) - (int(gross) - int(fees))))
            else:
                found.append(Found("unknown", None, line, int(came)))
        done: Matched[UUID] = Matched(found=found)
        _keep("bank", done, at=at)
        StatementLine.objects.filter(id__in=booked).update(matched=True)
        return len(booked), len(found)


def _happened(name: str, subject: UUID, at: datetime, **data: Any) -> Happening:
    return Happening(name=name, subject_kind="statement", subject_id=subject, occurred_at=at, data=data)


def _read(raw: bytes, needed: tuple[str, ...], line: Any) -> Iterator[NewLine]:
    if len(raw) > LONGEST:
        raise CannotRead("The file is larger than 20 MB. Bring it in by days.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise CannotRead("The file is not text (UTF-8). Save it as CSV.") from wrong
    rows = csv.DictReader(io.StringIO(text))
    lacking = [name for name in needed if name not in (rows.fieldnames or ())]
    if lacking:
        raise CannotRead(f"The file has no column {', '.join(lacking)}.")
    for number, row in enumerate(rows, start=2):
        try:
            yield line(row)
        except (ValueError, TypeError, AttributeError) as wrong:
            raise CannotRead(f"Line {number} cannot be read: {wrong}") from wrong


def _provider_line(row: dict[str, str]) -> NewLine:
    kind = row["Type"].strip().lower()
    if kind not in {"payment", "refund", "chargeback"}:
        raise ValueError(f"“{kind}” is not a payment, refund or chargeback.")
    pence = _pence(row["Amount"])
    return NewLine(
        kind, row["Payment ID"].strip(), row["Reference"].strip(), pence if kind == "payment" else -abs(pence),
        _day(row["Date"]), fee_pence=_pence(row.get("Fee") or "0"), payout=plain(row.get("Payout") or ""),
    )  # fmt: skip


def _pence(text: str) -> int:
    whole, _, part = text.strip().replace(",", "").removeprefix("£").partition(".")
    if not whole.lstrip("-").isdigit() or (part and (not part.isdigit() or len(part) > 2)):
        raise ValueError(f"“{text}” is not an amount like 12.50.")
    pence = abs(int(whole)) * 100 + int(part.ljust(2, "0") or 0)
    return -pence if whole.startswith("-") else pence


def _day(text: str) -> date:
    wanted = text.strip()[:10]
    if len(wanted) == 10 and wanted[2] == "/":
        wanted = f"{wanted[6:]}-{wanted[3:5]}-{wanted[:2]}"
    return date.fromisoformat(wanted)
