"""The operations of Open Referral UK 3.0 as an OpenAPI document, with the parameters each takes and the published schemas."""

from __future__ import annotations

from typing import Any, Final

PUBLISHED: Final = "https://raw.githubusercontent.com/openreferral/uk-profile/main/schema"
_PAGES: Final = {
    "page": ("integer", "Number of the page, from 1."),
    "per_page": ("integer", "How many on a page, at most 100."),
}
_FILTERS: Final = {
    "search": ("string", "Words that all must stand in its name, its summary or what people call it."),
    "taxonomy_term_id": ("string", "The id of a term."),
    "taxonomy_id": ("string", "The id of a taxonomy."),
    "minimum_age": (
        "number",
        "An age in years: services for people up to a younger age are left out. Ours have none, so all fit.",
    ),
    "maximum_age": (
        "number",
        "An age in years: services for people from an older age are left out. Ours have none, so all fit.",
    ),
    "day": (
        "string",
        "A day on which one can come: MO, TU, WE, TH, FR, SA or SU. Of others’ services we know no hours.",
    ),
    "start_time": ("string", "Opens at this time or later, like 09:00."),
    "end_time": ("string", "Closes at this time or sooner, like 17:30."),
    "modified_after": ("string", "Changed at this date and time or later, like 2026-11-02T09:00:00Z."),
    "postcode": ("string", "A postcode; with proximity."),
    "proximity": ("number", "So many metres from the postcode, 5000 if not said."),
}
_PAGE: Final = {
    "type": "object",
    "properties": {
        **{name: {"type": "integer"} for name in ("total_items", "total_pages", "page_number", "size")},
        **{name: {"type": "boolean"} for name in ("first_page", "last_page", "empty")},
    },
}
_LISTS: Final = {
    "/services": ("compiled/service_list.json", _FILTERS | _PAGES),
    "/service_at_locations": ("compiled/service_at_location_list.json", _FILTERS | _PAGES),
    "/taxonomies": ("taxonomy.json", _PAGES),
    "/taxonomy_terms": ("taxonomy_term.json", _PAGES),
}
_ONES: Final = {
    "/services/{id}": "compiled/service.json", "/service_at_locations/{id}": "compiled/service_at_location.json",
    "/taxonomies/{id}": "taxonomy.json", "/taxonomy_terms/{id}": "taxonomy_term.json",
}  # fmt: skip
_ID: Final = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
_NOT_READ: Final = {"400": {"description": "A parameter that cannot be read, with what is wrong."}}
_NOT_HERE: Final = {"404": {"description": "There is no such thing here."}}


def _get(says: str, parameters: list[Any], schema: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    answer = {"200": {"description": says, "content": {"application/json": {"schema": schema}}}}
    return {"get": {"summary": says, "parameters": parameters, "responses": answer | others}}


def document(base: str) -> dict[str, Any]:
    """Return the document for an installation whose directory stands at ``base``."""
    about = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in ("version", "profile", "openapi_url")},
    }
    paths = {"/": _get("What this is.", [], about, {})}
    for path, (schema, taken) in _LISTS.items():
        given = [
            {"name": name, "in": "query", "required": False, "description": says, "schema": {"type": kind}}
            for name, (kind, says) in taken.items()
        ]
        rows = {"contents": {"type": "array", "items": {"$ref": f"{PUBLISHED}/{schema}"}}}
        page = {"allOf": [{"$ref": "#/components/schemas/Page"}], "properties": rows}
        paths[path] = _get("A page of them.", given, page, _NOT_READ)
    for path, schema in _ONES.items():
        paths[path] = _get("One of them, whole.", [_ID], {"$ref": f"{PUBLISHED}/{schema}"}, _NOT_HERE)
    return {
        "openapi": "3.1.0", "info": {"title": "Open Referral UK", "version": "3.0"}, "servers": [{"url": base}],
        "paths": paths, "components": {"schemas": {"Page": _PAGE}},
    }  # fmt: skip
