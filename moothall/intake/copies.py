"""A copy of what is held on somebody: asked for with one click, under a promise; released, and its case closed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.cases.actions import close_case
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.linking.queries import used_points
from moothall.customers.privacy.actions.copies import name_case, release_copy, start_copy
from moothall.customers.privacy.models import Copy
from moothall.customers.privacy.pack import PRIVACY
from moothall.customers.privacy.queries.copies import CopyView, copies_of
from moothall.customers.queries import customer_card
from moothall.intake.actions import raise_request
from moothall.promises.queries import PromiseView, promises_of
from moothall.services.pack import SERVICES


def ask_for_copy(customer_id: UUID, *, channel: str, by: Actor, at: datetime) -> Copy:
    """Ask for a copy: a request of the pack's service with its promise, and the building queued. Under way already: that one.

    Raises:
        LookupError: there is no such person. Refused: it is neither the person nor who manages copies.
    """
    card = customer_card(customer_id, by, on=council_date(at))
    if card is None:
        raise LookupError("There is no such customer.")
    pack = current_pack()
    with transaction.atomic():
        row = start_copy(card.id, case_id=None, by=by, at=at)
        if row.case_id is None and row.asked_at == at:
            reach = {point.kind: point.value for point in reversed(used_points(card))}
            answers = {
                "you": {"name": card.name},
                "for": "me",
                "what": ["all"],
                "contact": {**reach, "name": card.name},
            }
            service = pack.of(SERVICES)[pack.one(PRIVACY).copy_service]
            raised = raise_request(service, answers, pack=pack, channel=channel, customer_id=card.id, by=by, at=at)
            row = name_case(row.id, raised.case_id)
    return row


def release(copy_id: UUID, *, by: Actor, at: datetime) -> None:
    """Release a copy and close its request: the promise is kept by it, and they are told where to fetch it.

    Raises:
        NotNow, Refused, LookupError.
    """
    with transaction.atomic():
        row = release_copy(copy_id, by=by, at=at)
        if row.case_id is not None and row.released_at == at:
            close_case(row.case_id, outcome="done", resolved=True, by=by, at=at)


def own_copies(customer_id: UUID, *, visible_to: Actor, at: datetime) -> list[tuple[CopyView, PromiseView | None]]:
    """Return a person's own copies with the promise each is under. A fixed number of queries."""
    found = copies_of(customer_id, visible_to=visible_to)
    return _promised(found, at)


def _promised(found: list[CopyView], at: datetime) -> list[tuple[CopyView, PromiseView | None]]:
    promises = promises_of([one.case_id for one in found if one.case_id], at=at)
    return [
        (one, next((p for p in promises.get(one.case_id, []) if p.kind == "complete"), None) if one.case_id else None)
        for one in found
    ]


def with_promises(found: list[CopyView], *, at: datetime) -> list[tuple[CopyView, PromiseView | None]]:
    """Return copies with the promise each is under, for who looks through them. One query more."""
    return _promised(found, at)
