"""When cases go: each service says how many months after one is closed. What was asked, when and how it ended stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from moothall.cases.models import Case, CaseState, Note, Task
from moothall.cases.queries.person import service_name
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.retention import (
    DueRecord,
    Forgot,
    Place,
    RecordClass,
    due_on,
    forget_companions,
    oldest,
    over_before,
    register_in_touch,
    register_record_class,
)
from moothall.services.pack import STANDARD_RETENTION

SAYS = (
    ~Q(answers={}) | ~Q(place_text="") | Q(customer_id__isnull=False) | Q(uprn__isnull=False) | Q(latitude__isnull=False)
    | ~Q(track_email="") | ~Q(track_postcode="")
)  # fmt: skip


def due(until: datetime, after: Place | None, limit: int) -> list[DueRecord]:
    """Return closed cases whose service's months are over at ``until``, the first closed first. One query.

    A sealed one is not named.
    """
    services = current_pack().services
    months = {code: int(one.retention.months) for code, one in services.items()}
    by_months: dict[int, list[str]] = defaultdict(list)
    for code, number in months.items():
        by_months[number].append(code)
    over = ~Q(service__in=list(months)) & Q(closed_at__lt=over_before(until, STANDARD_RETENTION.months))
    for number, codes in by_months.items():
        over |= Q(service__in=codes, closed_at__lt=over_before(until, number))
    rows = Case.objects.filter(over, SAYS, closed_at__isnull=False).defer("answers", "decisions")
    return [
        DueRecord(
            row.id, row.closed_at, due_on(row.closed_at, months.get(row.service, STANDARD_RETENTION.months)),
            "A sealed record" if row.restricted else service_name(row.service), row.customer_id, row.reference,
        )
        for row in oldest(rows, "closed_at", after, limit)
        if row.closed_at is not None
    ]  # fmt: skip


def forget(ids: Sequence[UUID], by: Actor, at: datetime) -> Forgot:
    """Take the words, the place and whose it was out of these cases; service, dates, promises and outcome stay."""
    require(by, "customer.erase")
    over = list(Case.objects.filter(id__in=ids, closed_at__isnull=False).values_list("id", flat=True))
    forget_companions("case", over, by, at)
    Note.objects.filter(case_id__in=over).exclude(text="").update(text="")
    Task.objects.filter(case_id__in=over).exclude(title="", outcome="").update(title="", outcome="")
    return Forgot(
        Case.objects.filter(id__in=over).update(
            answers={}, place_text="", uprn=None, latitude=None, longitude=None, track_email="", track_postcode="",
            external_id="", customer_id=None, changed_at=at,
        )
    )  # fmt: skip


def in_touch(since: datetime) -> list[tuple[QuerySet[Any], str]]:
    """Say whose cases are under way, or were opened or closed since then."""
    live = Q(state__in=[CaseState.OPEN, CaseState.WAITING]) | Q(opened_at__gte=since) | Q(closed_at__gte=since)
    return [(Case.objects.filter(live), "customer_id")]


register_record_class(RecordClass("case", "Closed requests", due, forget, rank=10))
register_in_touch("cases", in_touch)
