"""Whom a record of another system speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor, ActorKind
from moothall.core.events import Happening, together
from moothall.core.events import record as record_events
from moothall.customers.linking import events, weighing
from moothall.customers.linking.actions.holding import hold_for
from moothall.customers.linking.actions.joining import LONGEST_REASON, AlreadyOne, NeverTogether, keep_apart, merge
from moothall.customers.linking.actions.refreshing import refresh_sets
from moothall.customers.linking.actions.sets import NoSuchRecord, apart_between, locked_sets, members, root_of
from moothall.customers.linking.actions.singles import make_single
from moothall.customers.linking.models import Decided, Link, SourceRecord


def link_record(
    record_id: UUID, customer_id: UUID, *, by: Actor, at: datetime, reason: str = "", weight: float | None = None,
    parts: Iterable[Mapping[str, Any]] = (), how: Decided = Decided.OFFICER,
) -> Link:  # fmt: skip
    """Say whom a record speaks of; a link to somebody else is undone. The same link again is the one that stands.

    A record that was a customer's of its own brings that customer along: the two are merged, and can be parted.

    Raises:
        NeverTogether: the record's own customer and this one are never to be joined. NoSuchRecord, Refused.
    """
    require(by, "identity.decide")
    with transaction.atomic(), together():
        found = _locked(record_id)
        standing = found.links.filter(undone_at__isnull=True).first()
        touched = [
            customer_id,
            *([standing.customer_id] if standing else []),
            *([found.own_id] if found.own_id else []),
        ]
        rows = locked_sets(touched)
        target = root_of(rows[customer_id])
        if standing is not None and root_of(rows[standing.customer_id]) == target:
            return standing
        if standing is not None and standing.customer_id == found.own_id:
            merge(standing.customer_id, target, weight=weight, parts=parts, how=how, reason=reason, by=by, at=at)
            return standing
        if found.own_id is not None and apart_between([found.own_id], members(rows, target)) is not None:
            raise NeverTogether("This record was said not to be theirs, for ever.")
        if standing is not None:
            _undo(standing, "linked to somebody else", by, at)
        made = Link.objects.create(
            record=found, customer_id=target, weight=weight, parts=list(parts), how=how, reason=reason[:LONGEST_REASON],
            decided_by=by.id if by.kind is ActorKind.STAFF else None, at=at,
        )  # fmt: skip
        refresh_sets(rows)
        weighing.matcher().move([found.id], target)
        _say(events.LINKED, made, by, at)
        return made


def unlink_record(record_id: UUID, *, why: str = "", by: Actor, at: datetime) -> Link:
    """Say that a record is not whose it was linked to, for ever: it is a customer's of its own again.

    A record that was by itself all along stays so. Raises AlreadyOne, NoSuchRecord, Refused.
    """
    require(by, "identity.decide")
    with transaction.atomic(), together():
        found = _locked(record_id)
        standing = found.links.filter(undone_at__isnull=True).first()
        if standing is None:
            raise NoSuchRecord("This record is nobody’s.")
        if standing.customer_id == found.own_id:
            return standing
        own = found.own_id or make_single(found, at=at)
        before = locked_sets([own, standing.customer_id])
        if root_of(before[own]) == root_of(before[standing.customer_id]):
            raise AlreadyOne("The customer made from this record was joined to them. Take that back instead.")
        _undo(standing, why, by, at)
        made = Link.objects.create(
            record=found, customer_id=own, how=Decided.OWN, reason=why[:LONGEST_REASON], at=at,
            decided_by=by.id if by.kind is ActorKind.STAFF else None,
        )  # fmt: skip
        keep_apart(own, standing.customer_id, reason=why, by=by, at=at)
        leaving, stays = (members(before, root_of(before[one])) for one in (own, standing.customer_id))
        hold_for(leaving, stays, since=standing.at, at=at)
        refresh_sets(before)
        weighing.matcher().move([found.id], root_of(before[own]))
        _say(events.UNLINKED, standing, by, at)
        return made


def _locked(record_id: UUID) -> SourceRecord:
    found = SourceRecord.objects.select_for_update().filter(pk=record_id).first()
    if found is None:
        raise NoSuchRecord("There is no such record.")
    return found


def _undo(link: Link, why: str, by: Actor, at: datetime) -> None:
    link.undone_at, link.undone_why = at, why[:LONGEST_REASON]
    link.undone_by = by.id if by.kind is ActorKind.STAFF else None
    link.save(update_fields=["undone_at", "undone_by", "undone_why"])


def _say(name: str, link: Link, by: Actor, at: datetime) -> None:
    data = {"record": str(link.record_id), "how": link.how, "weight": link.weight}
    record_events([Happening(name, "customer", link.customer_id, at, customer_id=link.customer_id, data=data)], by=by)
