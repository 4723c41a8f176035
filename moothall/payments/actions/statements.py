"""Statements are read by the pack's names of their columns, and brought in once."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.bulk import copy_rows
from moothall.core.events import Happening, record
from moothall.core.ids import new_id, new_ids
from moothall.core.packs import current_pack
from moothall.payments import events
from moothall.payments.models import Statement
from moothall.payments.pack import MONEY, ProviderColumns
from moothall.payments.rules.reconciling import plain

LONGEST: Final = 20_000_000
LINE_COLUMNS: Final = (
    "id", "statement_id", "source", "number", "kind", "provider_id", "reference", "payout", "pence", "fee_pence", "on",
    "matched",
)  # fmt: skip
Row = dict[str, str]
T = TypeVar("T")
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


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


def read_provider_file(raw: bytes, source: str = "govuk_pay") -> list[NewLine]:
    """Read a provider's list of transactions (CSV) by the first of the pack's formats whose columns it has.

    Of a file with more columns only these are read: what a card looks like is never kept. Lines of a kind that moves no
    money, as a payment that was declined, are left out.

    Raises:
        CannotRead.
    """
    formats = [one for one in current_pack().one(MONEY).provider_files if one.provider == source]
    which, rows = _open(raw, [one.needed for one in formats])
    read = _each(rows, lambda row: _provider_line(row, formats[which]))
    return [line for line in read if line is not None]


def read_bank_file(raw: bytes) -> list[NewLine]:
    """Read the bank's statement, with the columns the pack names: money that came in, by payout.

    Raises:
        CannotRead.
    """
    names = current_pack().one(MONEY).bank
    _, rows = _open(raw, [(names.day, names.reference, names.amount)])

    def line(row: Row) -> NewLine:
        reference = row[names.reference].strip()
        return NewLine(
            "payout", "", reference, _pence(row[names.amount]), read_day(row[names.day]), payout=plain(reference)
        )

    return list(_each(rows, line))


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
        record([happened(events.STATEMENT_BROUGHT, statement.id, at, rows=len(wanted), source=source)], by=by)
        return statement, True


def digest_of(raw: bytes) -> str:
    """Return what tells one file from another."""
    return hashlib.sha256(raw).hexdigest()


def happened(name: str, subject: UUID, at: datetime, **data: Any) -> Happening:
    """Return an event about a statement or a difference."""
    return Happening(name=name, subject_kind="statement", subject_id=subject, occurred_at=at, data=data)


def _open(raw: bytes, wanted: list[tuple[str, ...]]) -> tuple[int, csv.DictReader[str]]:
    """Return which of the sets of columns the file has, the first that fits, and its rows."""
    if len(raw) > LONGEST:
        raise CannotRead("The file is larger than 20 MB. Bring it in by days.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise CannotRead("The file is not text (UTF-8). Save it as CSV.") from wrong
    rows = csv.DictReader(io.StringIO(text))
    here = [name.strip() for name in rows.fieldnames or ()]
    rows.fieldnames = here
    lacking = [[name for name in needed if name not in here] for needed in wanted]
    if [] in lacking:
        return lacking.index([]), rows
    nearest = min(lacking, key=len)
    raise CannotRead(f"The file has no column {', '.join(nearest)}. Its columns are named in money.yaml of the pack.")


def _each(rows: csv.DictReader[str], line: Callable[[Row], T]) -> Iterator[T]:
    for number, row in enumerate(rows, start=2):
        try:
            yield line(row)
        except (ValueError, TypeError, AttributeError) as wrong:
            raise CannotRead(f"Line {number} cannot be read: {wrong}") from wrong


def _provider_line(row: Row, columns: ProviderColumns) -> NewLine | None:
    said = row[columns.kind].strip()
    kind = columns.kinds.get(said.lower())
    if kind is None:
        raise ValueError(f"“{said}” is not one of {', '.join(columns.kinds)}.")
    if kind == "nothing":
        return None
    pence = _pence(row[columns.amount])
    if kind == "payment" and pence < 0:
        kind = "refund"  # where a refund that went has the same word as a payment that came
    return NewLine(
        kind, row[columns.payment].strip(), row[columns.reference].strip(), pence if kind == "payment" else -abs(pence),
        read_day(row[columns.day]), fee_pence=_pence(row.get(columns.fee) or "0"),
        payout=plain(row.get(columns.payout) or ""),
    )  # fmt: skip


def _pence(text: str) -> int:
    whole, _, part = text.strip().replace(",", "").replace("£", "", 1).partition(".")
    if not whole.lstrip("-").isdigit() or (part and (not part.isdigit() or len(part) > 2)):
        raise ValueError(f"“{text}” is not an amount like 12.50.")
    pence = abs(int(whole)) * 100 + int(part.ljust(2, "0") or 0)
    return -pence if whole.startswith("-") else pence


def read_day(text: str) -> date:
    """Read 2026-03-02, 02/03/2026 or 2 Mar 2026, with or without a time behind it.

    Raises:
        ValueError: it is none of them.
    """
    said = text.strip().replace(",", "").split()
    if len(said) >= 3 and said[1][:3].lower() in MONTHS:
        return date(int(said[2]), MONTHS.index(said[1][:3].lower()) + 1, int(said[0]))
    wanted = text.strip()[:10]
    if len(wanted) == 10 and wanted[2] == "/":
        wanted = f"{wanted[6:]}-{wanted[3:5]}-{wanted[:2]}"
    return date.fromisoformat(wanted)
