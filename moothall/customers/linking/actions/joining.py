"""Two customers are one, are not after all, or never are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor, ActorKind
from moothall.core.events import Happening, record, together
from moothall.core.people import person_providers
from moothall.customers.linking import events, weighing
from moothall.customers.linking.actions.holding import hold_for, is_somebody, keep_date
from moothall.customers.linking.actions.refreshing import records_of, refresh_sets
from moothall.customers.linking.actions.sets import (
    NoSuchRecord,
    apart_between,
    between,
    locked_sets,
    members,
    root_of,
    write_roots,
)
from moothall.customers.linking.models import Apart, Decided, Link, Merge, Pair, PairState, Unsettled
from moothall.customers.linking.rules.forest import in_order, who_stays
from moothall.customers.models import Customer, CustomerKind

LONGEST_REASON = 300


class AlreadyOne(ValueError):
    """They are one already; the message says since when."""


class NeverTogether(ValueError):
    """Somebody has said that these two are never to be joined."""


class NotAlike(ValueError):
    """A person and an organisation cannot be one."""


@dataclass(frozen=True, slots=True)
class Parted:
    """What an un-merge did: how many things went back by themselves, how many wait for somebody to say whose they are."""

    stays: UUID
    parted: UUID
    went_back: int
    waiting: int


def merge(
    one: UUID, other: UUID, *, by: Actor, at: datetime, reason: str = "", weight: float | None = None,
    parts: Iterable[Mapping[str, Any]] = (), how: Decided = Decided.OFFICER,
) -> Merge:  # fmt: skip
    """Say that two customers are one, a person or an organisation. Nothing of either is moved; the other's id
    leads to who stays.

    Raises:
        AlreadyOne, NeverTogether, NotAlike, NoSuchRecord, Refused.
    """
    require(by, "identity.decide")
    with transaction.atomic(), together():
        rows = locked_sets([one, other])
        top, second = rows[root_of(rows[one])], rows[root_of(rows[other])]
        if top.id == second.id:
            raise AlreadyOne(_already(rows))
        ones, others = members(rows, top.id), members(rows, second.id)
        if (never := apart_between(ones, others)) is not None:
            raise NeverTogether(
                f"These two were said to be {two_of(top)} on {never.at:%-d %B %Y}"
                f"{f': {never.reason}' if never.reason else ''}. They are never joined."
            )
        if top.kind != second.kind:
            raise NotAlike("One is a person and the other an organisation. They cannot be one.")
        stays, joined = who_stays((top.id, top.proof, top.created_at), (second.id, second.proof, second.created_at))
        made = Merge.objects.create(
            joined_id=joined, into_id=stays, weight=weight, parts=list(parts), how=how, reason=reason[:LONGEST_REASON],
            decided_by=by.id if by.kind is ActorKind.STAFF else None, at=at,
        )  # fmt: skip
        write_roots(rows)
        refresh_sets(rows)
        _follow(rows, stays)
        _close_pairs(rows, stays, made, by, at)
        say(events.MERGED, stays, at, by, joined=str(joined), merge=str(made.id), how=how.value, weight=weight)
        return made


def unmerge(merge_id: UUID, *, why: str = "", apart: bool = False, by: Actor, at: datetime) -> Parted:
    """Take a merge back, however long ago it was made and whatever was merged since. Taken back already is fine.

    Things made under the id of who stayed since then go back to the owner of the source record they name, or wait for
    somebody. With ``apart`` the two are never joined again. What was decided of them while they were one holds, for the
    machine, of both.

    Raises:
        NoSuchRecord, Refused.
    """
    require(by, "identity.decide")
    with transaction.atomic(), together():
        found = Merge.objects.filter(pk=merge_id).first()
        if found is None:
            raise NoSuchRecord("There is no such merge.")
        rows = locked_sets([found.joined_id, found.into_id])
        found = Merge.objects.select_for_update().get(pk=merge_id)
        if found.undone_at is not None:
            return Parted(found.into_id, found.joined_id, 0, 0)
        found.undone_at, found.undone_why = at, why[:LONGEST_REASON]
        found.undone_by = by.id if by.kind is ActorKind.STAFF else None
        found.save(update_fields=["undone_at", "undone_by", "undone_why"])
        write_roots(rows)
        refresh_sets(rows)
        for top in {root_of(rows[found.joined_id]), root_of(rows[found.into_id])}:
            _follow(rows, top)
        back, waiting = _give_back(found, rows, by, at)
        if apart:
            _never(found.joined_id, found.into_id, why, by, at)
        parted = [members(rows, root_of(rows[side])) for side in (found.joined_id, found.into_id)]
        closed = Q(merge=found) | (between(*parted) & Q(state=PairState.JOINED))  # by a later merge, and parted by this
        Pair.objects.filter(closed).update(
            state=PairState.APART if apart else PairState.OPEN, merge=None, by_hand=True,
            **({} if apart else {"decided_at": None, "decided_by": None}),
        )  # fmt: skip
        if not apart:  # the machine does not join again what somebody parted: it asks
            first, second = in_order(root_of(rows[found.joined_id]), root_of(rows[found.into_id]))
            Pair.objects.update_or_create(
                one_id=first, other_id=second, defaults={"by_hand": True},
                create_defaults={"weight": found.weight or 0.0, "parts": found.parts, "found_at": at, "by_hand": True},
            )  # fmt: skip
        for one, other in (parted, parted[::-1]):
            hold_for(one, other, since=found.at, at=at)
        erased = [one[0] for one in parted if not is_somebody(rows[one[0]])]
        Pair.objects.filter(Q(one__in=erased) | Q(other__in=erased), state=PairState.OPEN).delete()
        say(events.UNMERGED, found.into_id, at, by, parted=str(found.joined_id), merge=str(found.id), went_back=back,
            waiting=waiting)  # fmt: skip
        return Parted(found.into_id, found.joined_id, back, waiting)


def keep_apart(one: UUID, other: UUID, *, reason: str = "", by: Actor, at: datetime) -> Apart:
    """Say that two customers are two people, for ever: no officer, bulk run or delivery joins their sets again.

    Raises:
        AlreadyOne: they are joined; take the merge back first. NoSuchRecord, Refused.
    """
    require(by, "identity.decide")
    with transaction.atomic(), together():
        rows = locked_sets([one, other])
        if root_of(rows[one]) == root_of(rows[other]):
            raise AlreadyOne(f"These two are joined. Part them first, then say that they are {two_of(rows[one])}.")
        made = _never(one, other, reason, by, at)
        left, right = members(rows, root_of(rows[one])), members(rows, root_of(rows[other]))
        Pair.objects.filter(state=PairState.OPEN, one__in=[*left, *right], other__in=[*left, *right]).exclude(
            one__in=left, other__in=left
        ).exclude(one__in=right, other__in=right).update(
            state=PairState.APART, decided_at=at, decided_by=made.decided_by, reason=made.reason
        )
        if made.at < at:  # said before, and now of whoever came since, too
            keep_date(*in_order(one, other), state=PairState.APART, at=at)
        return made


def two_of(row: Customer) -> str:
    """Return what two of its kind are in a sentence."""
    return "two organisations" if row.kind == CustomerKind.ORGANISATION else "two people"


def say(name: str, customer_id: UUID, at: datetime, by: Actor, **data: Any) -> None:
    """Record an event about a customer's identity: ids, codes and numbers only."""
    record([Happening(name, "customer", customer_id, at, customer_id=customer_id, data=data)], by=by)


