"""The only readers of permits: what a person holds, what a case may issue, which request a number belongs to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from moothall.cases.models import Case
from moothall.core.access import require, restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.core.zone import council_date
from moothall.permits.models import Permit
from moothall.permits.pack import rule_of
from moothall.permits.rules import (
    Dates,
    asked_from,
    dates_of,
    kept_for_renewal,
    may_renew,
    standing,
    term_of,
    what_of,
)
from moothall.promises.rules import say_day
from moothall.services.pack import SERVICES

MOST = 50


@dataclass(frozen=True, slots=True)
class PermitView:
    """One permit as people see it. ``standing``: coming, in_force, over or ended; ``says`` is that in a sentence."""

    id: UUID
    case_id: UUID
    service: str
    name: str
    number: str
    what: str
    starts: date
    ends: date
    standing: str
    says: str
    ended_because: str
    may_renew: bool
    renewed: bool
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Issuing:
    """What a case page shows of what may be issued: dates as they would be, and what it may go on from (id, words).

    ``issued`` where it was; ``nothing`` where these answers ask for nothing that is issued.
    """

    name: str
    issued: PermitView | None = None
    starts: date | None = None
    ends: date | None = None
    may_follow: tuple[tuple[str, str], ...] = ()
    likely: str = ""
    renews: bool = False


def permit(permit_id: UUID, *, at: datetime) -> PermitView | None:
    """Return a permit for whoever holds its link or is its holder; the caller has shown that. Two queries."""
    row = Permit.objects.filter(id=permit_id).first()
    return _view(row, council_date(at), Permit.objects.filter(follows=row).exists()) if row else None


def permits_of(customer_ids: Iterable[UUID], *, visible_to: Actor, at: datetime) -> list[PermitView]:
    """Return what a person holds or held, the last to end first; restricted kinds only for who may know of them. Two
    queries."""
    cases = Case.objects.filter(customer_id__in=list(customer_ids))
    allowed = restrictions_visible_to(visible_to)
    if allowed is not None:
        cases = cases.filter(Q(restricted="") | Q(restricted__in=allowed))
    rows = list(Permit.objects.filter(case_id__in=cases.values("id")).order_by("-ends", "-id")[:MOST])
    return _views(rows, council_date(at))


def permit_of_case(case_id: UUID, service: str, *, at: datetime) -> PermitView | None:
    """Return what was issued for a case; the caller has shown that the case may be seen. No query for services that issue
    nothing, else two."""
    if rule_of(current_pack(), service) is None:
        return None
    row = Permit.objects.filter(case_id=case_id).first()
    return _view(row, council_date(at), Permit.objects.filter(follows=row).exists()) if row else None


def issuing(case_id: UUID, service: str, *, visible_to: Actor, at: datetime) -> Issuing | None:
    """Return what the case page shows; ``None`` for services that issue nothing, and for answers that ask for nothing."""
    rule = rule_of(current_pack(), service)
    case = Case.objects.filter(id=case_id).first() if rule is not None else None
    if rule is None or case is None:
        return None
    require(visible_to, "case.view")
    issued = permit_of_case(case_id, service, at=at)
    if issued is not None:
        return Issuing(rule.name, issued)
    term, today = term_of(rule, case.answers), council_date(at)
    if term is None or case.closed_at is not None:
        return None
    held = permits_of([case.customer_id], visible_to=visible_to, at=at) if case.customer_id and term.renews else []
    may = [one for one in held if one.service == service and one.standing != "ended" and not one.renewed]
    what = what_of(rule, case.answers)
    likely = next((one for one in may if one.what == what), may[0] if len(may) == 1 else None)
    dates = dates_of(
        rule, term, asked=asked_from(rule, case.answers), before=Dates(likely.starts, likely.ends) if likely else None,
        today=today,
    )  # fmt: skip
    follow = tuple(
        (str(one.id), f"{one.number}, {one.what or one.name}, until {say_day(one.ends, today)}") for one in may
    )
    return Issuing(
        rule.name, None, dates.starts, dates.ends, follow, str(likely.id) if likely else "", renews=term.renews
    )


def renewal_of(permit_id: UUID, customer_ids: Collection[UUID], *, at: datetime) -> tuple[str, dict[str, Any]] | None:
    """Return the service and the answers with which a holder asks for her permit again; ``None`` where it is not hers, or
    cannot be renewed now. Three queries."""
    row = Permit.objects.filter(id=permit_id).first()
    case = Case.objects.filter(id=row.case_id, customer_id__in=list(customer_ids)).first() if row else None
    view = permit(permit_id, at=at) if case is not None else None
    pack = current_pack()
    rule = rule_of(pack, row.service) if row is not None else None
    service = pack.of(SERVICES).get(row.service) if row is not None else None
    if view is None or case is None or rule is None or service is None or not view.may_renew:
        return None
    types = {question.id: question.type for question in service.questions}
    return service.code, kept_for_renewal(rule, case.answers, types)


def cases_of_references(references: Collection[str]) -> dict[str, UUID]:
    """Return the case of each permit whose number (stored form) this is. One query."""
    return dict(Permit.objects.filter(reference__in=list(references)).values_list("reference", "case_id"))


def _views(rows: list[Permit], today: date) -> list[PermitView]:
    followed = set(Permit.objects.filter(follows__in=rows).values_list("follows_id", flat=True)) if rows else set()
    return [_view(row, today, row.id in followed) for row in rows]


def _view(row: Permit, today: date, followed: bool) -> PermitView:
    rule = rule_of(current_pack(), row.service)
    dates, ended = Dates(row.starts, row.ends), row.ended_at is not None
    how = standing(dates, ended=ended, today=today)
    return PermitView(
        id=row.id, case_id=row.case_id, service=row.service, name=rule.name if rule else "Permit",
        number=f"{rule.letters if rule else ''} {show_reference(row.reference)}".strip(), what=row.what,
        starts=row.starts, ends=row.ends, standing=how, says=_says(row, how, today), ended_because=row.ended_because,
        may_renew=rule is not None and may_renew(rule, dates, ended=ended, followed=followed, today=today),
        renewed=followed, issued_at=row.issued_at,
    )  # fmt: skip


def _says(row: Permit, how: str, today: date) -> str:
    if how == "ended" and row.ended_at is not None:
        return f"Ended on {say_day(council_date(row.ended_at), today)}"
    if how == "coming":
        return f"From {say_day(row.starts, today)} to {say_day(row.ends, today)}"
    return f"{'In force until' if how == 'in_force' else 'Over since'} {say_day(row.ends, today)}"


__all__ = [
    "Issuing",
    "PermitView",
    "cases_of_references",
    "issuing",
    "permit",
    "permit_of_case",
    "permits_of",
    "renewal_of",
]
