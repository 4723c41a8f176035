"""What "my account" shows, read from several rooms. Everything here is somebody's own: the caller has let her in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.cases.queries import CaseLine, cases_by_id, cases_made_with, cases_of, cases_opened_in
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.packs import current_pack
from moothall.core.staff import team_codes_of
from moothall.core.zone import council_date
from moothall.customers.accounts.queries import Holder, claimed_cases, confirmed_values
from moothall.customers.linking.queries import used_points
from moothall.customers.privacy.pack import PRIVACY
from moothall.customers.queries import CustomerCard, customer_card, looks_of
from moothall.customers.representation.queries import RepresentationLine, contacts_of_representative, spoken_by
from moothall.customers.rules.writing import postcode_in
from moothall.intake.asking_for import refusal_for
from moothall.intake.dialogue.known import Known
from moothall.intake.queries.catalogue import ServiceLine, areas_of, search_catalogue
from moothall.intake.queries.tracking import clock_stopped
from moothall.notifications.queries import MessageLine, messages_of
from moothall.promises.queries import PromiseView, promises_of
from moothall.services.pack import PAUSES, SERVICES

MOST = 50


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """One request in an account: the case and its open promise."""

    case: CaseLine
    service: str
    promise: PromiseView | None
    waits: str = ""
    """That its clock has stopped, and why, in the words of its own page."""


@dataclass(frozen=True, slots=True)
class OwnLook:
    """One look at her record, as she may see it: when, which team, why."""

    at: datetime
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of the account's first page: its title, its lines (what, beside it, where it leads), and where all of it is."""

    title: str
    lines: tuple[tuple[str, str, str], ...]
    link: str
    link_words: str


SlotOf = Callable[[Sequence[UUID], Sequence[UUID], datetime], Slot | None]
_slots: dict[str, SlotOf] = {}


def register_account_slot(name: str, fill: SlotOf) -> None:
    """Let a room show something of its own on the account's first page. ``fill(customer_ids, claimed,
    at)`` answers ``None`` where it has nothing, and then nothing is shown; ``claimed`` are cases of hers made with other
    records. It costs a fixed number of queries."""
    _slots[name] = fill


def own_card(holder: Holder, *, at: datetime) -> CustomerCard:
    """Return her own record.

    Raises:
        LookupError: it is gone.
    """
    card = customer_card(holder.customer_id, customer_actor(holder.customer_id), on=at.date())
    if card is None:
        raise LookupError("There is no such record.")
    return card


def own_requests(holder: Holder, card: CustomerCard, *, at: datetime) -> list[OwnRequest]:
    """Return what she asked for, newest first: with this record and what she has claimed. Four queries."""
    found = {line.id: line for line in cases_of(card.ids, visible_to=SYSTEM, limit=MOST)}
    found |= cases_by_id(claimed_cases(holder.account_id), visible_to=SYSTEM)
    lines = sorted(found.values(), key=lambda line: (line.opened_at, line.id), reverse=True)[:MOST]
    return with_promise(lines, at=at)


def with_promise(lines: Iterable[CaseLine], *, at: datetime) -> list[OwnRequest]:
    """Return cases with their names and open promises, and which of those wait. One query."""
    listed = list(lines)
    services, promises = current_pack().services, promises_of([line.id for line in listed], at=at)
    open_ = {
        line.id: next((p for p in promises.get(line.id, ()) if p.kind != "acknowledge" and p.is_open), None)
        for line in listed
    }
    return [
        OwnRequest(
            line, services[line.service].name if line.service in services else "A request", open_[line.id],
            _waits(line, open_[line.id]),
        )
        for line in listed
    ]  # fmt: skip


def _waits(line: CaseLine, promise: PromiseView | None) -> str:
    if line.state != "waiting" or promise is None or not promise.paused_for:
        return ""
    return clock_stopped(promise, {one.code: one.says for one in current_pack().of(PAUSES).values()}).rstrip(".")


def owns_case(holder: Holder, case_id: UUID, *, at: datetime) -> bool:
    """Say whether a case is hers to see: made with her record, claimed, or asked by her for somebody she still speaks for."""
    line = cases_by_id([case_id], visible_to=SYSTEM).get(case_id)
    if line is None:
        return False
    card = own_card(holder, at=at)
    if line.customer_id in card.ids or case_id in claimed_cases(holder.account_id):
        return True
    return any(one.case.id == case_id for one, _ in asked_for_others(card, at=at))


def asked_for_others(card: CustomerCard, *, at: datetime) -> list[tuple[OwnRequest, str]]:
    """Return what she asked for people she may still speak for, each with the name of whom, newest first. Four queries."""
    spoken = contacts_of_representative(card.ids, on=council_date(at))
    found = cases_opened_in(spoken, visible_to=SYSTEM) if spoken else {}
    names = {line.id: spoken[contact_id].other for contact_id, line in found.items()}
    listed = sorted(found.values(), key=lambda line: (line.opened_at, line.id), reverse=True)
    return [(one, names[one.case.id]) for one in with_promise(listed, at=at)] if listed else []


