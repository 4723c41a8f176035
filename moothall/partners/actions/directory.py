"""A directory of others brought in: again is fine, what is gone there goes here, what cannot be read is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.partners.models import Help

MOST_WORDS: Final = 4_000
LIVE: Final = frozenset({"", "active"})


class NotADirectory(ValueError):
    """Nothing of what was read is a service; the message says what was wrong first."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import did. ``refused`` were listed with their reason."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    refused: int = 0


def import_directory(
    rows: Iterable[Mapping[str, Any]], *, source: str, whole: bool = True, say: Callable[[int, str], None] | None = None,
    by: Actor, at: datetime,
) -> Brought:  # fmt: skip
    """Bring in services of others in Open Referral UK 3.0 shapes. Again changes only what changed.

    ``whole``: what this source had and has no more is gone from here too. ``say`` hears the number of a row that cannot
    be kept, and why.

    Raises:
        NotADirectory: no row could be kept; nothing is changed. Refused.
    """
    require(by, "import.run")
    count = {"read": 0, "new": 0, "changed": 0, "same": 0, "refused": 0}
    made: dict[UUID, Help] = {}
    first = ""
    for number, row in enumerate(rows, 1):
        count["read"] += 1
        try:
            one = _help(row, source, at)
        except ValueError as wrong:
            count["refused"] += 1
            first = first or f"Row {number}: {wrong}"
            if say is not None:
                say(number, str(wrong))
        else:
            if one is not None:
                made[one.id] = one
    if not made:
        raise NotADirectory(first or "There are no services in it.")
    with transaction.atomic():
        known = {row.id: row for row in Help.objects.select_for_update().filter(id__in=list(made))}
        for id_, one in made.items():
            old = known.get(id_)
            kind = "new" if old is None else "same" if old.raw == one.raw and old.gone_at is None else "changed"
            count[kind] += 1
        Help.objects.bulk_create(
            made.values(), batch_size=500, update_conflicts=True, unique_fields=["id"], update_fields=_KEPT
        )
        gone = 0
        if whole:
            left = Help.objects.filter(source=source, gone_at=None).exclude(id__in=list(made))
            gone = left.update(gone_at=at)
    return Brought(**count, gone=gone)


_KEPT: Final = [
    "source", "name", "organization", "summary", "phone", "email", "web", "where", "latitude", "longitude", "minimum_age",
    "maximum_age", "costs", "topics", "search", "raw", "assured_on", "seen_at", "gone_at",
]  # fmt: skip


def _help(row: Mapping[str, Any], source: str, at: datetime) -> Help | None:
    """A service as we show it; ``None`` for one that is not offered now. Raises ValueError with what is wrong."""
    try:
        id_ = UUID(str(row.get("id", "")))
    except ValueError as wrong:
        raise ValueError("it has no id that is a UUID.") from wrong
    name = _text(row.get("name"), 300)
    if not name:
        raise ValueError("it has no name.")
    if str(row.get("status") or "") not in LIVE:
        return None
    owner = row.get("organization") if isinstance(row.get("organization"), Mapping) else {}
    place = _place(row)
    topics = [
        text
        for one in _list(row, "attributes")
        if isinstance(one.get("taxonomy_term"), Mapping) and (text := _text(one["taxonomy_term"].get("name"), 80))
    ]
    latitude, longitude = _number(place.get("latitude"), 90), _number(place.get("longitude"), 180)
    made = Help(
        id=id_, source=source, name=name, organization=_text(owner.get("name"), 300) if owner else "",
        summary=_text(row.get("description"), MOST_WORDS), phone=_phone(row, place),
        email=_email(row.get("email")) or _email(owner.get("email") if owner else ""),
        web=_web(row.get("url")) or _web(owner.get("website") if owner else ""), where=_where(place),
        latitude=latitude if longitude is not None else None, longitude=longitude if latitude is not None else None,
        minimum_age=_age(row.get("minimum_age")), maximum_age=_age(row.get("maximum_age")),
        costs=_costs(row), topics=list(dict.fromkeys(topics))[:20], raw=_clean(row), assured_on=_day(row.get("assured_date")),
        seen_at=at, gone_at=None,
    )  # fmt: skip
    made.search = " ".join((made.name, made.organization, made.summary, made.where, *made.topics)).lower()[:8_000]
    return made


def _list(row: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    held = row.get(name)
    return [one for one in held if isinstance(one, Mapping)] if isinstance(held, list) else []


def _place(row: Mapping[str, Any]) -> Mapping[str, Any]:
    found = (one.get("location") for one in _list(row, "service_at_locations"))
    return next((one for one in found if isinstance(one, Mapping)), {})


def _where(place: Mapping[str, Any]) -> str:
    address = next(iter(_list(place, "addresses")), {})
    parts = [place.get("name"), *(address.get(key) for key in ("address_1", "address_2", "city", "postal_code"))]
    return ", ".join(dict.fromkeys(text for part in parts if (text := _text(part, 120))))[:400]


def _phone(row: Mapping[str, Any], place: Mapping[str, Any]) -> str:
    holders = (row, *_list(row, "contacts"), place)
    return next(
        (text for holder in holders for one in _list(holder, "phones") if (text := _text(one.get("number"), 60))), ""
    )


def _costs(row: Mapping[str, Any]) -> str:
    said = []
    for one in _list(row, "cost_options"):
        amount = one.get("amount")
        money = (
            f"£{amount:g}" if isinstance(amount, (int, float)) and one.get("currency", "GBP") in ("GBP", None) else ""
        )
        parts = (_text(one.get("option"), 200), money, _text(one.get("amount_description"), 200))
        said.append(" ".join(filter(None, parts)))
    return "; ".join(filter(None, said))[:1_000] or _text(row.get("fees_description") or row.get("fees"), 1_000)


def _text(value: Any, most: int) -> str:
    return " ".join(value.replace("\x00", "").split())[:most] if isinstance(value, str) else ""


def _email(value: Any) -> str:
    text = _text(value, 254)
    return text if "@" in text and " " not in text else ""


def _web(value: Any) -> str:
    """An address that may be a link: http or https only, whatever a directory says."""
    text = _text(value, 500)
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in {"http", "https"} and parts.netloc and " " not in text else ""


def _number(value: Any, most: float) -> float | None:
    return (
        float(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and -most <= value <= most
        else None
    )


def _age(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 150 else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


def _clean(value: Any) -> Any:
    """What PostgreSQL's JSON cannot hold is left out."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, Mapping):
        return {str(key).replace("\x00", ""): _clean(inner) for key, inner in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list) else value
