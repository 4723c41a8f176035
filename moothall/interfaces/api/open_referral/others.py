"""Services of other organisations in our directory: under their own ids, with who runs them and where we have them from.

They are built from what we keep, not passed on as they came: what a directory got wrong does not make ours invalid.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, overload
from uuid import NAMESPACE_URL, UUID, uuid5

from moothall.core.packs import current_pack
from moothall.interfaces.api.open_referral import shapes
from moothall.partners.queries import changed_at

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from moothall.partners.models import Help

TOPICS: Final = "help-from-others"
_EMAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_LINK: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]*)?")


class Both(Sequence[Any]):
    """Our own services and then those of others, counted and cut without reading them all: one query each."""

    def __init__(self, ours: Sequence[Any], theirs: QuerySet[Help]) -> None:
        self.ours, self.theirs = ours, theirs
        self._length: int | None = None

    def __len__(self) -> int:
        if self._length is None:
            self._length = len(self.ours) + self.theirs.count()
        return self._length

    @overload
    def __getitem__(self, place: int) -> Any: ...
    @overload
    def __getitem__(self, place: slice) -> list[Any]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, int):
            return self[place : place + 1][0]
        start, stop, _ = place.indices(len(self))
        first = len(self.ours)
        held = list(self.ours[start:stop])
        if stop > first:
            held += list(self.theirs[max(start - first, 0) : stop - first])
        return held


def id_of_topic(topic: str) -> str:
    """Return the id of a topic that help from others is filed under."""
    return shapes.id_of("topic", topic)


def term(topic: str) -> dict[str, Any]:
    """Return a topic of others' help as a term of its own taxonomy."""
    return {
        "id": id_of_topic(topic), "name": topic, "description": topic, "taxonomy": TOPICS,
        "taxonomy_id": shapes.id_of("taxonomy", TOPICS), "term": topic, "code": topic,
    }  # fmt: skip


def taxonomy() -> dict[str, Any]:
    """Return the taxonomy of what others' help is filed under, in the words of their directories."""
    return {
        "id": shapes.id_of("taxonomy", TOPICS), "name": "Help from others", "version": "1",
        "description": "What help from other organisations is filed under, in the words of their own directories.",
    }  # fmt: skip


def line(row: Help) -> dict[str, Any]:
    """Return a service of another organisation as lists show it."""
    made: dict[str, Any] = {
        "id": str(row.id), "name": row.name, "description": row.summary or row.name, "status": "active",
        "last_modified": _changed(row).isoformat(timespec="seconds"), "organization": _organization(row),
        "metadata": [_provenance(row)],
    }  # fmt: skip
    made |= {"fees": row.costs} if row.costs else {}
    made |= {
        name: one
        for name, one in (("minimum_age", row.minimum_age), ("maximum_age", row.maximum_age))
        if one is not None
    }
    made |= {"assured_date": row.assured_on.isoformat()} if row.assured_on else {}
    return made | _ways(row, "url")


def full(row: Help) -> dict[str, Any]:
    """Return a service of another organisation whole."""
    made = line(row)
    made["contacts"] = [{"id": _part(row, "contact"), "service_id": str(row.id), "name": row.organization or row.name}]
    if row.phone:
        made["contacts"][0]["phones"] = [{"id": _part(row, "phone"), "number": row.phone}]
    if is_placed(row):
        made["service_at_locations"] = [{"id": id_at(row), "service_id": str(row.id), "location": location(row)}]
    if row.topics:
        made["attributes"] = [
            {
                "id": _part(row, f"topic {one}"), "link_id": str(row.id), "link_type": "service",
                "taxonomy_term_id": id_of_topic(str(one)), "taxonomy_term": term(str(one)),
            }
            for one in row.topics
        ]  # fmt: skip
    return made


def is_placed(row: Help) -> bool:
    """Say whether we know where it is."""
    return bool(row.where) or row.latitude is not None


def id_at(row: Help) -> str:
    """Return the id of a service at its place: its own, for we keep one place of each."""
    return str(row.id)


def at_location(row: Help, *, whole: bool) -> dict[str, Any]:
    """Return a service of another organisation at its place."""
    show: Callable[[Help], dict[str, Any]] = full if whole else line
    told = show(row)
    made = {"id": id_at(row), "service_id": str(row.id), "location": location(row), "service": told}
    return made | (shapes.as_service(told) if whole else {})


def location(row: Help) -> dict[str, Any]:
    """Return where it is."""
    made: dict[str, Any] = {"id": _part(row, "location"), "location_type": "physical", "name": row.where or row.name}
    if row.latitude is not None and row.longitude is not None:
        made |= {"latitude": row.latitude, "longitude": row.longitude}
    return made


def _organization(row: Help) -> dict[str, Any]:
    """Who runs it: never the council."""
    told = row.raw.get("organization") if isinstance(row.raw, dict) else None
    theirs = told if isinstance(told, dict) else {}
    name = row.organization or "Another organisation"
    council = current_pack().council.name
    about = theirs.get("description")
    made = {
        "id": _uuid(theirs.get("id")) or str(uuid5(NAMESPACE_URL, f"organization:{row.source}:{name}")), "name": name,
        "description": about if isinstance(about, str) and about else f"Run by {name}, not by {council}.",
    }  # fmt: skip
    site = theirs.get("website")
    return made | ({"website": site} if isinstance(site, str) and _LINK.fullmatch(site) else {})


def _provenance(row: Help) -> dict[str, Any]:
    """Where we have it from and when it last came, as the standard's metadata."""
    return {
        "id": _part(row, "metadata"), "resource_id": str(row.id), "resource_type": "service",
        "last_action_date": row.seen_at.date().isoformat(), "last_action_type": "import", "field_name": "service",
        "previous_value": "", "replacement_value": "", "updated_by": row.source,
    }  # fmt: skip


def _ways(row: Help, link: str) -> dict[str, str]:
    made = {link: row.web} if row.web and _LINK.fullmatch(row.web) else {}
    return made | ({"email": row.email} if _EMAIL.fullmatch(row.email) else {})


def _changed(row: Help) -> datetime:
    """When they last changed it, where they say so; else when it came."""
    return changed_at(row.raw.get("last_modified") if isinstance(row.raw, dict) else None, row.seen_at)


def _uuid(value: Any) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError:
        return ""


def _part(row: Help, what: str) -> str:
    return str(uuid5(row.id, what))
