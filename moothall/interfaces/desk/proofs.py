"""At the desk: who somebody is, proved in person, and who may speak for her."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from moothall.core import clock
from moothall.core.references import NotAReference, read_reference
from moothall.core.zone import council_date
from moothall.customers.accounts.actions import verify_in_person
from moothall.customers.actions import log_shown
from moothall.customers.queries import customer_with_reference, organisations_like
from moothall.customers.representation.actions import act_for_organisation, end_representation, record_representation
from moothall.intake.dialogue.figures import read_date
from moothall.intake.speaking_for import begin_for
from moothall.interfaces.desk.people import show
from moothall.interfaces.desk.screen import go, read_id, wrong
from moothall.interfaces.desk.why import with_why
from moothall.interfaces.policy import Request, policy
from moothall.services.pack import Question

LAST_DAY = Question(id="until", type="date", label="Last day", dates="future")


@require_POST
@policy("staff", needs=("customer.view", "identity.verify"), purpose="contact")
@with_why
def prove(request: Request, customer_id: UUID) -> HttpResponse:
    """Write down that the officer has seen who they are."""
    try:
        verify_in_person(
            customer_id=customer_id, evidence=request.POST.getlist("seen"),
            ways=[way for text in request.POST.getlist("way") if (way := read_id(text))], by=request.actor, at=clock.now(),
        )  # fmt: skip
    except ValueError as problem:
        return _again(request, customer_id, "seen", problem)
    return go("desk:person", customer_id)


@require_POST
@policy("staff", needs=("customer.view", "representation.manage"), purpose="representation")
@with_why
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
            until=_last_day(given.get("until", ""), council_date(at)), role=given.get("role", ""), by=request.actor, at=at,
        )  # fmt: skip
    except (ValueError, NotAReference) as problem:
        return _again(request, customer_id, "who-speaks", problem)
    return go("desk:person", customer_id)


@require_POST
@policy("staff", needs=("customer.view", "representation.manage"), purpose="representation")
@with_why
def act_for(request: Request, customer_id: UUID) -> HttpResponse:
    """Write down which organisation they act for: one we know, chosen, or a new record where we know none like it."""
    at, given = clock.now(), request.POST
    name, chosen = " ".join(given.get("organisation", "").split()), given.get("known", "")
    try:
        known = read_id(chosen) if chosen != "new" else None
        if known is None and chosen != "new":
            known = _by_reference(request, name)
        if (
            known is None
            and not chosen
            and (alike := organisations_like(name, request.actor, address=given.get("organisation-address", "")))
        ):
            log_shown((line.id for line in alike), screen="desk.organisation", by=request.actor, at=at)
            return _again(request, customer_id, "organisation", ValueError("Is it one of these?"), alike=alike)
        act_for_organisation(
            person_id=customer_id, organisation_id=known, name=name, address=given.get("organisation-address", ""),
            role=given.get("role", ""), kind=given.get("kind", ""), evidence=given.get("shown-by", ""),
            since=council_date(at), by=request.actor, at=at,
        )  # fmt: skip
    except ValueError as problem:
        return _again(request, customer_id, "organisation", problem, working=True)
    return go("desk:person", customer_id)


def _by_reference(request: Request, text: str) -> UUID | None:
    try:
        return customer_with_reference(read_reference(text), visible_to=request.actor)
    except NotAReference:
        return None


def _last_day(text: str, today: date) -> date | None:
    day = read_date(LAST_DAY, text.strip(), LAST_DAY.label, today)
    return date.fromisoformat(day) if day else None


@require_POST
@policy("staff", needs=("customer.view", "representation.manage"), purpose="representation")
@with_why
def end(request: Request, customer_id: UUID, representation_id: UUID) -> HttpResponse:
    """End that somebody may speak for them."""
    try:
        end_representation(
            representation_id=representation_id,
            customer_id=customer_id,
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


def _again(request: Request, customer_id: UUID, field: str, problem: Exception, **more: Any) -> HttpResponse:
    return show(request, customer_id, status=422, errors=[wrong(field, str(problem))], typed=request.POST, **more)
