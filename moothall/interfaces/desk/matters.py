"""One matter of the contact in hand: the whole form with its script, what is known, what sending it would come to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.channels.phone import say_promise
from moothall.contacts.actions import ContactClosed
from moothall.contacts.models import Outcome
from moothall.contacts.queries import contact as contact_of
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.customers.queries import CustomerCard
from moothall.intake.council_time import council_date
from moothall.intake.desk import DeskContact, DeskMatter, matter_key
from moothall.intake.desk_actions import end_matter
from moothall.intake.desk_preview import preview
from moothall.intake.desk_sending import Unanswered, promise_call_back, send_matter
from moothall.intake.dialogue import AnswerError, read_all
from moothall.intake.dialogue.known import Known
from moothall.intake.draft_actions import keep_draft
from moothall.intake.speaking_for import not_covered
from moothall.interfaces.desk import labels
from moothall.interfaces.desk.questions import form_of, given_from, posted_from
from moothall.interfaces.desk.screen import found, go, wrong
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.fields import FieldView
from moothall.places.queries import find_addresses
from moothall.services.pack import SERVICES

PURPOSE = "contact"
ENDINGS = {"answered": Outcome.INFORMED, "not_us": Outcome.SIGNPOSTED, "given_up": Outcome.ABANDONED}


def form(
    request: HttpRequest, held: DeskContact, matter: DeskMatter, at: datetime,
    wrong_: Mapping[str, AnswerError] | None = None, typed: QueryDict | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return what the middle of the frame shows of one matter: its form, or what became of it."""
    pack = current_pack()
    service = pack.of(SERVICES).get(matter.service)
    if not matter.is_open or service is None:
        return {"ended": True, "service": service, "say": said_of(matter)}
    channel, today = held.contact.channel, council_date(at)
    posted = typed if typed is not None else posted_from(matter.draft.fields)
    known = known_of(held.customer)
    given = given_from(service, posted, known)
    answers, _ = read_all(service, given, today=today, channel=channel)
    return {
        "ended": False,
        "service": service,
        "fields": form_of(
            service, channel, posted, answers=answers, known=known, today=today, wrong=wrong_,
            addresses=reverse("desk:addresses"), at=at,
        ),
        "books": any(q.books or q.books_by for q in service.questions),
        "preview": preview(service, answers, pack=pack, at=at, channel=channel),
        "outside": not_covered(held.acting, service),
        "begin_only": service.channel(channel).level == "begin",
        "begin_because": service.channel(channel).because or "",
        "kept_at": matter.draft.kept_at,
    }  # fmt: skip


def said_of(matter: DeskMatter) -> str:
    """What to say aloud of a matter that has ended: its promise and its reference, letter by letter."""
    if matter.case is None:
        return ""
    if matter.case.closed_at is not None:
        return "That is done."
    due = ""
    if matter.promise is not None and matter.promise.is_open:
        due = matter.promise.new_date_words or matter.promise.due_words
    return say_promise(matter.case.reference, due)


