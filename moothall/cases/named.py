"""Which case a reference leads to: its own, or that of a booking or a payment that hangs on it.

Customers have several references of ours in their hands; whichever they give us, it leads to their request. Rooms above
(bookings, payments) say here at start which of theirs belong to which case.
"""

from collections.abc import Callable, Collection
from typing import Final
from uuid import UUID

from moothall.cases.models import Case
from moothall.core.references import show_reference

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


def reference_to_quote(case_id: UUID | None, own: str = "") -> str:
    """Return, as people see it, the one reference to quote for what hangs on a case: the request's, else ``own`` (as shown).

    Whoever holds two asks which is the right one, so she is told one. One query where there is a case.
    """
    stored = Case.objects.filter(id=case_id).values_list("reference", flat=True).first() if case_id else None
    return show_reference(stored) if stored else own


def case_named(reference: str) -> UUID | None:
    """Return the case one reference (stored form) leads to, or ``None``."""
    return cases_named([reference]).get(reference)
