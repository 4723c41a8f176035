"""Which case a reference leads to: its own, or that of a booking or a payment that hangs on it.

Customers have several references of ours in their hands; whichever they give us, it leads to their request. Rooms above
(bookings, payments) say here at start which of theirs belong to which case.
"""

from collections.abc import Callable, Collection
from typing import Final
from uuid import UUID

from moothall.cases.models import Case

Finder = Callable[[Collection[str]], dict[str, UUID]]
_finders: Final[dict[str, Finder]] = {}


def register_references(room: str, find: Finder) -> None:
    """Have ``find`` say which of these references (stored form) are the room's, and the case each belongs to."""
    _finders[room] = find


def cases_named(references: Collection[str]) -> dict[str, UUID]:
    """Return the case that each reference (stored form) leads to; what leads to none is left out.

    One query for cases' own references; at most three more, and only where one of the references is no case's.
    """
    found = dict(Case.objects.filter(reference__in=list(references)).values_list("reference", "id"))
    for find in _finders.values():
        left = [one for one in references if one not in found]
        if not left:
            break
        found.update(find(left))
    return found


def case_named(reference: str) -> UUID | None:
    """Return the case one reference (stored form) leads to, or ``None``."""
    return cases_named([reference]).get(reference)
