"""The pack in the shapes the console's pages draw. Pure: a pack in, words out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar

from moothall.core.packs import Pack
from moothall.core.packs.diff import length_words
from moothall.core.packs.doubts import Doubt
from moothall.interfaces.ui.words import day_year
from moothall.promises.pack import CALENDARS, STANDARDS, StandardSpec
from moothall.services.pack import AREAS, SERVICES, Service

CHANNEL_WORDS: Final = {
    "web": "Website", "app": "App", "phone": "Telephone", "voice": "Voice menu", "counter": "Counter", "kiosk": "Kiosk",
    "email": "Email", "post": "Post", "fax": "Fax", "sms": "Text message", "social": "Social media",
    "webchat": "Web chat", "partner": "Partner", "api": "Other systems", "open311": "Open311", "field": "Crews",
}  # fmt: skip
T = TypeVar("T")
KIND_WORDS: Final = {"acknowledge": "answered first", "complete": "done"}
USE_WORDS: Final = {"full": "All of it", "begin": "Begins here, goes on later", "no": "Not here"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Files on the server that differ from the pack in force."""

    sha256: str
    changes: list[str]


@dataclass(frozen=True, slots=True)
class PromiseShape:
    """One promise as the pack has it."""

    name: str
    length: str
    calendar: str
    source: str
    dates: str
    doubt: str
    statutory: bool = False


@dataclass(frozen=True, slots=True)
class ServiceShape:
    """One service in the list."""

    code: str
    name: str
    team: str
    promise: str
    restricted: str
    in_doubt: bool


@dataclass(slots=True)
class AreaShape:
    """The services of one area of the council's work."""

    name: str
    services: list[ServiceShape] = field(default_factory=list)


def figures(pack: Pack) -> list[tuple[str, int, str]]:
    """Return what the pack holds in figures: words, how many, the page's name."""
    counted = [("Services", "services", "services"), ("Teams", "teams", ""), ("Roles", "roles", "roles"),
               ("Standing promises", "standards", "promises"), ("Message templates", "messages", "templates")]  # fmt: skip
    return [(words, len(pack.section(name)), page) for words, name, page in counted if pack.has(name)]


def services_by_area(pack: Pack, words: str) -> list[AreaShape]:
    """Return the services whose name, code or synonyms hold all the words, under their areas' names."""
    wanted = words.lower().split()
    areas: dict[str, AreaShape] = {}
    names = pack.of(AREAS)
    for code, service in pack.of(SERVICES).items():
        text = f"{code} {service.name} {' '.join(service.synonyms)}".lower()
        if not all(word in text for word in wanted):
            continue
        name = names[service.area].name if service.area in names else service.area
        team = pack.teams[service.team].name if service.team in pack.teams else service.team
        first = next(_promise_shapes(pack, service), None)
        areas.setdefault(service.area, AreaShape(name)).services.append(
            ServiceShape(
                code, service.name, team, first.length if first else "", service.restricted or "",
                any(shape.doubt for shape in _promise_shapes(pack, service)),
            )
        )  # fmt: skip
    return sorted(areas.values(), key=lambda area: area.name)


def promises_of(pack: Pack, service: Service) -> list[PromiseShape]:
    """Return the promises of one service."""
    return list(_promise_shapes(pack, service))


def all_promises(pack: Pack) -> list[tuple[str, str, list[PromiseShape]]]:
    """Return headings with their promises: the standing ones first, then each service's. A heading has a service's code."""
    groups: list[tuple[str, str, list[PromiseShape]]] = []
    standing = [_standing(pack, standard) for standard in pack.of(STANDARDS).values()]
    if standing:
        groups.append(("Standing promises", "", standing))
    groups += [(service.name, code, promises_of(pack, service)) for code, service in pack.of(SERVICES).items()]
    return groups


def channels_of(service: Service) -> list[tuple[str, str, str]]:
    """Return for each channel its name, how far this service goes on it, and why not further."""
    return [
        (CHANNEL_WORDS.get(code, code), USE_WORDS[use.level], use.because or "")
        for code, use in service.channels.items()
    ]


def matching(
    groups: list[tuple[str, str, list[PromiseShape]]], words: str
) -> list[tuple[str, str, list[PromiseShape]]]:
    """Return the groups whose name, code or sources hold all the words."""
    wanted = words.lower().split()
    return [
        (name, code, promises)
        for name, code, promises in groups
        if all(word in f"{name} {code} {' '.join(one.source for one in promises)}".lower() for word in wanted)
    ]


def doubts_by_place(found: list[Doubt], words: str) -> list[tuple[str, list[Doubt]]]:
    """Return doubts under the entry they stand in (`services missed-bin`), narrowed by words."""
    wanted = words.lower().split()
    groups: dict[str, list[Doubt]] = {}
    for doubt in found:
        if all(word in f"{doubt.where} {doubt.says} {doubt.doubt}".lower() for word in wanted):
            groups.setdefault(" ".join(doubt.where.split()[:2]), []).append(doubt)
    return list(groups.items())


def page_from(items: list[T], after: str, size: int = 20) -> tuple[list[T], str]:
    """Return a page of a list that is in memory, and where the next begins (empty: there is none)."""
    start = min(int(after), len(items)) if after.isdecimal() and len(after) < 7 else 0
    end = start + size
    return items[start:end], str(end) if end < len(items) else ""


def _promise_shapes(pack: Pack, service: Service) -> Iterator[PromiseShape]:
    for promise in service.promises:
        for kind, length in (("acknowledge", promise.acknowledge), ("complete", promise.complete)):
            if length is not None:
                yield PromiseShape(
                    name=f"{promise.applies}: {KIND_WORDS[kind]}",
                    length=length_words({"amount": length.amount, "unit": length.unit}),
                    calendar=_calendar(pack, promise.calendar),
                    source=length.source or promise.source or "",
                    dates=_dates(length.valid_from, getattr(length, "valid_to", None)),
                    doubt=length.doubt or "",
                    statutory=promise.statutory,
                )


def _standing(pack: Pack, standard: StandardSpec) -> PromiseShape:
    return PromiseShape(
        name=standard.name or standard.code,
        length=length_words({"amount": standard.amount, "unit": standard.unit.value}),
        calendar=_calendar(pack, standard.calendar),
        source=standard.source,
        dates=_dates(standard.valid_from, standard.valid_to),
        doubt=standard.doubt or ("An estimate." if standard.estimate else ""),
        statutory=standard.statutory,
    )


def _calendar(pack: Pack, code: str) -> str:
    """What a calendar is called; one the pack does not have, by its code."""
    held = pack.of(CALENDARS).get(code)
    return (held.name if held else "") or code


def _dates(began: date | None, ended: date | None) -> str:
    said = [f"from {day_year(began)}" if began else "", f"to {day_year(ended)}" if ended else ""]
    return " ".join(part for part in said if part)
