"""A person's cases, and what was written on them, for her time line and her copy."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.cases.models import Case, CaseState, Note, Task
from moothall.cases.queries.lists import visible
from moothall.core import clock
from moothall.core.access import restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.months import after_months
from moothall.core.packs import current_pack
from moothall.core.people import Kept, Made, PersonEntry
from moothall.core.references import show_reference
from moothall.customers.privacy.pack import PRIVACY
from moothall.promises.queries import promises_of
from moothall.services.past import service_named


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
    """Return a service's name, also where the pack does not have it."""
    return service_named(code)


def outcome_words(service: str, outcome: str) -> str:
    """Return an outcome in the service's words."""
    found = current_pack().services.get(service)
    known = {c.code: str(c.says) for c in (*found.closings, *found.refusals)} if found else {}
    return known.get(outcome, outcome.replace("-", " ").replace("_", " "))


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return her cases with what she told us, all that was written on them, the work done and what was promised."""
    cases = list(Case.objects.filter(customer_id=customer_id).order_by("opened_at", "id"))
    notes: dict[UUID, list[dict[str, Any]]] = {}
    for note in Note.objects.filter(case__customer_id=customer_id).order_by("at", "id"):
        said = "you" if note.actor_kind == "customer" else "us, for you" if note.visible_to_customer else "us"
        notes.setdefault(note.case_id, []).append({"at": note.at, "written_by": said, "text": note.text})
    work: dict[UUID, list[dict[str, Any]]] = {}
    for task in Task.objects.filter(case__customer_id=customer_id).order_by("created_at", "id"):
        work.setdefault(task.case_id, []).append(
            {"title": task.title, "done_at": task.done_at, "outcome": task.outcome}
        )
    promises = promises_of([case.id for case in cases], at=clock.now())
    return {
        "cases": [
            {
                "reference": case.reference, "service": case.service, "status": case.status, "outcome": case.outcome,
                "opened_at": case.opened_at, "closed_at": case.closed_at, "place": case.place_text, "answers": case.answers,
                "uprn": case.uprn, "latitude": case.latitude, "longitude": case.longitude,
                "tracked_by": [case.track_email, case.track_postcode], "number_in_another_system": case.external_id,
                "decided": [one.get("because", "") for one in case.decisions],
                "notes": notes.get(case.id, []), "work": work.get(case.id, []),
                "promised": [
                    {"what": one.kind, "by": one.due_words, "ended_at": one.ended_at, "kept": one.tag}
                    for one in promises[case.id]
                ],
            }
            for case in cases
        ]
    }  # fmt: skip


def keeps(ids: Iterable[UUID], at: datetime) -> list[Kept]:
    """Return what stops an erasure: what is still under way, and sealed records whose years are not over. Two queries.

    The request to be erased itself stops nothing.

    Of sealed ones only that there are some is said; the ground is their service's own in the pack.
    """
    rows = Case.objects.filter(customer_id__in=list(ids))
    found = []
    asked = current_pack().one(PRIVACY).erase_service
    live = rows.filter(state__in=(CaseState.OPEN, CaseState.WAITING)).exclude(service=asked)
    under_way = live.values_list("service", flat=True)[:100]
    if under_way:
        because = "We are still working on something they asked for. It can be erased once that is closed."
        found.append(Kept("Cases under way", len(under_way), because, stops=True))
    services, latest, grounds, number = current_pack().services, None, "", 0
    for service, closed_at in (
        rows.exclude(restricted="").filter(closed_at__isnull=False).values_list("service", "closed_at")
    ):
        known = services.get(service)
        if known is None or closed_at is None:
            continue
        until = after_months(closed_at.date(), known.retention.months)
        if until > at.date():
            number, grounds, latest = number + 1, str(known.retention.because), max(until, latest or until)
    if number:
        found.append(Kept("Sealed records", number, f"The law has us keep them. {grounds}", latest, stops=True))
    return found
