"""The only readers of rounds."""

from __future__ import annotations

from collections.abc import Collection as Collection_
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.lists import say_all
from moothall.core.packs import Pack
from moothall.core.zone import LONDON, council_date
from moothall.places.numbering import key_of
from moothall.rounds.models import Collection, Flag, FlagKind, Stop, StreetPlan
from moothall.rounds.pack import BINS, ROUNDS, Bin, Rounds
from moothall.rounds.rules import NOT_OUT, Cab, Door, Standing, collection_meant, not_fetched, standing_of

_AREAS_OF_ROUND = """
    SELECT area.name FROM rounds_stop stop JOIN places_street street ON street.usrn = stop.usrn
      JOIN places_area area ON area.code = street.area_code
     WHERE stop.schedule_id = %s GROUP BY area.name ORDER BY count(*) DESC, area.name LIMIT %s
"""
_STREETS_OF_ROUNDS = """
    SELECT DISTINCT stop.schedule_id, stop.usrn, coalesce(street.name, ''), coalesce(street.locality, '')
      FROM rounds_stop stop LEFT JOIN places_street street ON street.usrn = stop.usrn
     WHERE stop.schedule_id = ANY(%s) AND stop.usrn IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class BinDays:
    """When one address's bins go. ``known`` is false where no round is held for it; days are ascending."""

    uprn: int
    known: bool
    days: Mapping[str, Sequence[date]]


@dataclass(frozen=True, slots=True)
class NextBin:
    """One collection to come: the day, the bin, and how today's round stands when it is today."""

    day: date
    bin: Bin
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class FlagLine:
    """One word to the crew about a door. ``note``: where the bins are; ``ends``: its last day, open-ended without."""

    uprn: int
    kind: str
    case_id: str
    note: str = ""
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class DoorHelp:
    """That the crew fetches the bins from a door: where they are, and its last day (open-ended without)."""

    note: str
    ends: date | None


@dataclass(frozen=True, slots=True)
class StreetLine:
    """One street of a crew's sheet: when it is planned, and the doors not to be passed."""

    usrn: int
    planned: datetime | None
    doors: int
    flags: tuple[FlagLine, ...]
    street: str = ""
    locality: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an address stands on its round; ``minute`` is when the plan passes its street, after the round's start."""

    uprn: int
    schedule: str
    usrn: int | None
    minute: int | None


def bin_days(uprn: int, *, since: date, until: date) -> BinDays:
    """Return when the bins of an address go between two days, both included. One query.

    A collection that was moved counts on its new day, and on that only.
    """
    return _place_and_days(uprn, since, until)[1]


def next_bins(uprn: int, *, pack: Pack, at: datetime) -> list[NextBin] | None:
    """Return the collections to come, by day; today's with how the round stands. ``None``: no round is held.

    “Not out” is never among what is returned of a door from which the crew fetches the bins. One query; two on a day of
    collection, three where the crew recorded “not out” at this door.
    """
    rounds, today = pack.one(ROUNDS), council_date(at)
    place, found = _place_and_days(uprn, today, today + timedelta(days=rounds.look_ahead_days))
    if place is None:
        return None
    kinds = pack.of(BINS)
    order = {code: n for n, code in enumerate(kinds)}
    due = [(day, code) for code, days in found.days.items() if code in kinds for day in days]
    due.sort(key=lambda one: (one[0], order[one[1]]))
    going = [code for day, code in due if day == today]
    now = _standings(place, going, today, rounds=rounds, at=at) if going else {}
    if any(one.code == NOT_OUT for one in now.values()) and has_help(uprn, on=today):
        now = {code: not_fetched(one) for code, one in now.items()}
    return [NextBin(day, kinds[code], now.get(code) if day == today else None) for day, code in due]


def standings(uprn: int, bins: Sequence[str], day: date, *, rounds: Rounds, at: datetime) -> dict[str, Standing]:
    """Return how a day's collection of each of these bins stands at an address. Two queries."""
    place, _ = _place_and_days(uprn, day, day)
    if place is None:
        return dict.fromkeys(bins, Standing("unknown"))
    return _standings(place, bins, day, rounds=rounds, at=at)


PLACE_AND_DAYS = """
    SELECT stop.schedule_id, stop.usrn, plan.minute, coalesce(due.moved_to, due.day) AS goes, due.bin
    FROM rounds_stop stop
    LEFT JOIN rounds_streetplan plan ON plan.schedule_id = stop.schedule_id AND plan.usrn = stop.usrn
    LEFT JOIN rounds_collection due ON due.schedule_id = stop.schedule_id
        AND coalesce(due.moved_to, due.day) BETWEEN %(since)s AND %(until)s
    WHERE stop.uprn = %(uprn)s AND stop.schedule_id <> ''
    ORDER BY goes, due.bin
"""
"""One question where three would do: on a busy machine each way there and back costs more than what is read."""


