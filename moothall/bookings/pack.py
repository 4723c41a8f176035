"""The pack's `sites`, `resources`, `bookables` and `cards`: what can be booked, where, by whom and when.

A *bookable* is what a customer books (a squash court, a benefits appointment, a bulky collection); a *resource* is what
serves it (court 2, Ms Hirst, crew 1), at a *site* or on the road. Lengths are in minutes, days in calendar days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from moothall.core.packs import Pack, PackModel, Problem, register_check, register_section
from moothall.core.packs.sections import Code, Text
from moothall.promises.pack import CALENDARS, calendar_of
from moothall.promises.reading import read_dates
from moothall.services.pack import SERVICES, Question, Service
from moothall.services.questions import Id

Way = Literal["in_person", "phone", "video", "home"]
MOST_MINUTES = 24 * 60


class Site(PackModel):
    """A place where things are booked: where it stands, its usual hours, and what it offers to those who need it."""

    code: Code
    name: Text
    where: Text
    latitude: float = Field(ge=49, le=61)
    longitude: float = Field(ge=-9, le=2)
    calendar: Code
    access: tuple[Code, ...] = Field((), description="`step_free`, `hoist`, `hearing_loop`, `accessible_changing` …")
    note: Text | None = None
    source: Text | None = None
    doubt: Text | None = None


def _week_day(value: Any) -> Any:
    return value.strip().lower()[:3] if isinstance(value, str) else value


Weekday = Annotated[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], BeforeValidator(_week_day)]


class Capacity(PackModel):
    """What a crew, a van or a session holds at most. What is left out is not counted."""

    units: int | None = Field(None, ge=1, description="Things or people.")
    minutes: int | None = Field(None, ge=1, description="Work, in minutes.")
    metres: int | None = Field(None, ge=1, description="Driving, in metres.")
    kilograms: int | None = Field(None, ge=1)


class Resource(PackModel):
    """What serves a booking. Without `capacity` it is one customer's at a time; with it, many's up to that."""

    code: Code
    name: Text
    site: Code | None = Field(
        None, description="Left out for what comes to the customer: a crew, an officer on the road."
    )
    count: int = Field(
        1, ge=1, le=60, description="How many there are alike: `squash` with 2 is squash-1 and squash-2."
    )
    does: tuple[Code, ...] = Field((), description="Bookables it serves.")
    skills: tuple[Code, ...] = Field((), description="What an officer can do; a bookable names the skill it needs.")
    ways: tuple[Way, ...] = ("in_person",)
    indoor: bool = True
    access: tuple[Code, ...] = ()
    calendar: Code | None = Field(None, description="Hours of its own; else the site's.")
    closed: dict[str, str] = Field({}, description="Dates or runs of dates when it is out of use: the reason.")
    capacity: Capacity | None = None
    times: dict[Weekday, tuple[str, ...]] = Field(
        {}, description="Starts by weekday, in place of the usual ones: `18:30`."
    )
    staff: str | None = Field(None, description="Sign-in name of the officer it stands for: her day, her feed.")
    video: str | None = Field(
        None, pattern=r"^https://[^\s]+\{booking\}[^\s]*$",
        description="Where she meets people by video; `{booking}` becomes a word of each booking’s own that nobody guesses.",
    )  # fmt: skip

    @field_validator("closed")
    @classmethod
    def _dates(cls, value: dict[str, str]) -> dict[str, str]:
        for words in value:
            read_dates(words)
        return value

    @model_validator(mode="after")
    def _one_officer(self) -> Self:
        if self.staff and self.count > 1:
            raise ValueError("an officer is one: leave `count` out")
        if ("video" in self.ways) != (self.video is not None):
            raise ValueError("whoever meets people by `video` needs its address, and nobody else does")
        return self


class Weight(PackModel):
    """What one thing of a list takes of a crew's day."""

    minutes: int = Field(0, ge=0, le=MOST_MINUTES)
    kilograms: int = Field(0, ge=0, le=5_000)


