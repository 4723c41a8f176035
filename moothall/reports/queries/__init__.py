"""The only readers of public reports, by screen: the map, the list, one report, what may be the same, officers' work."""

from moothall.reports.queries.finding import (
    ReportFilter,
    ReportLine,
    newest_reports,
    report_by_reference,
    reports_changed,
)
from moothall.reports.queries.mapping import ACROSS, Cluster, MapView, map_view
from moothall.reports.queries.reviewing import (
    PhotoLine,
    PhotoReview,
    StreetSide,
    photo_as_is,
    photo_for_work,
    photo_of_report,
    photo_to_review,
    photos_waiting,
    published_photos,
    street_side,
)
from moothall.reports.queries.same import Candidate, candidates
from moothall.reports.queries.telling import alerts_near, followers_of

__all__ = [
    "ACROSS",
    "Candidate",
    "Cluster",
    "MapView",
    "PhotoLine",
    "PhotoReview",
    "ReportFilter",
    "ReportLine",
    "StreetSide",
    "alerts_near",
    "candidates",
    "followers_of",
    "map_view",
    "newest_reports",
    "photo_as_is",
    "photo_for_work",
    "photo_of_report",
    "photo_to_review",
    "photos_waiting",
    "published_photos",
    "report_by_reference",
    "reports_changed",
    "street_side",
]
