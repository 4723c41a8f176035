"""The operations of Open Referral UK 3.0: public, no key, for any page of any site to read."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.views.decorators.csrf import csrf_exempt

from moothall.core.packs import current_pack
from moothall.interfaces.api.open_referral import others, shapes
from moothall.interfaces.api.open_referral.described import document
from moothall.interfaces.policy import Request, policy
from moothall.partners.queries import Wanted, served, served_one, topics_served
from moothall.services.pack import AREAS, Service

MOST: Final = 100
SIZE: Final = 20
_AGE: Final = re.compile(r"\d{1,3}(?:\.\d{1,3})?", re.ASCII)
_CLOCK: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?")
PROFILE: Final = "https://docs.openreferraluk.org/"


class NotAsked(ValueError):
    """A parameter that cannot be read; the message says which."""


def _json(body: Any, status: int = 200) -> HttpResponse:
    made = HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/json", status=status)
    made["Access-Control-Allow-Origin"] = "*"
    return made


def _asked_otherwise(method: str | None) -> HttpResponse | None:
    """The answer to a browser that asks first what it may send, and to whoever would change something; else ``None``."""
    if method in {"GET", "HEAD"}:
        return None
    made = (
        HttpResponse(status=204) if method == "OPTIONS" else _json({"error": "Use GET here: this is for reading."}, 405)
    )
    made["Allow"] = made["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    made["Access-Control-Allow-Origin"] = made["Access-Control-Allow-Headers"] = "*"
    return made


def operation(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """Make a view of an operation: what it returns is JSON, ``None`` is 404, a bad parameter 400, another method 405.

    Nothing is changed and no cookie read, so no token of our pages is asked for.
    """

    @csrf_exempt
    @functools.wraps(view)
    def called(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if (other := _asked_otherwise(request.method)) is not None:
            return other
        try:
            found = view(request, *args, **kwargs)
        except NotAsked as wrong:
            return _json({"error": str(wrong)}, 400)
        return _json({"error": "There is no such thing here."}, 404) if found is None else _json(found)

    return called


def _number(request: HttpRequest, name: str, default: int, most: int = 1_000_000) -> int:
    text = request.GET.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= most):
        raise NotAsked(f"{name} is a whole number from 1 to {most}.")
    return int(text)


def _page(request: HttpRequest, rows: Sequence[Any], show: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    number, size = _number(request, "page", 1), min(_number(request, "per_page", SIZE), MOST)
    held = rows[(number - 1) * size : number * size]
    return shapes.page_of(rows, number, size, (show(one) for one in held))


def _fitting(request: HttpRequest) -> list[Service]:
    """The services that the filters let through. None of ours has an age, so any age may have it."""
    found = shapes.services_here()
    words = request.GET.get("search", "").lower().split()
    term, taxonomy = (request.GET.get(name, "").strip() for name in ("taxonomy_term_id", "taxonomy_id"))
    for age in ("minimum_age", "maximum_age"):
        text = request.GET.get(age, "").strip()
        if text and not _AGE.fullmatch(text):
            raise NotAsked(f"{age} is an age in years.")
    if words:
        found = [one for one in found if all(w in _text(one) for w in words)]
    if term:
        found = [one for one in found if shapes.id_of("term", one.area) == term or one.area == term]
    if taxonomy and taxonomy not in (shapes.TAXONOMY, shapes.taxonomy()["id"]):
        found = []
    since = _since(request)
    if since is not None and datetime.fromisoformat(shapes.last_modified()) < since:
        found = []
    for kept in (_when(request), _near(request)):
        found = found if kept is None else [one for one in found if one.code in kept]
    return found


def _theirs(request: HttpRequest, *, placed: bool = False) -> Wanted | None:
    """What the filters ask of others' help; ``None`` where nothing of it can fit: we know none of its hours."""
    asked = {name: request.GET.get(name, "").strip() for name in request.GET}
    if any(asked.get(name) for name in ("day", "start_time", "end_time")):
        return None
    topic, taxonomy = asked.get("taxonomy_term_id", ""), asked.get("taxonomy_id", "")
    if taxonomy and taxonomy not in (others.TOPICS, others.taxonomy()["id"]):
        return None
    if topic and not (topic := next((one for one in topics_served() if topic in (one, others.id_of_topic(one))), "")):
        return None
    near = None
    if postcode := request.GET.get("postcode", "").replace("\x00", "").strip()[:12]:
        middle = shapes.middle_of(postcode)
        if middle is None or middle.latitude is None or middle.longitude is None:
            return None
        near = (middle.latitude, middle.longitude, float(_number(request, "proximity", 5_000)))
    ages = {name: int(float(asked[name])) if asked.get(name) else None for name in ("minimum_age", "maximum_age")}
    return Wanted(
        words=tuple(asked.get("search", "").replace("\x00", "").lower().split()), topic=topic, placed=placed, near=near,
        youngest=ages["minimum_age"], oldest=ages["maximum_age"], since=_since(request),
        but=frozenset(UUID(shapes.id_of("service", one.code)) for one in shapes.services_here()),
    )  # fmt: skip


