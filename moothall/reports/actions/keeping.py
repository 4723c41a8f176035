"""A report is kept in step with its case: made, moved on, ended, joined, hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.cases.models import Case, CaseState
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.bulk import copy_rows
from moothall.core.packs import Pack, current_pack
from moothall.places.finding import StreetIndex, area_codes_by_point, surroundings
from moothall.places.geometry import on_earth
from moothall.places.queries import area_names
from moothall.reports import cells
from moothall.reports.likeness import plain_words
from moothall.reports.models import Ending, Report
from moothall.reports.pack import STREET_REPORTS, is_public, public_services

_KEPT = ("is_open", "status", "ending", "outcome", "duplicate_of", "changed_at", "closed_at", "service", "words")


def refresh_report(case_id: UUID, *, at: datetime) -> Report | None:
    """Make a case's public report, or bring it up to date with the case; the sums of the map follow. Again is fine.

    ``None`` when the case is not there, or is none for everybody to see; a report that was made of it before is taken off
    the public pages, and stays off until an officer puts it back.
    """
    pack = current_pack()
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(id=case_id).first()
        if case is None:
            return None
        if not _for_everybody(case, pack):
            _take_off(case.id, at=at)
            return None
        known = Report.objects.select_for_update().filter(case_id=case.id).first()
        before = cells.counts(known) if known else []
        report = known or _new(case)
        _state(report, case, pack)
        if known:
            report.save(update_fields=_KEPT)
        else:
            if not cells.stands(report):
                cells.unplace(report)
            report.save(force_insert=True)
        cells.change(before, cells.counts(report))
        return report


def _for_everybody(case: Case, pack: Pack) -> bool:
    return not case.restricted and is_public(pack, case.service)


def _take_off(case_id: UUID, *, at: datetime) -> None:
    report = Report.objects.select_for_update().filter(case_id=case_id, hidden=False).first()
    if report is not None:
        _hide(report, hidden=True, at=at)


def _hide(report: Report, *, hidden: bool, at: datetime) -> None:
    before = cells.counts(report)
    report.hidden, report.changed_at = hidden, at
    report.save(update_fields=["hidden", "changed_at"])
    cells.change(before, cells.counts(report))


def take_off_private(pack: Pack, *, at: datetime) -> int:
    """Take reports off the public pages whose service this pack no longer makes public. Returns how many.

    A service is made private by a change of the pack, which is no event of any case.
    """
    shown = set(Report.objects.filter(hidden=False).order_by().values_list("service", flat=True).distinct())
    private = shown.difference(public_services(pack))
    ids = list(Report.objects.filter(hidden=False, service__in=private).values_list("case_id", flat=True))
    for case_id in ids:
        with transaction.atomic():
            _take_off(case_id, at=at)
    return len(ids)


def _new(case: Case) -> Report:
    report = Report(case_id=case.id, reference=case.reference, opened_at=case.opened_at, area=case.area)
    if case.latitude is not None and case.longitude is not None and on_earth(case.latitude, case.longitude):
        here = surroundings(case.latitude, case.longitude)
        report.latitude, report.longitude = case.latitude, case.longitude
        report.cell15, report.cell18 = cells.cells_of(case.latitude, case.longitude)
        report.place = here.text[:200]
        report.area = here.area or case.area
    return report


def _state(report: Report, case: Case, pack: Pack) -> None:
    report.service, report.status, report.outcome = case.service, case.status, case.outcome
    report.is_open = case.state in (CaseState.OPEN, CaseState.WAITING)
    report.duplicate_of = case.joined_to_id if case.state == CaseState.MERGED else None
    report.ending = _ending(case, pack)
    report.changed_at, report.closed_at = case.changed_at, case.closed_at
    report.words = _words(case.answers, case.place_text, pack, case.service)


def _ending(case: Case, pack: Pack) -> str:
    if case.state in (CaseState.OPEN, CaseState.WAITING):
        return ""
    if case.state == CaseState.MERGED:
        return Ending.DUPLICATE
    said = pack.one(STREET_REPORTS).endings.get(case.outcome)
    return Ending(said) if said else Ending.FIXED if case.resolved else Ending.NOT_DONE


def _words(answers: Mapping[str, Any], place: str, pack: Pack, service: str) -> str:
    """What the answers say of the thing itself; never who asked, and nothing marked as sensitive."""
    texts = [place]
    for question in pack.services[service].questions:
        value = answers.get(question.id)
        if question.sensitive or question.known_from or value in (None, ""):
            continue
        if question.type in {"text", "long_text"}:
            texts.append(str(value))
        elif question.type in {"choice", "picture"}:
            texts += [option.label for option in question.options if option.value == value]
        elif question.type == "multi_choice" and isinstance(value, list):
            texts += [option.label for option in question.options if option.value in value]
    return plain_words(texts)


def words_of(answers: Mapping[str, Any], place: str, service: str) -> str:
    """Return the words that a request under way would be compared by."""
    return _words(answers, place, current_pack(), service)


def sent_on(case_id: UUID, *, partner: str, at: datetime) -> None:
    """Note on the public report that it was sent on to a partner, or with an empty code that it came back."""
    Report.objects.filter(case_id=case_id).update(with_partner=partner[:60], changed_at=at)


def describe_report(case_id: UUID, words: str) -> None:
    """Keep what another system sent with a report to be public; nothing where the council does not let it (`open311_words`).

    The caller has looked that it tells nothing of anybody.
    """
    if current_pack().one(STREET_REPORTS).open311_words:
        Report.objects.filter(case_id=case_id).update(description=words[:4000])


def hide_report(case_id: UUID, *, hidden: bool, by: Actor, at: datetime) -> None:
    """Take a report off the public pages, or put it back. LookupError when there is none to show, Refused."""
    require(by, "report.review")
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(id=case_id).first()
        report = Report.objects.select_for_update().filter(case_id=case_id).first()
        if case is None or report is None or not (hidden or _for_everybody(case, current_pack())):
            raise LookupError("There is no public report of this case.")
        _hide(report, hidden=hidden, at=at)


_COLUMNS = (
    "case_id", "reference", "service", "area", "place", "latitude", "longitude", "cell15", "cell18", "is_open", "status",
    "ending", "outcome", "duplicate_of", "with_partner", "words", "photo_marks", "followers", "hidden", "opened_at",
    "changed_at", "closed_at",
)  # fmt: skip


def rebuild_reports(*, by: Actor, at: datetime) -> int:
    """Make the public reports of cases that have none yet (imported ones tell nobody) and count all sums again.

    Returns how many were made.
    """
    require(by, "import.run")
    pack = current_pack()
    missing = Case.objects.filter(service__in=public_services(pack), restricted="")
    missing = missing.exclude(id__in=Report.objects.values("case_id")).order_by("id")
    made, streets, names = 0, StreetIndex(), area_names()
    with transaction.atomic():
        # a batch is read before it is written: COPY holds the connection while it runs
        while batch := list(missing[:_BATCH]):
            made += copy_rows("reports_report", _COLUMNS, list(_rows(batch, pack, streets, names)))
        cells.recount()
    return made


_BATCH = 5_000


def _rows(
    cases: Iterable[Case], pack: Pack, streets: StreetIndex, names: Mapping[str, str]
) -> Iterable[tuple[Any, ...]]:
    for case in cases:
        report = Report(case_id=case.id, reference=case.reference, opened_at=case.opened_at, area=case.area)
        if case.latitude is not None and case.longitude is not None and on_earth(case.latitude, case.longitude):
            report.latitude, report.longitude = case.latitude, case.longitude
            report.cell15, report.cell18 = cells.cells_of(case.latitude, case.longitude)
            street = streets.nearest(case.latitude, case.longitude)
            report.place = f"Near {street}" if street else names.get(case.area, "")
            report.area = case.area or next(iter(area_codes_by_point([(case.latitude, case.longitude)])), "")
        _state(report, case, pack)
        yield (
            report.case_id, report.reference, report.service, report.area, report.place[:200], report.latitude,
            report.longitude, report.cell15, report.cell18, report.is_open, str(report.status), str(report.ending),
            report.outcome, report.duplicate_of, "", report.words, [], 0, False, report.opened_at, report.changed_at,
            report.closed_at,
        )  # fmt: skip
