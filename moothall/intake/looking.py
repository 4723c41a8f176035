"""Why an officer looks at a person's record: known from her work, said by her, or still to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from moothall.cases.queries import is_case_of, own_case_of
from moothall.contacts.queries import deals_with, whose_contact
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.customers.privacy.pack import PRIVACY
from moothall.customers.privacy.queries import purposes_open_to, reason_standing
from moothall.customers.queries import ids_of
from moothall.inbox.queries import works_on
from moothall.reception.queries import is_called_in


@dataclass(frozen=True, slots=True)
class Why:
    """For which purpose somebody looks, and for which case, where it is one."""

    purpose: str
    case_id: UUID | None = None


def why_looking(customer_id: UUID, *, visible_to: Actor, at: datetime) -> Why | None:
    """Return why this officer may look at a person's record now; ``None`` when she must be asked first.

    In this order: what she said within the pack's minutes; a contact of hers with the person, in hand or finished within
    them, or in hand with a caller nobody knows yet; an open case of the person that is hers or her team's. Whoever the pack
    asks nothing looks for the screen's own purpose. Four queries at most.
    """
    if visible_to.id is None or not purposes_open_to(visible_to):
        return Why(visible_to.purpose)
    ids = ids_of(customer_id)
    if not ids:
        return Why(visible_to.purpose)
    if said := reason_standing(ids, staff_id=visible_to.id, at=at):
        return Why(said)
    since = at - timedelta(minutes=current_pack().one(PRIVACY).purpose_minutes)
    if deals_with(visible_to.id, ids, since=since):
        return Why("contact")
    case_id = own_case_of(ids, visible_to=visible_to) if visible_to.may("case.view") else None
    return Why("case", case_id) if case_id is not None else None


@dataclass(frozen=True, slots=True)
class Shown:
    """Whom something shows (nobody: nobody is named in it yet), and why this officer sees it; without a why, she is asked."""

    customer_id: UUID | None
    why: Why | None


def why_in_contact(contact_id: UUID, *, visible_to: Actor, at: datetime) -> Shown | None:
    """Return whom a contact shows and why this officer may see it now; ``None`` where there is none she may
    know of.

    One she took herself, a visitor she is called in to, and what was written to her or her teams are her work. Anybody
    else's is a look at the person, and needs what her record needs. One query for her own, seven at most.
    """
    held = whose_contact(contact_id, visible_to=visible_to)
    if held is None:
        return None
    customer_id, staff_id = held
    if (
        customer_id is None
        or (staff_id is not None and staff_id == visible_to.id)
        or not visible_to.may("customer.view")
    ):
        return Shown(customer_id, Why("contact"))
    if works_on(contact_id, visible_to=visible_to) or is_called_in(contact_id, visible_to=visible_to):
        return Shown(customer_id, Why("contact"))
    return Shown(customer_id, why_looking(customer_id, visible_to=visible_to, at=at))


def why_about_case(customer_id: UUID | None, case_id: UUID | None, *, visible_to: Actor, at: datetime) -> Shown:
    """Return why this officer may see what was sent to a person, or who asked for a case: hers or her team's, else what
    the person's record needs. Five queries at most."""
    if customer_id is None or not visible_to.may("customer.view"):
        return Shown(customer_id, Why(visible_to.purpose, case_id))
    if case_id is not None and is_case_of(case_id, visible_to=visible_to):
        return Shown(customer_id, Why("case", case_id))
    return Shown(customer_id, why_looking(customer_id, visible_to=visible_to, at=at))
