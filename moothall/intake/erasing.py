"""Erasing a person: what would go, what must stay and why; then all of it at once, with a receipt to her."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.cases.actions import close_case
from moothall.cases.queries import CaseLine
from moothall.cases.queries.lists import open_of_service
from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.packs import current_pack
from moothall.core.people import Kept, in_order_of_erasure
from moothall.core.references import show_reference
from moothall.core.zone import council_date
from moothall.customers.actions.record import locked as lock_record
from moothall.customers.linking.queries import summaries_of, used_points
from moothall.customers.privacy.actions import note_erasure
from moothall.customers.privacy.models import Erasure
from moothall.customers.privacy.pack import PRIVACY
from moothall.customers.queries import CustomerCard, customer_card, customer_of_reference
from moothall.intake.actions import raise_request
from moothall.notifications.actions import queue_message
from moothall.notifications.recipients import Recipient, recipient
from moothall.promises.queries import PromiseView, promises_of
from moothall.promises.rules.words import say_day
from moothall.services.pack import SERVICES


@dataclass(frozen=True, slots=True)
class Prospect:
    """A person as an erasure would find her: what stops it, what stays, which other systems hold her too."""

    card: CustomerCard
    stops: tuple[Kept, ...]
    stays: tuple[Kept, ...]
    systems: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether she was erased already."""
        return not (self.card.given_name or self.card.family_name or self.card.organisation_name)


def prospect_by_reference(reference: str, *, visible_to: Actor, at: datetime) -> Prospect | None:
    """Return what erasing the person with this reference (stored form) would do, or ``None``. Raises Refused."""
    require(visible_to, "customer.erase")
    found = customer_of_reference(reference, visible_to)
    return prospect(found, visible_to=visible_to, at=at) if found else None


def prospect(customer_id: UUID, *, visible_to: Actor, at: datetime) -> Prospect | None:
    """Return what erasing this person would do, or ``None`` where there is none. Raises Refused."""
    require(visible_to, "customer.erase")
    card = customer_card(customer_id, visible_to, on=council_date(at))
    if card is None:
        return None
    kept = [one for provider in in_order_of_erasure() if provider.keeps for one in provider.keeps(card.ids, at)]
    systems = sorted({one.name for one in summaries_of(card.ids, visible_to)})
    return Prospect(
        card, tuple(one for one in kept if one.stops), tuple(one for one in kept if not one.stops), tuple(systems)
    )


def ask_to_be_erased(customer_id: UUID, *, channel: str, by: Actor, at: datetime) -> UUID | None:
    """Ask to be erased: a request of the pack's service, with the month the law gives; under way already: that one.

    Returns:
        The request’s case; none where the pack lets another body answer it.

    Raises:
        LookupError: there is no such person. Refused: it is neither the person nor who erases.
    """
    card = customer_card(customer_id, by, on=council_date(at))
    if card is None:
        raise LookupError("There is no such customer.")
    if not (by.kind is ActorKind.CUSTOMER and by.id in card.ids):
        require(by, "customer.erase")
    pack = current_pack()
    code = pack.one(PRIVACY).erase_service
    with transaction.atomic():
        lock_record(card.id)  # two who ask at once get one request
        standing = open_of_service(code, visible_to=SYSTEM, customer_ids=card.ids, most=1)
        if standing:
            return standing[0].id
        reach = {point.kind: point.value for point in reversed(used_points(card))}
        answers = {"you": {"name": card.name}, "contact": {**reach, "name": card.name}}
        service = pack.of(SERVICES)[code]
        raised = raise_request(service, answers, pack=pack, channel=channel, customer_id=card.id, by=by, at=at)
    return raised.case_id


def asked_by(customer_ids: Iterable[UUID], *, at: datetime) -> list[tuple[CaseLine, PromiseView | None]]:
    """Return the requests of one person to be erased that are under way, each with its promise. Two queries."""
    code = current_pack().one(PRIVACY).erase_service
    return _promised(open_of_service(code, visible_to=SYSTEM, customer_ids=customer_ids), at)


def asked_waiting(*, visible_to: Actor, at: datetime) -> list[tuple[CaseLine, PromiseView | None]]:
    """Return everybody's requests to be erased that wait, the first asked first, each with its promise. Two queries.

    Raises:
        Refused.
    """
    require(visible_to, "customer.erase")
    return _promised(open_of_service(current_pack().one(PRIVACY).erase_service, visible_to=visible_to), at)


def _promised(lines: list[CaseLine], at: datetime) -> list[tuple[CaseLine, PromiseView | None]]:
    promises = promises_of([one.id for one in lines], at=at)
    return [(one, next((p for p in promises.get(one.id, ()) if p.kind == "complete"), None)) for one in lines]


def _answer_requests(card: CustomerCard, *, done: bool, by: Actor, at: datetime) -> None:
    """Close what she asked for by this: erased, or kept and why."""
    code = current_pack().one(PRIVACY).erase_service
    for one in open_of_service(code, visible_to=SYSTEM, customer_ids=card.ids):
        close_case(one.id, outcome="erased" if done else "kept", resolved=done, by=by, at=at)


def erase_person(customer_id: UUID, *, told: bool = True, by: Actor, at: datetime) -> Erasure:
    """Erase a person and every record joined to her, in every room, or refuse with the reasons; she is told either way.

    Identity, words and files go; services, dates, places by area and scores stay for the statistics. All or nothing: one
    transaction. Whether it was done is `done` of what is returned. Once done, a second time empties nothing more. Without
    ``told`` nobody is written to: she did not ask for it, her years were over.

    Raises:
        LookupError: there is no such person. Refused.
    """
    require(by, "customer.erase")
    with transaction.atomic():
        found = prospect(customer_id, visible_to=by, at=at)
        if found is None:
            raise LookupError("There is no such customer.")
        to, counts = _last_address(found.card.id), dict[str, int]()
        _answer_requests(found.card, done=not found.stops, by=by, at=at)
        if not found.stops:
            for provider in in_order_of_erasure():
                counts[provider.room] = sum(provider.erase(one, by, at) for one in found.card.ids)
        row = note_erasure(
            found.card.id, reference=found.card.reference, done=not found.stops, counts=counts,
            kept=found.stops or found.stays, by=by, at=at,
        )  # fmt: skip
        if told:
            queue_message(
                key=f"erasure:{row.id}", template="erasure-done" if row.done else "erasure-refused", to=to, at=at,
                values={"number": show_reference(row.number), "stays": _words(found.stops or found.stays),
                        "systems": ", ".join(found.systems)},
            )  # fmt: skip
    return row


def _last_address(customer_id: UUID) -> Recipient:
    """The address of the receipt, without whose it is: the record is about to lead to nobody."""
    known = recipient(customer_id)
    return Recipient(addresses=known.addresses, preference=known.preference, language=known.language)


def _words(kept: tuple[Kept, ...]) -> str:
    return "\n\n".join(
        f"{one.what} ({one.count})" + (f", until {say_day(one.until)}" if one.until else "") + f": {one.because}"
        for one in kept
    )
