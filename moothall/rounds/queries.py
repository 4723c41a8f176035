"""The only readers of rounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import Pack
from moothall.core.zone import LONDON
from moothall.rounds.models import CabEvent, Collection, Flag, Stop, StreetPlan
from moothall.rounds.pack import BINS, ROUNDS, Bin, Rounds
from moothall.rounds.rules import Cab, Door, Standing, collection_meant, standing_of


@dataclass(frozen=True, slots=True)
class BinDays:
    """When one address's bins go. ``known`` is false where no round is held for it; days are ascending."""

    uprn: int
    known: bool
    days: Mapping[str, Sequence[date]]

    def next_of(self, code: str, today: date) -> date | None:
        """Return the next day of a bin, today included."""
        return next((day for day in self.days.get(code, ()) if day >= today), None)


@dataclass(frozen=True, slots=True)
class NextBin:
    """One collection to come: the day, the bin, and how today's round stands when it is today."""

    day: date
    bin: Bin
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class FlagLine:
    """One word to the crew about a door."""

    uprn: int
    kind: str
    case_id: str


@dataclass(frozen=True, slots=True)
class StreetLine:
    """One street of a crew's sheet: when it is planned, and the doors not to be passed."""

    usrn: int
    planned: datetime | None
    doors: int
    flags: tuple[FlagLine, ...]


def bin_days(uprn: int, *, since: date, until: date) -> BinDays:
    """Return when the bins of an address go between two days, both included. Two queries.

    A collection that was moved counts on its new day, and on that only.
    """
    schedule = Stop.objects.filter(uprn=uprn).values_list("schedule_id", flat=True).first()
    if not schedule:
        return BinDays(uprn, False, {})
    days: dict[str, list[date]] = {}
    goes = Coalesce("moved_to", "day")
    rows = Collection.objects.filter(schedule_id=schedule).annotate(goes=goes).filter(goes__gte=since, goes__lte=until)
    for day, code in rows.order_by("goes", "bin").values_list("goes", "bin").distinct():
        days.setdefault(code, []).append(day)
    return BinDays(uprn, True, days)


def next_bins(uprn: int, *, pack: Pack, at: datetime) -> list[NextBin] | None:
    """Return the collections to come, by day; today's with how the round stands. ``None``: no round is held.

    Five queries at most.
    """
    rounds, today = pack.one(ROUNDS), at.astimezone(LONDON).date()
    found = bin_days(uprn, since=today, until=today + timedelta(days=rounds.look_ahead_days))
    if not found.known:
        return None
    kinds = pack.of(BINS)
    order = {code: n for n, code in enumerate(kinds)}
    due = [(day, code) for code, days in found.days.items() if code in kinds for day in days]
    due.sort(key=lambda one: (one[0], order[one[1]]))
    going = [code for day, code in due if day == today]
    now = standings(uprn, going, today, rounds=rounds, at=at) if going else {}
    return [NextBin(day, kinds[code], now.get(code) if day == today else None) for day, code in due]


def standings(uprn: int, bins: Sequence[str], day: date, *, rounds: Rounds, at: datetime) -> dict[str, Standing]:
    """Return how a day's collection of each of these bins stands at an address. Three queries."""
    stop = Stop.objects.filter(uprn=uprn).first()
    if stop is None or not stop.schedule_id:
        return dict.fromkeys(bins, Standing("unknown"))
    starts = datetime.combine(day, rounds.starts, LONDON)
    planned = {
        usrn: starts + timedelta(minutes=minute)
        for usrn, minute in StreetPlan.objects.filter(schedule_id=stop.schedule_id).values_list("usrn", "minute")
    }
    # of other doors nothing is read but that the round was there
    rows = CabEvent.objects.filter(schedule_id=stop.schedule_id, day=day, bin__in=bins)
    rows = rows.filter(Q(uprn__isnull=True) | Q(uprn=uprn))
    events: dict[str, list[Cab]] = {code: [] for code in bins}
    for code, kind, when, usrn, at_door in rows.values_list("bin", "kind", "occurred_at", "usrn", "uprn"):
        events[code].append(Cab(kind, when, usrn, at_door))
    door = Door(uprn, stop.usrn, planned.get(stop.usrn) if stop.usrn else None)
    ends = datetime.combine(day, rounds.ends, LONDON)
    return {code: standing_of(door, events[code], planned, ends, at) for code in bins}