class Asks(PackModel):
    """Which questions of the service say what the booking needs: their ids."""

    way: Id | None = None
    interpreter: Id | None = None
    language: Id | None = None
    access: Id | None = None
    places: Id | None = None
    items: Id | None = None
    card: Id | None = None


class Arranging(PackModel):
    """Who arranges what is booked along, how long before the start it must be arranged, and who is told when it is not."""

    team: Code
    before: int = Field(ge=30, le=60 * 24 * 30, description="Minutes before the start by which it is arranged.")
    warns: Code = Field(description="The team that gets a task of its own when it is not arranged by then.")


class Bookable(PackModel):
    """What a customer can book: how long, how soon, how far ahead, what it needs besides, and how long we hold it."""

    code: Code
    name: Text
    kind: Literal["court", "room", "appointment", "session", "collection"]
    minutes: int = Field(ge=5, le=MOST_MINUTES)
    every: int | None = Field(None, ge=5, le=MOST_MINUTES, description="Starts this far apart; else one after another.")
    whole_day: bool = Field(False, description="Booked by the day: one start, when the calendar opens.")
    set_up: int = Field(0, ge=0, le=240)
    clear: int = Field(0, ge=0, le=240)
    lead: int = Field(0, ge=0, le=60 * 24 * 60, description="The shortest notice, in minutes.")
    horizon: int = Field(14, ge=1, le=400, description="How many days ahead it can be booked.")
    card_horizon: int | None = Field(None, ge=1, le=400, description="The same for who has one of `cards`.")
    weeks_most: int = Field(
        1, ge=1, le=52, description="How many weeks one after another a customer may book the same time; 1: only once."
    )
    cards: tuple[Code, ...] = Field((), description="Cards that authenticate the booking: nothing else need be shown.")
    hold_minutes: int = Field(15, ge=1, le=1440, description="How long a time stays kept while the form is filled in.")
    pay_minutes: int = Field(30, ge=1, le=10_080, description="How long it stays kept after sending, until it is paid.")
    most_held: int = Field(3, ge=1, le=50, description="The most unpaid times that one person may keep at once.")
    offer_minutes: int = Field(120, ge=5, le=10_080, description="How long an offer to the waiting list stands.")
    change_until: int = Field(24 * 60, ge=0, description="A customer may move or cancel until so many minutes before.")
    remind: int | None = Field(
        None, ge=30, le=20_160, description="A reminder so many minutes before; none: no reminder."
    )
    skill: Code | None = Field(None, description="The skill an officer must have.")
    room: Code | None = Field(None, description="A bookable whose resource is needed besides, at the same site.")
    longer: dict[Literal["interpreter"], int] = Field({}, description="Minutes more where this is booked along.")
    places_most: int = Field(1, ge=1, le=200, description="The most places of one booking.")
    weights: dict[str, Weight] = Field({}, description="By value of the `items` question.")
    stop_minutes: int = Field(0, ge=0, le=240, description="What each visit takes besides its items.")
    stop_metres: int = Field(0, ge=0, le=200_000, description="Driving to each visit, where it is not measured.")
    indoor: bool | None = None
    drop_in: Code | None = Field(None, description="A calendar of hours when people may come without a booking.")
    before: tuple[Text, ...] = Field((), description="What to do or bring, for the confirmation and the reminder.")
    arranges: dict[Code, Arranging] = Field(
        {}, description="By need (`interpreter`, `quiet_room` …; `access`: what the customer wrote): a task for a team."
    )
    is_promise: bool = Field(
        False, description="The day that is booked is what we promise of the request, in place of its promise's count."
    )
    asks: Asks = Asks()
    doubt: Text | None = None

    @property
    def step(self) -> int:
        """Minutes between two starts."""
        return self.every or self.minutes + self.set_up + self.clear

    def length(self, needs: tuple[str, ...] = ()) -> int:
        """Return the minutes of a booking with these needs."""
        return self.minutes + sum(self.longer.get(need, 0) for need in needs)  # type: ignore[call-overload]


