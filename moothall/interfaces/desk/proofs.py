"""At the desk: who somebody is, proved in person, and who may speak for her."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.references import NotAReference, read_reference
from moothall.customers.accounts.actions import verify_in_person
from moothall.customers.accounts.pack import ACCOUNTS
from moothall.customers.queries import customer_with_reference
from moothall.customers.representation.actions import end_representation, record_representation
from moothall.customers.representation.pack import REPRESENTATIONS
from moothall.customers.representation.queries import acting_for, acts_for
from moothall.intake.council_time import council_date
from moothall.intake.dialogue.figures import read_date
from moothall.intake.speaking_for import begin_for
from moothall.interfaces.desk.screen import go, wrong
from moothall.interfaces.policy import Request, policy
from moothall.services.pack import AREAS, Question

LAST_DAY = Question(id="until", type="date", label="Last day", dates="future")


def panel(ids: tuple[UUID, ...], on: date) -> dict[str, Any]:
    """Return what the record shows of proof and representation. Two queries."""
    pack = current_pack()
    kinds = pack.of(REPRESENTATIONS)
    return {
        "helpers": acting_for(ids, on=on), "helped": acts_for(ids, on=on),
        "evidence_choices": [(one.code, one.name) for one in pack.one(ACCOUNTS).evidence],
        "kind_choices": [(code, kind.name) for code, kind in kinds.items()],
        "area_choices": [(code, one.name) for code, one in pack.of(AREAS).items()],
        "kind_evidence": sorted({(e.code, e.name) for kind in kinds.values() for e in kind.evidence}, key=lambda e: e[1]),
    }  # fmt: skip


@require_POST
@policy("staff", needs=("customer.view", "identity.verify"), purpose="contact")
def prove(request: Request, customer_id: UUID) -> HttpResponse:
    """Write down that the officer has seen who they are."""
    try:
        verify_in_person(
            customer_id=customer_id, evidence=request.POST.getlist("seen"), by=request.actor, at=clock.now()
        )
    except ValueError as problem:
        return _again(request, customer_id, "seen", problem)
    return go("desk:person", customer_id)


@require_POST
@policy("staff", needs=("customer.view", "representation.manage"), purpose="representation")
def represent(request: Request, customer_id: UUID) -> HttpResponse:
    """Write down who may speak for them."""
    at, given = clock.now(), request.POST
    try:
        other = customer_with_reference(read_reference(given.get("who-speaks", "")), visible_to=request.actor)
        if other is None:
            raise NotAReference("We know nobody by that reference. Find them first: it stands on their record.")
        record_representation(
            customer_id=customer_id, representative_id=other, kind=given.get("kind", ""),
            evidence=given.get("shown-by", ""), areas=given.getlist("about"), since=council_date(at),
            until=_last_day(given.get("until", ""), council_date(at)), by=request.actor, at=at,
        )  # fmt: skip
    except (ValueError, NotAReference) as problem:
        return _again(request, customer_id, "who-speaks", problem)
    return go("desk:person", customer_id)


def _last_day(text: str, today: date) -> date | None:
    day = read_date(LAST_DAY, text.strip(), LAST_DAY.label, today)
    return date.fromisoformat(day) if day else None


@require_POST
@policy("staff", needs=("customer.view", "representation.manage"), purpose="representation")
def end(request: Request, customer_id: UUID, representation_id: UUID) -> HttpResponse:
    """End that somebody may speak for them."""
    try:
        end_representation(
            representation_id=representation_id,
            because=request.POST.get("because", ""),
            by=request.actor,
            at=clock.now(),
        )
    except ValueError as problem:
        return _again(request, customer_id, f"because-{representation_id}", problem)
    return go("desk:person", customer_id)


@require_POST
@policy("staff", needs=("contact.take", "customer.view"), purpose="contact")
def speak(request: Request, customer_id: UUID, representation_id: UUID) -> HttpResponse:
    """Begin a contact with somebody who speaks for them."""
    try:
        begun = begin_for(
            customer_id=customer_id, representation_id=representation_id, channel="phone", by=request.actor,
            at=clock.now(),
        )  # fmt: skip
    except ValueError as problem:
        return _again(request, customer_id, "representation", problem)
    return go("desk:contact", begun.id)


def _again(request: Request, customer_id: UUID, field: str, problem: Exception) -> HttpResponse:
    from moothall.interfaces.desk.people import show

    return show(request, customer_id, status=422, errors=[wrong(field, str(problem))])
