"""Reports as other systems read them: joined ones too, with what is needed to follow each. Fixed queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.cases.models import Case
from moothall.core.packs import Pack, current_pack
from moothall.core.references import NotAReference, read_reference
from moothall.places.geometry import Box
from moothall.promises.models import Promise
from moothall.reports.models import Photo, PhotoState, Report
from moothall.reports.queries.finding import ReportLine, line, placed_in


@dataclass(frozen=True, slots=True)
class OutsideReport:
    """One report for another system. ``details`` are fixed choices only: nothing anybody wrote is in them.

    ``words`` are what another system sent with it to be public; ``uprn`` and ``postcode`` are known only of one it sent
    with a UPRN, because a home that somebody chose may be her own.

    ``expected_at`` is the promise as it stands (its new date where one was given).
    """

    report: ReportLine
    details: tuple[str, ...]
    team: str
    uprn: int | None
    postcode: str
    words: str
    expected_at: datetime | None
    joined_to: str
    photo: UUID | None


def outside_reports(
    *, references: Sequence[str] = (), services: Sequence[str] = (), since: datetime | None = None,
    until: datetime | None = None, states: Sequence[str] = (), limit: int = 1_000,
    skip: int = 0, box: Box | None = None, changed_since: datetime | None = None, changed_until: datetime | None = None,
) -> list[OutsideReport]:  # fmt: skip
    """Return public reports, newest first. ``references`` (as people write them) override everything else.

    ``box``: those placed in it. Five queries.
    """
    rows = Report.objects.filter(hidden=False)
    if references:
        rows = rows.filter(reference__in=[code for text in references if (code := _stored(text))])
    else:
        rows = rows.filter(service__in=services) if services else rows
        rows = rows.filter(opened_at__gte=since) if since else rows
        rows = rows.filter(opened_at__lte=until) if until else rows
        rows = rows.filter(is_open="open" in states) if len(set(states)) == 1 else rows
        rows = rows.filter(changed_at__gte=changed_since) if changed_since else rows
        rows = rows.filter(changed_at__lte=changed_until) if changed_until else rows
        if box is not None:
            rows = placed_in(rows, box)
    return _outside(list(rows.order_by("-opened_at", "-case_id")[skip : skip + limit]))


def outside_report(case_id: UUID) -> OutsideReport | None:
    """Return the public report of a case as other systems read it, ``None`` where there is none. Five queries."""
    return next(iter(_outside(list(Report.objects.filter(case_id=case_id, hidden=False)))), None)


def changed_reports(*, since: datetime, until: datetime, limit: int = 1_000, skip: int = 0) -> list[OutsideReport]:
    """Return public reports that changed in a span, the oldest change first. Five queries."""
    rows = Report.objects.filter(hidden=False, changed_at__gte=since, changed_at__lte=until)
    return _outside(list(rows.order_by("changed_at", "case_id")[skip : skip + limit]))


def _stored(text: str) -> str:
    try:
        return read_reference(text)
    except NotAReference:
        return ""


def _outside(rows: Sequence[Report]) -> list[OutsideReport]:
    pack, ids = current_pack(), [row.case_id for row in rows]
    cases = {one.id: one for one in Case.objects.filter(id__in=ids).only("id", "answers", "team", "uprn", "channel")}
    into = {row.duplicate_of for row in rows if row.duplicate_of}
    others = dict(Report.objects.filter(case_id__in=into).values_list("case_id", "reference")) if into else {}
    due = _expected(ids)
    photos: dict[UUID, UUID] = {}
    for case_id, document in Photo.objects.filter(case_id__in=ids, state=PhotoState.PUBLISHED).values_list(
        "case_id", "document_id"
    ):
        photos.setdefault(case_id, document)
    found = []
    for row in rows:
        case = cases.get(row.case_id)
        team = pack.teams.get(case.team) if case else None
        found.append(
            OutsideReport(
                report=line(row, pack), details=details(case.answers if case else {}, pack, row.service),
                team=team.name if team else "", uprn=case.uprn if case and case.channel == "open311" else None,
                postcode=_postcode(case.answers, pack, row.service) if case and case.channel == "open311" else "",
                words=row.description, expected_at=due.get(row.case_id),
                joined_to=others.get(row.duplicate_of, "") if row.duplicate_of else "", photo=photos.get(row.case_id),
            )
        )  # fmt: skip
    return found


def _postcode(answers: Mapping[str, Any], pack: Pack, service: str) -> str:
    """The postcode of the place that was chosen, as people write it."""
    known = pack.services.get(service)
    for question in known.questions if known else ():
        value = answers.get(question.id)
        if question.type == "place" and isinstance(value, Mapping):
            return str(value.get("postcode") or "")
    return ""


def _expected(ids: Sequence[UUID]) -> dict[UUID, datetime]:
    rows = (
        Promise.objects.filter(subject_id__in=ids, kind="complete")
        .exclude(state="withdrawn")
        .values_list("subject_id", "due_at", "promised_again_at")
    )
    return {subject: at for subject, due, again in rows if (at := again or due) is not None}


def details(answers: Mapping[str, Any], pack: Pack, service: str) -> tuple[str, ...]:
    """Return what was chosen from fixed choices about the thing itself, in the pack's words, in order of the questions."""
    known = pack.services.get(service)
    said: list[str] = []
    for question in known.questions if known else ():
        if question.sensitive or question.type not in {"choice", "multi_choice", "picture"}:
            continue
        value = answers.get(question.id)
        chosen = value if isinstance(value, list) else [value]
        said += [option.label for option in question.options if option.value in chosen and option.value not in _SILENT]
    return tuple(said)


_SILENT = frozenset({"unknown", "not_sure", "other", "none"})
