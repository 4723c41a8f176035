"""Cases of restricted kinds, for who may open them in need: that one is there, and nothing else about it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from moothall.cases.models import Case
from moothall.cases.named import case_named
from moothall.cases.queries.lists import CaseLine, line, visible
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.references import NotAReference, read_reference


def sealed_kind(case_id: UUID, *, visible_to: Actor) -> str:
    """Return the restricted kind of a case; empty where it has none or is not there. One query.

    Raises:
        Refused: the actor may not open sealed records.
    """
    require(visible_to, "glass.break")
    return Case.objects.filter(id=case_id).values_list("restricted", flat=True).first() or ""


def sealed_by_reference(text: str, *, visible_to: Actor) -> UUID | None:
    """Return the restricted case this reference leads to, or ``None``. Raises Refused."""
    require(visible_to, "glass.break")
    try:
        case_id = case_named(read_reference(text))
    except NotAReference:
        return None
    if case_id is None:
        return None
    return Case.objects.filter(id=case_id).exclude(restricted="").values_list("id", flat=True).first()


def sealed_cases_of(customer_ids: Iterable[UUID], kind: str, *, visible_to: Actor, limit: int = 50) -> list[CaseLine]:
    """Return a person's cases of one restricted kind that the actor may see, newest first. One query."""
    rows = visible(Case.objects.filter(customer_id__in=list(customer_ids), restricted=kind), visible_to)
    return [line(case) for case in rows.defer("answers", "decisions").order_by("-opened_at", "-id")[:limit]]
