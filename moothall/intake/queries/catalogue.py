"""The catalogue as residents meet it: home, search, one service, how to reach us. Read from the pack; figures from events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from moothall.announcements.queries import AnnouncementView, live
from moothall.core.packs import Pack, current_pack
from moothall.core.packs.sections import ANNOUNCEMENTS, CHANNELS_SECTION, Announcement
from moothall.core.zone import council_date
from moothall.customers.pack import LANGUAGES
from moothall.insight.pack import expected_on_web
from moothall.insight.queries import Figure, figures, live_record, month_before, month_of, popular_services
from moothall.intake.dialogue import asked_questions
from moothall.intake.queries.spoken import Spoken, spoken_services
from moothall.places.pack import PLACES, Place
from moothall.promises.pack import calendar_of, standards_of_service
from moothall.promises.rules import Calendar, is_at_once, say_amount, say_day, say_time
from moothall.services.knowledge import articles_of, find_articles
from moothall.services.pack import AREAS, KNOWLEDGE, SERVICES, Area, Article, Promise, Service
from moothall.services.search import GOOD, search

BUSY = 8
FEWEST = 5
NEAR_BEST = 0.62
"""What scores less than this share of the best is another thing that happens to share a word."""
CHANNEL_WORDS = {
    "web": "Online", "app": "In our app", "phone": "By telephone", "counter": "In person",
    "kiosk": "At a self-service screen", "email": "By email", "post": "By letter", "sms": "By text message",
    "webchat": "By web chat", "voice": "By telephone menu", "fax": "By fax", "social": "On social media",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A service in a list."""

    code: str
    name: str
    summary: str
    area: str


@dataclass(frozen=True, slots=True)
class Record:
    """How often a promise was kept last month; None where nothing was measured."""

    kept: int
    of: int


@dataclass(frozen=True, slots=True)
class LiveFigure:
    """One figure of "How we're doing", in words."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the home page shows. ``counted``: the popular services are those people asked for this week."""

    popular: tuple[ServiceLine, ...]
    areas: tuple[Area, ...]
    notices: tuple[Announcement, ...]
    figures: tuple[LiveFigure, ...]
    ways: tuple[WayIn, ...]
    counted: bool
    announced: tuple[AnnouncementView, ...] = ()


@dataclass(frozen=True, slots=True)
class WayIn:
    """One way to reach us for something: how, what to dial or write to, when it is open."""

    channel: str
    name: str
    value: str = ""
    says: str = ""
    open_words: str = ""
    is_open: bool | None = None


@dataclass(frozen=True, slots=True)
class ServicePage:
    """One service, whole: what, who for, cost, how long, other ways, answers, what is near it."""

    service: Service
    area: Area
    sentences: tuple[tuple[str, str], ...]
    record: Record | None
    ways: tuple[WayIn, ...]
    related: tuple[ServiceLine, ...]
    notices: tuple[Announcement, ...]
    online: bool
    online_because: str
    announced: tuple[AnnouncementView, ...] = ()
    asks: int = 0
    """How many questions are asked of whoever begins, as the first of them counts."""
    articles: tuple[Article, ...] = ()
    """General knowledge that belongs beside it."""


@dataclass(frozen=True, slots=True)
class Search:
    """What a search came to. ``unmet``: nothing fits; the need is worth recording."""

    words: str
    services: tuple[ServiceLine, ...]
    articles: tuple[Article, ...]
    unmet: bool
    spoken: tuple[Spoken, ...] = ()
    """What words of another language mean."""


def public_services(pack: Pack) -> dict[str, Service]:
    """Return the services that anyone may ask for."""
    return {code: service for code, service in pack.of(SERVICES).items() if service.visibility == "public"}


def service_line(service: Service) -> ServiceLine:
    """Return a service as lists show it: the first sentence of what it is."""
    first, _, _ = service.summary.partition(". ")
    return ServiceLine(service.code, service.name, first.rstrip(".") + ".", service.area)


