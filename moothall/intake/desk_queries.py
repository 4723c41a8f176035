"""What the adviser's screens read, composed from several rooms in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from moothall.cases.queries import CaseLine, cases_by_id, cases_of, pressing_cases
from moothall.contacts.queries import ContactView, contact, finished_contacts_of, open_contacts_of
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.zone import LONDON, council_date
from moothall.customers.queries import CustomerCard, customer_card, customers_at, names_of
from moothall.customers.representation.queries import acting_for, acting_in
from moothall.intake.actions.dialogues import service_of
from moothall.intake.actions.raising import refusal_of
from moothall.intake.desk import (
    DeskContact,
    DeskMatter,
    Frame,
    OpenCase,
    OpenContact,
    matter_key,
    newcomer_key,
    pressing_promise,
    wrap_key,
)
from moothall.intake.draft_queries import drafts
from moothall.intake.drafts import whose
from moothall.intake.lookups import disputing, found_in, is_settled
from moothall.intake.models import Dialogue, DialogueState
from moothall.promises.queries import PromiseView, promises_of
from moothall.rounds.queries import help_at
from moothall.services.rules import work_out

MOST_PRESSING = 99


@dataclass(frozen=True, slots=True)
class Decided:
    """Why a matter was not taken on, the sentences to say, and whether the caller can say that what we found is wrong."""

    because: str
    say: tuple[str, ...]
    disputable: bool


def desk_frame(*, visible_to: Actor, at: datetime) -> Frame:
    """Return what the strip at the top of every screen shows: four queries at most, none of them over history.

    ``pressing`` counts the open cases of the officer's teams that are late or fall due today.
    """
    contacts = open_contacts_of(whose(visible_to), visible_to=visible_to)
    names = names_of({c.customer_id for c in contacts if c.customer_id}, visible_to) if contacts else {}
    pressing = 0
    if visible_to.may("case.view"):
        before = end_of_day(at)
        pressing = pressing_cases(visible_to.teams, visible_to=visible_to, before=before, most=MOST_PRESSING + 1)
    return Frame(tuple(_open_contact(c, names) for c in contacts), pressing)


def finished_contacts(*, visible_to: Actor, since: datetime) -> tuple[OpenContact, ...]:
    """Return what this officer finished since a moment, newest first, to look at again. Three queries."""
    contacts = finished_contacts_of(whose(visible_to), since=since, visible_to=visible_to)
    names = names_of({c.customer_id for c in contacts if c.customer_id}, visible_to) if contacts else {}
    return tuple(_open_contact(c, names) for c in contacts)


def contact_in_hand(*, visible_to: Actor, call: str = "") -> OpenContact | None:
    """Return the contact the officer has not finished, unless it is this very ``call`` of the telephone system."""
    held = open_contacts_of(whose(visible_to), visible_to=visible_to)
    if not held or (call and any(c.external_id == call for c in held)):
        return None
    names = names_of({c.customer_id for c in held[:1] if c.customer_id}, visible_to)
    return _open_contact(held[0], names)


def desk_contact(contact_id: UUID, *, visible_to: Actor, at: datetime) -> DeskContact | None:
    """Return the contact in hand: who it is, what they want, what was typed, what is promised to them already."""
    require(visible_to, "contact.view")
    found = contact(contact_id, visible_to=visible_to)
    if found is None:
        return None
    sees = found.customer_id is not None and visible_to.may("customer.view")
    card = customer_card(found.customer_id, visible_to, on=at.date()) if sees and found.customer_id else None
    theirs = cases_of(card.ids, visible_to=visible_to, limit=30) if card else []
    named = [m.case_id for m in found.matters if m.case_id]
    known = {c.id: c for c in theirs}
    if any(case_id not in known for case_id in named):
        known |= cases_by_id(named, visible_to=visible_to)
    still = [c for c in theirs if c.closed_at is None]
    promises = promises_of([*(c.id for c in still), *(n for n in named if n in known)], at=at) if known else {}
    keys = {m.id: matter_key(m.id) for m in found.matters}
    typed = drafts([*keys.values(), newcomer_key(found.id), wrap_key(found.id)], visible_to=visible_to)
    return DeskContact(
        contact=found,
        matters=tuple(
            DeskMatter(
                id=m.id,
                service=m.service,
                outcome=m.outcome,
                cause=m.cause,
                opened_at=m.opened_at,
                ended_at=m.ended_at,
                case=known.get(m.case_id) if m.case_id else None,
                promise=pressing_promise(promises.get(m.case_id, ())) if m.case_id else None,
                draft=typed[keys[m.id]],
                dialogue_id=m.dialogue_id,
            )
            for m in found.matters
        ),
        customer=card,
        candidates=tuple(customers_at(found.caller, visible_to))
        if found.is_open and card is None and found.caller and visible_to.may("customer.search")
        else (),
        open_cases=with_promises(still, promises),
        newcomer=typed[newcomer_key(found.id)],
        wrap=typed[wrap_key(found.id)],
        helpers=tuple(acting_for(card.ids, on=council_date(at))) if card and found.is_open else (),
        acting=acting_in(found.id, on=council_date(at)) if card and found.speaker else None,
        bins=help_at(card.uprn, on=council_date(at), visible_to=visible_to) if card and card.uprn else None,
    )


def decided(dialogue_id: UUID | None) -> Decided | None:
    """Return what a rule answered in a matter that opened no case, as it was then; ``None`` where none did. One query."""
    row = (
        Dialogue.objects.filter(id=dialogue_id, state=DialogueState.SENT, case_id=None).first() if dialogue_id else None
    )
    if row is None or not row.answers:
        return None
    service = service_of(row)
    course = work_out(service, row.answers, today=council_date(row.changed_at))
    settled = is_settled(service, row.answers, at=row.changed_at)
    because = refusal_of(course)
    if not because:
        return None
    found = tuple(str(one["says"]) for one in found_in(service, row.answers).values()) if settled else ()
    return Decided(
        because, (*(found or (because,)), *course.say), disputable=settled and bool(disputing(service, row.answers))
    )


def start_of_day(at: datetime) -> datetime:
    """Return the midnight that began the day of ``at``, as people here count days."""
    return datetime.combine(council_date(at), time(), LONDON)


def end_of_day(at: datetime) -> datetime:
    """Return the midnight that ends the day of ``at``, as people here count days."""
    here = council_date(at)
    return datetime.combine(here + timedelta(days=1), time(), LONDON)


def with_promises(cases: Iterable[CaseLine], promises: dict[UUID, list[PromiseView]]) -> tuple[OpenCase, ...]:
    """Return cases each with the promise that matters now."""
    return tuple(OpenCase(case, pressing_promise(promises.get(case.id, ()))) for case in cases)


def _open_contact(view: ContactView, names: dict[UUID, str]) -> OpenContact:
    return OpenContact(
        id=view.id,
        channel=view.channel,
        caller=view.caller,
        name=names.get(view.customer_id, "") if view.customer_id else "",
        since=view.answered_at or view.received_at,
        services=tuple(m.service for m in view.matters),
    )


__all__ = ["CustomerCard", "desk_contact", "desk_frame", "with_promises"]
