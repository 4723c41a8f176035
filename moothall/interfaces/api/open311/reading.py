"""What another system sends, read: filters of a list, and a new report with its place, person and attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.http import QueryDict

from moothall.core.lines import one_line
from moothall.core.zone import council_date
from moothall.intake.dialogue import AnswerError, read_answer
from moothall.interfaces.api.open311.shapes import attributes_of, service_here
from moothall.interfaces.api.open311.wire import NUL, Problem
from moothall.places.finding import spot_in, surroundings
from moothall.places.geometry import Box, box_around, on_earth
from moothall.places.queries import address
from moothall.services.pack import Service

SPAN: Final = timedelta(days=90)
MOST_WORDS: Final = 4_000
MOST_LISTED: Final = 1_000
NEAR: Final = 500
FURTHEST: Final = 10_000
"""Metres round a point that a list is asked for, and at most."""
NO_POINT: Final = "The lat and long are not a latitude and a longitude in degrees."
SILENT: Final = frozenset({"api_key", "extensions"})
"""What clients send with every call, though it decides nothing in a list."""
SPANS: Final = frozenset({"jurisdiction_id", "start_date", "end_date", "page", "page_size"}) | SILENT
FILTERS: Final = SPANS | frozenset(
    {"service_request_id", "service_code", "status", "lat", "long", "lon", "radius", "updated_after", "updated_before"}
)
MOST_OTHERS: Final = 20
MOST_OTHER_WORDS: Final = 300
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2}))?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reports a call asks for."""

    references: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    size: int = MOST_LISTED
    skip: int = 0
    box: Box | None = None
    changed_since: datetime | None = None
    changed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A report that was sent: the service, its answers as the dialogue keeps them, and words of the sender's own.

    ``description`` is what was sent to be public, ``names`` those of whoever asked.
    """

    service: Service
    answers: Mapping[str, Any]
    words: str
    description: str = ""
    names: tuple[str, ...] = ()


def read_wanted(query: QueryDict, *, at: datetime) -> Wanted:
    """Read the filters of a list. ``service_request_id`` overrides all others.

    Without dates: the last 90 days; with one of them: 90 days from it, or up to it.

    Raises:
        Problem: 400 for a date, status or place that cannot be read, an end before its start, a span of more than 90 days, or
            a parameter that there is not: a filter that is passed over answers another question than was asked.
    """
    references = _listed(query, "service_request_id")
    if references:
        return Wanted(references=references[:MOST_LISTED])
    states = tuple(state.lower() for state in _listed(query, "status"))
    problems = _unknown(query, FILTERS)
    problems += [
        f"There is no status “{one[:40]}”. Use open or closed." for one in states if one not in {"open", "closed"}
    ]
    since, until = _moment(query, "start_date", problems), _moment(query, "end_date", problems)
    if since and until and until < since:
        problems.append("The end_date is before the start_date.")
    elif since and until and until - since > SPAN + timedelta(days=1):
        problems.append("The start_date and end_date may span at most 90 days.")
    changed = _moment(query, "updated_after", problems), _moment(query, "updated_before", problems)
    size, page = _count(query, "page_size", MOST_LISTED, problems), _count(query, "page", 1, problems)
    box = _around(query, problems)
    if problems:
        raise Problem(400, *problems)
    if since is None:
        since = (until or at) - SPAN
    until = until or since + SPAN
    return Wanted(
        (), _listed(query, "service_code"), states, since, until, size=size, skip=(page - 1) * size, box=box,
        changed_since=changed[0], changed_until=changed[1],
    )  # fmt: skip


def _unknown(query: QueryDict, known: frozenset[str]) -> list[str]:
    """What there is not. One that is sent empty is as if it had not been sent, as the standard has it of all of them."""
    return [
        f"There is no parameter “{name[:40]}” here. There are: {', '.join(sorted(known - SILENT))}."
        for name, values in query.lists()
        if name not in known and any(value.strip() for value in values)
    ]


def _around(query: QueryDict, problems: list[str]) -> Box | None:
    """The square round a point, as far each way as the ``radius`` in metres: our extension, as most cities have it."""
    latitude, longitude = query.get("lat", "").strip(), query.get("long", query.get("lon", "")).strip()
    radius = query.get("radius", "").strip()
    if not (latitude or longitude):
        if radius:
            problems.append("A radius needs lat and long.")
        return None
    place = _point(latitude, longitude)
    if place is None:
        problems.append(NO_POINT)
    if radius and not (radius.isascii() and radius.isdigit() and len(radius) <= 5 and 1 <= int(radius) <= FURTHEST):
        problems.append(f"The radius “{radius[:40]}” is not a number of metres from 1 to {FURTHEST}.")
        return None
    return box_around(*place, int(radius or NEAR)) if place else None


def _point(latitude: str, longitude: str) -> tuple[float, float] | None:
    """A point in degrees; ``None`` where it cannot be one."""
    try:
        north, east = float(latitude), float(longitude)
    except ValueError:
        return None
    return (north, east) if on_earth(north, east) else None


def _count(query: QueryDict, name: str, default: int, problems: list[str]) -> int:
    """A whole number from 1 to 1,000: our extension, as most cities have it."""
    text = query.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= MOST_LISTED):
        problems.append(f"The {name} “{text[:40]}” is not a number from 1 to {MOST_LISTED}.")
        return default
    return int(text)


@dataclass(frozen=True, slots=True)
class Span:
    """Which changes a call asks for."""

    since: datetime
    until: datetime
    size: int = MOST_LISTED
    skip: int = 0


def read_span(query: QueryDict, *, at: datetime) -> Span:
    """Read the dates and the page of a call for updates: by default the first of the last day. Raises Problem."""
    problems = _unknown(query, SPANS)
    size, page = _count(query, "page_size", MOST_LISTED, problems), _count(query, "page", 1, problems)
    since, until = _moment(query, "start_date", problems), _moment(query, "end_date", problems)
    if problems:
        raise Problem(400, *problems)
    until = until or (min(at, since + SPAN) if since else at)
    since = since or until - timedelta(days=1)
    if until < since or until - since > SPAN + timedelta(days=1):
        raise Problem(400, "The start_date and end_date must be in order and may span at most 90 days.")
    return Span(since, until, size, (page - 1) * size)


def _listed(query: QueryDict, name: str) -> tuple[str, ...]:
    """A parameter may be given several times, and each time hold several values with commas."""
    return tuple(part.strip() for text in query.getlist(name) for part in text.split(",") if part.strip())


def _moment(query: QueryDict, name: str, problems: list[str]) -> datetime | None:
    text = query.get(name, "").strip().replace(" ", "+")  # a plus sign that was not encoded arrives as a space
    if not text:
        return None
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError
        made = datetime.fromisoformat(text)
        made = made if made.tzinfo else made.replace(tzinfo=UTC)
        if not 1900 <= made.year <= 2200:
            raise ValueError
    except (ValueError, OverflowError):
        problems.append(f"The {name} “{text[:40]}” is not a date and time like 2026-11-02T09:00:00Z.")
        return None
    return made


def read_sent(form: QueryDict, *, at: datetime) -> Sent:
    """Read a new report.

    Raises:
        Problem: 400 with everything that is missing or cannot be read; 404 for a service that is not there.
    """
    code = form.get("service_code", "").strip()
    if not code:
        raise Problem(400, "The service_code was not provided.")
    service = service_here(code)
    if service is None:
        raise Problem(404, f"The service_code “{code[:80]}” was not found.")
    problems: list[str] = []
    if any("\x00" in text for name, values in form.lists() for text in (name, *values)):
        raise Problem(400, NUL)
    place = _place(form, problems)
    answers, others = _attributes(form, service, problems, at=at)
    person = _person(form, service, problems, at=at)
    words = description = form.get("description", "").strip()
    if len(words) > MOST_WORDS:
        problems.append("The description is limited to 4,000 characters.")
    media = form.get("media_url", "").strip()
    if media and not re.fullmatch(r"https?://[^\s<>\"']{3,500}", media):
        problems.append("The media_url is not the address of a page or picture.")
    if problems:
        raise Problem(400, *problems)
    for question in service.questions:
        if question.type == "place" and place:
            answers.setdefault(question.id, place)
        elif question.type == "contact" and person:
            answers.setdefault(question.id, person)
    words = "\n".join(filter(None, (words, *others)))
    if media:
        words = f"{words}\n\nPhoto: {media}".strip()
    names = tuple(name for part in ("first_name", "last_name") for name in form.get(part, "").split())
    return Sent(service, answers, words, description, names)


def _place(form: QueryDict, problems: list[str]) -> dict[str, Any]:
    latitude, longitude = form.get("lat", "").strip(), form.get("long", form.get("lon", "")).strip()
    said, key = one_line(form.get("address_string", ""))[:300], form.get("address_id", "").strip()
    made: dict[str, Any] = {"text": said} if said else {}
    if latitude or longitude:
        point = _point(latitude, longitude)
        if point is None:
            problems.append(NO_POINT)
            return {}
        north, east = point
        made |= {"latitude": north, "longitude": east}
        made.setdefault("text", surroundings(north, east).text)
    if key:
        found = address(int(key)) if key.isascii() and key.isdigit() and len(key) <= 12 else None
        if found is None and not made:
            problems.append(f"The address_id “{key[:40]}” was not found. It is a UPRN.")
        elif found is not None:
            made = {"uprn": found.uprn, "text": found.text, "postcode": found.postcode} | made
    if said and "latitude" not in made and "uprn" not in made:
        meant = spot_in(said)
        if meant is not None and meant.latitude is not None:
            made |= {"latitude": meant.latitude, "longitude": meant.longitude, "usrn": meant.usrn}
    if not made and not problems:
        problems.append("No place was provided: send lat and long, or address_string, or address_id.")
    return made


def _attributes(
    form: QueryDict, service: Service, problems: list[str], *, at: datetime
) -> tuple[dict[str, Any], list[str]]:
    """The answers, and in words what we do not ask: a report is not lost for what its sender's own form has besides."""
    known = {question.id: question for question in attributes_of(service)}
    given: dict[str, list[str]] = {}
    for name, values in form.lists():
        found = re.fullmatch(r"attribute\[([^\]]{1,80})\](?:\[\])?", name)
        if found:
            given.setdefault(found[1], []).extend(str(value) for value in values)
    answers: dict[str, Any] = {}
    others: list[str] = []
    for code, values in given.items():
        question = known.get(code)
        held = [value for value in values if value.strip()]
        if question is None and held and len(others) < MOST_OTHERS:
            others.append(f"{code}: {', '.join(held)[:MOST_OTHER_WORDS]}")
        elif question is not None and held:
            if len(held) > 1 and question.type not in {"multi_choice", "text", "long_text"}:
                problems.append(f"The attribute “{code}” takes one value, and {len(held)} came.")
                continue
            value: Any = held if question.type == "multi_choice" else ", ".join(held)
            if question.type == "date":
                value = held[0][:10]
            try:
                answers[code] = read_answer(question, value, today=council_date(at), channel="open311", required=False)
            except AnswerError as wrong:
                problems.append(f"The attribute “{code}”: {wrong.message}")
    return answers, others


def _person(form: QueryDict, service: Service, problems: list[str], *, at: datetime) -> Any:
    """Who asked, where the sender says so. An address that cannot be read is left out: nobody's report is lost for it."""
    question = next((q for q in service.questions if q.type == "contact"), None)
    name = one_line(f"{form.get('first_name', '')} {form.get('last_name', '')}")[:120]
    held = {"name": name, "email": form.get("email", "").strip(), "phone": form.get("phone", "").strip()}
    if question is None or not (held["email"] or held["phone"]):
        return None
    for left_out in ((), ("phone",), ("email",)):
        given = {key: value for key, value in held.items() if value and key not in left_out}
        if not (given.get("email") or given.get("phone")):
            continue
        try:
            return read_answer(question, given, today=council_date(at), channel="open311", required=False)
        except AnswerError:
            continue
    return None
