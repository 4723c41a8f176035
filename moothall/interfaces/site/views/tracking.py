"""Tracking: see where it is, add something, say it is not right, withdraw, rate it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.cases.actions import customer_adds, withdraw_case
from moothall.core import clock
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.limits import TooManyAttempts
from moothall.core.packs import current_pack
from moothall.feedback.actions import About, BadRating
from moothall.feedback.actions import rate as give_rating
from moothall.feedback.queries import rating_of_case
from moothall.field.pack import FIELD_JOBS
from moothall.field.queries import visits_of_case
from moothall.intake import queries
from moothall.intake.actions import say_not_right
from moothall.intake.actions.afterwards import TooLate
from moothall.intake.dialogue import AnswerError
from moothall.intake.dialogue.text import LONG_TEXT_MAX, clean
from moothall.intake.queries.tracking import cannot_be
from moothall.interfaces.policy import Request, address_of, policy
from moothall.interfaces.site import request_shapes as shapes
from moothall.interfaces.site.booking_shapes import notices_of_case
from moothall.interfaces.site.messages import message
from moothall.interfaces.site.pages import TRACK_FIELDS, WriteView
from moothall.interfaces.site.pay_shapes import notice_of
from moothall.interfaces.site.permit_shapes import notice_of as notice_of_permit
from moothall.interfaces.site.repair_shapes import notice_of as notice_of_repair
from moothall.interfaces.site.repair_shapes import notice_of_visits
from moothall.interfaces.site.tracking_proof import may_see, remember
from moothall.interfaces.ui.fields import FieldView
from moothall.partners.actions import take_back
from moothall.partners.queries import person_referrals_of
from moothall.payments.links import pay_path
from moothall.payments.queries import bill_of_case
from moothall.permits.queries import permit_of_case
from moothall.repairs.queries import repair_of_case

View = Callable[..., HttpResponse]
TRACKER = customer_actor(None).because("tracking")
NOT_FOUND = "We could not find a request with both of these. Check each one, and try again."
TRIED = (
    "They need not have been yours: others may share your connection, or try this reference. The link in our messages and"
    " your account still open your request. If you can’t find your reference, ask us."
)
REFERENCE, SECOND = TRACK_FIELDS
WRONG = FieldView("text", "long_text", "What is not right?", max_length=2000)
WRONG_TEXT = "Tell us what you found. We open your request again, and the team reads what you say."


def proven(view: View) -> View:
    """Show a case only to a browser that has proved it is its customer's; everyone else starts at the tracking form."""

    @wraps(view)
    def held(request: Request, case: UUID, **parts: Any) -> HttpResponse:
        if not may_see(request, case):
            return redirect("site:track")
        return view(request, case=case, **parts)

    return held


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: Request) -> HttpResponse:
    """Ask for the reference and one thing only the customer would know; a wrong one is not named."""
    reference, second = _typed(request, "reference", 60), request.POST.get("second", "").replace("\x00", "")[:254]
    fields = [replace(REFERENCE, value=reference), replace(SECOND, value=second)]
    if request.method == "POST":
        fields = [replace(field, error=why) for field, why in zip(fields, cannot_be(reference, second), strict=True)]
        try:
            case = None if _wrong(fields) else queries.prove_case(
                reference, second, address=address_of(request), at=clock.now()
            )  # fmt: skip
        except TooManyAttempts as limit:
            return message(
                request, "Too many tries", f"{limit} {TRIED}", reverse("site:contact"), "How to reach us", status=429
            )
        if case is not None:
            remember(request, case)
            return redirect("site:case", case)
        if not _wrong(fields):
            fields[0] = replace(fields[0], error=NOT_FOUND)
    return render(request, "site/track.html", {"fields": fields}, status=400 if _wrong(fields) else 200)


def _wrong(fields: Sequence[FieldView]) -> bool:
    return any(field.error for field in fields)


def _typed(request: Request, name: str, most: int) -> str:
    return (request.POST.get(name) or request.GET.get(name, "")).replace("\x00", "")[:most]


@policy("public")
@never_cache
@require_safe
@proven
def case(request: Request, case: UUID) -> HttpResponse:
    """Show where a request is now."""
    return _page(request, case)