def home_page(*, at: datetime) -> HomePage:
    """Return the home page: the eight things people came for this week, what touches everyone, how we are doing."""
    pack = current_pack()
    offered = public_services(pack)
    asked = [code for code in popular_services(at=at, most=BUSY * 2) if code in offered]
    codes = list(asked)
    if len(codes) < BUSY:  # too little was counted this week: what the pack expects stands in for it
        expected = expected_on_web(pack)
        busy = [code for code, service in offered.items() if service.busy and code not in codes]
        codes += sorted(busy, key=lambda code: (-expected.get(code, 0.0), code))
    lines = tuple(service_line(offered[code]) for code in codes[:BUSY])
    used = {code for service in offered.values() for code in (service.area, *service.also_in)}
    areas = tuple(area for code, area in pack.of(AREAS).items() if code in used)
    return HomePage(
        popular=lines, areas=areas, notices=notices(pack, at), figures=_figures(at), ways=tuple(ways_in(at=at)),
        counted=len(asked) >= BUSY, announced=live(at=at),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """One article and how else it can be had: ``languages`` are (tag, code of the article), its own included.

    ``easy`` is the code of its easy-read twin in the same language, or nothing.
    """

    article: Article
    language: str
    languages: tuple[tuple[str, str], ...]
    easy: str


def article_page(code: str) -> ArticlePage | None:
    """Return an article for the public with its other languages, or ``None``. No query but the pack's."""
    shown = article(code)
    if shown is None:
        return None
    pack = current_pack()
    ours, first = pack.council.languages[0], shown.of or shown.code
    family = [one for one in pack.of(KNOWLEDGE).values() if first in (one.code, one.of) and one.audience == "public"]
    plain = {one.language or ours: one.code for one in family if one.format is None}
    order = [tag for tag in (ours, *pack.of(LANGUAGES)) if tag in plain]
    mine = shown.language or ours
    easy = next((one.code for one in family if one.format == "easy-read" and (one.language or ours) == mine), "")
    return ArticlePage(shown, mine, tuple((tag, plain[tag]) for tag in dict.fromkeys(order)), easy)


def article(code: str) -> Article | None:
    """Return a piece of general knowledge for the public, or ``None``."""
    found = current_pack().of(KNOWLEDGE).get(code)
    return found if found and found.audience == "public" else None


def _figures(at: datetime) -> tuple[LiveFigure, ...]:
    """Three figures from events: promises kept last month, things finished this month, what people said of us."""
    this, last = month_of(at), month_before(month_of(at))
    made = []
    kept = _sum(figures("promise", since=last, until=last, key="complete"))
    if kept.of >= FEWEST:
        made.append(LiveFigure(f"{_in_100(kept)} in 100", "promises kept last month"))
    closed = _sum(figures("closed", since=this, until=this))
    if closed.of >= FEWEST:
        made.append(LiveFigure(f"{closed.of:,}", f"things finished since {say_day(this, this)}"))
    scores = figures("rating", since=last, until=last)
    rated = Record(kept=sum(row.of for row in scores if row.key == "good"), of=sum(row.of for row in scores))
    if rated.of >= FEWEST:
        made.append(LiveFigure(f"{_in_100(rated)} in 100", "rated us good last month"))
    return tuple(made)


def _sum(rows: Sequence[Figure]) -> Record:
    return Record(kept=sum(row.count for row in rows), of=sum(row.of for row in rows))


def _in_100(record: Record) -> int:
    """Times in 100; all only when it was all."""
    share = round(100 * record.kept / record.of)
    return min(share, 99) if record.kept < record.of else share


def notices(pack: Pack, at: datetime, service: str = "") -> tuple[Announcement, ...]:
    """Return the announcements current today: for everyone, or those of one service."""
    today = council_date(at)
    return tuple(
        one
        for one in pack.of(ANNOUNCEMENTS).values()
        if (one.starts is None or one.starts <= today)
        and (one.ends is None or today <= one.ends)
        and (service in one.services if service else not one.services)
    )


def areas_of(*, area: str = "") -> list[tuple[Area, list[ServiceLine]]]:
    """Return services by area in the pack's order, each by name, a service under each area where people look for it; one
    area only where it is named."""
    pack = current_pack()
    found: dict[str, list[ServiceLine]] = {}
    for service in public_services(pack).values():
        for code in dict.fromkeys((service.area, *service.also_in)):
            found.setdefault(code, []).append(service_line(service))
    return [
        (one, sorted(found[code], key=lambda line: line.name.casefold()))
        for code, one in pack.of(AREAS).items()
        if code in found and (not area or code == area)
    ]


def search_catalogue(words: str, *, limit: int = 10) -> Search:
    """Return the services and answers that everyday words may mean, best first. No database."""
    pack = current_pack()
    words = " ".join(words.replace("\x00", "").split())[:300]
    found = search(pack, words, limit=limit)
    offered = public_services(pack)
    least = max(GOOD / 2, found.hits[0].score * NEAR_BEST) if found.hits else 0.0
    lines = tuple(service_line(offered[hit.code]) for hit in found.hits if hit.code in offered and hit.score >= least)
    articles = find_articles(pack, words)
    unmet = bool(words) and not found.good and not articles
    spoken = spoken_services(pack, words) if unmet or not words.isascii() else ()
    return Search(words=words, services=() if spoken and unmet else lines, articles=articles,
                  unmet=unmet and not spoken, spoken=spoken)  # fmt: skip


def service_page(code: str, *, at: datetime) -> ServicePage | None:
    """Return one service as its page shows it, or ``None``. Its live record and what is announced: four queries at most."""
    pack = current_pack()
    offered = public_services(pack)
    service = offered.get(code)
    if service is None:
        return None
    use = service.channel("web")
    return ServicePage(
        service=service, area=pack.of(AREAS)[service.area],
        sentences=tuple(
            (promise_sentence(service, one), one.applies)
            for one in service.promises
            if (one.complete or one.acknowledge) and service.elsewhere is None
        ),
        record=_record(code, at), ways=tuple(_ways_of(pack, service, at)),
        related=tuple(service_line(offered[one]) for one in service.related if one in offered),
        notices=notices(pack, at, code),
        announced=tuple(one for one in live(at=at) if code in one.services),
        online=use.level != "no", online_because=use.because or "",
        asks=len(asked_questions(service, {}, council_date(at), "web")), articles=articles_of(pack, code),
    )  # fmt: skip


def _record(code: str, at: datetime) -> Record | None:
    found = live_record(code, at=at)
    return Record(found.kept, found.of) if found and not found.hidden else None


def promise_sentence(service: Service, promise: Promise) -> str:
    """Return a service's promise in plain words: "We finish this within 2 working days."""
    for kind, words in (("complete", "We do this within"), ("acknowledge", "We tell you we have it within")):
        standard = standards_of_service(service.code, promise, kind)
        if standard is not None:
            if is_at_once(standard.amount, standard.unit):
                return (
                    "We do this straight away." if kind == "complete" else "We tell you straight away that we have it."
                )
            return f"{words} {say_amount(standard.amount, standard.unit)}."
    return ""


NEED_A_NUMBER = frozenset({"sms", "email"})


def _ways_of(pack: Pack, service: Service, at: datetime) -> list[WayIn]:
    """The other ways to ask for a service, in the order people use them."""
    every = {way.channel: way for way in ways_in(at=at)}
    found = []
    for channel in ("phone", "counter", "email", "post", "webchat", "sms"):
        use = service.channel(channel)
        if use.level == "no":
            continue
        way = every.get(channel) or WayIn(channel, CHANNEL_WORDS[channel])
        if channel in NEED_A_NUMBER and not way.value:
            continue  # a way nobody could take: where to write has not been published
        says = use.because or "" if use.level == "begin" else way.says
        found.append(WayIn(channel, way.name, way.value, says, way.open_words, way.is_open))
    return found


LEFT_FOR_US: Final = frozenset({"email", "post", "fax", "social"})
"""Ways in on which something can be left at any hour."""


def ways_in(*, at: datetime) -> list[WayIn]:
    """Return how to reach the council: its public contacts and its channels, each with its hours said for now."""
    pack = current_pack()
    channels = pack.of(CHANNELS_SECTION)
    found = []
    for contact in pack.council.contact:
        channel = channels.get(contact.channel)
        calendar = contact.calendar or (channel.calendar if channel else None)
        hours, is_open = _hours(pack, contact.channel, calendar, at)
        name = contact.label or CHANNEL_WORDS.get(contact.channel, contact.channel)
        found.append(WayIn(contact.channel, name, contact.value, contact.note or "", hours, is_open))
    told = {way.channel for way in found}
    for code, channel in channels.items():
        if code in told or not channel.open or code not in CHANNEL_WORDS or code in {"web", "app", "kiosk"}:
            continue
        hours, is_open = _hours(pack, code, channel.calendar, at)
        found.append(WayIn(code, channel.name, channel.value or "", channel.says or "", hours, is_open))
    return found


def _hours(pack: Pack, channel: str, calendar: str | None, at: datetime) -> tuple[str, bool | None]:
    """Return when a way in is open; what is written can be sent at any hour, and is read in those of whoever reads it."""
    said, is_open = open_words(pack, calendar, at)
    if channel not in LEFT_FOR_US or is_open is None:
        return said, is_open
    return (
        "Write at any time" if is_open else said.replace("Closed now, opens", "Write at any time: we read it from")
    ), None


def places_to_come(*, at: datetime) -> list[tuple[Place, str]]:
    """Return the places people can come to today, each with its hours said for now. No database."""
    pack = current_pack()
    today = council_date(at)
    return [
        (place, open_words(pack, place.calendar, at)[0])
        for place in pack.of(PLACES).values()
        if place.there_on(today) and "counter" in place.channels
    ]


def open_words(pack: Pack, calendar: str | None, at: datetime) -> tuple[str, bool | None]:
    """Return "Open now until 5pm" or "Closed now, opens Monday 23 November, 9am"; nothing where there are no hours."""
    if not calendar:
        return "", None
    hours: Calendar = calendar_of(pack, calendar)
    today = hours.date_of(at)
    if hours.is_open(at):
        closes = next((end for start, end in hours.open_intervals(at, hours.last_second(today)) if start <= at), None)
        if closes is None or closes >= hours.last_second(today):
            return "Open now", True
        return f"Open now until {say_time(closes)}", True
    opens = hours.next_opening(at)
    when = say_time(opens) if opens.date() == today else f"{say_day(opens.date(), today)}, {say_time(opens)}"
    return f"Closed now, opens {when}", False


def names_of(codes: Sequence[str]) -> Mapping[str, str]:
    """Return services' names by code, as the pack in force has them."""
    services = current_pack().of(SERVICES)
    return {code: services[code].name if code in services else code for code in codes}
