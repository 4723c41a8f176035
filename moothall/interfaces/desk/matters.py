"""One matter of the contact in hand: the whole form with its script, what is known, what sending it would come to."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from moothall.contacts.actions import ContactClosed
from moothall.contacts.models import Outcome
from moothall.contacts.queries import contact as contact_of
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.intake.desk import matter_key
from moothall.intake.desk_actions import end_matter
from moothall.intake.desk_preview import preview
from moothall.intake.desk_sending import Unanswered, dispute_matter, promise_call_back, send_matter
from moothall.intake.desk_waiting import wait_at_desk
from moothall.intake.dialogue import AnswerError
from moothall.intake.dialogue.known import Known
from moothall.intake.draft_actions import keep_draft
from moothall.intake.lookups import read_now
from moothall.interfaces.desk import labels
from moothall.interfaces.desk.contact_page import frame
from moothall.interfaces.desk.matter_form import finds
from moothall.interfaces.desk.questions import form_of, given_from
from moothall.interfaces.desk.screen import found, go, wrong
from moothall.interfaces.desk.slots import wanted_of
from moothall.interfaces.desk.why import shows_contact
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.fields import FieldView
from moothall.places.finding import find_spots
from moothall.places.queries import find_addresses
from moothall.services.pack import SERVICES, Service

PURPOSE = "contact"
ENDINGS = {"answered": Outcome.INFORMED, "not_us": Outcome.SIGNPOSTED, "given_up": Outcome.ABANDONED}


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE, quiet=True)
@shows_contact(piece=True)
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
    answers, _ = read_now(service, given, channel=held.channel, at=at)
    asked = [
        f.view.id
        for f in form_of(
            service, held.channel, request.POST, answers=answers, known=Known(), today=council_date(at), at=at
        )
        if f.asked
    ]
    course = preview(service, answers, pack=current_pack(), at=at, channel=held.channel)
    return JsonResponse(
        {
            "asked": asked,
            "promise": course.promised or ("" if course.accepted else "none, it is not taken on"),
            "team": labels.team(course.team),
            "because": course.because,
            "found": [one.says for one in course.found],
            "say": list(course.say),
            "do": list(course.do),
        }
    )


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@shows_contact()
def send(request: Request, contact_id: UUID, matter_id: UUID) -> HttpResponse:
    """Send the matter on with its promise, or record that it was done there and then."""
    at = clock.now()
    held = found(contact_of(contact_id, visible_to=request.actor))
    matter = found(next((m for m in held.matters if m.id == matter_id), None))
    service = found(current_pack().of(SERVICES).get(matter.service))
    wanted = _wanted(request, service)
    if wanted == "call":
        return _promise_call(request, contact_id, matter_id)
    if wanted == "times":
        keep_draft(matter_key(matter_id), request.POST.lists(), by=request.actor, at=at)
        return go("desk:contact", contact_id, matter=str(matter_id), times=1)
    if wanted == "wait":
        return _put_on_list(request, contact_id, matter_id, service)
    given = given_from(service, request.POST, Known())
    try:
        send_matter(
            contact_id,
            matter_id=matter_id,
            given=given,
            done=wanted == "done",
            by=request.actor,
            at=at,
        )
    except Unanswered as problem:
        keep_draft(matter_key(matter_id), request.POST.lists(), by=request.actor, at=at)
        fields = form_of(
            service,
            held.channel,
            request.POST,
            answers={},
            known=Known(),
            today=council_date(at),
            wrong=problem.wrong,
            finds=finds(),
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


def _put_on_list(request: Request, contact_id: UUID, matter_id: UUID, service: Service) -> HttpResponse:
    """Put them on the waiting list for what was looked for, to be told where they say; it stands above the form then."""
    at = clock.now()
    asked = next((q for q in service.questions if q.type == "slot" and f"{q.id}-tell" in request.POST), None)
    keep_draft(matter_key(matter_id), request.POST.lists(), by=request.actor, at=at)
    try:
        wait_at_desk(
            contact_id, matter_id=matter_id, question=found(asked).id, given=given_from(service, request.POST, Known()),
            wanted=wanted_of(found(asked), request.POST, Known()), to=request.POST[f"{found(asked).id}-tell"],
            by=request.actor, at=at,
        )  # fmt: skip
    except ContactClosed:
        return go("desk:contact", contact_id, matter=str(matter_id))
    except KeyError:
        raise Http404 from None
    except AnswerError as problem:
        said = wrong(f"{found(asked).id}-tell", problem.message)
        return frame(request, contact_id, status=422, matter_id=matter_id, typed=request.POST, errors=[said])
    return go("desk:contact", contact_id, matter=str(matter_id), times=1)


def _wanted(request: Request, service: Service) -> str:
    """Which button was pressed. Enter without a script presses none that one sees: what to call back about, where it was
    typed, says what is meant; else it is the first button of the form."""
    pressed: str = request.POST.get("matter-do", "send")
    if pressed != "enter":
        return pressed
    if request.POST.get("call-about", "").strip():
        return "call"
    return "times" if any(q.books or q.books_by for q in service.questions) else "send"


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@shows_contact()
def call_back(request: Request, contact_id: UUID, matter_id: UUID) -> HttpResponse:
    """Promise a call back about this matter; what was typed so far goes with it."""
    return _promise_call(request, contact_id, matter_id)


def _promise_call(request: Request, contact_id: UUID, matter_id: UUID) -> HttpResponse:
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
@shows_contact()
def dispute(request: Request, contact_id: UUID, matter_id: UUID) -> HttpResponse:
    """The caller says that what answered a matter is wrong: go on with their answers, and a person looks at it."""
    try:
        again = dispute_matter(contact_id, matter_id=matter_id, by=request.actor, at=clock.now())
    except (ContactClosed, LookupError):
        return go("desk:contact", contact_id, matter=str(matter_id))
    return go("desk:contact", contact_id, matter=str(again.id))


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@shows_contact()
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


@require_safe
@policy("staff", needs="contact.take", quiet=True)
def spots(request: Request) -> HttpResponse:
    """Streets, landmarks and addresses that fit what is typed of where something is."""
    text = request.GET.get("q", "")[:200]
    found = find_spots(text, limit=7) if len(text.strip()) > 2 else []
    return JsonResponse({"results": [{"uprn": one.pick, "text": one.text} for one in found]})
