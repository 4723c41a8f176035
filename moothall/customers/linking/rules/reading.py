"""What a row of a delivery means: a key, what it says of a person or an organisation, the system's own figures. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from moothall.core.zone import LONDON
from moothall.customers.linking.pack import Column, System
from moothall.customers.linking.protocols import Row
from moothall.customers.matching.rules.dates import PLACEHOLDERS
from moothall.customers.matching.rules.names import GENERATIONS, TITLES, name_in_parts
from moothall.customers.rules.registers import read_charity_number, read_company_number, read_vat_number
from moothall.customers.rules.writing import CannotRead, cut_postcode, plain_email, plain_name, plain_phone, postcode_in

LONGEST_KEY: Final = 120
HONOURS: Final = frozenset(
    ("obe", "mbe", "cbe", "kbe", "dbe", "bem", "qc", "kc", "jp", "mp", "phd", "bsc", "msc", "frcs", "frcp", "esq")
)
_AND: Final = frozenset(("&", "and", "+"))
_UPRN = re.compile(r"^0*([1-9][0-9]{0,11})$")
NAMED: Final = ("given_name", "family_name", "name", "organisation_name", "trading_name")
NUMBERS: Final = {
    "company_number": read_company_number, "charity_number": read_charity_number, "vat_number": read_vat_number,
}  # fmt: skip


class Unreadable(ValueError):
    """A row cannot be kept; the message is the reason. ``key`` is whose row it is, where that at least can be told."""

    def __init__(self, message: str, key: str = "") -> None:
        self.key = key[:LONGEST_KEY]
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Meant:
    """What a row means. ``fields`` are plain text by our names; ``notes`` say what of it could not be read."""

    number: int
    key: str
    gone: bool = False
    changed_at: datetime | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    summary: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """A digest of all that is ours in it: the same while nothing we read has changed."""
        said = json.dumps([self.fields, self.summary], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


def missing_columns(system: System, headings: Iterable[str] | None) -> tuple[list[str], list[str]]:
    """Return the columns that are not there: those without which nothing can be read, and the others (by our names)."""
    if headings is None:
        return [], []
    there = {_plain(one) for one in headings}
    worst: list[str] = []
    others: list[str] = []
    for name, column in _wanted(system).items():
        found = [one for one in column.names if _plain(one) in there]
        if not found or (column.join and len(found) < len(column.names) and column.needed):
            (worst if column.needed or name == "key" else others).append(name)
    return worst, others


def heading_of(system: System, name: str) -> str:
    """Return how the system calls a column of ours, for a message."""
    return " or ".join(_wanted(system)[name].names) or name


def meaning_of(row: Row, system: System) -> Meant:
    """Return what a row means.

    A number, address or date that cannot be read is left out with a note; the rest of the row is kept.

    Raises:
        Unreadable: there is no key, or nothing by which anybody could be known.
    """
    values = {_plain(name): " ".join(str(value).replace("\x00", "").split()) for name, value in row.values.items()}
    layout, notes = system.records, list[str]()
    read: dict[str, str] = {str(name): _take(column, values) for name, column in layout.columns.items()}
    key = read.pop("key", "") or row.key
    if row.problem:
        raise Unreadable(row.problem, key)
    if not key:
        raise Unreadable(f"It has no {heading_of(system, 'key')}.")
    if len(key) > LONGEST_KEY:
        raise Unreadable(f"Its {heading_of(system, 'key')} is longer than {LONGEST_KEY} characters.")
    gone = read.pop("gone", "").upper() in {word.upper() for word in layout.gone} or row.gone
    changed_at = row.at
    if (said := read.pop("changed_at", "")) and row.at is None:
        changed_at = _moment(said, layout.dates)
        if changed_at is None:
            raise Unreadable(f"“{said[:40]}” is no moment.", key)
    fields = _fields(read, layout.dates, notes)
    if not gone and not any(fields.get(name) for name in NAMED):
        raise Unreadable("It has no name.", key)
    return Meant(
        number=row.number, key=key, gone=gone, changed_at=changed_at, fields=fields,
        summary=_summary(system, values, notes), raw=dict(row.values),
        notes=tuple(notes),
    )  # fmt: skip


def _fields(read: Mapping[str, str], dates: Iterable[str], notes: list[str]) -> dict[str, str]:
    made = {name: _name(read[name], name, notes) for name in ("title", *NAMED) if read.get(name)}
    if whole := made.pop("name", ""):
        if names_two(whole):
            notes.append("It names two people; the first was read.")
        made |= {part: said for part, said in parts_of_name(whole).items() if said and not made.get(part)}
    if said := read.get("date_of_birth", ""):
        born = _date(said, dates)
        if born is None or born.year < 1890:
            notes.append("The date of birth could not be read.")
        elif born.isoformat() in PLACEHOLDERS:
            notes.append("The date of birth is one that stands for “not known”.")
        else:
            made["date_of_birth"] = born.isoformat()
    if said := read.get("uprn", ""):
        if found := _UPRN.match(said):
            made["uprn"] = found[1]
        else:
            notes.append("The property number (UPRN) could not be read.")
    made |= _numbers(read, notes)
    made |= _address(read.get("address", ""), read.get("postcode", ""))
    for name, kind in (("phone", plain_phone), ("mobile", plain_phone), ("email", plain_email)):
        if said := read.get(name, ""):
            try:
                made[name] = kind(said)
            except CannotRead:
                notes.append(f"The {name} could not be read.")
    return made


def _numbers(read: Mapping[str, str], notes: list[str]) -> dict[str, str]:
    made: dict[str, str] = {}
    for name, number in NUMBERS.items():
        try:
            if said := number(read.get(name, "")):
                made[name] = said
        except CannotRead:
            notes.append(f"The {name.replace('_', ' ').replace('vat', 'VAT')} could not be read.")
    return made


def _name(said: str, name: str, notes: list[str]) -> str:
    try:
        return plain_name(said)
    except CannotRead:
        notes.append(f"The {name.replace('_', ' ')} is too long and was cut.")
        return plain_name(said[:100])


def _address(text: str, postcode_text: str) -> dict[str, str]:
    made: dict[str, str] = {}
    address = ", ".join(part.strip(" ,") for part in re.split(r"[,;]", text) if part.strip(" ,"))
    if postcode := postcode_in(postcode_text) or postcode_in(address):
        address = ", ".join(part for part in (cut_postcode(address).strip(" ,"), " ".join(postcode)) if part)
        made["postcode"] = " ".join(postcode)
    if address:
        made["address"] = address[:300]
    return made


def parts_of_name(whole: str) -> dict[str, str]:
    """Return title, given and family name of a name in one piece: `DUNN, Mrs Amina` and `Mrs Amina Dunn` alike.

    Elder and younger stay with the given names (`John Jnr`), particles with the family name (`da Silva`), and letters after
    a name are nobody's name. Of two people (`Mr & Mrs J Dunn`) it is the first: `Mr J Dunn`.
    """
    before, comma, after = whole.partition(",")
    if comma and after.strip(" .").lower() in {*HONOURS, *GENERATIONS}:  # `J Dunn, MBE`: the comma parts no family name
        before, comma, after = f"{before} {after}", "", ""
    family, rest = (before.strip(), after) if comma else ("", before)
    title, words = _titled(rest.split())
    while len(words) > 1 and words[-1].strip(".").lower() in HONOURS:
        words.pop()
    if at := _couple(words):
        second = _titled(words[at + 1 :])[1]
        first = words[:at]
        whole_name = len(first) > 1 and len(first[-1].strip(".")) > 1  # `John Dunn & Jane Shaw`: each has her own
        last = [] if family or whole_name else name_in_parts("", "", " ".join(second))[1].split()
        words = first + last
    given, last_name = (" ".join(words), family) if family else name_in_parts("", "", " ".join(words))
    if not last_name:  # of one word alone the systems that write names in one piece mean the family name
        given, last_name = "", given
    return {"title": title, "given_name": given.strip(), "family_name": last_name.strip()}


def names_two(whole: str) -> bool:
    """Say whether a name in one piece is of two people."""
    return any(word.lower() in _AND for word in whole.replace(",", " ").split()[1:-1])


def _titled(words: Sequence[str]) -> tuple[str, list[str]]:
    """The title a name begins with, and the words after it; `Mr & Mrs` is the first of the two."""
    left, title = list(words), ""
    while len(left) > 1 and (left[0].strip(".").lower() in TITLES or (title and left[0].lower() in _AND)):
        word = left.pop(0).strip(".")
        title = title or word
    return title, left


def _couple(words: Sequence[str]) -> int:
    """Where the second of two people begins, or 0 for one."""
    places = [at for at, word in enumerate(words[:-1]) if at and word.lower() in _AND]
    return places[0] if places else 0


def _summary(system: System, values: Mapping[str, str], notes: list[str]) -> dict[str, str]:
    """The system's own figures in plain form: pence as digits, dates as ISO, text as it is."""
    made: dict[str, str] = {}
    for figure in system.shows:
        said = _take(figure.column, values)
        if not said:
            continue
        if figure.shown == "date":
            day = _date(said, system.records.dates)
            said = day.isoformat() if day else ""
        elif figure.shown in {"money", "pence"}:
            pence = _pence(said, whole=figure.shown == "pence")
            said = str(pence) if pence is not None else ""
        if said:
            made[figure.code] = said[:200]
        else:
            notes.append(f"The {figure.label.lower()} could not be read.")
    return made