def _place_and_days(uprn: int, since: date, until: date) -> tuple[_Place | None, BinDays]:
    """Where an address stands on its round, and the days of its bins; None where no round serves it. One query."""
    with connection.cursor() as cursor:
        cursor.execute(PLACE_AND_DAYS, {"uprn": uprn, "since": since, "until": until})
        rows = cursor.fetchall()
    if not rows:
        return None, BinDays(uprn, False, {})
    days: dict[str, list[date]] = {}
    for _, _, _, day, code in rows:
        if day is not None and day not in days.setdefault(code, []):
            days[code].append(day)
    return _Place(uprn, *rows[0][:3]), BinDays(uprn, True, days)


LAST_OF_EACH = """
    SELECT DISTINCT ON (cab.bin, cab.kind, here, mine, planned)
        cab.bin, cab.kind, cab.occurred_at, cab.usrn, cab.uprn, plan.minute,
        coalesce(cab.usrn = %(usrn)s, false) AS mine, plan.minute IS NOT NULL AS planned, cab.uprn = %(uprn)s AS here
    FROM rounds_cabevent cab
    LEFT JOIN rounds_streetplan plan ON plan.schedule_id = cab.schedule_id AND plan.usrn = cab.usrn
    WHERE cab.schedule_id = %(schedule)s AND cab.day = %(day)s AND cab.bin = ANY(%(bins)s)
        AND cab.occurred_at <= %(at)s
    ORDER BY cab.bin, cab.kind, here, mine, planned, cab.occurred_at DESC
"""
"""The last event of each kind: at this door, at any other, in its street, in any street the plan knows and any it does not,
of the round. That is all `standing_of` goes by: of other doors only that the crew is at work again."""