def _never(one: UUID, other: UUID, reason: str, by: Actor, at: datetime) -> Apart:
    first, second = in_order(one, other)
    made, new = Apart.objects.get_or_create(
        one_id=first, other_id=second,
        defaults={"decided_by": by.id if by.kind is ActorKind.STAFF else None, "reason": reason[:LONGEST_REASON], "at": at},
    )  # fmt: skip
    if new:
        say(events.APART, one, at, by, other=str(other))
    return made


def _already(rows: dict[UUID, Customer]) -> str:
    last = Merge.objects.filter(joined__in=rows, undone_at__isnull=True).order_by("-at").first()
    return f"They are joined already, since {last.at:%-d %B %Y}." if last else "They are the same record."


def _follow(rows: dict[UUID, Customer], root: UUID) -> None:
    """Let matching know whose each record is now."""
    ids = members(rows, root)
    moved = [record.id for records in records_of(ids).values() for record in records]
    weighing.matcher().move([*ids, *moved], root)


def _close_pairs(rows: dict[UUID, Customer], stays: UUID, made: Merge, by: Actor, at: datetime) -> None:
    """Pairs inside the set need no decision any more: they are decided by this."""
    ids = members(rows, stays)
    Pair.objects.filter(state__in=[PairState.OPEN, PairState.UNSURE], one__in=ids, other__in=ids).update(
        state=PairState.JOINED, decided_at=at, decided_by=by.id if by.kind is ActorKind.STAFF else None, merge=made
    )


def _give_back(merge: Merge, rows: dict[UUID, Customer], by: Actor, at: datetime) -> tuple[int, int]:
    """Sort what was made while they were one: to the owner of the record it names, or to somebody's list."""
    parted = root_of(rows[merge.joined_id])
    back = waiting = 0
    for customer_id, since, until in _spoke_for(merge):
        for provider in person_providers():
            if provider.made_between is None or provider.give is None:
                continue
            things = provider.made_between(customer_id, since, until)
            owners = _owners(thing.record_id for thing in things)
            for thing in things:
                owner = owners.get(thing.record_id) if thing.record_id else None
                if owner is None or owner not in rows:
                    waiting += Unsettled.objects.get_or_create(
                        merge=merge, kind=thing.kind, thing_id=thing.id, defaults={"made_at": thing.at, "at": at}
                    )[1]
                elif root_of(rows[owner]) == parted:
                    provider.give(thing.id, parted, by, at)
                    back += 1
    return back, waiting


def _owners(record_ids: Iterable[UUID | None]) -> dict[UUID, UUID]:
    named = {one for one in record_ids if one is not None}
    if not named:
        return {}
    return dict(Link.objects.filter(record__in=named, undone_at__isnull=True).values_list("record_id", "customer_id"))


def _spoke_for(merge: Merge) -> list[tuple[UUID, datetime, datetime | None]]:
    """Under whose id things of the joined one were made since: who stayed, and from their own merge on whom that led to."""
    found: list[tuple[UUID, datetime, datetime | None]] = []
    at, since, seen = merge.into_id, merge.at, {merge.joined_id}
    while at not in seen:
        seen.add(at)
        above = Merge.objects.filter(joined_id=at, undone_at__isnull=True).first()
        found.append((at, since, above.at if above is not None and above.at > since else None))
        if above is None:
            break
        at, since = above.into_id, max(since, above.at)
    return found
