"""Households kept as rows: tied by the machine from what records say, parted by an officer, and then never tied again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.customers.linking import events
from moothall.customers.linking.models import HouseholdTie
from moothall.customers.linking.rules.households import Resident, ties
from moothall.customers.models import ContactPoint, Customer, CustomerKind

DOORS: Final = 500
"""Addresses in one transaction."""
NOW_APART: Final = "They do not live at one address any more, as far as records say."


@dataclass(frozen=True, slots=True)
class Tied:
    """What tying came to."""

    doors: int = 0
    made: int = 0
    ended: int = 0


def tie_households(*, by: Actor, at: datetime, since: datetime | None = None) -> Tied:
    """Look at every address where somebody's record changed since a moment (without it: at all), and tie who is there.

    Ties of people who are not there any more end. What an officer parted stays parted. Again, it changes nothing.

    Raises:
        Refused.
    """
    require(by, "customer.import")
    done = Tied()
    after = -1
    while True:
        changed = Customer.objects.filter(uprn__gt=after)
        if since is not None:
            changed = changed.filter(changed_at__gte=since)
        found = changed.order_by("uprn").values_list("uprn", flat=True).distinct()[:DOORS]
        doors = [door for door in found if door is not None]
        if not doors:
            break
        after = doors[-1]
        with transaction.atomic():
            made, ended = _tie(doors, at)
        done = Tied(done.doors + len(doors), done.made + made, done.ended + ended)
    with transaction.atomic():
        left = _end_of_the_gone(at)
    return Tied(done.doors, done.made, done.ended + left)


def part_household(tie_id: UUID, *, why: str, by: Actor, at: datetime) -> None:
    """Say that two do not live together: the machine never says so again of this address. Parted already is fine.

    Raises:
        ValueError: no reason. LookupError, Refused.
    """
    require(by, "identity.decide")
    why = " ".join(why.split())[:300]
    if not why:
        raise ValueError("Say why they are not of one household.")
    with transaction.atomic():
        row = HouseholdTie.objects.select_for_update().filter(pk=tie_id).first()
        if row is None:
            raise LookupError("There is no such household.")
        if row.ended_at is None:
            _end(row, at, by, why)
            record([_told(events.HOUSEHOLD_PARTED, row, at)], by=by)


def tie_again(tie_id: UUID, *, by: Actor, at: datetime) -> None:
    """Take back that an officer parted two; they are tied as before. Nothing happens where they are.

    Raises:
        ValueError: they do not live at one address. LookupError, Refused.
    """
    require(by, "identity.decide")
    with transaction.atomic():
        row = HouseholdTie.objects.select_for_update().filter(pk=tie_id).first()
        if row is None:
            raise LookupError("There is no such household.")
        if row.ended_at is None:
            return
        here = Customer.objects.filter(pk__in=(row.one_id, row.other_id), uprn=row.uprn, joined_to=None).count()
        if here < 2:
            raise ValueError("They do not live at one address, as far as our records say.")
        row.ended_at, row.ended_by, row.ended_why = None, None, ""
        row.save(update_fields=["ended_at", "ended_by", "ended_why"])
        record([_told(events.HOUSEHOLD_TIED, row, at)], by=by)


def _tie(doors: Sequence[int], at: datetime) -> tuple[int, int]:
    at_door: dict[int, list[Resident]] = {door: [] for door in doors}
    people = Customer.objects.filter(uprn__in=doors, joined_to=None, kind=CustomerKind.PERSON).exclude(search="")
    rows = list(people.values_list("id", "uprn", "family_name", "date_of_birth"))
    reach = _reach([row[0] for row in rows])
    for person, uprn, family, born in rows:
        if uprn is not None:
            at_door[uprn].append(Resident(person, family, born, reach.get(person, frozenset())))
    wanted = {pair: (door, code) for door in doors for pair, code in ties(at_door[door]).items()}
    standing = HouseholdTie.objects.select_for_update().filter(uprn__in=doors)
    kept = {(row.one_id, row.other_id, row.uprn): row for row in standing}
    made, ended = [], 0
    for pair, (door, code) in wanted.items():
        held = kept.get((*pair, door))
        if held is None:
            made.append(HouseholdTie(one_id=pair[0], other_id=pair[1], uprn=door, relation=code, at=at))
        elif held.ended_at is None and held.relation != code:
            held.relation = code
            held.save(update_fields=["relation"])
        elif held.ended_at is not None and held.ended_by is None:  # they came together again
            held.ended_at, held.ended_why, held.relation = None, "", code
            held.save(update_fields=["ended_at", "ended_why", "relation"])
    for (one, other, door), row in kept.items():
        if row.ended_at is None and wanted.get((one, other), (None, ""))[0] != door:
            _end(row, at, None, NOW_APART)
            ended += 1
    HouseholdTie.objects.bulk_create(made, ignore_conflicts=True)
    return len(made), ended


def _end_of_the_gone(at: datetime) -> int:
    """End the ties of people who moved away, were joined to another record or were erased."""
    gone = Q()
    for side in ("one", "other"):
        gone |= ~Q(**{f"{side}__uprn": F("uprn")}) | Q(**{f"{side}__joined_to__isnull": False})
    return HouseholdTie.objects.filter(gone, ended_at__isnull=True).update(ended_at=at, ended_why=NOW_APART)


def _reach(ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    found: dict[UUID, set[str]] = {}
    for person, value in ContactPoint.objects.filter(customer_id__in=list(ids)).values_list("customer_id", "value"):
        found.setdefault(person, set()).add(value)
    return {person: frozenset(values) for person, values in found.items()}


def _end(row: HouseholdTie, at: datetime, by: Actor | None, why: str) -> None:
    row.ended_at, row.ended_by, row.ended_why = at, by.id if by else None, why
    row.save(update_fields=["ended_at", "ended_by", "ended_why"])


def _told(name: str, row: HouseholdTie, at: datetime) -> Happening:
    data = {"other": str(row.other_id), "tie": str(row.id)}
    return Happening(name, "customer", row.one_id, at, customer_id=row.one_id, data=data)
