"""The contact in hand: who it is, what they want, what is known of them, and why they had to be in touch."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.contacts.actions import ContactClosed
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.staff import staff_names
from moothall.customers.actions import log_look
from moothall.customers.queries import find_customers
from moothall.intake.alike import Alike, alike
from moothall.intake.council_time import council_date
from moothall.intake.desk import DeskContact, answered_in, newcomer_key, wrap_key
from moothall.intake.desk_actions import (
    begin_matter,
    chase_case,
    check_identity,
    note_help,
    say_who,
    speak_for,
    wrap_up,
)
from moothall.intake.desk_queries import desk_contact
from moothall.intake.desk_standards import answer_standard
from moothall.intake.draft_actions import keep_draft
from moothall.intake.newcomers import Newcomer, make_newcomer
from moothall.intake.person_queries import FILTERS, person_line
from moothall.intake.queries.announcing import BesideCaller, beside_caller
from moothall.intake.speaking_for import let_speak
from moothall.interfaces.desk import labels, lines, matters
from moothall.interfaces.desk.screen import draw, found, go, part, read_id, wrong
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui import words
from moothall.interfaces.ui.fields import FieldView, OptionView
from moothall.interfaces.ui.jinja import with_query
from moothall.interfaces.ui.parts import FactRow, LinkView
from moothall.services.search import search

PURPOSE = "contact"
LINE = 20


@require_safe
@policy("staff", needs="contact.view", purpose=PURPOSE)
def contact(request: Request, contact_id: UUID) -> HttpResponse:
    """The frame: caller, this contact, time line, wrap-up."""
    return frame(request, contact_id)


def frame(request: Request, contact_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    """Draw the whole frame; ``more`` brings what a form found wrong, with what was typed."""
    at = clock.now()
    held: DeskContact = found(desk_contact(contact_id, visible_to=request.actor, at=at))
    if held.customer is not None:
        log_look(customer_id=held.customer.id, screen="desk.contact", by=request.actor, at=at)
    shown = held.matter(more.pop("matter_id", None) or read_id(request.GET.get("matter")))
    taking = held.contact.is_open and request.actor.may("contact.take")
    shown = shown or (held.matters[0] if held.matters and not taking else None)
    adding = taking and (shown is None or "add" in request.GET)
    context = {
        "held": held,
        "shown": None if adding else shown,
        "adding": adding,
        "tabs": tabs(held, None if adding else shown.id if shown else None),
        "taking": taking,
        "record": None if held.contact.is_open else record_of(held),
        "check": more.pop("check", None) or what_is_known_of(held),
        "matter": matters.form(request, held, shown, at, more.pop("wrong", None), more.pop("typed", None))
        if shown and not adding and (taking or not shown.is_open)
        else None,
        "services": services(request.GET.get("want", "")) if adding else [],
        "want": request.GET.get("want", ""),
        "who": request.GET.get("who", ""),
        "people": people(request, held, request.GET.get("who", "")),
        "answered_in": answered_in(held.contact),
        "answer_within": answer_standard(current_pack(), held.contact.channel, on=council_date(at)),
        "causes": causes(held, more.get("cause", "")),
        "line": time_line(request, held, at),
        "newcomer": more.pop("newcomer", None) or newcomer_of(held),
        "announced": announced(held, at) if taking else (),
        "alike": (),
        "looked": False,
        "shortcuts": SHORTCUTS,
    }
    return draw(request, "desk/contact.html", status=status, **(context | more))


def announced(held: DeskContact, at: datetime) -> tuple[BesideCaller, ...]:
    """What goes on that the caller may be ringing about: theirs first."""
    asked = [m.service for m in held.matters]
    customer = held.customer
    return beside_caller(customer.uprn if customer else None, "", asked, at=at)


SHORTCUTS = (
    ("f", "Find who it is"), ("m", "Add a matter"), ("1 – 9", "Why they had to contact us"), ("s", "Send to the team"),
    ("d", "Done now"), ("b", "Call back"), ("x", "Not us"), ("n", "Note"), ("w", "Finish the contact"),
    ("Ctrl Enter", "Send from inside a box"),
)  # fmt: skip


def tabs(held: DeskContact, here: UUID | None) -> list[LinkView]:
    """The matters as tabs, each saying whether it is done with."""
    address = reverse("desk:contact", args=[held.contact.id])
    return [
        LinkView(
            labels.service(m.service) + ("" if m.is_open else " ✓"), with_query(address, matter=str(m.id)), m.id == here
        )
        for m in held.matters
    ]


def causes(held: DeskContact, chosen: str) -> list[OptionView]:
    """The causes by key; the one typed before, or chasing when that is all this contact was."""
    typed = chosen or held.wrap.first("cause")
    if not typed and held.matters and all(m.cause == "progress_chasing" for m in held.matters):
        typed = "progress_chasing"
    return [OptionView(c.code, c.says, c.about, checked=c.code == typed) for c in labels.causes()[:9]]


def services(text: str) -> list[tuple[str, str]]:
    """The services that the caller's words may mean, best first."""
    if not text.strip():
        return []
    return [(hit.code, hit.name) for hit in search(current_pack(), text, limit=7, audience="staff").hits]


def people(request: Request, held: DeskContact, text: str) -> list[Any]:
    """Who the caller may be: by what was typed, else by the number they ring from."""
    if held.customer is not None or not request.actor.may("customer.search"):
        return []
    return find_customers(text, request.actor, limit=8) if text.strip() else list(held.candidates)


