"""The page of one contact: who it is, what they want, and everything beside them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.staff import staff_names
from moothall.core.zone import council_date
from moothall.customers.actions import log_look, log_shown
from moothall.customers.linking.queries import not_used
from moothall.customers.queries import find_customers
from moothall.inbox import queries
from moothall.inbox.pack import WRITTEN
from moothall.intake.desk import DeskContact, answered_in
from moothall.intake.desk_queries import desk_contact
from moothall.intake.desk_standards import answer_standard
from moothall.intake.newcomers import Newcomer
from moothall.intake.person_queries import FILTERS, person_line
from moothall.intake.queries.announcing import BesideCaller, beside_caller
from moothall.interfaces.desk import labels, lines, matter_form, organisation_form
from moothall.interfaces.desk.begun_form import begun
from moothall.interfaces.desk.outreach import said as where_met
from moothall.interfaces.desk.reading import Panel, panel
from moothall.interfaces.desk.screen import draw, found, read_id
from moothall.interfaces.policy import Request
from moothall.interfaces.reception.shapes import choices, said
from moothall.interfaces.ui import words
from moothall.interfaces.ui.fields import OptionView
from moothall.interfaces.ui.jinja import with_query
from moothall.interfaces.ui.knowledge import KnownView, known_of
from moothall.interfaces.ui.parts import FactRow, LinkView
from moothall.promises.rules import Unit, say_amount, say_span
from moothall.reception.pack import CENTRES
from moothall.reception.queries import VisitLine, ask_for, visit_of_contact
from moothall.services.knowledge import find_articles
from moothall.services.search import search

LINE = 20


def frame(request: Request, contact_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    """Draw the whole frame; ``more`` brings what a form found wrong, with what was typed."""
    at = clock.now()
    held: DeskContact = found(desk_contact(contact_id, visible_to=request.actor, at=at))
    if held.customer is not None:
        log_look(
            customer_id=held.customer.id, screen="desk.contact", case_id=getattr(request, "for_case", None),
            by=request.actor, at=at,
        )  # fmt: skip
    shown = held.matter(more.pop("matter_id", None) or read_id(request.GET.get("matter")))
    taking = held.contact.is_open and request.actor.may("contact.take")
    shown = shown or (held.matters[0] if held.matters and not taking else None)
    adding = taking and (shown is None or "add" in request.GET)
    visit = visit_of_contact(contact_id, visible_to=request.actor, at=at) if at_counter(held) else None
    context = {
        "held": held,
        "visit": visit,
        "told": said(request) if visit else [],
        "asks": ask_for(visible_to=request.actor, at=at, visit_id=visit.id) if visit else [],
        "reception": reception_choices(visit, taking),
        "shown": None if adding else shown,
        "adding": adding,
        "tabs": tabs(held, None if adding else shown.id if shown else None),
        "taking": taking,
        "record": None if held.contact.is_open else record_of(held),
        "check": more.pop("check", None) or what_is_known_of(held),
        "matter": matter_form.form(request, held, shown, at, more.pop("wrong", None), more.pop("typed", None))
        if shown and not adding and (taking or not shown.is_open)
        else None,
        **(wanted(request.GET.get("want", "")) if adding else {"services": [], "want": ""}),
        "unused": not_used(held.customer) if held.customer else {},
        "noted": adding and "noted" in request.GET,
        "begun": begun(request, held, at) if adding and held.contact.channel not in WRITTEN else (),
        "who": request.GET.get("who", ""),
        "people": people(request, held, request.GET.get("who", "")),
        "answered": _answered(held, at),
        "causes": causes(held, more.get("cause", "")),
        "line": time_line(request, held, at),
        "newcomer": more.pop("newcomer", None) or newcomer_of(held),
        "firm": organisation_form.form(request),
        "announced": announced(held, at) if taking else (),
        "alike": (),
        "looked": False,
        "shortcuts": SHORTCUTS,
        "writing": more.pop("writing", None) or what_was_written(request, held),
        "here": "inbox" if held.contact.channel in WRITTEN else "",
    }
    return draw(request, "desk/contact.html", status=status, **(context | more))


def what_was_written(request: Request, held: DeskContact) -> Panel | None:
    """What was written, where the contact came in writing."""
    if held.contact.channel not in WRITTEN:
        return None
    view = queries.writing(contact_id=held.contact.id, visible_to=request.actor)
    return panel(request, view) if view is not None else None


def announced(held: DeskContact, at: datetime) -> tuple[BesideCaller, ...]:
    """What goes on that the caller may be ringing about: theirs first."""
    asked = [m.service for m in held.matters]
    customer = held.customer
    return beside_caller(customer.uprn if customer else None, "", asked, at=at)


def at_counter(held: DeskContact) -> bool:
    """Whether this is somebody at the counter who is still here."""
    return held.contact.is_open and held.contact.channel == "counter"


def reception_choices(visit: VisitLine | None, taking: bool) -> dict[str, Any]:
    """What reception offers beside a visit: queues to hand on to, experts, languages. Nothing where there is none."""
    centre = current_pack().of(CENTRES).get(visit.centre) if visit and taking else None
    return choices(centre) if centre else {}


SHORTCUTS = (
    ("f", "Find who it is"), ("y", "It is the first of those found"), ("+", "They are new to us"), ("m", "Add a matter"),
    ("1 – 9", "Why they had to contact us"), ("s", "Send to the team"),
    ("d", "Done now"), ("a", "Answered"), ("b", "Call back"), ("x", "Not us"), ("n", "Note"), ("w", "Finish the contact"),
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


def wanted(text: str) -> dict[str, Any]:
    """What the caller's words may mean: services best first, articles that answer them, and whether anything fits well."""
    pack, today = current_pack(), council_date(clock.now())
    found = search(pack, text, limit=7, audience="staff") if text.strip() else None
    answers: list[KnownView] = [known_of(pack, one, today) for one in find_articles(pack, text, staff=True, limit=3)]
    hits = found.hits if found else ()
    return {
        "services": [(hit.code, hit.name) for hit in hits], "answers": answers, "want": text,
        "sure": found is not None and found.good,
    }  # fmt: skip


