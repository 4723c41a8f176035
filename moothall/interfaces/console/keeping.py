"""What is due to go and when; what is kept longer, and why."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages as notes
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.references import NotAReference, read_reference
from moothall.core.retention import record_class
from moothall.core.staff import staff_names
from moothall.customers.privacy.actions.keeping import NotHeld, hold_person, hold_record, lift_hold
from moothall.customers.privacy.pack import PRIVACY
from moothall.customers.privacy.queries.keeping import due_page, find_due, holds_standing, nights, schedule
from moothall.customers.queries import customer_of_reference
from moothall.interfaces.console.screen import draw
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.jinja import with_query

NEEDS = ("console.view", "retention.manage")


@policy("staff", needs=(*NEEDS, "audit.view"), purpose="privacy")
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: Request) -> HttpResponse:
    """Every class with what is due; what is on hold; what the nights did. Holding everything of a person."""
    at, wrong = clock.now(), {}
    if request.method == "POST":
        try:
            found = customer_of_reference(read_reference(request.POST.get("reference", "")), request.actor)
            if found is None:
                raise LookupError("There is no customer with this reference.")
            hold_person(found, **_said(request), by=request.actor, at=at)
            notes.success(request, "Kept until you lift it. Nothing of theirs goes meanwhile.")
            return HttpResponseRedirect(reverse("console:retention"))
        except (NotAReference, LookupError) as no:
            wrong = {"reference": str(no)}
        except NotHeld as no:
            wrong = {"reason": str(no)}
    held = holds_standing(visible_to=request.actor, on=at.date())
    return draw(
        request, "retention", here="retention", classes=schedule(visible_to=request.actor, at=at), held=held, wrong=wrong,
        nights=nights(visible_to=request.actor), names=staff_names({one.placed_by for one in held if one.placed_by}),
        asked=request.POST.get("reference", "")[:40], today=at.date(), reasons=current_pack().one(PRIVACY).holds,
        status=422 if wrong else 200,
    )  # fmt: skip


@policy("staff", needs=NEEDS, purpose="privacy")
@require_safe
def one_class(request: Request, code: str) -> HttpResponse:
    """One class: its records from the oldest on, with the day each goes."""
    found = due_page(code, visible_to=request.actor, at=clock.now(), after=request.GET.get("after", ""))
    if found is None:
        raise Http404
    name, lines, after = found
    here = reverse("console:retention-class", args=[code])
    keeping = [(line, _keep_address(code, line.id, line.since)) for line in lines]
    return draw(
        request, "retention_class", here="retention", name=name, lines=keeping, first="after" not in request.GET,
        more=with_query(here, after=after) if after else "", today=clock.now().date(),
    )  # fmt: skip


@policy("staff", needs=NEEDS, purpose="privacy")
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: Request, code: str, record_id: UUID) -> HttpResponse:
    """Keep one record longer."""
    at, since, wrong = clock.now(), _moment(request.GET.get("since", "")), {}
    kept = record_class(code)
    found = find_due(kept, record_id, since, at=at) if kept else None
    if kept is None or found is None:
        raise Http404
    if request.method == "POST":
        try:
            hold_record(code, record_id, since=since, **_said(request), by=request.actor, at=at)
            notes.success(request, "Kept until you lift it.")
            return HttpResponseRedirect(reverse("console:retention-class", args=[code]))
        except NotHeld as no:
            wrong = {"reason": str(no)}
    return draw(
        request, "retention_keep", here="retention", one=found, name=kept.name, wrong=wrong, status=422 if wrong else 200,
        reasons=current_pack().one(PRIVACY).holds, action=_keep_address(code, record_id, since),
        back=reverse("console:retention-class", args=[code]),
    )  # fmt: skip


@policy("staff", needs=NEEDS, purpose="privacy")
@require_POST
def lift(request: Request, hold_id: UUID) -> HttpResponse:
    """Let it go its way again."""
    try:
        lift_hold(hold_id, by=request.actor, at=clock.now())
    except LookupError as no:
        raise Http404 from no
    notes.success(request, "Lifted. It goes when it is due.")
    return HttpResponseRedirect(reverse("console:retention"))


def _said(request: Request) -> dict[str, Any]:
    """The reason, the words and the day to look again, as they were typed."""
    given = request.POST.get("review", "").strip()
    try:
        review = date.fromisoformat(given) if given else None
    except ValueError:
        raise NotHeld("Enter the day to look at it again, like 2027-03-31.") from None
    return {"reason": request.POST.get("reason", ""), "note": request.POST.get("note", ""), "review_on": review}


def _keep_address(code: str, record_id: UUID, since: datetime) -> str:
    return with_query(reverse("console:retention-keep", args=[code, record_id]), since=since.isoformat())


def _moment(text: str) -> datetime:
    """Read the moment a record's time counts from. Raises Http404."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise Http404 from wrong
    if moment.tzinfo is None or not 1900 <= moment.year <= 9000:
        raise Http404
    return moment