def _both(ours: Sequence[Any], wanted: Wanted | None) -> Sequence[Any]:
    return ours if wanted is None else others.Both(ours, served(wanted))


def _help_of(id_: str) -> Any:
    try:
        return served_one(UUID(id_))
    except ValueError:
        return None


def _when(request: HttpRequest) -> set[str] | None:
    """The services one can come for on the day, and between the times, that are asked for."""
    day = request.GET.get("day", "").strip().upper()[:2]
    starts, ends = (request.GET.get(name, "").strip() for name in ("start_time", "end_time"))
    if day and (day not in shapes.DAYS or not request.GET["day"].strip().isalpha()):
        raise NotAsked("day is one of MO, TU, WE, TH, FR, SA, SU.")
    for name, text in (("start_time", starts), ("end_time", ends)):
        if text and not _CLOCK.fullmatch(text):
            raise NotAsked(f"{name} is a time like 09:00.")
    if not (day or starts or ends):
        return None
    pairs = shapes.offers()
    rows = {place.code: shapes.schedules_at([place]) for _, place in pairs}
    return {
        service.code
        for service, place in pairs
        for row in rows[place.code]
        if (not day or day in row["byday"].split(","))
        and (not starts or row["opens_at"] >= starts[:5])
        and (not ends or row["closes_at"] <= ends[:5])
    }


def _since(request: HttpRequest) -> datetime | None:
    """From when on something must have changed; a moment without a zone is in UTC."""
    text = request.GET.get("modified_after", "").strip().replace(" ", "+")  # a plus sign that was not encoded
    if not text:
        return None
    try:
        made = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise NotAsked("modified_after is a date and time like 2026-11-02T09:00:00Z.") from wrong
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def _text(service: Service) -> str:
    return " ".join((service.name, service.summary, *service.synonyms)).lower()


def _near(request: HttpRequest) -> set[str] | None:
    postcode = request.GET.get("postcode", "").replace("\x00", "").strip()[:12]
    metres = _number(request, "proximity", 5_000) if postcode else 0
    if not postcode:
        return None
    middle = shapes.middle_of(postcode)
    if middle is None:
        return set()
    where = shapes.where_places_are()
    return {s.code for s, place in shapes.offers() if shapes.near(where.get(place.code), middle, metres)}


@csrf_exempt
@policy("public")
def without_slash(request: Request, id_: str = "") -> HttpResponse:
    """Lead from an address with a slash at its end, as many programmes write one, to where the thing is."""
    if (other := _asked_otherwise(request.method)) is not None:
        return other
    query = request.META.get("QUERY_STRING", "")
    made = HttpResponsePermanentRedirect(quote(request.path.rstrip("/")) + (f"?{query}" if query else ""))
    made["Access-Control-Allow-Origin"] = "*"
    return made


