"""Bringing the invented borough in, a step to a transaction, each once: stopped in the middle, the next run goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db import connection

from moothall.cases.actions import import_cases
from moothall.contacts.importing import import_contacts
from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.idempotency import once, used
from moothall.core.packs import NoPack, Pack, PackErrors, apply_pack, current_pack, load_pack
from moothall.core.staff import ensure_demo_staff, staff_id_of, staff_of_team
from moothall.core.zone import council_date
from moothall.customers.actions import import_customers
from moothall.customers.colleagues.actions import seat
from moothall.feedback.importing import import_ratings
from moothall.insight.actions import explain_figure
from moothall.insight.pack import DEMAND
from moothall.insight.projection import catch_up
from moothall.insight.queries import month_before, month_of
from moothall.interfaces.cli.demo import (
    belonging,
    contracts,
    diaries,
    field,
    going_on,
    helping,
    hires,
    money,
    photos,
    repairs,
    stories,
)
from moothall.interfaces.cli.demo.arrivals import Calendar
from moothall.interfaces.cli.demo.borough import Person, Place, as_customer, people_of
from moothall.interfaces.cli.demo.history import Historian
from moothall.interfaces.cli.demo.keeping import Keeper, month_earlier
from moothall.interfaces.cli.demo.records import bring_records
from moothall.interfaces.cli.demo.rounds import days_of, records_of, rounds_of, stops_of
from moothall.interfaces.cli.demo.street import help_near, lamps, owned_land, roads_between, trunk_road
from moothall.partners.actions import import_directory
from moothall.places.actions import (
    import_areas,
    import_assets,
    import_landmarks,
    import_premises,
    import_shapes,
    import_streets,
)
from moothall.places.basemap import build_basemap
from moothall.places.queries import area_names
from moothall.promises.bank_holidays import bank_holidays
from moothall.promises.importing import import_promises
from moothall.reports.actions import rebuild_reports
from moothall.rounds.actions import MOST_EVENTS, import_collections, import_stops, plan_streets, take_cab_events
from moothall.rounds.pack import BINS
from moothall.services.pack import does

MONTHS: Final = 13
"""Full months of history before the present one: what the published pages show."""
SCOPE: Final = "demo"
MANY_EVENTS: Final = 1_000_000
"""Projected at once where a whole year comes at once: each month is then summed once."""
Done = Callable[[int], None]


class NotHere(Exception):
    """This database cannot hold the borough; the message says why."""


class Loader:
    """One borough on its way in. What the first run began with (seed, size, moment) holds for every later one."""

    def __init__(self, pack: Pack, begun: dict[str, Any]) -> None:
        self.pack, self.begun = pack, begun
        self.demand = pack.one(DEMAND)
        self.seed, self.residents = int(begun["seed"]), int(begun["residents"])
        self.at = datetime.fromisoformat(begun["at"])
        self.first = self.at - timedelta(days=31 * (MONTHS + 1))

    @classmethod
    def begin(cls, council: str, *, residents: int, seed: int) -> Loader:
        """Begin, or take up what was begun. Raises `NotHere` where another council's pack is in force."""
        now = clock.now()
        try:
            pack = current_pack()
        except NoPack:
            try:
                apply_pack(load_pack(council), by=SYSTEM, at=now)
            except (PackErrors, LookupError, OSError) as wrong:
                raise NotHere(f"The pack {council} cannot be applied: {wrong}") from wrong
            pack = current_pack()
        if pack.name != council:
            raise NotHere(f"This database holds the council {pack.name}, not {council}.")
        begun, _ = once(
            SCOPE, "begin", at=now, do=lambda: {"at": now.isoformat(), "seed": seed, "residents": residents}
        )
        return cls(pack, begun)

    def steps(self, *, history: bool) -> int:
        """How many steps there are."""
        return 3 + (len(self._months()) + 15 if history else 0)

    def go(self, *, history: bool, done: Done, beside: Callable[[], Callable[[], None]] | None = None) -> None:
        """Take every step that was not taken yet.

        ``beside()`` may begin `go_beside` in a process of its own, which shares the months from the other end, and returns
        what waits for it; whatever it has not done is done here.
        """
        if not (history and used(SCOPE, "people")):  # `prepare` has just looked at each password: that takes seconds
            ensure_demo_staff(self.pack)
        done(1)
        self._step("place", self._bring_place, done)
        self._seat_councillor()
        self._step("people", self._bring_people, done)
        if not history:
            return
        wait = beside() if beside is not None and not used(SCOPE, "rounds") else lambda: None
        self._step("rounds", self._bring_rounds, done)
        self._step("stories", self._bring_stories, done)
        self._step("referred", lambda: helping.bring(self.pack, self._known, at=self.at), done)
        self._step("diaries", self._bring_diaries, done)
        self._step("money", self._bring_money, done)
        months = self._months()
        self._share_months(months[:2], done)
        self._step("reports:now", self._bring_reports, lambda _: None)
        self._know_tables()
        self._know()  # the present and the last month are there: show them now, and what is made of them
        self._step("going-on", lambda: going_on.bring(self.pack, self._place, at=self.at), done)
        self._step("photos", lambda: photos.bring(seed=self.seed, at=self.at), done)
        self._step("contracts", lambda: contracts.bring(at=clock.now()), done)
        self._step(f"field:{council_date(clock.now())}", self._bring_field, done)
        self._step("repairs", lambda: repairs.bring(self.pack, at=clock.now()), done)
        self._share_months(months[2:], done)
        wait()
        self._take_rest(done)
        self._step("reports", self._bring_reports, done)
        self._step("turns", self._explain_turns, done)
        self._know()
        done(1)

    def go_beside(self, done: Done = lambda more: None) -> None:
        """Take the steps that need the people only: what other systems know of them, and who belongs to whom; then the
        months that nobody has taken yet, the oldest first."""
        self._take_rest(done)
        self._know_tables()

    def _take_rest(self, done: Done) -> None:
        self._step("records", self._bring_records, done)
        self._step("belonging", lambda: belonging.bring(self._people, at=self.at, seed=self.seed), done)
        self._share_months(self._months()[::-1], done)

    def figures(self) -> dict[str, Any]:
        """Return what the steps brought in, by kind."""
        total: dict[str, Any] = {"seed": self.seed, "at": self.begun["at"], "residents": self.residents}
        for key in ("place", "people", "records", "money", *(f"month:{month}" for month in self._months())):
            for kind, count in self._taken.get(key, {}).items():
                total[kind] = total.get(kind, 0) + count
        return total

    # -- steps --------------------------------------------------------------------------------------------------------

    @cached_property
    def _taken(self) -> dict[str, dict[str, int]]:
        return {}

    def _step(self, key: str, do: Callable[[], dict[str, int]], done: Done) -> bool:
        """Take one step, once; say whether it was taken now."""
        self._taken[key], now = once(SCOPE, key, at=self.at, do=do)
        done(1)
        return now

    def _share_months(self, months: Sequence[date], done: Done) -> None:
        """Bring in the months that were not brought in here; one that another process is at just now is left to it."""
        for month in months:
            key = f"month:{month}"
            if key in self._taken:
                continue
            with _alone(key) as mine:
                if mine:
                    self._step(key, lambda month=month: self._bring_month(month), done)  # type: ignore[misc]

    def _seat_councillor(self) -> None:
        """The demonstration's councillor sits for the first ward by name. Again changes nothing."""
        staff_id = staff_id_of("councillor")
        wards = sorted(area_names().items(), key=lambda ward: ward[1])
        if staff_id is not None and wards:
            seat(staff_id, wards=[wards[0][0]], by=SYSTEM, at=clock.now())

    def _bring_place(self) -> dict[str, int]:
        place = self._place
        import_areas(place.wards, by=SYSTEM)
        import_shapes(place.shapes(), by=SYSTEM)
        import_streets(place.street_rows(), by=SYSTEM)
        import_streets((*roads_between(place), *trunk_road(place, "national-highways")), by=SYSTEM)
        import_shapes(owned_land(place, "housing-association"), by=SYSTEM)
        import_assets(lamps(place, "parish-council"), by=SYSTEM)
        import_directory((*help_near(place), *helping.organisations(self.pack)), source="demo", by=SYSTEM, at=self.at)
        import_landmarks(place.landmarks(), by=SYSTEM)
        import_premises(place.premises, by=SYSTEM)
        build_basemap()
        return {"wards": len(place.wards), "streets": len(place.streets), "premises": len(place.premises)}

    def _bring_rounds(self) -> dict[str, int]:
        rounds, bins = rounds_of(self._place), frozenset(self.pack.of(BINS))
        import_stops(stops_of(self._place, rounds), by=SYSTEM)
        days, _ = import_collections(days_of(rounds, self.at.date()), by=SYSTEM)
        for one in rounds:
            plan_streets(one.code, [(street.usrn, minute) for street, minute in one.streets], by=SYSTEM)
        sent = list(records_of(self._place, rounds, self.at, self.seed))
        for n in range(0, len(sent), MOST_EVENTS):
            take_cab_events(sent[n : n + MOST_EVENTS], bins=bins, by=SYSTEM, at=self.at)
        return {"rounds": len(rounds), "collections": days, "cab_events": len(sent)}

    def _bring_people(self) -> dict[str, int]:
        told = stories.people_of_stories(self._place, self.first, self.seed)
        brought = import_customers((as_customer(one, self.first) for one in self._people), by=SYSTEM, at=self.at)
        stories.bring_people(told, at=self.at)
        return {"people": brought + len(told)}

    def _bring_stories(self) -> dict[str, int]:
        told = stories.people_of_stories(self._place, self.first, self.seed)
        stories.tell(self.pack, self._keeper, told, self._place, at=self.at)
        return {}

    def _bring_records(self) -> dict[str, int]:
        told = stories.people_of_stories(self._place, self.first, self.seed)
        return bring_records([as_customer(one, self.first) for one in self._people], told, seed=self.seed, at=self.at)

    def _bring_field(self) -> dict[str, int]:
        return field.bring(self.pack, at=clock.now())

    def _bring_diaries(self) -> dict[str, int]:
        hired = hires.hires_of(self.pack, self._known, at=self.at, seed=self.seed)
        return diaries.bring(self.pack, self._people, hired.bookings, at=self.at, seed=self.seed)

    def _bring_money(self) -> dict[str, int]:
        return money.bring(self.pack, self._people, self._known, at=self.at, seed=self.seed)

    @cached_property
    def _known(self) -> dict[str, UUID]:
        """The people of the stories by what the stories call them."""
        told = stories.people_of_stories(self._place, self.first, self.seed)
        return {one.key: person.id for one, person in zip(stories.PEOPLE, told, strict=True)}

    def _bring_month(self, first: date) -> dict[str, int]:
        made = self._historian.month(first, _days(first))
        import_contacts(made.contacts, by=SYSTEM)
        import_promises(made.promises, by=SYSTEM, at=self.at)
        import_cases(made.cases, by=SYSTEM)
        import_ratings(made.ratings, by=SYSTEM)
        return {
            "contacts": len(made.contacts), "cases": len(made.cases), "promises": len(made.promises),
            "ratings": len(made.ratings),
        }  # fmt: skip

    def _bring_reports(self) -> dict[str, int]:
        """The public side of the months so far, made and counted together: each time counts all sums again."""
        return {"reports": rebuild_reports(by=SYSTEM, at=self.at)}

    def _explain_turns(self) -> dict[str, int]:
        turns = [turn for turn in self.demand.turns if does(self.pack, turn.service)]
        for turn in turns:
            explain_figure(
                month=month_earlier(self._last, turn.months_ago), measure="promise", service=turn.service,
                text=turn.says, action_taken=turn.done, by=SYSTEM, at=self.at,
            )  # fmt: skip
        return {"explained": len(turns)}

    def _know_tables(self) -> None:
        """Let the database know its tables, once it has most of what comes."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _know(self) -> None:
        """Let the figures catch up."""
        catch_up(window=MANY_EVENTS)

    # -- what they are made of ----------------------------------------------------------------------------------------

    @cached_property
    def _last(self) -> date:
        return month_before(month_of(self.at))

    def _months(self) -> list[date]:
        """The present month and the thirteen before it, newest first."""
        return [month_earlier(month_of(self.at), count) for count in range(MONTHS + 1)]

    @cached_property
    def _place(self) -> Place:
        return Place(self.demand.borough, self.residents, self.seed)

    @cached_property
    def _people(self) -> list[Person]:
        borough = self.demand.borough
        return people_of(self._place, self.demand.contacts, borough.dialling, self.residents, self.seed, self.at.date())

    @cached_property
    def _keeper(self) -> Keeper:
        return Keeper(self.pack, self.demand, self.seed, self._last)

    @cached_property
    def _historian(self) -> Historian:
        holidays = frozenset(holiday.day for holiday in bank_holidays(_nation(self.pack)))
        calendar = Calendar(self.demand, self.residents, holidays)
        teams = {service.team for service in self.pack.services.values()} | {"customer-services"}
        staff = {team: [one for one, _ in staff_of_team(team)] for team in teams}
        return Historian(
            self.pack, self.demand, self._place, self._people, calendar, self._keeper, staff, seed=self.seed,
            now=self.at,
        )  # fmt: skip


@contextmanager
def _alone(key: str) -> Iterator[bool]:
    """Say whether nobody else is at this step; nobody else is while the block runs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"{SCOPE}.{key}"])
        mine = bool(cursor.fetchone()[0])
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"{SCOPE}.{key}"])


def _nation(pack: Pack) -> str:
    nation = pack.council.nation
    return nation if nation in {"scotland", "northern-ireland"} else "england-and-wales"


def _days(first: date) -> list[date]:
    return [day for n in range(31) if (day := first + timedelta(days=n)).month == first.month]