def _standings(place: _Place, bins: Sequence[str], day: date, *, rounds: Rounds, at: datetime) -> dict[str, Standing]:
    """How a day's collection of these bins stands at one door. One query, of a few rows however long the round is."""
    starts = datetime.combine(day, rounds.starts, LONDON)
    planned: dict[int, datetime] = {}
    if place.usrn is not None and place.minute is not None:
        planned[place.usrn] = starts + timedelta(minutes=place.minute)
    events: dict[str, list[Cab]] = {code: [] for code in bins}
    asked: dict[str, Any] = {
        "schedule": place.schedule, "day": day, "bins": list(bins), "uprn": place.uprn, "usrn": place.usrn, "at": at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(LAST_OF_EACH, asked)
        for code, kind, when, usrn, uprn, minute, _, _, _ in cursor.fetchall():
            events[code].append(Cab(kind, when, usrn, uprn))
            if minute is not None:
                planned[usrn] = starts + timedelta(minutes=minute)
    door = Door(place.uprn, place.usrn, planned.get(place.usrn) if place.usrn else None)
    ends = datetime.combine(day, rounds.ends, LONDON)
    return {code: standing_of(door, events[code], planned, ends, at) for code in bins}


def bins_answered(pack: Pack, answer: object) -> frozenset[str]:
    """Return the codes of the bins that an answer of a question means."""
    return frozenset(code for code, one in pack.of(BINS).items() if str(answer) in one.answers)


@dataclass(frozen=True, slots=True)
class Meant:
    """Which collection a report of today is about, and how it stands."""

    bin: str
    day: date
    standing: Standing


def report_meant(uprn: int, codes: frozenset[str], *, rounds: Rounds, at: datetime) -> tuple[BinDays, Meant | None]:
    """Return the days of an address about now, and which collection of these bins a report of today is about.

    Two queries at most.
    """
    today = council_date(at)
    back = max(rounds.look_back_days, 14)
    place, days = _place_and_days(uprn, today - timedelta(days=back), today + timedelta(days=rounds.look_ahead_days))
    meant = [
        (day, code)
        for code in sorted(codes)
        if (day := collection_meant(days.days.get(code, ()), today, rounds.look_back_days)) is not None
    ]
    if place is None or not meant:
        return days, None
    day, code = max(meant)
    return days, Meant(code, day, _standings(place, [code], day, rounds=rounds, at=at)[code])


def served(uprns: Iterable[int]) -> dict[int, bool]:
    """Return which of these premises rounds know, and whether a round serves each. One query."""
    rows = Stop.objects.filter(uprn__in=list(uprns)).values_list("uprn", "schedule_id")
    return {uprn: schedule != "" for uprn, schedule in rows}


def schedule_of(uprn: int) -> str:
    """Return the code of the round that serves an address; empty where none does. One query."""
    return Stop.objects.filter(uprn=uprn).values_list("schedule_id", flat=True).first() or ""


def premises_of(schedule: str, *, but: Collection_[int] = ()) -> QuerySet[Stop, int]:
    """Return the addresses of a round, without those of some streets, for a query to choose by."""
    rows = Stop.objects.filter(schedule_id=schedule)
    if but:
        rows = rows.filter(Q(usrn__isnull=True) | ~Q(usrn__in=list(but)))
    return rows.values_list("uprn", flat=True)


@dataclass(frozen=True, slots=True)
class StoppedRound:
    """A round whose lorry stands: since when, and the streets it had done by then of all that it collects."""

    since: datetime
    done: tuple[int, ...]


_STANDS = """
    SELECT bin, max(occurred_at) FILTER (WHERE kind = 'broken_down') AS broken,
           max(occurred_at) FILTER (WHERE kind NOT IN ('broken_down', 'finished')) AS since,
           array_agg(DISTINCT usrn) FILTER (WHERE kind = 'passed_street' AND usrn IS NOT NULL)
      FROM rounds_cabevent WHERE schedule_id = %s AND day = %s AND occurred_at <= %s GROUP BY bin
"""


def stopped_now(schedule: str, day: date, *, at: datetime) -> StoppedRound | None:
    """Return how a round stands whose lorry broke down and was heard of no more; ``None`` while it goes. One query.

    The order in which its events came does not matter. Two bins that one lorry collects stop together.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STANDS, [schedule, day, at])
        rows = [row for row in cursor.fetchall() if row[1] is not None and (row[2] is None or row[2] <= row[1])]
    if not rows:
        return None
    done = set.intersection(*(set(passed or ()) for *_, passed in rows))
    return StoppedRound(min(broken for _, broken, *_ in rows), tuple(sorted(done)))


def assisted_doors(schedule: str, day: date, *, but: Collection_[int] = ()) -> list[int]:
    """Return the doors of a round from which the crew fetches the bins on a day. For deciding, never to show. One query."""
    rows = Flag.objects.filter(uprn__in=premises_of(schedule, but=but), kind=FlagKind.ASSISTED, begins__lte=day)
    return sorted(set(rows.filter(Q(ends__isnull=True) | Q(ends__gte=day)).values_list("uprn", flat=True)))


def flagged_cases(schedule: str, day: date, *, but: Collection_[int] = ()) -> list[UUID]:
    """Return the cases behind the words to a crew that stand on a round's doors on a day. One query."""
    rows = Flag.objects.filter(uprn__in=premises_of(schedule, but=but), begins__lte=day, case_id__isnull=False)
    rows = rows.filter(Q(ends__isnull=True) | Q(ends__gte=day))
    return [case for case in rows.values_list("case_id", flat=True) if case is not None]


def has_help(uprn: int, *, on: date) -> bool:
    """Say whether the crew fetches the bins from this door on a day. For deciding, never for showing. One query."""
    return _help(uprn, on).exists()


def help_at(uprn: int, *, on: date, visible_to: Actor) -> DoorHelp | None:
    """Return the help with bins at a door, for an officer who has its customer before her; ``None`` without. One query.

    It says that somebody there is ill, old or disabled: nobody else may see it, least of all whoever types an address.

    Raises:
        Refused: the actor may not see customers.
    """
    require(visible_to, "customer.view")
    lines = [FlagLine(uprn, FlagKind.ASSISTED, "", *row) for row in _help(uprn, on).values_list("note", "ends")]
    return DoorHelp((one := joined(lines)).note, one.ends) if lines else None


def _help(uprn: int, on: date) -> QuerySet[Flag]:
    rows = Flag.objects.filter(uprn=uprn, kind=FlagKind.ASSISTED, begins__lte=on)
    return rows.filter(Q(ends__isnull=True) | Q(ends__gte=on)).order_by("begins", "id")


def joined(lines: Sequence[FlagLine]) -> FlagLine:
    """Return several words of one kind about one door as one: every note, and the day the last of them ends."""
    notes = dict.fromkeys(one.note for one in lines if one.note)
    last = max((one.ends for one in lines if one.ends), default=None)
    ends = None if any(one.ends is None for one in lines) else last
    case = next((one.case_id for one in lines if one.case_id), "")
    return FlagLine(lines[0].uprn, lines[0].kind, case, "; ".join(notes), ends)


def rounds_on(day: date) -> list[tuple[str, tuple[str, ...]]]:
    """Return the rounds that go on a day with the bins they collect, by code; each bin once. One query."""
    found: dict[str, list[str]] = {}
    rows = Collection.objects.annotate(goes=Coalesce("moved_to", "day")).filter(goes=day)
    for schedule, code in rows.order_by("schedule_id", "bin").values_list("schedule_id", "bin").distinct():
        found.setdefault(schedule, []).append(code)
    return [(schedule, tuple(codes)) for schedule, codes in found.items()]


def round_in_words(schedule: str, day: date, *, pack: Pack, most: int = 3) -> str:
    """Return a round as its people know it, by the areas where most of its homes are and the bins of the day:
    "Abbeygate and Mill End (rubbish, food waste)". Its code where no area is known. Two queries.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AREAS_OF_ROUND, [schedule, most])
        areas = [name for (name,) in cursor.fetchall()]
    bins, going = pack.of(BINS), dict(rounds_on(day)).get(schedule, ())
    collected = ", ".join(bins[code].name.lower() for code in going if code in bins)
    return (say_all(areas) or f"Round {schedule}") + (f" ({collected})" if collected else "")


class StreetsOfRound:
    """The streets on which some rounds have homes, by number and by name. Made by `streets_of_rounds`."""

    def __init__(self, rows: Iterable[tuple[str, int, str, str]]) -> None:
        self._streets: dict[str, dict[int, tuple[str, str]]] = {}
        self._named: dict[tuple[str, str], list[int]] = {}
        for schedule, usrn, name, locality in rows:
            self._streets.setdefault(schedule, {})[usrn] = (name, locality)
            if name:
                self._named.setdefault((schedule, key_of(name)[0]), []).append(usrn)

    def of(self, schedule: str) -> Mapping[int, tuple[str, str]]:
        """Return a round's streets as name and place by number."""
        return self._streets.get(schedule, {})

    def find(self, schedule: str, *, usrn: int | None, street: str, locality: str) -> tuple[int | None, str]:
        """Return the street of a round that is meant by its number, else by its name; or what is wrong with it."""
        streets = self._streets.get(schedule)
        if not streets:
            return None, f"no premises here are on a round “{schedule[:40]}”: bring in the rounds first"
        if usrn is not None:
            if usrn in streets:
                return usrn, ""
            return None, f"no home of round {schedule} is in a street with the number {usrn}"
        if not street.strip():
            return None, "it names no street: a number (USRN) or a name is needed"
        found = self._named.get((schedule, key_of(street)[0]), [])
        if locality.strip():
            found = [one for one in found if key_of("", streets[one][1])[1] == key_of("", locality)[1]]
        where = ", ".join(part for part in (street.strip()[:60], locality.strip()[:60]) if part)
        if not found:
            return None, f"no home of round {schedule} is in a street called {where}"
        if len(found) > 1:
            return None, f"round {schedule} has {len(found)} streets called {where}: say in which place, or its number"
        return found[0], ""


def streets_of_rounds(schedules: Sequence[str]) -> StreetsOfRound:
    """Return the streets on which these rounds have homes. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_STREETS_OF_ROUNDS, [list(schedules)])
        return StreetsOfRound(cursor.fetchall())


def crew_sheet(schedule: str, day: date, *, rounds: Rounds, visible_to: Actor) -> list[StreetLine]:
    """Return a round's streets in the order of the plan, with the doors the crew must not pass. Four queries.

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
    doors_of: dict[tuple[int, str], list[FlagLine]] = {}
    rows = Flag.objects.filter(uprn__in=Stop.objects.filter(schedule_id=schedule).values("uprn"), begins__lte=day)
    for flag in rows.filter(Q(ends__isnull=True) | Q(ends__gte=day)).order_by("uprn", "kind", "begins", "id"):
        line = FlagLine(flag.uprn, flag.kind, str(flag.case_id or ""), flag.note, flag.ends)
        doors_of.setdefault((flag.uprn, flag.kind), []).append(line)
    flags: dict[int, list[FlagLine]] = {}
    for (uprn, _), found in doors_of.items():
        usrn = street_of.get(uprn)
        if usrn is not None:
            flags.setdefault(usrn, []).append(joined(found))
    names = streets_of_rounds([schedule]).of(schedule)
    lines = [
        StreetLine(
            usrn=usrn, planned=starts + timedelta(minutes=plan[usrn]) if usrn in plan else None, doors=count,
            flags=tuple(flags.get(usrn, ())), street=names.get(usrn, ("", ""))[0], locality=names.get(usrn, ("", ""))[1],
        )
        for usrn, count in doors.items()
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line.planned is None, line.planned or starts, line.usrn))