def _page(request: Request, case: UUID, *, add: FieldView = shapes.ADD, status: int = 200) -> HttpResponse:
    page = queries.track_page(case, at=clock.now())
    if page is None:
        return redirect("site:track")
    view = shapes.track(page, rating_of_case(case), add=add, done=request.GET.get("done", ""))
    about = bill_of_case(case, visible_to=SYSTEM)  # she has proved it is hers
    if about is not None:
        view = replace(view, notices=(*view.notices, *notice_of(about, pay_path(about.id))))
    elif not page.closed:
        view = replace(view, notices=(*view.notices, *shapes.free_of_charge(page.free)))
    repair = repair_of_case(case, page.case.case.service, at=clock.now())
    booked = notices_of_case(case)
    outdoors = not booked and page.case.case.service in current_pack().of(FIELD_JOBS)
    visits = notice_of_visits(visits_of_case(case, visible_to=SYSTEM) if outdoors else [], clock.now())
    issued = notice_of_permit(permit_of_case(case, page.case.case.service, at=clock.now()))
    view = replace(view, notices=(*issued, *booked, *notice_of_repair(repair), *visits, *view.notices))
    return render(request, "site/tracked.html", {"page": view, "helps": page.helps, "case_id": case}, status=status)


def _written(request: Request, field: FieldView) -> str:
    text = clean(
        request.POST.get("text"), field.label, most=min(field.max_length or LONG_TEXT_MAX, LONG_TEXT_MAX), lines=True
    )
    if not text:
        raise AnswerError("Write something first, then send it.")
    return text


@policy("public")
@require_POST
@proven
def add(request: Request, case: UUID) -> HttpResponse:
    """Add something to a request."""
    try:
        customer_adds(case, text=_written(request, shapes.ADD), by=TRACKER, at=clock.now())
    except AnswerError as wrong:
        field = replace(shapes.ADD, value=request.POST.get("text", ""), error=wrong.message)
        return _page(request, case, add=field, status=400)
    return _back(case, "added")


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@proven
def not_right(request: Request, case: UUID) -> HttpResponse:
    """Say that a finished request is not right: it is opened again."""
    field = WRONG
    if request.method == "POST":
        try:
            say_not_right(case, text=_written(request, WRONG), by=TRACKER, at=clock.now())
        except (AnswerError, TooLate) as wrong:
            field = replace(WRONG, value=request.POST.get("text", ""), error=str(wrong))
        else:
            return _back(case, "reopened")
    page = WriteView("This isn’t right", WRONG_TEXT, field, "Open it again", reverse("site:case", args=[case]))
    return render(request, "site/write.html", {"page": page}, status=400 if field.error else 200)


@policy("public")
@require_POST
@proven
def withdraw(request: Request, case: UUID) -> HttpResponse:
    """Take a request back."""
    withdraw_case(case, by=TRACKER, at=clock.now())
    return _back(case, "withdrawn")


@policy("public")
@require_POST
@proven
def take_back_help(request: Request, case: UUID, referral: UUID) -> HttpResponse:
    """Share nothing more with whoever was asked to help."""
    if referral not in {one.id for one in person_referrals_of(case, visible_to=SYSTEM)}:
        raise Http404
    take_back(referral, how="web", by=TRACKER, at=clock.now())
    return _back(case, "taken-back")


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@proven
def rate(request: Request, case: UUID) -> HttpResponse:
    """Take the customer's rating; a second one replaces the first."""
    page = queries.track_page(case, at=clock.now())
    if page is None:
        return redirect("site:track")
    score, why, error = request.POST.get("score", ""), request.POST.get("why", ""), ""
    if request.method == "POST":
        try:
            words = clean(why, "Why?", most=2000, lines=True)
            give_rating(_about(page), score=score, why=words, channel="web", by=TRACKER, at=clock.now())
        except (BadRating, AnswerError) as wrong:
            error = str(wrong)
        else:
            return _back(case, "rated")
    view = shapes.rate(page, rating_of_case(case), score=score, why=why, error=error)
    return render(request, "site/rate.html", {"page": view}, status=400 if error else 200)


def _about(page: queries.TrackPage) -> About:
    line = page.case.case
    standard = page.promise.standard if page.promise else ""
    return About(
        case_id=line.id, customer_id=line.customer_id, service=line.service, team=line.team, area=line.area, standard=standard
    )  # fmt: skip


def _back(case: UUID, done: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('site:case', args=[case])}?done={done}")
