"""What officers see beside a case from the street: its followers, photos to look at, what may be the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.cases.queries import cases_under
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.documents.pictures import blur, thumbnail
from moothall.documents.queries import photo_content
from moothall.reports.likeness import Likely
from moothall.reports.models import Photo, PhotoState, Report
from moothall.reports.queries.finding import ReportLine, line
from moothall.reports.queries.same import Candidate, candidates


@dataclass(frozen=True, slots=True)
class PhotoLine:
    """A photo of a report and whether everyone may see it."""

    document_id: UUID
    case_id: UUID
    state: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class StreetSide:
    """A case's public side as officers see it. ``joined`` are reports that were joined to it."""

    report: ReportLine
    hidden: bool
    followers: int
    photos: tuple[PhotoLine, ...]
    same: tuple[Candidate, ...]
    joined: tuple[ReportLine, ...]


def street_side(case_id: UUID, *, visible_to: Actor, at: datetime) -> StreetSide | None:
    """Return the public side of a case, ``None`` where it has none. Six queries. Raises Refused."""
    require(visible_to, "case.view")
    row = Report.objects.filter(case_id=case_id).first()
    if row is None:
        return None
    pack = current_pack()
    same: list[Candidate] = []
    if row.latitude is not None and row.longitude is not None and row.is_open:
        new = Likely(
            row.service, row.latitude, row.longitude, row.opened_at, row.words, tuple(int(m) for m in row.photo_marks)
        )
        same = candidates(new, at=at, without={case_id}, most=6)
    under = Report.objects.filter(case_id__in=[one for one in cases_under(case_id) if one != case_id]).order_by(
        "case_id"
    )
    return StreetSide(
        report=line(row, pack), hidden=row.hidden, followers=row.followers,
        photos=tuple(_photo(one) for one in Photo.objects.filter(case_id=case_id).order_by("received_at", "document_id")),
        same=tuple(same), joined=tuple(line(one, pack) for one in under[:50]),
    )  # fmt: skip


def photos_waiting(*, visible_to: Actor, limit: int = 50) -> list[tuple[PhotoLine, ReportLine]]:
    """Return photos nobody has looked at yet, oldest first. Two queries. Raises Refused."""
    require(visible_to, "report.review")
    rows = list(Photo.objects.filter(state=PhotoState.WAITING).order_by("received_at", "document_id")[:limit])
    pack = current_pack()
    reports = {one.case_id: line(one, pack) for one in Report.objects.filter(case_id__in=[row.case_id for row in rows])}
    return [(_photo(row), reports[row.case_id]) for row in rows if row.case_id in reports]


def published_photos(case_id: UUID) -> list[UUID]:
    """Return the photos of a report that everyone may see, oldest first. One query."""
    rows = Photo.objects.filter(case_id=case_id, state=PhotoState.PUBLISHED).order_by("received_at", "document_id")
    return [row.document_id for row in rows]


def photo_of_report(document_id: UUID, *, case_id: UUID) -> bytes | None:
    """Return a photo that everyone may see, or ``None``."""
    row = Photo.objects.filter(document_id=document_id, case_id=case_id, state=PhotoState.PUBLISHED).first()
    content = photo_content(document_id, case_id=case_id) if row else None
    return blur(content, row.blurred) if row and content and row.blurred else content


def photo_for_work(document_id: UUID, *, case_id: UUID) -> bytes | None:
    """Return a photo for whoever does the work: blurred once an officer has, as it is before; one kept back for nobody."""
    row = Photo.objects.filter(document_id=document_id, case_id=case_id).first()
    if row is not None and row.state != PhotoState.WAITING:
        return photo_of_report(document_id, case_id=case_id)
    return photo_content(document_id, case_id=case_id)


@dataclass(frozen=True, slots=True)
class PhotoReview:
    """One photo as an officer decides on it: its report, what was decided so far, and the next one that waits."""

    photo: PhotoLine
    report: ReportLine
    reason: str
    blurred: tuple[tuple[int, ...], ...]
    next_waiting: UUID | None
    waiting: int


def photo_to_review(document_id: UUID, *, visible_to: Actor) -> PhotoReview | None:
    """Return a photo to look at; ``None`` where there is none. Three queries. Raises Refused."""
    require(visible_to, "report.review")
    row = Photo.objects.filter(document_id=document_id).first()
    report = Report.objects.filter(case_id=row.case_id).first() if row else None
    if row is None or report is None:
        return None
    others = Photo.objects.filter(state=PhotoState.WAITING).exclude(document_id=document_id)
    left = list(others.order_by("received_at", "document_id").values_list("document_id", flat=True)[:100])
    return PhotoReview(
        photo=_photo(row), report=line(report, current_pack()), reason=row.reason,
        blurred=tuple(tuple(one) for one in row.blurred), next_waiting=left[0] if left else None, waiting=len(left),
    )  # fmt: skip


def photo_as_is(
    document_id: UUID, *, visible_to: Actor, blurred: Sequence[Sequence[int]] = (), widest: int = 0
) -> bytes | None:
    """Return a photo for whoever decides on it, as it would look blurred; ``widest`` makes it small. Raises Refused."""
    require(visible_to, "report.review")
    row = Photo.objects.filter(document_id=document_id).first()
    content = photo_content(document_id, case_id=row.case_id) if row else None
    if content is None:
        return None
    content = blur(content, blurred) if blurred else content
    return thumbnail(content, widest) if widest else content


def _photo(row: Photo) -> PhotoLine:
    return PhotoLine(row.document_id, row.case_id, row.state, row.received_at)