def bins_answered(pack: Pack, answer: object) -> frozenset[str]:
    """Return the codes of the bins that an answer of a question means."""
    return frozenset(code for code, one in pack.of(BINS).items() if str(answer) in one.answers)


def report_meant(
    uprn: int, codes: frozenset[str], *, rounds: Rounds, at: datetime
) -> tuple[BinDays, tuple[str, date] | None]:
    """Return the days of an address about now, and which collection of these bins a report of today is about. Two queries."""
    today = at.astimezone(LONDON).date()
    back = max(rounds.look_back_days, 14)
    days = bin_days(uprn, since=today - timedelta(days=back), until=today + timedelta(days=rounds.look_ahead_days))
    meant = [
        (day, code)
        for code in sorted(codes)
        if (day := collection_meant(days.days.get(code, ()), today, rounds.look_back_days)) is not None
    ]
    latest = max(meant, default=None)
    return days, (latest[1], latest[0]) if latest else None


def schedule_of(uprn: int) -> str:
    """Return the code of the round that serves an address; empty where none does. One query."""
    return Stop.objects.filter(uprn=uprn).values_list("schedule_id", flat=True).first() or ""


def premises_of(schedule: str) -> QuerySet[Stop, int]:
    """Return the addresses of a round, for a query to choose by."""
    return Stop.objects.filter(schedule_id=schedule).values_list("uprn", flat=True)


def flagged_cases(schedule: str, day: date) -> list[UUID]:
    """Return the cases behind the words to a crew that stand on a round's doors on a day. One query."""
    rows = Flag.objects.filter(uprn__in=premises_of(schedule), begins__lte=day, case_id__isnull=False)
    rows = rows.filter(Q(ends__isnull=True) | Q(ends__gte=day))
    return [case for case in rows.values_list("case_id", flat=True) if case is not None]


def rounds_on(day: date) -> list[tuple[str, tuple[str, ...]]]:
    """Return the rounds that go on a day with the bins they collect, by code. One query."""
    found: dict[str, list[str]] = {}
    rows = Collection.objects.annotate(goes=Coalesce("moved_to", "day")).filter(goes=day)
    for schedule, code in rows.order_by("schedule_id", "bin").values_list("schedule_id", "bin"):
        found.setdefault(schedule, []).append(code)
    return [(schedule, tuple(codes)) for schedule, codes in found.items()]


def crew_sheet(schedule: str, day: date, *, rounds: Rounds, visible_to: Actor) -> list[StreetLine]:
    """Return a round's streets in the order of the plan, with the doors the crew must not pass. Three queries.

    Says no names and no numbers to ring: a crew needs to know the door and why.

    Raises:
        Refused: the actor may not see rounds.
    """
    require(visible_to, "rounds.view")
    starts = datetime.combine(day, rounds.starts, LONDON)
    plan = dict(StreetPlan.objects.filter(schedule_id=schedule).values_list("usrn", "minute"))
    street_of: dict[int, int | None] = dict(Stop.objects.filter(schedule_id=schedule).values_list("uprn", "usrn"))
    doors: dict[int, int] = {}
    for usrn in street_of.values():
        if usrn is not None:
            doors[usrn] = doors.get(usrn, 0) + 1
    flags: dict[int, list[FlagLine]] = {}
    rows = Flag.objects.filter(uprn__in=Stop.objects.filter(schedule_id=schedule).values("uprn"), begins__lte=day)
    for flag in rows.filter(Q(ends__isnull=True) | Q(ends__gte=day)).order_by("uprn", "kind"):
        usrn = street_of.get(flag.uprn)
        if usrn is not None:
            flags.setdefault(usrn, []).append(FlagLine(flag.uprn, flag.kind, str(flag.case_id or "")))
    lines = [
        StreetLine(
            usrn, starts + timedelta(minutes=plan[usrn]) if usrn in plan else None, count, tuple(flags.get(usrn, ()))
        )
        for usrn, count in doors.items()
    ]
    return sorted(lines, key=lambda line: (line.planned is None, line.planned or starts, line.usrn))
