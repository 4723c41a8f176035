"""The catalogue as Open Referral UK 3.0 names it. Ids are made from codes and stay the same for good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings

from moothall.core.packs import current_pack
from moothall.core.packs.queries import versions
from moothall.places.geometry import metres_between
from moothall.places.pack import PLACES, Place
from moothall.places.queries import AddressLine, addresses_at, addresses_of
from moothall.promises.pack import calendar_of
from moothall.services.pack import AREAS, SERVICES, Area, Service

TAXONOMY: Final = "areas-of-service"
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
Where = Mapping[str, AddressLine]
"""The address of each place by its code, where it is known."""


def id_of(kind: str, code: str) -> str:
    """Return the id of a thing of this council."""
    return str(uuid5(NAMESPACE_URL, f"{settings.PUBLIC_URL}/open-referral/{kind}/{current_pack().name}/{code}"))


def services_here() -> list[Service]:
    """Return the services the directory lists: those for everyone that we give ourselves, by name."""
    found = current_pack().of(SERVICES).values()
    return sorted((one for one in found if one.visibility == "public" and not one.elsewhere), key=lambda one: one.name)


def offers() -> list[tuple[Service, Place]]:
    """Return which service can be asked for at which place."""
    services, places = services_here(), current_pack().of(PLACES).values()
    return [
        (service, place)
        for place in places
        for service in services
        if service.code in place.services or (not place.services and service.channel("counter").level != "no")
    ]


def where_places_are() -> Where:
    """Return the addresses of all places. At most one query."""
    places = current_pack().of(PLACES).values()
    known = addresses_of([place.uprn for place in places if place.uprn])
    return {place.code: known[place.uprn] for place in places if place.uprn in known}


def last_modified() -> str:
    """Return when the catalogue last changed. One query."""
    return versions(1)[0].applied_at.isoformat(timespec="seconds")


def schedules_at(places: Iterable[Place]) -> list[dict[str, Any]]:
    """Return when people can come to these places: one row for the days of a calendar that have the same hours."""
    found: dict[str, dict[str, Any]] = {}
    for place in places:
        calendar = calendar_of(current_pack(), place.calendar)
        hours = {interval for day in calendar.week for interval in day}
        for opens, closes in sorted(hours):
            key = f"{place.calendar}:{opens}:{closes}"
            days = [DAYS[n] for n, day in enumerate(calendar.week) if (opens, closes) in day]
            row = found.setdefault(
                key,
                {
                    "id": id_of("schedule", key), "freq": "WEEKLY", "interval": 1, "byday": ",".join(days),
                    "opens_at": _time(opens), "closes_at": _time(closes), "attending_type": "in person",
                    "description": "",
                },
            )  # fmt: skip
            row["description"] = f"{row['description']}; {place.name}" if row["description"] else place.name
    return list(found.values())


def _time(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def organization() -> dict[str, Any]:
    """Return the council as an organisation."""
    council = current_pack().council
    made = {"id": id_of("organization", "council"), "name": council.name, "description": council.kind or council.name}
    if council.web:
        made |= {"website": council.web, "uri": council.web}
    return made | _email()


def _email() -> dict[str, str]:
    found = next(
        (one.value for one in current_pack().council.contact if one.channel == "email" and "@" in one.value), ""
    )
    return {"email": found} if found else {}


def service_line(service: Service, *, changed: str) -> dict[str, Any]:
    """Return a service as lists show it; ``changed`` is when the catalogue last did."""
    made: dict[str, Any] = {
        "id": id_of("service", service.code), "name": service.name, "description": service.summary,
        "url": f"{settings.PUBLIC_URL}/services/{service.code}", "status": "active",
        "last_modified": changed,
    }  # fmt: skip
    if service.cost.says:
        made["fees"] = service.cost.says
    return made | _email() | {"organization": organization()}


def service_full(service: Service, where: Where, *, changed: str) -> dict[str, Any]:
    """Return one service whole: with its places, when one can come, and what it belongs to."""
    area = current_pack().of(AREAS).get(service.area)
    made = service_line(service, changed=changed)
    places = [place for one, place in offers() if one.code == service.code]
    made["service_at_locations"] = [
        {"id": id_of("at", f"{service.code}:{place.code}"), "location": location(place, where)} for place in places
    ]
    made["schedules"] = schedules_at(places)
    made["contacts"] = [{"id": id_of("contact", service.code), "name": service.directorate}]
    if area:
        made["attributes"] = [
            {"id": id_of("attribute", service.code), "link_type": "service", "taxonomy_term": term(area)}
        ]
    return made


def location(place: Place, where: Where) -> dict[str, Any]:
    """Return a place people can come to."""
    made: dict[str, Any] = {
        "id": id_of("location", place.code), "location_type": "physical", "name": place.name,
    }  # fmt: skip
    made |= {"description": place.where} if place.where else {}
    known = where.get(place.code)
    if place.uprn:
        made |= {"external_identifier": str(place.uprn), "external_identifier_type": "UPRN"}
    if known and known.latitude is not None and known.longitude is not None:
        made |= {"latitude": known.latitude, "longitude": known.longitude}
    return made


def at_location(service: Service, place: Place, where: Where, *, changed: str, full: bool) -> dict[str, Any]:
    """Return a service at a place."""
    told = service_full(service, where, changed=changed) if full else service_line(service, changed=changed)
    made = {
        "id": id_of("at", f"{service.code}:{place.code}"), "service_id": told["id"], "location": location(place, where),
        "service": told,
    }  # fmt: skip
    return made | (as_service(told) if full else {})


def as_service(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what makes one service at a place valid as a service too.

    The profile's own description of its calls, which validators go by, gives one service at a place the schema of a service;
    its compiled schema for it asks for none of this and forbids nothing. With both, it is right by either.
    """
    return {"name": told["name"], "status": told["status"]}


def term(area: Area) -> dict[str, Any]:
    """Return an area of service as a term of our taxonomy."""
    return {
        "id": id_of("term", area.code), "name": area.name, "description": area.says or area.name, "taxonomy": TAXONOMY,
        "taxonomy_id": id_of("taxonomy", TAXONOMY), "term_uri": f"{settings.PUBLIC_URL}/services", "term": area.name,
        "code": area.code,
    }  # fmt: skip


def taxonomy() -> dict[str, Any]:
    """Return the one taxonomy: how our catalogue is divided."""
    council = current_pack().council.name
    return {
        "id": id_of("taxonomy", TAXONOMY), "name": "Areas of service", "version": "1",
        "description": f"How {council} divides what it does.", "uri": f"{settings.PUBLIC_URL}/services",
    }  # fmt: skip


def page_of(rows: Sequence[Any], number: int, size: int, contents: Iterable[Any]) -> dict[str, Any]:
    """Return a page as the standard counts it."""
    pages = max(-(-len(rows) // size), 1)
    held = list(contents)
    return {
        "total_items": len(rows), "total_pages": pages, "page_number": number, "size": len(held), "first_page": number == 1,
        "last_page": number >= pages, "empty": not held, "contents": held,
    }  # fmt: skip


def near(known: AddressLine | None, middle: AddressLine, metres: float) -> bool:
    """Say whether a place lies within so many metres of an address; one whose position we do not know does not."""
    if known is None or known.latitude is None or known.longitude is None:
        return False
    if middle.latitude is None or middle.longitude is None:
        return False
    return metres_between(middle.latitude, middle.longitude, known.latitude, known.longitude) <= metres


def middle_of(postcode: str) -> AddressLine | None:
    """Return an address at a postcode that has a position, or None."""
    return next((one for one in addresses_at(postcode) if one.latitude is not None), None)
