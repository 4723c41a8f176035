"""Whom an announcement reaches: open cases and promises in its place, of its services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from moothall.announcements.models import Scope
from moothall.announcements.rules import Reach, Spot
from moothall.cases.models import Case, CaseState
from moothall.customers.queries import people_at
from moothall.places.models import Property, Street
from moothall.places.queries import address
from moothall.promises.queries import people_promised
from moothall.rounds.queries import assisted_doors, flagged_cases, premises_of, schedule_of

OPEN = (CaseState.OPEN, CaseState.WAITING)


@dataclass(frozen=True, slots=True)
class Reached:
    """How many an announcement reaches: open cases and promises to whoever was in touch."""

    cases: int
    contacts: int


def reached(reach: Reach, not_today: date | None = None) -> Reached:
    """Return how many an announcement would reach, before it is made."""
    return Reached(len(cases_reached(reach, not_today)), len(contacts_reached(reach)))


def cases_reached(reach: Reach, not_today: date | None = None) -> list[tuple[UUID, UUID | None]]:
    """Return the cases an announcement touches with their customers; cases of restricted kinds never. Two queries at most.

    Where a round cannot go, whoever has help with their bins on it is touched too: nothing tells them otherwise.
    """
    rows: QuerySet[Case] = Case.objects.filter(service__in=reach.services, state__in=OPEN, restricted="")
    where = Q()
    match reach.reach:
        case Scope.AREA:
            where = Q(area=reach.area)
        case Scope.STREET:
            where = Q(uprn__in=Property.objects.filter(usrn=reach.usrn or 0).values("uprn"))
            street = Street.objects.filter(usrn=reach.usrn or 0).first()
            if street is not None:
                named = Q(uprn__isnull=True, place_text__icontains=street.name)
                where |= named & Q(area=street.area_code) if street.area_code else named
        case Scope.ROUND:
            where = Q(uprn__in=premises_of(reach.schedule, but=reach.done))
    found = list(rows.filter(where).values_list("id", "customer_id"))
    if reach.reach == Scope.ROUND and not_today is not None:
        helped = flagged_cases(reach.schedule, not_today, but=reach.done)
        known = {case for case, _ in found}
        found += [
            one for one in Case.objects.filter(id__in=helped).values_list("id", "customer_id") if one[0] not in known
        ]
    return found


def homes_reached(reach: Reach, day: date) -> list[UUID]:
    """Return who lives where a stopped round has not been, those first from whose doors the crew fetches the bins.
    Three queries.
    """
    left = list(premises_of(reach.schedule, but=reach.done))
    first = assisted_doors(reach.schedule, day, but=reach.done)
    people = people_at(left)
    return list(dict.fromkeys(one for uprn in [*first, *sorted(left)] for one in people.get(uprn, ())))


def contacts_reached(reach: Reach) -> list[tuple[UUID, UUID]]:
    """Return the contacts with an open promise that it touches, with their customers. A contact has no street. One query."""
    if reach.reach not in {Scope.BOROUGH, Scope.AREA}:
        return []
    return people_promised("contact", services=reach.services, area=reach.area)


def spot_of(uprn: int | None, area: str = "", usrn: int | None = None) -> Spot | None:
    """Return where premises (or a street) are as announcements know it; None where no place is known. Two queries."""
    if uprn is None:
        return Spot(area=area, usrn=usrn) if area or usrn else None
    line = address(uprn)
    return Spot(area=area or (line.area if line else ""), usrn=line.usrn if line else usrn, schedule=schedule_of(uprn))