class Card(PackModel):
    """A card of the council's that customers hold: its name and how its number looks."""

    code: Code
    name: Text
    number: str = Field(description="A regular expression of its number, spaces left out.")
    example: str
    concession: bool = False


SITES = register_section("sites", Site)
RESOURCES = register_section("resources", Resource)
BOOKABLES = register_section("bookables", Bookable)
CARDS = register_section("cards", Card)


class Unit(PackModel):
    """One thing that can be booked: a resource of which there may be several, each with a code and name of its own."""

    code: str
    name: str
    resource: Resource
    calendar: Code
    closed: frozenset[date] = frozenset()


@lru_cache(maxsize=64)
def _units(pack: Pack) -> dict[str, tuple[Unit, ...]]:
    bookables, sites = pack.of(BOOKABLES), pack.of(SITES)
    found: dict[str, list[Unit]] = {code: [] for code in bookables}
    for code, resource in pack.of(RESOURCES).items():
        site = sites.get(resource.site or "")
        calendar = resource.calendar or (site.calendar if site else "always")
        closed = frozenset(day for words in resource.closed for day in read_dates(words)[0])
        units = [
            Unit(
                code=f"{code}-{n}" if resource.count > 1 else code,
                name=f"{resource.name} {n}" if resource.count > 1 else resource.name,
                resource=resource, calendar=calendar, closed=closed,
            )
            for n in range(1, resource.count + 1)
        ]  # fmt: skip
        for bookable in bookables.values():
            if bookable.code in resource.does or (bookable.skill and bookable.skill in resource.skills):
                found[bookable.code].extend(units)
    return {code: tuple(units) for code, units in found.items()}


def units_of(pack: Pack, bookable: str) -> tuple[Unit, ...]:
    """Return every single thing that serves a bookable, in the pack's order."""
    return _units(pack).get(bookable, ())


def unit_named(pack: Pack, code: str) -> Unit | None:
    """Return one thing by its code."""
    return next((unit for units in _units(pack).values() for unit in units if unit.code == code), None)


def units_at(pack: Pack, site: str) -> list[Unit]:
    """Return every single thing that is booked at a site, in the pack's order; empty site: what goes out to customers."""
    found = {unit.code: unit for units in _units(pack).values() for unit in units}
    return [unit for unit in found.values() if (unit.resource.site or "") == site]


def closed_because(pack: Pack, unit: Unit, day: date) -> str:
    """Return why the pack has a unit closed on a day, in words for customers; nothing where it is open."""
    if day in unit.closed:
        return next(why for words, why in unit.resource.closed.items() if day in read_dates(words)[0])
    return "" if calendar_of(pack, unit.calendar).hours_of(day) else "it is closed that day"


def bookable_for(pack: Pack, question: Any, answers: Any) -> Bookable | None:
    """Return what a `slot` question books, given the answers so far; None where it only takes a wish."""
    code = question.books or (str(answers.get(question.books_by)) if question.books_by else "")
    found = pack.of(BOOKABLES).get(code)
    return found if found is not None and units_of(pack, found.code) else None


def _check(pack: Pack) -> Iterator[Problem]:
    calendars = pack.of(CALENDARS)
    for code, site in pack.of(SITES).items():
        if site.calendar not in calendars:
            yield pack.problem("there is no such calendar", "sites", code, "calendar", value=site.calendar)
    yield from _check_resources(pack)
    for code, bookable in pack.of(BOOKABLES).items():
        if not units_of(pack, code):
            yield pack.problem("nothing serves it: no resource does it or has its skill", "bookables", code)
        yield from _check_session(pack, bookable)
        if bookable.room and bookable.room not in pack.of(BOOKABLES):
            yield pack.problem("there is no such bookable", "bookables", code, "room", value=bookable.room)
        if bookable.drop_in and bookable.drop_in not in calendars:
            yield pack.problem("there is no such calendar", "bookables", code, "drop_in", value=bookable.drop_in)
        for need, one in bookable.arranges.items():
            for field in ("team", "warns"):
                if getattr(one, field) not in pack.teams:
                    yield pack.problem(
                        "there is no such team", "bookables", code, "arranges", need, field, value=getattr(one, field)
                    )
        for n, card in enumerate(bookable.cards):
            if card not in pack.of(CARDS):
                yield pack.problem("there is no such card", "bookables", code, "cards", n, value=card)
    if pack.of(BOOKABLES):
        yield from _check_questions(pack)