def people(request: Request, held: DeskContact, text: str) -> list[Any]:
    """Who the caller may be: by what was typed, else by the number they ring from."""
    if held.customer is not None or not request.actor.may("customer.search"):
        return []
    lines = find_customers(text, request.actor, limit=8) if text.strip() else list(held.candidates)
    log_shown((line.id for line in lines), screen="desk.caller", by=request.actor, at=clock.now())
    return lines


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
    """The half-filled record of somebody new, as it was left; else what the line already tells."""
    typed = held.newcomer
    if typed.kept_at is None:
        caller = held.contact.caller
        if held.contact.channel == "social":
            return Newcomer()  # a name on a network: nothing can be sent to it but there
        return Newcomer(email=caller) if "@" in caller else Newcomer(phone=caller)
    return Newcomer.from_form(typed.first)


def record_of(held: DeskContact) -> list[FactRow]:
    """What a finished contact says for itself: when, how long, by whom, why, with what note."""
    one = held.contact
    staff = staff_names({found for found in (one.staff_id, one.identity_checked_by, one.helped_by) if found})
    cause = next((c.says for c in labels.causes() if c.code == one.cause), labels.plain(one.cause) if one.cause else "")
    took = one.ended_at - (one.answered_at or one.received_at) if one.ended_at else None
    said = (
        ("When", words.by_when(one.received_at)),
        ("Where", where_met(one.outreach, one.outreach_at)),
        ("Took", words.duration_clock(took) if took else ""),
        ("With", staff.get(one.staff_id, "") if one.staff_id else ""),
        ("Why", cause),
        ("Done in one", {True: "Yes", False: "No"}.get(one.done_in_one, "") if one.done_in_one is not None else ""),
        ("Note", one.note),
        ("Spoke for them", f"{one.speaker}, {labels.CAPACITIES.get(one.speaks_as, '').lower()}" if one.speaker else ""),
        ("Identity", labels.CHECKS.get(one.identity_check, "")),
        ("Checked by", staff.get(one.identity_checked_by, "") if one.identity_checked_by else ""),
        ("Helped by", staff.get(one.helped_by, "") if one.helped_by else ""),
        ("Why helped" if one.helped_by else "Why not online", labels.NOT_ONLINE.get(one.helped_because, "")),
    )
    return [FactRow(name, text) for name, text in said if text]


def what_is_known_of(held: DeskContact) -> dict[str, Any]:
    """What was recorded of who is speaking, for its forms."""
    one = held.contact
    return {
        "how": one.identity_check, "speaker": one.speaker, "speaks_as": one.speaks_as, "because": one.helped_because,
        "seen": (), "open": "", "error": "",
    }  # fmt: skip


def _answered(held: DeskContact, at: datetime) -> str:
    """How long they waited for us, beside what is promised where that is counted by the clock; empty: nobody timed it."""
    took = answered_in(held.contact)
    if took is None:
        return ""
    promised = answer_standard(current_pack(), held.contact.channel, on=council_date(at))
    kept = (
        f", we promise {say_amount(promised.amount, promised.unit)}"
        if promised and promised.unit is Unit.SECONDS
        else ""
    )
    return f"answered in {say_span(took)}{kept}"