def _wanted(system: System) -> dict[str, Column]:
    return {
        **{str(name): one for name, one in system.records.columns.items()},
        **{figure.code: figure.column for figure in system.shows},
    }


def _take(column: Column, values: Mapping[str, str]) -> str:
    found = [values[_plain(name)] for name in column.names if _plain(name) in values]
    if column.join:
        return ", ".join(one for one in found if one)
    return next((one for one in found if one), "")


def _plain(heading: str) -> str:
    """A heading as it is compared: `Date of Birth` and `DATE_OF_BIRTH` are one; a dot of a nested value counts."""
    return re.sub(r"[^a-z0-9.]", "", str(heading).lower())


def _date(said: str, shapes: Iterable[str]) -> date | None:
    for shape in shapes:
        try:
            return datetime.strptime(said, shape).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _moment(said: str, shapes: Iterable[str]) -> datetime | None:
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        day = _date(said, shapes)
        if day is None:
            return None
        found = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - given its zone below
    if not 1900 <= found.year <= 2200:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=LONDON)).astimezone(UTC)


def _pence(said: str, *, whole: bool) -> int | None:
    plain = said.replace("£", "").replace(",", "").replace(" ", "")
    owed = plain.upper().endswith("CR")
    try:
        amount = Decimal(plain.upper().removesuffix("CR").removesuffix("DR"))
        pence = int(amount if whole else (amount * 100).to_integral_value())
    except (InvalidOperation, ValueError, OverflowError):
        return None
    return -abs(pence) if owed else pence
