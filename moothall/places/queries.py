"""The only readers of addresses and areas. Addresses are public; who lives there is not here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, Q, QuerySet, When
from django.db.models.functions import Length

from moothall.places.models import Area, Property, Street
from moothall.places.rules import natural_order, postcode_key, search_text, show_postcode, split_postcode

LEAST_LIKENESS = 0.3
MOST = 100


@dataclass(frozen=True, slots=True)
class AddressLine:
    """One address: ``text`` as it is written, with its area and position where they are known."""

    uprn: int
    text: str
    postcode: str
    area: str
    usrn: int | None = None
    latitude: float | None = None
    longitude: float | None = None


def address(uprn: int) -> AddressLine | None:
    """Return the address of one property, or ``None``. One query."""
    row = Property.objects.filter(uprn=uprn).first()
    return _line(row) if row else None


def addresses_of(uprns: Collection[int]) -> dict[int, AddressLine]:
    """Return the addresses of these properties, those that are known. At most one query."""
    if not uprns:
        return {}
    return {row.uprn: _line(row) for row in Property.objects.filter(uprn__in=set(uprns))}


def addresses_at(postcode: str, *, number: str = "", limit: int = MOST) -> list[AddressLine]:
    """Return the addresses at a whole postcode in the order one walks them; only those that fit ``number`` if any do.

    ``number`` may be a house number, a name, or both with the street.
    """
    key = postcode_key(postcode)
    if not key:
        return []
    found = sorted(Property.objects.filter(postcode_key=key)[:1000], key=_place_in_street)
    wanted = search_text(number).split()
    if wanted:
        found = _that_fit(found, wanted) or found
    return [_line(row) for row in found[:limit]]


def addresses_meant(written: Sequence[tuple[str, str]]) -> list[list[AddressLine]]:
    """Return for each (address, postcode) as another system writes them the addresses it can mean: none, one or several.

    For joining lists to premises, so nothing is guessed: every number must be the same, and one of the two texts must hold
    every word of the other. Only where a single door of the postcode has those numbers, one word in common is enough (Mill
    Ln, Mill Lane). One query.
    """
    keys = [postcode_key(postcode) for _, postcode in written]
    doors: dict[str, list[tuple[set[str], Property]]] = {}
    for row in Property.objects.filter(postcode_key__in={key for key in keys if key}).order_by("uprn"):
        doors.setdefault(row.postcode_key, []).append((set(search_text(row.address).split()), row))
    return [_meant(split_postcode(text)[0], doors.get(key, [])) for (text, _), key in zip(written, keys, strict=True)]


def _meant(text: str, doors: Sequence[tuple[set[str], Property]]) -> list[AddressLine]:
    wanted = set(search_text(text).split())
    numbers = {word for word in wanted if word[0].isdigit()}
    same = [(words, row) for words, row in doors if {word for word in words if word[0].isdigit()} == numbers]
    fit = [row for words, row in same if wanted and (wanted <= words or words <= wanted)]
    if not fit and numbers and len(same) == 1 and (wanted - numbers) & same[0][0]:
        fit = [same[0][1]]
    exact = [row for words, row in same if row in fit and words == wanted]
    return [_line(row) for row in exact or fit]


def _that_fit(rows: Sequence[Property], wanted: Sequence[str]) -> list[Property]:
    """Those that hold every word that was typed, else every number of it. "14" is the house before it is flat 14."""
    numbers = {word for word in wanted if word[0].isdigit()}
    for words in (set(wanted), numbers):
        fit = [row for row in rows if words and words <= set(row.search.split())]
        if fit:
            houses = [row for row in fit if search_text(row.number) in numbers]
            return houses + [row for row in fit if row not in houses]
    return []


def postcodes_among(candidates: Sequence[str]) -> list[str]:
    """Return those of these postcodes (without spaces) that there are here, in order. One query."""
    if not candidates:
        return []
    known = Property.objects.filter(postcode_key__in=list(candidates)).values_list("postcode_key", flat=True)
    return sorted(known.distinct())


def find_addresses(text: str, *, limit: int = 20) -> list[AddressLine]:
    """Return addresses that fit what was typed: a postcode, a house number and street, part of a name, with slips.

    As written first; only if nothing is, with slips. At most two queries. Every word that is a number must stand in the
    address.
    """
    rest, key = split_postcode(text)
    words = search_text(rest)
    limit = min(limit, MOST)
    if key:
        return addresses_at(key, number=words, limit=limit)
    if len(words) < 3:
        return []
    numbers = [word for word in words.split() if word[0].isdigit()]
    letters = " ".join(word for word in words.split() if word not in numbers)
    rows: QuerySet[Property] = Property.objects.all()
    for number in numbers:
        # A space on each side keeps 4 from meaning 14.
        rows = rows.filter(Q(search__startswith=f"{number} ") | Q(search__contains=f" {number} "))
    phrase = Q(search__startswith=letters) | Q(search__contains=f" {letters}")  # a mill is not a windmill
    found = list(_as_written(rows.filter(phrase), words)[:limit])
    if not found and letters:
        likeness = TrigramWordSimilarity(letters, "search")
        slips = rows.filter(search__trigram_word_similar=letters).annotate(like=likeness)
        found = list(slips.filter(like__gte=LEAST_LIKENESS).order_by("-like", Length("search"), "search")[:limit])
    return [_line(row) for row in found]


def _as_written(rows: QuerySet[Property], words: str) -> QuerySet[Property]:
    """Those that begin as it was typed first; of the others the shortest, which say least that was not asked for."""
    begins = Case(When(search__startswith=words, then=0), default=1)
    return rows.order_by(begins, Length("search"), "search", "uprn")


def find_streets(text: str, *, limit: int = 10) -> list[str]:
    """Return names of streets like what was typed, nearest first. One query."""
    words = search_text(text)
    if len(words) < 2:
        return []
    rows = Street.objects.filter(name__trigram_word_similar=words)
    rows = rows.annotate(like=TrigramWordSimilarity(words, "name")).order_by("-like", "name")
    return list(dict.fromkeys(f"{row.name}, {row.locality}" if row.locality else row.name for row in rows[:limit]))


def are_there_addresses() -> bool:
    """Say whether any address was imported: without, people type theirs."""
    return Property.objects.exists()


def area_name(code: str) -> str:
    """Return an area's name, or its code where it is not known."""
    found = Area.objects.filter(code=code).values_list("name", flat=True).first()
    return found or code


def area_names() -> dict[str, str]:
    """Return every area's name by code."""
    return dict(Area.objects.order_by("name").values_list("code", "name"))


def _place_in_street(row: Property) -> tuple[object, object]:
    return natural_order(row.number or row.address), natural_order(row.address)


def _line(row: Property) -> AddressLine:
    shown = row.postcode or show_postcode(row.postcode_key)
    text = row.address if not shown or shown in row.address else f"{row.address}, {shown}"
    return AddressLine(
        uprn=row.uprn, text=text, postcode=shown, area=row.area_code, usrn=row.usrn, latitude=row.latitude,
        longitude=row.longitude,
    )  # fmt: skip
