"""What providers' statements say is matched with what we took and gave back; each difference is kept until it is settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, F, Func, Max, OuterRef, Q, Value
from django.db.models.functions import Upper

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.ids import new_id
from moothall.core.packs import current_pack
from moothall.core.zone import LONDON, council_date
from moothall.payments.actions.ledger import post
from moothall.payments.models import (
    Attempt,
    AttemptState,
    Difference,
    Intent,
    Posting,
    Refund,
    RefundState,
    StatementLine,
)
from moothall.payments.pack import MONEY
from moothall.payments.rules import ledger
from moothall.payments.rules.reconciling import KINDS, Back, Found, Line, Matched, Ours, match, plain


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one reconciliation came to."""

    matched: int
    found: int
    came_late: int
    waiting: int


def known_until(source: str) -> date | None:
    """Return the newest day a provider's statements speak of, whichever file came last; None without any."""
    newest: date | None = StatementLine.objects.filter(source=source).aggregate(on=Max("on"))["on"]
    return newest


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
        lines = [*_lines(source, until), *_told(source, ours)]
        done = match(
            ours, lines, until=until, late_after=terms.late_after_days, usual=terms.settled_after_days,
            backs=_backs(source, until),
        )  # fmt: skip
        late = _close_missing(done, at=at)
        keep_found(source, done.found, at=at)
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
    by_name = new.filter(Q(provider_id="") | Q(kind="refund"))
    named = [plain(text)[:8] for text in by_name.values_list("reference", flat=True)]
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


def _told(source: str, ours: list[Ours[UUID]]) -> Iterator[Line[UUID]]:
    """The lines that made the amount of one of these payments wrong, while nobody has settled it: its own by the provider's
    id, or by the reference where the id is nobody's. Two queries; the second looks through all of the provider's lines, and
    is asked only where a new line speaks of such a payment.
    """
    open_ = Difference.objects.filter(kind="wrong_amount", source=source, refund=None, settled_at=None)
    named = set(open_.exclude(attempt=None).values_list("attempt_id", flat=True))
    wrong = [one for one in ours if one.id in named]
    if not wrong:
        return
    bare = Upper(Func(F("reference"), Value("[^[:alnum:]]"), Value(""), Value("g"), function="regexp_replace"))
    anothers = Attempt.objects.filter(provider=source, provider_id=OuterRef("provider_id"))
    nobodys = Q(provider_id="") | ~Exists(anothers)
    rows = StatementLine.objects.filter(source=source, matched=True, kind="payment", pence__gt=0).alias(bare=bare)
    rows = rows.filter(
        Q(provider_id__in=[one.provider_id for one in wrong if one.provider_id])
        | (Q(bare__in=[one.reference for one in wrong]) & nobodys)
    )
    for id_, provider_id, reference, pence, on in rows.values_list("id", "provider_id", "reference", "pence", "on"):
        yield Line(id_, provider_id, reference, pence, on, told=True)


def _backs(source: str, until: date) -> Iterator[Back[UUID]]:
    """What we gave back by a provider and have not seen yet."""
    ends = datetime.combine(until + timedelta(days=1), time(), LONDON)
    rows = Refund.objects.filter(
        attempt__provider=source, state=RefundState.DONE, matched_at=None, done_at__lt=ends
    ).exclude(provider_id="")
    for id_, provider_id, attempt, pence, done_at in rows.values_list(
        "id", "provider_id", "attempt_id", "amount_pence", "done_at"
    ).iterator(chunk_size=5_000):
        yield Back(id_, provider_id, attempt, pence, _day_of(done_at))


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
    lines = {line for _, line in (*done.pairs, *done.refunds)}
    lines |= {one.line for one in done.found if one.line is not None}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_attempt SET matched_at = %s WHERE id = ANY(%s) AND matched_at IS NULL",
            [at, list(done.seen)],
        )
        cursor.execute("UPDATE payments_statementline SET matched = true WHERE id = ANY(%s)", [list(lines)])
        backs = [one for one, _ in done.refunds]
        cursor.execute("UPDATE payments_refund SET matched_at = %s WHERE id = ANY(%s)", [at, backs])


def keep_found(source: str, found: Iterable[Found[UUID]], *, at: datetime) -> None:
    """Keep what does not fit, each once."""
    rows = [
        Difference(
            id=new_id(), key=f"{one.kind}:{one.refund or one.ours or ''}:{one.line or ''}", kind=one.kind, source=source,
            attempt_id=one.ours, line_id=one.line, pence=one.pence, says=KINDS[one.kind], found_at=at, refund_id=one.refund,
        )
        for one in found
    ]  # fmt: skip
    Difference.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)


CAME: Final = "It came after all."


def _close_missing(done: Matched[UUID], *, at: datetime) -> int:
    """What was missing, or of another amount, and is here after all is settled by itself; that it was late stays on record.

    Where somebody had settled it and written it off, that is taken back in the ledger.
    """
    backs = [one for one, _ in done.refunds]
    gone = Difference.objects.filter(
        Q(kind="missing", attempt_id__in=done.seen) | Q(kind="refund_missing", refund_id__in=backs)
        | Q(kind="wrong_amount", refund=None, attempt_id__in=done.put_right) | Q(kind="late", attempt_id__in=done.in_time)
    )  # fmt: skip
    _take_back(gone.filter(settled_at__isnull=False).values_list("id", flat=True), at=at)
    return gone.filter(settled_at=None).update(settled_at=at, how=CAME)


def _take_back(settled: Iterable[UUID], *, at: datetime) -> None:
    """Undo in the ledger what settling these differences had booked. Two queries, and one for each that had."""
    booked: dict[str, list[ledger.Side]] = {}
    rows = Posting.objects.filter(entry__key__in=[f"settled:{id_}" for id_ in settled])
    for key, account, pence in rows.values_list("entry__key", "account", "pence"):
        booked.setdefault(key, []).append(ledger.Side(account, -pence))
    for key, sides in booked.items():
        post("settled", sides, key=f"came:{key}", at=at)
