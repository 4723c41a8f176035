"""The form of one matter of a contact: its questions, its promise, and what to say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from moothall.bookings.queries import bookings_of_case
from moothall.channels.phone import say_promise
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.linking.queries import used_points
from moothall.customers.queries import CustomerCard
from moothall.intake.desk import DeskContact, DeskMatter
from moothall.intake.desk_preview import preview
from moothall.intake.desk_queries import decided
from moothall.intake.dialogue import AnswerError
from moothall.intake.dialogue.known import Known
from moothall.intake.lookups import read_now
from moothall.intake.speaking_for import not_covered
from moothall.interfaces.desk.begun_form import with_files
from moothall.interfaces.desk.questions import form_of, given_from, posted_from
from moothall.interfaces.desk.share_form import sharing
from moothall.interfaces.desk.waiting_lines import waiting
from moothall.interfaces.policy import Request
from moothall.interfaces.ui.knowledge import kept_by, known_beside
from moothall.payments.queries import bill_of_case
from moothall.services.pack import SERVICES


def form(
    request: Request, held: DeskContact, matter: DeskMatter, at: datetime,
    wrong_: Mapping[str, AnswerError] | None = None, typed: QueryDict | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return what the middle of the frame shows of one matter: its form, or what became of it."""
    pack = current_pack()
    service = pack.of(SERVICES).get(matter.service)
    if not matter.is_open or service is None:
        answer = decided(matter.dialogue_id) if matter.case is None else None
        say = said_of(matter, visible_to=request.actor) if answer is None else " ".join(answer.say)
        return {"ended": True, "service": service, "say": say, "decided": answer}
    channel, today = held.contact.channel, council_date(at)
    posted = typed if typed is not None else posted_from(matter.draft.fields)
    known = known_of(held.customer)
    given = given_from(service, posted, known)
    answers, _ = read_now(service, given, channel=channel, at=at)
    return {
        "ended": False,
        "service": service,
        "fields": with_files(
            form_of(
                service, channel, posted, answers=answers, known=known, today=today, wrong=wrong_, finds=finds(), at=at
            ),
            matter.dialogue_id,
        ),
        "known": known_beside(pack, service, today=today),
        "script_kept": kept_by(pack, service.team, service.review, today),
        "elsewhere": matter.dialogue_id is not None,
        "sharing": sharing(request, held, matter, service, at),
        "books": (books := any(q.books or q.books_by for q in service.questions)),
        "waits": waiting(request, held, at) if books else (),
        "preview": preview(service, answers, pack=pack, at=at, channel=channel),
        "outside": not_covered(held.acting, service),
        "begin_only": service.channel(channel).level == "begin",
        "begin_because": service.channel(channel).because or "",
        "kept_at": matter.draft.kept_at,
    }  # fmt: skip


def finds() -> dict[str, str]:
    """Where the boxes for addresses and places look while one types."""
    return {"address": reverse("desk:addresses"), "place": reverse("desk:places")}


def said_of(matter: DeskMatter, *, visible_to: Actor) -> str:
    """What to say aloud of a matter that has ended: what is booked or promised, what it costs, its reference spelled out.

    What is booked is said in place of the promise. At most four queries, where a case was opened.
    """
    if matter.case is None:
        return ""
    if matter.case.closed_at is not None:
        return "That is done."
    due = ""
    if matter.promise is not None and matter.promise.is_open:
        due = matter.promise.new_date_words or matter.promise.due_words
    booked = next((one for one in bookings_of_case(matter.case.id) if one.is_live), None)
    bill = bill_of_case(matter.case.id, visible_to=visible_to)
    return say_promise(
        matter.case.reference, due, booked=booked.when if booked else "", before=booked.before if booked else (),
        to_pay=bill.says if bill is not None and bill.payable else "",
    )  # fmt: skip


def known_of(card: CustomerCard | None) -> Known:
    """Return what is held of the caller, so that nothing is asked twice."""
    if card is None:
        return Known()
    used = used_points(card)
    points = {kind: next((p.shown for p in used if p.kind == kind), "") for kind in ("email", "phone")}
    return Known(
        name=" ".join(part for part in (card.given_name, card.family_name) if part) or card.organisation_name,
        email=points["email"],
        phone=points["phone"],
        address=card.address,
        uprn=card.uprn,
        date_of_birth=card.date_of_birth.isoformat() if card.date_of_birth else "",
    )