def time_line(request: Request, held: DeskContact, at: datetime) -> dict[str, Any] | None:
    """The person's newest entries with their filters; nothing for someone not known yet."""
    if held.customer is None:
        return None
    wanted = request.GET.get("show", "")
    page = person_line(held.customer.ids, visible_to=request.actor, at=at, kind=wanted, size=LINE)
    address = reverse("desk:contact", args=[held.contact.id])
    kept = request.GET.get("matter", "")
    filters = [LinkView(words, with_query(address, matter=kept, show=code), code == wanted) for code, words in FILTERS]
    return {"days": lines.of_person(page.entries, at), "filters": filters}


def newcomer_of(held: DeskContact) -> Newcomer:
    """The half-filled record of somebody new, as it was left; else what the line already tells: their number."""
    typed = held.newcomer
    if typed.kept_at is None:
        return Newcomer(phone=held.contact.caller)
    return Newcomer.from_form(typed.first)


def record_of(held: DeskContact) -> list[FactRow]:
    """What a finished contact says for itself: when, how long, by whom, why, with what note."""
    one = held.contact
    staff = staff_names({found for found in (one.staff_id, one.identity_checked_by) if found})
    cause = next((c.says for c in labels.causes() if c.code == one.cause), labels.plain(one.cause) if one.cause else "")
    took = one.ended_at - (one.answered_at or one.received_at) if one.ended_at else None
    said = (
        ("When", words.by_when(one.received_at)),
        ("Took", words.duration_clock(took) if took else ""),
        ("With", staff.get(one.staff_id, "") if one.staff_id else ""),
        ("Why", cause),
        ("Done in one", {True: "Yes", False: "No"}.get(one.done_in_one, "") if one.done_in_one is not None else ""),
        ("Note", one.note),
        ("Spoke for them", f"{one.speaker}, {labels.CAPACITIES.get(one.speaks_as, '').lower()}" if one.speaker else ""),
        ("Identity", labels.CHECKS.get(one.identity_check, "")),
        ("Checked by", staff.get(one.identity_checked_by, "") if one.identity_checked_by else ""),
        ("Why not online", labels.NOT_ONLINE.get(one.helped_because, "")),
    )
    return [FactRow(name, text) for name, text in said if text]


def what_is_known_of(held: DeskContact) -> dict[str, Any]:
    """What was recorded of who is speaking, for its forms."""
    one = held.contact
    return {
        "how": one.identity_check, "speaker": one.speaker, "speaks_as": one.speaks_as, "because": one.helped_because,
        "seen": (), "open": "", "error": "",
    }  # fmt: skip


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
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
def find_caller(request: Request, contact_id: UUID) -> HttpResponse:
    """The people that fit what is being typed, for the caller panel."""
    held: DeskContact = found(desk_contact(contact_id, visible_to=request.actor, at=clock.now()))
    text = request.GET.get("who", "")
    return part(request, "desk/contact/people.html", held=held, who=text, people=people(request, held, text))


@require_safe
@policy("staff", needs="contact.take")
def find_service(request: Request, contact_id: UUID) -> HttpResponse:
    """The services that fit what is being typed."""
    return part(request, "desk/contact/services.html", contact_id=contact_id, services=services(request.GET.get("want", "")),
                want=request.GET.get("want", ""))  # fmt: skip


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
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
def known_already(request: Request, contact_id: UUID) -> HttpResponse:
    """Whom we know already that what is being typed of somebody new may be of."""
    typed = Newcomer.from_form(lambda name: request.POST.get(name, ""))
    held: DeskContact = found(desk_contact(contact_id, visible_to=request.actor, at=clock.now()))
    return part(request, "desk/contact/alike.html", held=held, alike=_alike(request, typed), looked=True)


def _alike(request: Request, typed: Newcomer) -> tuple[Alike, ...]:
    return alike(typed, visible_to=request.actor) if request.actor.may("customer.search") else ()


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
def add_matter(request: Request, contact_id: UUID) -> HttpResponse:
    """Begin one more thing they want: a service by name, or the best match of the words typed."""
    code = request.POST.get("service", "") or next((c for c, _ in services(request.POST.get("want", ""))), "")
    try:
        made = begin_matter(contact_id, service=code, by=request.actor, at=clock.now())
    except ContactClosed:
        return go("desk:contact", contact_id)
    except ValueError as problem:
        return frame(request, contact_id, status=422, errors=[wrong("want", str(problem))], adding=True, shown=None)
    return go("desk:contact", contact_id, matter=str(made.id))


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
def chase(request: Request, contact_id: UUID, case_id: UUID) -> HttpResponse:
    """They ask how a case is getting on: join it, and say its promise."""
    try:
        made = chase_case(contact_id, case_id=case_id, by=request.actor, at=clock.now())
    except ContactClosed:
        return go("desk:contact", contact_id)
    return go("desk:contact", contact_id, matter=str(made.id))


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
def finish(request: Request, contact_id: UUID) -> HttpResponse:
    """Wrap up with one stroke, or keep what was chosen and noted so far."""
    at = clock.now()
    if request.headers.get("X-Autosave"):
        keep_draft(wrap_key(contact_id), request.POST.lists(), by=request.actor, at=at)
        return HttpResponse(status=204)
    cause, note = request.POST.get("cause", ""), request.POST.get("note", "").strip()[:4000]
    try:
        wrap_up(contact_id, cause=cause, note=note, by=request.actor, at=at)
    except ValueError as problem:
        return frame(request, contact_id, status=422, errors=[_in_wrap(str(problem))], cause=cause, note=note)
    return go("desk:home", done=str(contact_id))


def _in_wrap(message: str) -> FieldView:
    return wrong("cause-1", message)
