"""The catalogue as Open Referral UK 3.0 names it. Ids are made from codes and stay the same for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings

from moothall.core.packs import current_pack
from moothall.places.geometry import metres_between
from moothall.places.pack import PLACES, Place
from moothall.places.queries import AddressLine, address, addresses_at
from moothall.services.pack import AREAS, SERVICES, Area, Service

TAXONOMY: Final = "areas-of-service"


def id_of(kind: str, code: str) -> str:
    """Return the id of a thing of this council."""
    return str(uuid5(NAMESPACE_URL, f"{settings.PUBLIC_URL}/open-referral/{kind}/{current_pack().name}/{code}"))


def services_here() -> list[Service]:
    """Return the services the directory lists: those for everyone that we give ourselves, by name."""
    found = current_pack().of(SERVICES).values()
    return sorted((one for one in found if one.visibility == "public" and not one.elsewhere), key=lambda one: one.name)


def offers() -> list[tuple[Service, Place]]:
    """Return which service can be asked for at which place."""
    places = current_pack().of(PLACES).values()
    return [
        (service, place)
        for place in places
        for service in services_here()
        if service.code in place.services or (not place.services and service.channel("counter").level != "no")
    ]


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


def service_line(service: Service) -> dict[str, Any]:
    """Return a service as lists show it."""
    made: dict[str, Any] = {
        "id": id_of("service", service.code), "name": service.name, "description": service.summary,
        "url": f"{settings.PUBLIC_URL}/services/{service.code}", "status": "active",
    }  # fmt: skip
    if service.cost.says:
        made["fees"] = service.cost.says
    return made | _email() | {"organization": organization()}


def service_full(service: Service) -> dict[str, Any]:
    """Return one service whole: with its places, hours in words and what it belongs to."""
    area = current_pack().of(AREAS).get(service.area)
    made = service_line(service)
    made["service_at_locations"] = [
        {"id": id_of("at", f"{service.code}:{place.code}"), "location": location(place)}
        for one, place in offers()
        if one.code == service.code
    ]
    made["contacts"] = [{"id": id_of("contact", service.code), "name": service.directorate}]
    if area:
        made["attributes"] = [
            {"id": id_of("attribute", service.code), "link_type": "service", "taxonomy_term": term(area)}
        ]
    return made


def location(place: Place) -> dict[str, Any]:
    """Return a place people can come to."""
    made: dict[str, Any] = {
        "id": id_of("location", place.code), "location_type": "physical", "name": place.name, "description": place.where,
    }  # fmt: skip
    known = address(place.uprn) if place.uprn else None
    if place.uprn:
        made |= {"external_identifier": str(place.uprn), "external_identifier_type": "UPRN"}
    if known and known.latitude is not None and known.longitude is not None:
        made |= {"latitude": known.latitude, "longitude": known.longitude}
    return made


def at_location(service: Service, place: Place, *, full: bool) -> dict[str, Any]:
    """Return a service at a place."""
    return {
        "id": id_of("at", f"{service.code}:{place.code}"), "location": location(place),
        "service": service_full(service) if full else service_line(service),
    }  # fmt: skip


def term(area: Area) -> dict[str, Any]:
    """Return an area of service as a term of our taxonomy."""
    return {
        "id": id_of("term", area.code), "name": area.name, "description": area.says or area.name, "taxonomy": TAXONOMY,
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


def near(place: Place, middle: AddressLine, metres: float) -> bool:
    """Say whether a place lies within so many metres of an address; one whose position we do not know does not."""
    known = address(place.uprn) if place.uprn else None
    if known is None or known.latitude is None or known.longitude is None:
        return False
    if middle.latitude is None or middle.longitude is None:
        return False
    return metres_between(middle.latitude, middle.longitude, known.latitude, known.longitude) <= metres


def middle_of(postcode: str) -> AddressLine | None:
    """Return an address at a postcode that has a position, or None."""
    return next((one for one in addresses_at(postcode) if one.latitude is not None), None)
