"""Where a request is about, from its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moothall.intake.dialogue.known import Known
from moothall.places.finding import areas_at
from moothall.places.queries import address
from moothall.services.pack import Service


@dataclass(frozen=True, slots=True)
class Where:
    """A place as a case keeps it; empty where it is not known."""

    text: str = ""
    uprn: int | None = None
    area: str = ""
    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None


def where_is(service: Service, answers: Mapping[str, Any], known: Known) -> Where:
    """Return where it is: the first place named, else the first address that is not asked for letters alone.

    At most three queries.
    """
    found: Mapping[str, Any] = {}
    for wanted in ("place", "address"):
        for question in service.questions:
            value = answers.get(question.id)
            if question.type == wanted and isinstance(value, Mapping) and not question.letters:
                found = value
                break
        if found:
            break
    if not found and known.uprn:
        found = {"text": known.address, "uprn": known.uprn, "postcode": known.postcode}
    uprn = found.get("uprn") or None
    line = address(int(uprn)) if uprn else None
    latitude = found.get("latitude") or (line.latitude if line else None)
    longitude = found.get("longitude") or (line.longitude if line else None)
    area = line.area if line else ""
    if not area and latitude and longitude:
        area = next((one.code for one in areas_at(latitude, longitude, kind="ward")), "")
    return Where(
        text=str(found.get("text", ""))[:300],
        uprn=line.uprn if line else (int(uprn) if uprn else None),
        area=area,
        postcode=str(found.get("postcode", "")),
        latitude=latitude,
        longitude=longitude,
    )
