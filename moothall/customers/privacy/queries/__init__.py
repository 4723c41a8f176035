"""The only readers of this room, by topic."""

from moothall.customers.privacy.queries.erasures import ErasureLine, erasure, erasures
from moothall.customers.privacy.queries.glass import (
    MAY_OPEN,
    OpeningLine,
    may_break_glass,
    my_openings,
    opening,
    openings,
    openings_waiting,
    through,
)
from moothall.customers.privacy.queries.reasons import (
    purposes_open_to,
    reason_standing,
    reasons_behind,
    reasons_between,
)

__all__ = [
    "MAY_OPEN",
    "ErasureLine",
    "OpeningLine",
    "erasure",
    "erasures",
    "may_break_glass",
    "my_openings",
    "opening",
    "openings",
    "openings_waiting",
    "purposes_open_to",
    "reason_standing",
    "reasons_behind",
    "reasons_between",
    "through",
]
