"""Sealed records: what an officer without the permission may open in need, and what there is to see once it is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.cases.queries import CaseLine, CasePage, case_page, sealed_by_reference, sealed_cases_of, sealed_kind
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.customers.linking.pack import SYSTEMS
from moothall.customers.linking.queries import SystemSummary, summaries_of
from moothall.customers.privacy.pack import PRIVACY, Sealed
from moothall.customers.privacy.queries import MAY_OPEN, OpeningLine, may_break_glass, opening, through
from moothall.customers.queries import CustomerCard, customer_card


@dataclass(frozen=True, slots=True)
class Opened:
    """What one opening shows: the person, her cases of its kind, what restricted systems say; nothing once it is over.

    ``card`` is there where only those systems know her: her own page is nobody's who came this way.
    """

    one: OpeningLine
    still_open: bool
    customer_id: UUID | None = None
    name: str = ""
    cases: tuple[CaseLine, ...] = ()
    systems: tuple[SystemSummary, ...] = ()
    actor: Actor | None = None
    card: CustomerCard | None = None


def sealed_case(case_id: UUID, *, visible_to: Actor) -> str:
    """Return the kind of a case this actor does not see and may open in need; else empty. One query at most."""
    if not visible_to.may(MAY_OPEN):
        return ""
    kind = sealed_kind(case_id, visible_to=visible_to)
    return kind if kind and may_break_glass(visible_to, kind) else ""


def sealed_reference(text: str, *, visible_to: Actor) -> UUID | None:
    """Return the case with this reference where it is one the actor may open in need. Two queries at most."""
    if not visible_to.may(MAY_OPEN):
        return None
    found = sealed_by_reference(text, visible_to=visible_to)
    return found if found is not None and sealed_case(found, visible_to=visible_to) else None


def kinds_to_open(actor: Actor) -> tuple[Sealed, ...]:
    """Return the kinds this actor may open in need about a person, whether or not there is anything."""
    return tuple(one for one in current_pack().one(PRIVACY).sealed if may_break_glass(actor, one.code))


def opened(opening_id: UUID, *, visible_to: Actor, at: datetime) -> Opened | None:
    """Return what an opening of this officer's shows now; ``None`` for anybody else's. A fixed number of queries."""
    one = opening(opening_id, visible_to=visible_to)
    if one is None:
        return None
    inside = through(one, visible_to, at=at)
    if inside is None:
        return Opened(one, still_open=False)
    if one.case_id is not None:
        page = case_page(one.case_id, visible_to=inside, at=at)
        lines = (page.case,) if page else ()
        return Opened(one, True, lines[0].customer_id if lines else None, cases=lines, actor=inside)
    card = customer_card(one.customer_id, inside, on=at.date()) if one.customer_id else None
    if card is None:
        return Opened(one, True, actor=inside)
    restricted = {code for code, system in current_pack().of(SYSTEMS).items() if system.restricted == one.kind}
    return Opened(
        one, True, card.id, card.name, tuple(sealed_cases_of(card.ids, one.kind, visible_to=inside)),
        tuple(found for found in summaries_of(card.ids, inside) if found.system in restricted), inside,
        card if customer_card(card.id, visible_to, on=at.date()) is None else None,
    )  # fmt: skip


def opened_case(opening_id: UUID, case_id: UUID, *, visible_to: Actor, at: datetime) -> tuple[Opened, CasePage | None]:
    """Return one case through an opening; the page is ``None`` once it is over, or where the opening is not of that case.

    Raises:
        LookupError: no such opening of this officer's.
    """
    held = opened(opening_id, visible_to=visible_to, at=at)
    if held is None:
        raise LookupError("There is no such opening of yours.")
    inside = case_id in {line.id for line in held.cases} and held.actor
    return held, case_page(case_id, visible_to=inside, at=at) if inside else None
