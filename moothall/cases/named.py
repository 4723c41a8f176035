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
_for_officers: Final[dict[str, Finder]] = {}
_on_show: Final[dict[str, Finder]] = {}


def register_references(room: str, find: Finder, *, for_officers: bool = False, on_show: bool = False) -> None:
    """Have ``find`` say which of these references (stored form) are the room's, and the case each belongs to.

    ``for_officers``: it is in the hands of somebody else than the customer, so it leads there for officers alone; whoever
    tracks a request, or writes to us of one, gets nowhere by it. ``on_show``: anybody reads it, on a badge or behind a
    windscreen, so that it proves nothing.
    """
    (_for_officers if for_officers else _finders)[room] = find
    if on_show:
        _on_show[room] = find


def is_on_show(reference: str) -> bool:
    """Say whether a reference (stored form) is one that anybody can read. One query for each room that has such."""
    return any(find([reference]) for find in _on_show.values())


def cases_named(references: Collection[str], *, for_officer: bool = False) -> dict[str, UUID]:
    """Return the case that each reference (stored form) leads to; what leads to none is left out.

    One query for cases' own references; at most three more (four for an officer), and only where one is no case's.
    """
    found = dict(Case.objects.filter(reference__in=list(references)).values_list("reference", "id"))
    for find in (*_finders.values(), *(_for_officers.values() if for_officer else ())):
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


def references_to_quote(case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the reference of each case as people see it, by its id. One query where there is any."""
    if not case_ids:
        return {}
    stored = Case.objects.filter(id__in=list(case_ids)).values_list("id", "reference")
    return {case_id: show_reference(reference) for case_id, reference in stored}


def case_named(reference: str, *, for_officer: bool = False) -> UUID | None:
    """Return the case one reference (stored form) leads to, or ``None``."""
    return cases_named([reference], for_officer=for_officer).get(reference)