def known_of(card: CustomerCard | None) -> Known:
    """Return what is held of the caller, so that nothing is asked twice."""
    if card is None:
        return Known()
    points = {
        kind: next((p.shown for p in card.points if p.kind == kind and not p.stopped), "")
        for kind in ("email", "phone")
    }
    return Known(
        name=" ".join(part for part in (card.given_name, card.family_name) if part) or card.organisation_name,
        email=points["email"],
        phone=points["phone"],
        address=card.address,
        uprn=card.uprn,
        date_of_birth=card.date_of_birth.isoformat() if card.date_of_birth else "",
    )


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE, quiet=True)
def keep(request: Request, contact_id: UUID, matter_id: UUID) -> HttpResponse:
    """Keep the form as it is typed, and answer what it would come to: which questions are asked, the team, the promise."""
    at = clock.now()
    held = found(contact_of(contact_id, visible_to=request.actor))
    matter = found(next((m for m in held.matters if m.id == matter_id), None))
    if matter.ended_at is not None:
        return HttpResponse(status=204)
    keep_draft(matter_key(matter_id), request.POST.lists(), by=request.actor, at=at)
    service = found(current_pack().of(SERVICES).get(matter.service))
    given = given_from(service, request.POST, Known())
    answers, _ = read_all(service, given, today=council_date(at), channel=held.channel)
    asked = [
        f.view.id
        for f in form_of(service, held.channel, request.POST, answers=answers, known=Known(), today=council_date(at))
        if f.asked
    ]
    course = preview(service, answers, pack=current_pack(), at=at, channel=held.channel)
    return JsonResponse(
        {
            "asked": asked,
            "promise": f"by {course.due_words}" if course.due_words and course.accepted else "",
            "team": labels.team(course.team),
            "because": course.because,
            "found": [one.says for one in course.found],
            "say": list(course.say),
            "do": list(course.do),
        }
    )


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
def send(request: Request, contact_id: UUID, matter_id: UUID) -> HttpResponse:
    """Send the matter on with its promise, or record that it was done there and then."""
    from moothall.interfaces.desk.calls import frame

    at = clock.now()
    held = found(contact_of(contact_id, visible_to=request.actor))
    matter = found(next((m for m in held.matters if m.id == matter_id), None))
    service = found(current_pack().of(SERVICES).get(matter.service))
    if request.POST.get("do") == "times":
        keep_draft(matter_key(matter_id), request.POST.lists(), by=request.actor, at=at)
        return go("desk:contact", contact_id, matter=str(matter_id), times=1)
    given = given_from(service, request.POST, Known())
    try:
        send_matter(
            contact_id, matter_id=matter_id, given=given, done=request.POST.get("do") == "done", by=request.actor, at=at
        )
    except Unanswered as problem:
        keep_draft(matter_key(matter_id), request.POST.lists(), by=request.actor, at=at)
        fields = form_of(
            service, held.channel, request.POST, answers={}, known=Known(), today=council_date(at), wrong=problem.wrong
        )
        errors: list[FieldView] = [f.view for f in fields if f.view.error]
        return frame(
            request, contact_id, status=422, matter_id=matter_id, wrong=problem.wrong, typed=request.POST, errors=errors
        )
    except ContactClosed:
        return go("desk:contact", contact_id, matter=str(matter_id))
    except ValueError as problem:
        return frame(
            request,
            contact_id,
            status=422,
            matter_id=matter_id,
            typed=request.POST,
            errors=[wrong("matter", str(problem))],
        )
    return go("desk:contact", contact_id, matter=str(matter_id))


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
def call_back(request: Request, contact_id: UUID, matter_id: UUID) -> HttpResponse:
    """Promise a call back about this matter; what was typed so far goes with it."""
    from moothall.interfaces.desk.calls import frame

    at = clock.now()
    held = found(contact_of(contact_id, visible_to=request.actor))
    matter = found(next((m for m in held.matters if m.id == matter_id), None))
    service = found(current_pack().of(SERVICES).get(matter.service))
    try:
        promise_call_back(
            contact_id, matter_id=matter_id, given=given_from(service, request.POST, Known()),
            about=request.POST.get("call-about", ""), team=request.POST.get("call-team", ""), by=request.actor, at=at,
        )  # fmt: skip
    except ContactClosed:
        return go("desk:contact", contact_id)
    except ValueError as problem:
        return frame(request, contact_id, status=422, matter_id=matter_id, typed=request.POST, calling=True,
                     errors=[wrong("call-about", str(problem))])  # fmt: skip
    return go("desk:contact", contact_id, matter=str(matter_id))


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
def end(request: Request, contact_id: UUID, matter_id: UUID) -> HttpResponse:
    """End a matter without a case: answered, not ours, or given up."""
    outcome = ENDINGS.get(request.POST.get("how", ""), Outcome.INFORMED)
    try:
        end_matter(matter_id, outcome=outcome, by=request.actor, at=clock.now())
    except ObjectDoesNotExist:
        return go("desk:contact", contact_id)
    return go("desk:contact", contact_id, matter=str(matter_id))


@require_safe
@policy("staff", needs="contact.take", quiet=True)
def addresses(request: Request) -> HttpResponse:
    """Addresses that fit what is typed, for the boxes that answer while one types."""
    text = request.GET.get("q", "")[:200]
    lines = find_addresses(text, limit=7) if len(text.strip()) > 2 else []
    return JsonResponse({"results": [{"uprn": str(line.uprn), "text": line.text} for line in lines]})
