"""The operations of Open Referral UK 3.0: public, no key, for any page of any site to read."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from moothall.core.packs import current_pack
from moothall.interfaces.api.open_referral import shapes
from moothall.interfaces.policy import Request, policy
from moothall.services.pack import AREAS, Service

MOST: Final = 100
SIZE: Final = 20
PROFILE: Final = "https://docs.openreferraluk.org/"


class NotAsked(ValueError):
    """A parameter that cannot be read; the message says which."""


def _json(body: Any, status: int = 200) -> HttpResponse:
    made = HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/json", status=status)
    made["Access-Control-Allow-Origin"] = "*"
    return made


def operation(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """Make a view of an operation: what it returns is JSON, ``None`` is 404, a bad parameter 400."""

    @functools.wraps(view)
    @require_safe
    def called(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
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
    number, size = _number(request, "page", 1), _number(request, "per_page", SIZE, MOST)
    held = rows[(number - 1) * size : number * size]
    return shapes.page_of(rows, number, size, (show(one) for one in held))


def _fitting(request: HttpRequest) -> list[Service]:
    """The services that the filters let through. None of ours has an age, so any age may have it."""
    found = shapes.services_here()
    words = request.GET.get("search", "").lower().split()
    term = request.GET.get("taxonomy_term_id", "").strip()
    for age in ("minimum_age", "maximum_age"):
        text = request.GET.get(age, "").strip()
        if text and not (text.isascii() and text.isdigit() and len(text) <= 3):
            raise NotAsked(f"{age} is an age in whole years.")
    if words:
        found = [one for one in found if all(w in _text(one) for w in words)]
    if term:
        found = [one for one in found if shapes.id_of("term", one.area) == term or one.area == term]
    near = _near(request)
    return found if near is None else [one for one in found if one.code in near]


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
    return {service.code for service, place in shapes.offers() if shapes.near(place, middle, metres)}


@policy("public")
@operation
def root(request: Request) -> Any:
    """Say what this is."""
    here = request.build_absolute_uri("/open-referral/openapi.json")
    return {"version": "3.0", "profile": PROFILE, "openapi_url": here}


@policy("public")
@operation
def openapi(request: Request) -> Any:
    """Describe the operations."""
    paths = ("/", "/services", "/services/{id}", "/service_at_locations", "/service_at_locations/{id}", "/taxonomies",
             "/taxonomies/{id}", "/taxonomy_terms", "/taxonomy_terms/{id}")  # fmt: skip
    names = ("search", "page", "per_page", "taxonomy_term_id", "minimum_age", "maximum_age", "postcode", "proximity")
    listed = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names]
    one = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}]
    answer = {"200": {"description": "As Open Referral UK 3.0 says.", "content": {"application/json": {}}}}
    return {
        "openapi": "3.1.0", "info": {"title": "Open Referral UK", "version": "3.0"},
        "servers": [{"url": request.build_absolute_uri("/open-referral")}],
        "paths": {
            p: {"get": {"parameters": one if "{id}" in p else listed if p != "/" else [], "responses": answer}}
            for p in paths
        },
    }  # fmt: skip


@policy("public")
@operation
def services(request: Request) -> Any:
    """List services."""
    return _page(request, _fitting(request), shapes.service_line)


@policy("public")
@operation
def service(request: Request, id_: str) -> Any:
    """Show one service whole."""
    found = next((one for one in shapes.services_here() if shapes.id_of("service", one.code) == id_), None)
    return shapes.service_full(found) if found else None


@policy("public")
@operation
def at_locations(request: Request) -> Any:
    """List which service is given where."""
    fitting = {one.code for one in _fitting(request)}
    rows = [pair for pair in shapes.offers() if pair[0].code in fitting]
    return _page(request, rows, lambda pair: shapes.at_location(*pair, full=False))


@policy("public")
@operation
def at_location(request: Request, id_: str) -> Any:
    """Show one service at one place."""
    found = next((p for p in shapes.offers() if shapes.id_of("at", f"{p[0].code}:{p[1].code}") == id_), None)
    return shapes.at_location(*found, full=True) if found else None


@policy("public")
@operation
def taxonomies(request: Request) -> Any:
    """List the one taxonomy."""
    return _page(request, [shapes.taxonomy()], lambda one: one)


@policy("public")
@operation
def taxonomy(request: Request, id_: str) -> Any:
    """Show the taxonomy."""
    found = shapes.taxonomy()
    return found if found["id"] == id_ else None


@policy("public")
@operation
def terms(request: Request) -> Any:
    """List its terms."""
    return _page(request, list(current_pack().of(AREAS).values()), shapes.term)


@policy("public")
@operation
def term(request: Request, id_: str) -> Any:
    """Show a term."""
    found = next((one for one in current_pack().of(AREAS).values() if shapes.id_of("term", one.code) == id_), None)
    return shapes.term(found) if found else None
