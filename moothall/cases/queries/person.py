"""A person's cases, and what was written on them, for her time line and her copy."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.cases.models import Case, Note
from moothall.cases.queries.lists import visible
from moothall.core.access import restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.people import Made, PersonEntry
from moothall.core.references import show_reference


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return the openings and closings of her cases and the notes on them, newest first. Three queries.

    Restricted kinds are not there for an actor who may not know of them.
    """
    ids = list(customer_ids)
    entries = [*_opened(ids, visible_to, limit, until), *_closed(ids, visible_to, limit, until)]
    entries += _notes(ids, visible_to, limit, until)
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def made_between(customer_id: UUID, since: datetime, until: datetime | None) -> list[Made]:
    """Return her cases opened in that time that no contact brought (those go with it), for parting two people. One query."""
    rows = Case.objects.filter(customer_id=customer_id, opened_at__gte=since, contact_id__isnull=True)
    if until is not None:
        rows = rows.filter(opened_at__lt=until)
    return [Made("case", row.id, row.opened_at, title=row.reference) for row in rows.order_by("opened_at")]


def _opened(ids: list[UUID], actor: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    rows = visible(Case.objects.filter(customer_id__in=ids), actor).defer("answers", "decisions")
    if until is not None:
        rows = rows.filter(opened_at__lte=until)
    return [
        PersonEntry(
            at=case.opened_at, kind="case", title=service_name(case.service),
            detail=f"Asked for, {show_reference(case.reference)}", link_kind="case", link_id=str(case.id),
            state="late" if case.late else "", channel=case.channel,
        )
        for case in rows.order_by("-opened_at", "-id")[:limit]
    ]  # fmt: skip


def _closed(ids: list[UUID], actor: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    rows = visible(Case.objects.filter(customer_id__in=ids, closed_at__isnull=False), actor)
    if until is not None:
        rows = rows.filter(closed_at__lte=until)
    return [
        PersonEntry(
            at=case.closed_at, kind="case", title=f"Closed: {service_name(case.service)}",
            detail=outcome_words(case.service, case.outcome), link_kind="case", link_id=str(case.id),
        )
        for case in rows.defer("answers", "decisions").order_by("-closed_at", "-id")[:limit]
        if case.closed_at is not None
    ]  # fmt: skip


def _notes(ids: list[UUID], actor: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    rows = Note.objects.filter(case__customer_id__in=ids).select_related("case")
    allowed = restrictions_visible_to(actor)
    if allowed is not None:
        rows = rows.filter(case__restricted__in=["", *sorted(allowed)])
    if until is not None:
        rows = rows.filter(at__lte=until)
    return [
        PersonEntry(
            at=note.at, kind="note", title="The customer wrote" if note.actor_kind == "customer" else "Note",
            detail=note.text[:400], link_kind="case", link_id=str(note.case_id),
        )
        for note in rows.order_by("-at", "-id")[:limit]
    ]  # fmt: skip


def service_name(code: str) -> str:
    """Return a service's name, or its code where the pack no longer has it."""
    found = current_pack().services.get(code)
    return str(found.name) if found else code


def outcome_words(service: str, outcome: str) -> str:
    """Return an outcome in the service's words."""
    found = current_pack().services.get(service)
    known = {c.code: str(c.says) for c in (*found.closings, *found.refusals)} if found else {}
    return known.get(outcome, outcome.replace("-", " ").replace("_", " "))


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return her cases with what she told us and the notes she may read."""
    cases = Case.objects.filter(customer_id=customer_id).order_by("opened_at", "id")
    notes: dict[UUID, list[dict[str, Any]]] = {}
    for note in Note.objects.filter(case__customer_id=customer_id, visible_to_customer=True).order_by("at", "id"):
        notes.setdefault(note.case_id, []).append({"at": note.at, "text": note.text})
    return {
        "cases": [
            {
                "reference": case.reference, "service": case.service, "status": case.status, "outcome": case.outcome,
                "opened_at": case.opened_at, "closed_at": case.closed_at, "place": case.place_text, "answers": case.answers,
                "notes": notes.get(case.id, []),
            }
            for case in cases
        ]
    }  # fmt: skip
