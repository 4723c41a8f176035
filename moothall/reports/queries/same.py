"""Already reported? The reports near a new one that may be of the same thing, the likeliest first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from moothall.core.packs import current_pack
from moothall.reports.cells import near_cells
from moothall.reports.likeness import Likely, Likeness, likeness
from moothall.reports.models import Report, Spot
from moothall.reports.pack import STREET_REPORTS
from moothall.reports.queries.finding import ReportLine, line

MOST_COMPARED: Final = 400
"""The newest of a neighbourhood: a square of a hundred metres with more open reports of one kind is a crowded spot."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A report that may be of the same thing, how like it is (0 to 1), and why."""

    report: ReportLine
    likeness: Likeness


def candidates(
    new: Likely, *, at: datetime, without: Collection[UUID] = (), least: float | None = None, most: int | None = None
) -> list[Candidate]:
    """Return the reports that may be of the same thing as a new one, likeliest first. Two queries.

    Reports that were put on a crowded point (where a system puts what it could not locate) have no place and are near
    nothing; a new one on such a point has no candidates. ``least`` and ``most`` are the pack's where not given.
    """
    pack = current_pack()
    rules = pack.one(STREET_REPORTS)
    north, east = round(new.latitude * 1e6), round(new.longitude * 1e6)
    if Spot.objects.filter(latitude_e6=north, longitude_e6=east, crowded=True).exists():
        return []
    kin = rules.kin(new.service)
    recent = Q(is_open=True) | Q(closed_at__gte=at - timedelta(days=rules.closed_days))
    rows = Report.objects.filter(
        recent, cell18__in=near_cells(new.latitude, new.longitude), hidden=False, duplicate_of=None, service__in=kin,
        opened_at__lte=max(at, new.opened_at),
    ).order_by("-opened_at")[:MOST_COMPARED]  # fmt: skip
    found = []
    for row in rows:
        if row.case_id in without or row.latitude is None or row.longitude is None:
            continue
        old = Likely(
            row.service, row.latitude, row.longitude, row.opened_at, row.words, tuple(int(m) for m in row.photo_marks)
        )
        like = likeness(new, old, kin=kin, near=rules.near_metres)
        if like.score >= (rules.likely if least is None else least):
            found.append((like.score, row, like))
    found.sort(key=lambda one: (-one[0], one[2].metres))
    return [Candidate(line(row, pack), like) for _, row, like in found[: most or rules.shown]]
