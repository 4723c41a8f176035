"""GeoReport v2 answers read, in XML or JSON, as real systems write them. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from moothall.partners.protocols import TheirState

LISTS: Final = {"values": "value", "attributes": "attribute"}
_ZONELESS: Final = ZoneInfo("UTC")


class NotReadable(ValueError):
    """The answer is neither XML nor JSON that this can read."""


def read_rows(body: bytes, content_type: str, name: str) -> list[Mapping[str, Any]]:
    """Return the elements called ``name`` (``request``, ``service``, ``attribute``, ``error``) as mappings.

    Raises:
        NotReadable: it is neither format, or declares entities of its own (which no honest answer does).
    """
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] in (b"[", b"{") or ("json" in content_type and text[:1] != b"<"):
        return _json(text, name)
    try:
        root = ElementTree.fromstring(text, forbid_dtd=True)
    except DefusedXmlException as wrong:
        raise NotReadable("It declares entities.") from wrong
    except (ElementTree.ParseError, ValueError, LookupError) as wrong:  # the latter: an encoding that there is not
        raise NotReadable("It is no XML.") from wrong
    _plain(root)
    found = [root] if root.tag == name else root.findall(f".//{name}")
    return [_mapping(one) if len(one) else {"description": (one.text or "").strip()} for one in found]


def _plain(element: Element) -> None:
    for one in element.iter():
        one.tag = one.tag.rpartition("}")[2]


def _mapping(element: Element) -> Mapping[str, Any]:
    made: dict[str, Any] = {}
    for child in element:
        one = LISTS.get(child.tag)
        if one:
            made[child.tag] = [
                _mapping(inner) if len(inner) else {"key": inner.text or ""} for inner in child.findall(one)
            ]
        else:
            made[child.tag] = (child.text or "").strip()
    return made


def _json(text: bytes, name: str) -> list[Mapping[str, Any]]:
    try:
        held = json.loads(text)
    except (ValueError, UnicodeDecodeError, RecursionError) as wrong:
        raise NotReadable("It is no JSON.") from wrong
    if isinstance(held, dict):
        for key in (name, f"{name}s", f"service_{name}s", "attributes", "errors"):
            if isinstance(held.get(key), list):
                held = held[key]
                break
        else:
            held = [held]
    if not isinstance(held, list):
        raise NotReadable("It is no list.")
    return [one for one in held if isinstance(one, dict)]


def text_of(row: Mapping[str, Any], name: str) -> str:
    """Return a value as text; empty where it is missing, null or no plain value."""
    value = row.get(name)
    return str(value).strip() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def moment_of(row: Mapping[str, Any], name: str) -> datetime | None:
    """Return a time; one without a zone is UTC; what is none is ``None``."""
    text = text_of(row, name)
    try:
        made = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return (made if made.tzinfo else made.replace(tzinfo=_ZONELESS)).astimezone(UTC) if made else None


def number_of(row: Mapping[str, Any], name: str, most: float) -> float | None:
    """Return a coordinate, ``None`` where it is none."""
    try:
        made = float(text_of(row, name))
    except ValueError:
        return None
    return made if -most <= made <= most else None


def their_state(row: Mapping[str, Any]) -> TheirState | None:
    """Return a report as it stands with them; ``None`` for one without a number or a status."""
    reference, status = text_of(row, "service_request_id"), text_of(row, "status").lower()
    if not reference or status not in {"open", "closed"}:
        return None
    return TheirState(
        reference=reference[:120], status=status, notes=text_of(row, "status_notes")[:400],
        changed_at=moment_of(row, "updated_datetime"), expected_at=moment_of(row, "expected_datetime"),
        service=text_of(row, "service_code") or text_of(row, "service_name"), description=text_of(row, "description"),
        address=text_of(row, "address"), latitude=number_of(row, "lat", 90), longitude=number_of(row, "long", 180),
        requested_at=moment_of(row, "requested_datetime"), agency=text_of(row, "agency_responsible"),
        media_url=text_of(row, "media_url"),
    )  # fmt: skip