def _check_resources(pack: Pack) -> Iterator[Problem]:
    calendars = pack.of(CALENDARS)
    for code, resource in pack.of(RESOURCES).items():
        if resource.calendar and resource.calendar not in calendars:
            yield pack.problem("there is no such calendar", "resources", code, "calendar", value=resource.calendar)
        if resource.site and resource.site not in pack.of(SITES):
            yield pack.problem("there is no such site", "resources", code, "site", value=resource.site)
        if not resource.site and not resource.calendar:
            yield pack.problem("a resource without a site needs a calendar", "resources", code, "calendar")
        for n, name in enumerate(resource.does):
            if name not in pack.of(BOOKABLES):
                yield pack.problem("there is no such bookable", "resources", code, "does", n, value=name)


def _check_session(pack: Pack, bookable: Bookable) -> Iterator[Problem]:
    """Each session says how many places it has, and one party never wants more than the largest has."""
    if bookable.kind != "session":
        return
    capacities = [unit.resource.capacity for unit in units_of(pack, bookable.code)]
    known = [one.units for one in capacities if one is not None and one.units is not None]
    if len(known) < len(capacities):
        yield pack.problem(
            "a session that does not say how many places it has", "bookables", bookable.code,
            expected="`capacity: {units: …}` of each resource that does it",
        )  # fmt: skip
    if bookable.room:
        yield pack.problem(
            "each party would take the room for itself", "bookables", bookable.code, "room", value=bookable.room,
            expected="no `room`: the session is in its own",
        )  # fmt: skip
    if known and bookable.places_most > max(known):
        yield pack.problem(
            "one party could want more places than any session has", "bookables", bookable.code, "places_most",
            value=str(bookable.places_most), expected=f"at most {max(known)}",
        )  # fmt: skip


def _check_places(pack: Pack, service: Service, bookable: Bookable, asked: str) -> Iterator[Problem]:
    """How many places is a number that must be given, from 1 to what one party may have: what is paid for is what is held."""
    question, most = service.by_question[asked], bookable.places_most
    fits = question.whole and question.required and question.min is not None and question.min >= 1
    if not (fits and question.max is not None and question.max <= most):
        yield pack.problem(
            f"does not ask for a number of places that `{bookable.code}` has", "services", service.code, "questions",
            value=asked, expected=f"a required `number` with `whole: true`, `min: 1` and `max: {most}`",
        )  # fmt: skip


def _check_questions(pack: Pack) -> Iterator[Problem]:
    """A question that names a bookable must name one there is, and what a bookable asks must be asked."""
    bookables = pack.of(BOOKABLES)
    for code, service in pack.of(SERVICES).items():
        for n, question in enumerate(service.questions):
            if question.books and question.books not in bookables:
                yield pack.problem(
                    "there is no such bookable", "services", code, "questions", n, "books", value=question.books
                )
            for booked in _booked_by(bookables, service, question):
                for field, asked in booked.asks.model_dump().items():
                    if asked and asked not in service.by_question:
                        yield pack.problem("the service does not ask this", "bookables", booked.code, "asks", field,
                                           value=asked)  # fmt: skip
                if booked.asks.places in service.by_question:
                    yield from _check_places(pack, service, booked, str(booked.asks.places))


def _booked_by(bookables: Mapping[str, Bookable], service: Service, question: Question) -> list[Bookable]:
    """What a question may book: the one it names, or each that is a choice of the question it goes by."""
    by = service.by_question.get(question.books_by or "")
    codes = [question.books or "", *(option.value for option in (by.options if by else ()))]
    return [bookables[code] for code in codes if code in bookables]


register_check("bookings", _check)
