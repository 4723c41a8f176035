"""The free times a question offers, for what somebody looks for: when, how near, where, indoors, with what. The one search
of every channel: the site and the kiosk draw it as a form, the desk within its own, calls and texts ask for it in turns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from moothall.bookings.pack import SITES, Bookable, bookable_for, units_of
from moothall.bookings.queries import FreeSlot, day_bounds, find
from moothall.bookings.rules import INDOOR, Spot, any_left, say_access, say_distance, window_of
from moothall.core.money import pounds
from moothall.core.packs import Pack, current_pack
from moothall.core.zone import LONDON, council_date
from moothall.customers.rules.writing import postcode_in
from moothall.intake.paying import prices_by_hour
from moothall.intake.slots import Terms, terms_of
from moothall.places.queries import addresses_at
from moothall.promises.rules import say_day, say_time
from moothall.services.pack import Question, Service

PARTS = {"any": (0, 24 * 60), "morning": (0, 12 * 60), "afternoon": (12 * 60, 17 * 60), "evening": (17 * 60, 24 * 60)}
MOST_OFFERED = 80
ENOUGH = 12
"""Without a day of her own choosing, days are shown until there are so many times."""


@dataclass(frozen=True, slots=True)
class SlotFilter:
    """What a search form says; each is empty when it was left so."""

    near: str = ""
    day: str = ""
    part: str = "any"
    site: str = ""
    indoor: bool = False
    access: str = ""


def filter_from(said: Mapping[str, str]) -> SlotFilter:
    """Return what a form says of the time somebody looks for; nonsense counts as nothing said."""

    def text(name: str, most: int) -> str:
        return said.get(name, "").replace("\x00", "").strip()[:most]

    day = text("day", 10)
    try:
        day = date.fromisoformat(day).isoformat() if day else ""
    except ValueError:
        day = ""
    part = text("part", 10)
    return SlotFilter(
        near=text("near", 200), day=day, part=part if part in PARTS else "any", site=text("site", 64),
        indoor=text("indoor", 3) == "yes", access=text("access", 40),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SlotChoice:
    """One time to choose: `group` heads its day and place, with what the place offers in a second line; `price` is empty
    where there is none to say; `says` is all of it in one line, for the ear and for a text. Of a session the label says how
    many places are left."""

    key: str
    label: str
    group: str
    price: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class SlotSearch:
    """Free times for a question, and everything its search form needs. `near_unknown`: no such postcode here."""

    bookable: Bookable
    terms: Terms
    filter: SlotFilter
    choices: tuple[SlotChoice, ...]
    total: int
    more: bool
    days: tuple[tuple[str, str], ...]
    sites: tuple[tuple[str, str], ...]
    has_outdoor: bool
    offers: tuple[tuple[str, str], ...]
    near_unknown: bool
    drop_in: str
    last_day: str
    passed: bool
    """What is asked for lies behind us: nothing of it can come free any more."""
    free_days: tuple[tuple[str, str], ...] = ()
    """The days that have a free time, as ISO text and in words."""

    @property
    def party(self) -> str:
        """What a party looks for where places are booked: " with 3 places left"; nothing for one, or where none are."""
        many = self.terms.places
        return f" with {many} places left" if self.bookable.kind == "session" and many > 1 else ""

    @property
    def searchable(self) -> bool:
        """Whether there is more than one place to look at."""
        return len(self.sites) > 1


def slot_search(
    service: Service, question: Question, answers: Mapping[str, Any], wanted: SlotFilter, *, at: datetime
) -> SlotSearch | None:
    """Return the free times for a question, given the other answers; None where it only takes a wish.

    Four queries at most: the card, the postcode, what is taken, what is counted; and those of the facts that its price asks.
    """
    pack = current_pack()
    bookable = bookable_for(pack, question, answers)
    if bookable is None:
        return None
    terms = terms_of(bookable, service, answers, on=council_date(at))
    first, last = window_of(bookable, now=at, card=bool(terms.card))
    near, unknown = near_of(wanted.near)
    since, until = _when(wanted.day)
    from_minute, to_minute = PARTS.get(wanted.part, PARTS["any"])
    wish = terms.wish(
        since=since, until=until, near=near, sites=frozenset({wanted.site} if wanted.site else ()),
        indoor=True if wanted.indoor else None, must_have=wanted.access, from_minute=from_minute, to_minute=to_minute,
    )  # fmt: skip
    found = find(wish, at=at, limit=MOST_OFFERED, enough=0 if since or bookable.whole_day else ENOUGH, by_place=True)
    today = council_date(at)
    card = terms.card if bookable.asks.card else None
    price = None if bookable.whole_day else prices_by_hour(service, answers, card=card, pack=pack, at=at)
    must = tuple(filter(None, (wanted.access, INDOOR if wanted.indoor else "")))
    shown = tuple(_choice(bookable, one, today, must, price(one.starts_at) if price else None) for one in found.slots)
    return SlotSearch(
        bookable=bookable, terms=terms, filter=wanted, total=found.total,
        more=len(found.slots) < found.total,
        choices=shown, days=_days(first, last, today),
        free_days=tuple((day.isoformat(), say_near(day, today)) for day, _ in found.by_day),
        sites=_sites(pack, bookable, terms), near_unknown=unknown, drop_in=found.drop_in,
        has_outdoor=any(not unit.resource.indoor for unit in units_of(pack, bookable.code)),
        offers=_offers(pack, bookable, terms),
        passed=not any_left(max(since or first, first), min(until or last, last), from_minute, to_minute),
        last_day=say_day(council_date(last - timedelta(minutes=1))),
    )  # fmt: skip


def near_of(text: str) -> tuple[tuple[float, float] | None, bool]:
    """Return where a postcode is, or an address with one (latitude, longitude), and whether we do not know it. One query."""
    if not text:
        return None, False
    written = postcode_in(text)
    found = next(
        (line for line in addresses_at(" ".join(written) if written else text) if line.latitude is not None), None
    )
    if found is None or found.latitude is None or found.longitude is None:
        return None, True
    return (found.latitude, found.longitude), False


def _when(text: str) -> tuple[datetime | None, datetime | None]:
    try:
        return day_bounds(date.fromisoformat(text)) if text else (None, None)
    except ValueError:
        return None, None


def say_near(day: date, today: date) -> str:
    """Return a day as one chooses it: "Today", else its weekday and date."""
    return "Today" if day == today else say_day(day, today)


def _choice(bookable: Bookable, slot: FreeSlot, today: date, must: tuple[str, ...], pence: int | None) -> SlotChoice:
    start = slot.starts_at.astimezone(LONDON)
    key, day = Spot(slot.site, slot.starts_at, must).key, say_near(start.date(), today)
    if bookable.whole_day:
        return SlotChoice(key, say_day(start.date(), today), "", says=say_day(start.date(), today))
    place = slot.site_name if bookable.kind != "collection" else ""
    far = say_distance(slot.km) if slot.km is not None and place else ""
    price = "" if pence is None else pounds(pence) if pence else "free"
    offers = "\n" + ", ".join(say_access(one) for one in slot.access).capitalize() if place and slot.access else ""
    group = f"{day}{f' · {place}' if place else ''}{f', {far}' if far else ''}{offers}"
    says = ", ".join(filter(None, (f"{day} {say_time(start)}", place, far, slot.left_words, price)))
    label = ", ".join(filter(None, (say_time(start), slot.left_words)))
    return SlotChoice(key, label, group, price, says)


def _days(first: datetime, last: datetime, today: date) -> tuple[tuple[str, str], ...]:
    day = council_date(first)
    days: list[tuple[str, str]] = []
    while day < council_date(last) and len(days) < 60:
        days.append((day.isoformat(), say_near(day, today)))
        day += timedelta(days=1)
    return tuple(days)


def _sites(pack: Pack, bookable: Bookable, terms: Terms) -> tuple[tuple[str, str], ...]:
    if terms.way in {"phone", "video", "home"}:
        return ()
    here = {unit.resource.site for unit in units_of(pack, bookable.code) if unit.resource.site}
    return tuple((code, site.name) for code, site in pack.of(SITES).items() if code in here)


def _offers(pack: Pack, bookable: Bookable, terms: Terms) -> tuple[tuple[str, str], ...]:
    """What some of the places offer and others do not, to look for; nothing where the form asked for it already."""
    if bookable.asks.access and terms.access_needs:
        return ()
    has = [set(pack.of(SITES)[code].access) for code, _ in _sites(pack, bookable, terms)]
    every = {code for one in has for code in one}
    some = {code for code in every if not all(code in one for one in has)}
    return tuple((code, say_access(code).capitalize()) for code in sorted(some, key=say_access))