@policy("public")
@operation
def root(request: Request) -> Any:
    """Say what this is."""
    here = request.build_absolute_uri("/open-referral/openapi.json")
    return {"version": "3.0", "profile": PROFILE, "openapi_url": here}


@policy("public")
@operation
def nothing(request: Request, rest: str) -> Any:
    """Say that there is nothing at an address under ``/open-referral``, as everything here is said."""
    return None


@policy("public")
@operation
def openapi(request: Request) -> Any:
    """Describe the operations."""
    return document(request.build_absolute_uri("/open-referral"))


@policy("public")
@operation
def services(request: Request) -> Any:
    """List services."""
    changed = shapes.last_modified()

    def show(one: Any) -> dict[str, Any]:
        return shapes.service_line(one, changed=changed) if isinstance(one, Service) else others.line(one)

    return _page(request, _both(_fitting(request), _theirs(request)), show)


@policy("public")
@operation
def service(request: Request, id_: str) -> Any:
    """Show one service whole."""
    found = next((one for one in shapes.services_here() if shapes.id_of("service", one.code) == id_), None)
    if found is None:
        theirs = _help_of(id_)
        return others.full(theirs) if theirs is not None else None
    return shapes.service_full(found, shapes.where_places_are(), changed=shapes.last_modified())


@policy("public")
@operation
def at_locations(request: Request) -> Any:
    """List which service is given where."""
    fitting = {one.code for one in _fitting(request)}
    rows = [pair for pair in shapes.offers() if pair[0].code in fitting]
    where, changed = shapes.where_places_are(), shapes.last_modified()

    def show(one: Any) -> dict[str, Any]:
        if isinstance(one, tuple):
            return shapes.at_location(one[0], one[1], where, changed=changed, full=False)
        return others.at_location(one, whole=False)

    return _page(request, _both(rows, _theirs(request, placed=True)), show)


@policy("public")
@operation
def at_location(request: Request, id_: str) -> Any:
    """Show one service at one place."""
    found = next((p for p in shapes.offers() if shapes.id_of("at", f"{p[0].code}:{p[1].code}") == id_), None)
    if found is None:
        theirs = _help_of(id_)
        return others.at_location(theirs, whole=True) if theirs is not None and others.is_placed(theirs) else None
    service, place = found
    return shapes.at_location(service, place, shapes.where_places_are(), changed=shapes.last_modified(), full=True)


@policy("public")
@operation
def taxonomies(request: Request) -> Any:
    """List the taxonomies: how our catalogue is divided, and what others' help is filed under where there is any."""
    held = [shapes.taxonomy(), *([others.taxonomy()] if topics_served() else [])]
    return _page(request, held, lambda one: one)


@policy("public")
@operation
def taxonomy(request: Request, id_: str) -> Any:
    """Show a taxonomy with its terms."""
    if id_ == others.taxonomy()["id"] and (held := topics_served()):
        return others.taxonomy() | {"taxonomy_terms": [others.term(one) for one in held]}
    found = shapes.taxonomy()
    terms = [shapes.term(area) for area in current_pack().of(AREAS).values()]
    return found | {"taxonomy_terms": terms} if found["id"] == id_ else None


@policy("public")
@operation
def terms(request: Request) -> Any:
    """List the terms of both."""
    ours = [shapes.term(area) for area in current_pack().of(AREAS).values()]
    return _page(request, [*ours, *(others.term(one) for one in topics_served())], lambda one: one)


@policy("public")
@operation
def term(request: Request, id_: str) -> Any:
    """Show a term."""
    found = next((one for one in current_pack().of(AREAS).values() if shapes.id_of("term", one.code) == id_), None)
    if found is None:
        return next((others.term(one) for one in topics_served() if others.id_of_topic(one) == id_), None)
    return shapes.term(found)