@dataclass(frozen=True, slots=True)
class AskingLine:
    """A service somebody may want for another: what it is, and why she may not ask for it (empty: she may)."""

    code: str
    name: str
    summary: str
    refused: str


@dataclass(frozen=True, slots=True)
class AskingPage:
    """For whom somebody asks, as what, until when, and what there is: what was searched, else all she may ask for by area."""

    line: RepresentationLine
    words: str
    found: tuple[AskingLine, ...]
    areas: tuple[tuple[str, tuple[AskingLine, ...]], ...]


def asking_page(holder: Holder, representation_id: UUID, words: str, *, at: datetime) -> AskingPage | None:
    """Return what somebody may ask for on behalf of another; ``None`` where nothing lets her. One query."""
    line = spoken_by(holder.customer_id, representation_id, on=council_date(at))
    if line is None:
        return None
    services = current_pack().of(SERVICES)

    def shown(one: ServiceLine) -> AskingLine:
        return AskingLine(one.code, one.name, one.summary, refusal_for(line, services[one.code]))

    if words.strip():
        found = tuple(shown(one) for one in search_catalogue(words).services)
        return AskingPage(line, words, found, ())
    areas = [(area.name, tuple(one for one in map(shown, listed) if not one.refused)) for area, listed in areas_of()]
    return AskingPage(line, "", (), tuple((name, listed) for name, listed in areas if listed))


def own_messages(card: CustomerCard, *, limit: int = MOST) -> list[MessageLine]:
    """Return what we wrote to her, newest first; codes are left out. Two queries."""
    lines = messages_of(customer_ids=card.ids, visible_to=SYSTEM, limit=limit)
    return [line for line in lines if line.sent_at is not None and line.template != "account-code"]


def own_slots(holder: Holder, card: CustomerCard, *, at: datetime) -> list[Slot]:
    """Return what other rooms have to show, by their order of name; nothing where they have nothing."""
    claimed = claimed_cases(holder.account_id)
    found = [_slots[name](card.ids, claimed, at) for name in sorted(_slots)]
    return [slot for slot in found if slot is not None]


def own_looks(card: CustomerCard, *, limit: int = 100) -> list[OwnLook]:
    """Return who looked at her record and why, newest first, as far as the law lets her see it. Two queries.

    Officers are told by team, not by name. Looks for a purpose that the pack marks as hidden (an investigation she must
    not be warned of; Data Protection Act 2018, Schedule 2, part 1) are left out.
    """
    held = current_pack().one(PRIVACY)
    purposes = {one.code: one for one in held.purposes}
    rows = looks_of(card.ids, limit=limit)
    shown = [row for row in rows if not (row.purpose in purposes and purposes[row.purpose].hidden)]
    teams = team_codes_of({row.actor_id for row in shown if row.actor_kind == "staff" and row.actor_id})
    names = current_pack().teams
    return [
        OwnLook(row.at, _who(row.actor_kind, teams.get(row.actor_id, []) if row.actor_id else [], names),
                purposes[row.purpose].says if row.purpose in purposes else "To deal with something you asked for")
        for row in shown
        if row.actor_kind != "customer" or row.actor_id not in card.ids
    ]  # fmt: skip


def _who(kind: str, teams: Sequence[str], names: Mapping[str, Any]) -> str:
    if kind == "staff":
        known = [str(getattr(names[code], "name", code)) for code in teams if code in names]
        return known[0] if known else "An officer of the council"
    return {"partner": "Another system of the council", "customer": "Somebody who acts for you"}.get(
        kind, "The council"
    )


def claimable_cases(account_id: UUID) -> list[CaseLine]:
    """Return requests made without an account with an address she has confirmed, not claimed yet, newest first.

    Restricted kinds are not among them: a shared address must not tell one of a household about another.
    """
    values = confirmed_values(account_id)
    known = set(claimed_cases(account_id))
    own = _own_ids(account_id)
    return [
        line for line in cases_made_with(values, limit=MOST) if line.id not in known and line.customer_id not in own
    ]


def known_of(holder: Holder, *, at: datetime) -> Known:
    """Return what we know of her already, to offer as answers. Eight queries at most."""
    return card_known(own_card(holder, at=at))


def card_known(card: CustomerCard) -> Known:
    """Return what a record holds as values to offer: of the ways to reach her what is known to be hers (adr/0085)."""
    values = {point.kind: point.shown for point in reversed(used_points(card))}
    found = postcode_in(card.address)
    return Known(
        name=" ".join(part for part in (card.given_name, card.family_name) if part) or card.organisation_name,
        email=values.get("email", ""), phone=values.get("phone", ""), address=card.address,
        postcode=" ".join(found) if found else "", uprn=card.uprn,
        date_of_birth=card.date_of_birth.isoformat() if card.date_of_birth else "",
    )  # fmt: skip


def _own_ids(account_id: UUID) -> set[UUID]:
    from moothall.customers.accounts.queries import holder

    found = holder(account_id)
    return {found.customer_id} if found else set()
