"""A case as its customer sees it, by reference and one thing only she would know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.cases.models import Case, Note
from moothall.cases.named import case_named, is_on_show
from moothall.cases.queries.lists import CaseLine, line
from moothall.cases.queries.page import NoteLine, _note
from moothall.core.event_feed import events_of_case
from moothall.core.events import Recorded
from moothall.core.packs import current_pack
from moothall.core.references import NotAReference, reference_in
from moothall.promises.queries import PromiseView, promises_of

_SHOWN = frozenset(
    {
        "case.opened", "case.assigned", "case.status_changed", "case.waiting", "case.resumed", "case.noted",
        "case.answered", "case.closed", "case.reopened", "promise.explained", "promise.broken", "promise.extended",
        "help.referred",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrackedCase:
    """What the customer may see: no officer's name, no internal note. ``decisions`` are for the reasons we tell her."""

    case: CaseLine
    version: int
    pack_version_id: UUID | None
    fee_pence: int
    decisions: tuple[Mapping[str, Any], ...]
    answers: Mapping[str, Any]
    promises: tuple[PromiseView, ...]
    notes: tuple[NoteLine, ...]
    events: tuple[Recorded, ...]


def tracked_case(reference: str, second: str, *, at: datetime) -> TrackedCase | None:
    """Return the case, if the reference is right and ``second`` is the e-mail address it was made with, or its postcode
    where neither the request nor the reference is one that everybody sees.

    The reference of a booking or a payment leads to the request it belongs to, and asks for the same second thing.
    A wrong reference and a wrong second thing give the same answer: nothing. The caller limits the tries.
    """
    case_id = case_with(reference)
    case = Case.objects.filter(id=case_id).first() if case_id else None
    if case is None or not _knows(case, second, reference):
        return None
    return _tracked(case, at)


def case_with(reference: str) -> UUID | None:
    """Return the case that a reference somebody typed leads to, for counting tries at it; nothing about it is told."""
    try:
        return case_named(reference_in(reference))
    except NotAReference:
        return None


def proven_case(case_id: UUID, *, at: datetime) -> TrackedCase | None:
    """Return a case whose customer proved it is hers earlier in this session; the caller holds that proof."""
    case = Case.objects.filter(id=case_id).first()
    return _tracked(case, at) if case else None


def decided_of(case_id: UUID) -> tuple[str, tuple[Mapping[str, Any], ...], int] | None:
    """Return the service of a case, what its tables decided and its fee in pence. One query."""
    row = Case.objects.filter(id=case_id).values_list("service", "decisions", "fee_pence").first()
    return (row[0], tuple(row[1]), row[2]) if row else None


def _knows(case: Case, second: str, reference: str) -> bool:
    """Of what is reported in the street reference and place are on the map for everyone, and the number of a licence is on a
    badge or behind a windscreen, where its holder lives or works: a postcode there is nothing that only she knows."""
    given = second.strip().lower()
    if not given or given == case.track_email:
        return bool(given)
    postcode, service = "".join(given.upper().split()), current_pack().services.get(case.service)
    if not postcode or postcode != case.track_postcode or (service is not None and service.public):
        return False
    stored = reference_in(reference)
    return stored == case.reference or not is_on_show(stored)


def _tracked(case: Case, at: datetime) -> TrackedCase:
    notes = Note.objects.filter(case=case, visible_to_customer=True).order_by("at", "id")
    return TrackedCase(
        case=line(case), version=case.version, pack_version_id=case.pack_version_id, fee_pence=case.fee_pence,
        decisions=tuple(case.decisions), answers=case.answers, promises=tuple(promises_of([case.id], at=at)[case.id]),
        notes=tuple(_note(n) for n in notes),
        events=tuple(e for e in events_of_case(case.id) if e.name in _SHOWN),
    )  # fmt: skip
