"""The contact in hand: who it is, what they want, what is known of them, and why they had to be in touch."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from moothall.contacts.actions import ContactClosed
from moothall.core import clock
from moothall.customers.actions import log_shown
from moothall.intake.alike import Alike, alike
from moothall.intake.desk import DeskContact, newcomer_key, wrap_key
from moothall.intake.desk_actions import (
    NotNoted,
    begin_matter,
    chase_case,
    check_identity,
    note_help,
    note_unmet,
    say_who,
    speak_for,
    wrap_up,
)
from moothall.intake.desk_queries import desk_contact
from moothall.intake.draft_actions import keep_draft
from moothall.intake.newcomers import Newcomer, make_newcomer
from moothall.intake.speaking_for import let_speak
from moothall.interfaces.desk.contact_page import frame, people, wanted
from moothall.interfaces.desk.screen import found, go, part, read_id, wrong
from moothall.interfaces.desk.why import shows_contact
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.fields import FieldView

PURPOSE = "contact"


@require_safe
@policy("staff", needs="contact.view", purpose=PURPOSE)
@shows_contact()
def contact(request: Request, contact_id: UUID) -> HttpResponse:
    """The frame: caller, this contact, time line, wrap-up."""
    return frame(request, contact_id)


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@shows_contact()
def speaking(request: Request, contact_id: UUID, what: str) -> HttpResponse:
    """Record who is speaking: how we made sure, for whom they speak, or why they were helped with a form."""
    at, post = clock.now(), request.POST
    try:
        if what == "check":
            check_identity(contact_id, how=post.get("how", ""), evidence=post.getlist("seen"), by=request.actor, at=at)
        elif what == "for" and (known := read_id(post.get("representation"))) is not None:
            let_speak(contact_id, representation_id=known, by=request.actor, at=at)
        elif what == "for":
            speak_for(
                contact_id,
                speaker=post.get("speaker", ""),
                speaks_as=post.get("speaks_as", ""),
                by=request.actor,
                at=at,
            )
        else:
            note_help(contact_id, because=post.get("because", ""), by=request.actor, at=at)
    except ContactClosed:
        return go("desk:contact", contact_id)
    except LookupError:
        raise Http404 from None
    except ValueError as problem:
        typed: dict[str, Any] = {name: post.get(name, "") for name in ("how", "speaker", "speaks_as", "because")}
        typed["seen"] = post.getlist("seen")
        box = {"check": "how", "for": "speaker" if not typed["speaker"].strip() else "speaks_as", "help": "because"}[
            what
        ]
        return frame(request, contact_id, status=422, check=typed | {"open": what, "error": str(problem)},
                     errors=[wrong(box, str(problem))])  # fmt: skip
    return go("desk:contact", contact_id, matter=post.get("matter", ""))


@require_safe
@policy("staff", needs=("contact.take", "customer.search"), purpose=PURPOSE)
@shows_contact(piece=True)
def find_caller(request: Request, contact_id: UUID) -> HttpResponse:
    """The people that fit what is being typed, for the caller panel."""
    held: DeskContact = found(desk_contact(contact_id, visible_to=request.actor, at=clock.now()))
    text = request.GET.get("who", "")
    return part(request, "desk/contact/people.html", held=held, who=text, people=people(request, held, text))


@require_safe
@policy("staff", needs="contact.take")
@shows_contact(piece=True)
def find_service(request: Request, contact_id: UUID) -> HttpResponse:
    """The services and answers that fit what is being typed."""
    return part(
        request, "desk/contact/services.html", contact_id=contact_id, noted=False, **wanted(request.GET.get("want", ""))
    )


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@shows_contact()
def who(request: Request, contact_id: UUID) -> HttpResponse:
    """Say who it is, or that it is not them after all."""
    with_errors(
        lambda: say_who(contact_id, customer_id=read_id(request.POST.get("customer")), by=request.actor, at=clock.now())
    )
    return go("desk:contact", contact_id, matter=request.POST.get("matter", ""))


def with_errors(act: Any) -> None:
    """Run an action on a contact; one that is finished or gone is simply drawn again as it stands."""
    try:
        act()
    except (ContactClosed, ObjectDoesNotExist):
        return


@require_POST
@policy("staff", needs=("contact.take", "customer.change"), purpose=PURPOSE)
@shows_contact()
def newcomer(request: Request, contact_id: UUID) -> HttpResponse:
    """Make a record of somebody new without leaving the call, or keep what was typed of it so far."""
    at = clock.now()
    typed = Newcomer.from_form(lambda name: request.POST.get(name, ""))
    if request.headers.get("X-Autosave"):
        keep_draft(newcomer_key(contact_id), request.POST.lists(), by=request.actor, at=at)
        return HttpResponse(status=204)
    if "look" in request.POST:
        return frame(request, contact_id, newcomer=typed, alike=_alike(request, typed), looked=True)
    try:
        made = make_newcomer(typed, by=request.actor, at=at)
    except ValueError as problem:
        return frame(request, contact_id, status=422, newcomer=typed, newcomer_error=str(problem),
                     errors=[wrong("newcomer-family_name", str(problem))])  # fmt: skip
    say_who(contact_id, customer_id=made.id, by=request.actor, at=at)
    return go("desk:contact", contact_id)


@require_POST
@policy("staff", needs=("contact.take", "customer.search"), purpose=PURPOSE)
@shows_contact(piece=True)
def known_already(request: Request, contact_id: UUID) -> HttpResponse:
    """Whom we know already that what is being typed of somebody new may be of."""
    typed = Newcomer.from_form(lambda name: request.POST.get(name, ""))
    held: DeskContact = found(desk_contact(contact_id, visible_to=request.actor, at=clock.now()))
    return part(request, "desk/contact/alike.html", held=held, alike=_alike(request, typed), looked=True)


def _alike(request: Request, typed: Newcomer) -> tuple[Alike, ...]:
    lines = alike(typed, visible_to=request.actor) if request.actor.may("customer.search") else ()
    log_shown((line.id for line in lines), screen="desk.caller", by=request.actor, at=clock.now())
    return lines


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@shows_contact()
def add_matter(request: Request, contact_id: UUID) -> HttpResponse:
    """Begin one more thing they want: a service by name, or the best match of the words typed. Where there is none, what they
    wanted is noted."""
    want = request.POST.get("want", "").strip()[:200]
    code = request.POST.get("service", "") or next((c for c, _ in wanted(want)["services"]), "")
    if "nothing" in request.POST or (want and not code):
        return _nothing_for(request, contact_id, want)
    try:
        made = begin_matter(contact_id, service=code, by=request.actor, at=clock.now())
    except ContactClosed:
        return go("desk:contact", contact_id)
    except ValueError as problem:
        return frame(request, contact_id, status=422, errors=[wrong("want", str(problem))], adding=True, shown=None)
    return go("desk:contact", contact_id, matter=str(made.id))


def _nothing_for(request: Request, contact_id: UUID, want: str) -> HttpResponse:
    """Note that what they want is nothing we have; the words stay in the box."""
    try:
        note_unmet(contact_id, words=want, by=request.actor, at=clock.now())
    except ContactClosed:
        return go("desk:contact", contact_id)
    except NotNoted as problem:
        return frame(request, contact_id, status=422, errors=[wrong("want", str(problem))], adding=True, shown=None)
    return go("desk:contact", contact_id, add="1", want=want, noted="1")


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@shows_contact()
def chase(request: Request, contact_id: UUID, case_id: UUID) -> HttpResponse:
    """They ask how a case is getting on: join it, and say its promise."""
    try:
        made = chase_case(contact_id, case_id=case_id, by=request.actor, at=clock.now())
    except ContactClosed:
        return go("desk:contact", contact_id)
    return go("desk:contact", contact_id, matter=str(made.id))


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@shows_contact()
def finish(request: Request, contact_id: UUID) -> HttpResponse:
    """Wrap up with one stroke, or keep what was chosen and noted so far."""
    at = clock.now()
    if request.headers.get("X-Autosave"):
        keep_draft(wrap_key(contact_id), request.POST.lists(), by=request.actor, at=at)
        return HttpResponse(status=204)
    cause, note = request.POST.get("cause", ""), request.POST.get("note", "").strip()[:4000]
    try:
        wrap_up(contact_id, cause=cause, note=note, ask="no-ask" not in request.POST, by=request.actor, at=at)
    except ValueError as problem:
        return frame(request, contact_id, status=422, errors=[_in_wrap(str(problem))], cause=cause, note=note)
    return go("desk:home", done=str(contact_id))


def _in_wrap(message: str) -> FieldView:
    return wrong("cause-1", message)
