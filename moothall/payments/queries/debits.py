"""Agreements to pay in parts, as the payer, the officer and finance see them. An account is never shown whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, Sum

from moothall.core.access import require, restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.paging import Page, page_of, unpack_moment
from moothall.payments.models import DebitFile, Instalment, InstalmentState, Mandate, MandateState
from moothall.payments.rules.debits import ENDS, UNPAID

SIZE = 25


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part: when, how much, where it stands, and why it was not paid."""

    number: int
    on: date
    pence: int
    state: str
    words: str
    why: str
    intent_id: UUID | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreement with its parts. ``account`` is as anybody may see it: the last digits."""

    id: UUID
    reference: str
    scheme: str
    state: str
    words: str
    what: str
    holder: str
    account: str
    day: int
    plan: str
    pence: int
    parts: tuple[PartLine, ...]
    made_at: datetime
    ended_at: datetime | None
    ended_by: str
    why_ended: str
    case_id: UUID | None
    customer_id: UUID | None
    intent_id: UUID

    @property
    def live(self) -> bool:
        """Whether anything may still be taken by it."""
        return self.state in {MandateState.PENDING, MandateState.ACTIVE}

    @property
    def next(self) -> PartLine | None:
        """The part that comes next."""
        return next((one for one in self.parts if one.state == InstalmentState.PLANNED), None)

    @property
    def paid(self) -> int:
        """What has been paid by it."""
        return sum(one.pence for one in self.parts if one.state == InstalmentState.TAKEN)


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file for the bank or report from it."""

    id: UUID
    kind: str
    name: str
    rows: int
    pence: int
    on: date | None
    at: datetime
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToSend:
    """What the next file would hold up to a day: instructions, payments and their sum."""

    instructions: int
    payments: int
    pence: int


def agreement(mandate_id: UUID, *, visible_to: Actor) -> Agreement | None:
    """Return one agreement; two queries. None when there is none, or it is not for this actor."""
    found = _shown(_seen(visible_to).filter(id=mandate_id))
    return found[0] if found else None


def agreement_of_bill(intent_id: UUID, *, visible_to: Actor) -> Agreement | None:
    """Return the newest agreement made for a bill; two queries at most."""
    found = _shown(_seen(visible_to).filter(intent_id=intent_id).order_by("-made_at", "-id")[:1])
    return found[0] if found else None


def agreements_of_case(case_id: UUID, *, visible_to: Actor) -> list[Agreement]:
    """Return the agreements of a case, newest first; two queries at most."""
    return _shown(_seen(visible_to).filter(case_id=case_id).order_by("-made_at", "-id")[:20])


def agreement_lines(*, visible_to: Actor, after: str = "", trouble: bool = False, size: int = SIZE) -> Page[Agreement]:
    """Return agreements, newest first; with ``trouble`` those with a part that came back. Two queries."""
    require(visible_to, "payment.view")
    rows = _seen(visible_to)
    if trouble:
        rows = rows.filter(id__in=Instalment.objects.filter(state=InstalmentState.RETURNED).values("mandate_id"))
    if after:
        at, last = unpack_moment(after)
        rows = rows.filter(Q(made_at__lt=at) | Q(made_at=at, id__lt=last))
    found = _shown(rows.order_by("-made_at", "-id")[: size + 1])
    return page_of(found, size, lambda row: (row.made_at, row.id), lambda row: row, first=not after)


def debit_files(*, visible_to: Actor, limit: int = 12) -> list[FileLine]:
    """Return the newest files, without what is in them. One query."""
    require(visible_to, "payment.view")
    rows = DebitFile.objects.defer("content").order_by("-at", "-id")[:limit]
    return [
        FileLine(row.id, row.kind, row.name, row.rows, row.pence, row.processing_on, row.at, tuple(row.unknown))
        for row in rows
    ]


def submission_text(file_id: UUID, *, visible_to: Actor) -> tuple[str, str] | None:
    """Return the name and the records of a file for the bank. It holds whole accounts: whoever collects may, nobody else."""
    require(visible_to, "payment.collect")
    return DebitFile.objects.filter(id=file_id, kind="submission").values_list("name", "content").first()


def to_send(until: date, *, visible_to: Actor) -> ToSend:
    """Return what the next file would hold. Two queries."""
    require(visible_to, "payment.view")
    instructions = Mandate.objects.filter(scheme="bacs").filter(
        Q(state=MandateState.PENDING) | Q(state=MandateState.ENDED, lodged_at__isnull=False, undone_at=None)
    )
    live = (MandateState.PENDING, MandateState.ACTIVE)
    due = Instalment.objects.filter(
        state=InstalmentState.PLANNED, due_on__lte=until, mandate__scheme="bacs", mandate__state__in=live
    ).aggregate(many=Count("id"), pence=Sum("pence"))
    return ToSend(instructions.exclude(ended_by="bank").count(), due["many"], due["pence"] or 0)


def _seen(actor: Actor):  # type: ignore[no-untyped-def]  # a query set with its manager's own type
    visible = restrictions_visible_to(actor)
    rows = Mandate.objects.select_related("intent")
    return rows if visible is None else rows.filter(Q(intent__restricted="") | Q(intent__restricted__in=visible))


def _shown(rows: Iterable[Mandate]) -> list[Agreement]:
    mandates = list(rows)
    parts: dict[UUID, list[Instalment]] = {}
    if mandates:
        held = Instalment.objects.filter(mandate_id__in=[row.id for row in mandates]).select_related("attempt")
        for one in held.order_by("number"):
            parts.setdefault(one.mandate_id, []).append(one)
    return [_agreement(row, parts.get(row.id, ())) for row in mandates]


def _agreement(row: Mandate, parts: Sequence[Instalment]) -> Agreement:
    return Agreement(
        id=row.id, reference=row.reference, scheme=row.scheme, state=row.state, words=MandateState(row.state).label,
        what=row.intent.description, holder=row.holder, account=f"ending {row.account[-4:]}" if row.account else "",
        day=row.day, plan=row.plan, pence=sum(one.pence for one in parts),
        parts=tuple(
            PartLine(
                one.number, one.due_on, one.pence, one.state, InstalmentState(one.state).label,
                UNPAID.get(one.why, one.why), one.bill_id or (one.attempt.intent_id if one.attempt is not None else None),
            )
            for one in parts
        ),
        made_at=row.made_at, ended_at=row.ended_at, ended_by=row.ended_by,
        why_ended=ENDS.get(row.why_ended, "") if row.ended_by == "bank" else "", case_id=row.case_id,
        customer_id=row.customer_id, intent_id=row.intent_id,
    )  # fmt: skip
