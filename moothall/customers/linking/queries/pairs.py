"""What waits for a person to decide, two records side by side, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from moothall.core.access import require, restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.paging import BadCursor, Page, page_of, unpack_cursor
from moothall.customers.linking.models import Link, Merge, Pair, PairState, SourceRecord, Unsettled
from moothall.customers.linking.pack import SYSTEMS, System
from moothall.customers.models import ContactPoint, Customer, CustomerKind
from moothall.customers.rules.access import seals_open_to
from moothall.customers.rules.organisations import name_said, says_organisation
from moothall.customers.rules.writing import full_name


@dataclass(frozen=True, slots=True)
class PairLine:
    """A pair on the list."""

    id: UUID
    weight: float
    one: str
    other: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Weighing:
    """One field as it was weighed: what speaks for or against, in words and as a number (log2 of the odds)."""

    field: str
    level: str
    weight: float
    words: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: ``values`` by the rows of the screen; ``systems`` where she is known."""

    id: UUID
    reference: str
    name: str
    values: Mapping[str, str]
    systems: tuple[str, ...]
    joined: bool


@dataclass(frozen=True, slots=True)
class PairPage:
    """Two records side by side. ``rows``: label, left, right, whether they differ."""

    id: UUID
    state: str
    state_words: str
    weight: float
    parts: tuple[Weighing, ...]
    one: Side
    other: Side
    rows: tuple[tuple[str, str, str, bool], ...]
    decided_at: datetime | None
    decided_by: UUID | None
    reason: str
    merge_id: UUID | None
    organisations: bool = False


@dataclass(frozen=True, slots=True)
class DecidedLine:
    """What was decided, to look at again or to take back: of a pair, or (``record_id``) whose a record is, by the machine."""

    pair_id: UUID | None
    state: str
    state_words: str
    one: str
    other: str
    at: datetime
    by: UUID | None
    reason: str
    merge_id: UUID | None
    record_id: UUID | None = None
    customer_id: UUID | None = None
    organisations: bool = False


@dataclass(frozen=True, slots=True)
class UnsettledLine:
    """Something made while two were one: what it is, and whose it may be."""

    id: UUID
    kind: str
    thing_id: UUID
    made_at: datetime
    one: tuple[UUID, str]
    other: tuple[UUID, str]


LABELS = (
    ("name", "Name"), ("born", "Born"), ("address", "Address"), ("phone", "Telephone"), ("email", "Email"),
    ("organisation", "Organisation"), ("company", "Company number"), ("charity", "Charity number"), ("vat", "VAT number"),
)  # fmt: skip
NUMBERS = {
    "company": "record__fields__company_number", "charity": "record__fields__charity_number",
    "vat": "record__fields__vat_number",
}  # fmt: skip
FIRMS = {PairState.JOINED.value: "The same organisation", PairState.APART.value: "Two organisations"}


def pairs_waiting(visible_to: Actor, *, after: str = "", size: int = 25) -> Page[PairLine]:
    """Return a page of waiting pairs, the heaviest first. Two queries.

    A pair with whom only a restricted system knows is for who may know of it.
    """
    require(visible_to, "identity.decide")
    rows = _for(visible_to).filter(state=PairState.OPEN)
    if after:
        weight, last = _place(after)
        rows = rows.filter(Q(weight__lt=weight) | Q(weight=weight, id__gt=last))
    found = list(rows.order_by("-weight", "id")[: size + 1])
    names = _names([one for row in found for one in (row.one_id, row.other_id)])
    return page_of(
        found, size, lambda row: (row.weight, row.id),
        lambda row: PairLine(row.id, row.weight, names[row.one_id], names[row.other_id], row.found_at), first=not after,
    )  # fmt: skip


def next_pair(visible_to: Actor) -> UUID | None:
    """Return the heaviest pair that waits, if any does."""
    require(visible_to, "identity.decide")
    return _for(visible_to).filter(state=PairState.OPEN).order_by("-weight", "id").values_list("id", flat=True).first()


def weighing_figures(visible_to: Actor, *, since: datetime) -> dict[str, int]:
    """Return how many pairs were decided since, by what, and how many wait (counted no further than 1000). Two queries."""
    require(visible_to, "identity.decide")
    counted = Pair.objects.filter(decided_at__gte=since).values("state").annotate(count=Count("id")).order_by()
    figures = {state.value: 0 for state in PairState if state is not PairState.OPEN}
    figures |= {row["state"]: row["count"] for row in counted}
    figures["open"] = len(_for(visible_to).filter(state=PairState.OPEN).values_list("id")[:1000])
    return figures


def decided_lately(visible_to: Actor, *, size: int = 20) -> tuple[DecidedLine, ...]:
    """Return what was decided last, newest first: pairs, and whose new records are where the machine was sure. Three queries.

    A record of a system that this actor may not know of is left out.
    """
    require(visible_to, "identity.decide")
    decided = _for(visible_to).filter(decided_at__isnull=False).annotate(kind=F("one__kind"))
    rows = list(decided.order_by("-decided_at", "-id")[:size])
    names = _names([one for row in rows for one in (row.one_id, row.other_id)])
    lines = [
        DecidedLine(
            row.id, row.state, _words(row.state, row.kind == CustomerKind.ORGANISATION), names[row.one_id],
            names[row.other_id], row.decided_at, row.decided_by, row.reason, row.merge_id,
            organisations=row.kind == CustomerKind.ORGANISATION,
        )
        for row in rows
        if row.decided_at is not None
    ]  # fmt: skip
    lines += _linked_by_machine(visible_to, size)
    return tuple(sorted(lines, key=lambda one: one.at, reverse=True)[:size])


def _linked_by_machine(visible_to: Actor, size: int) -> list[DecidedLine]:
    links = Link.objects.filter(how="machine", undone_at__isnull=True).select_related("record", "customer")
    allowed = restrictions_visible_to(visible_to)
    if allowed is not None:
        links = links.filter(record__restricted__in=["", *sorted(allowed)])
    systems = current_pack().of(SYSTEMS)
    return [
        DecidedLine(
            None, PairState.JOINED.value, _words(PairState.JOINED.value, says_organisation(link.record.fields)),
            _record(link.record, systems), _name(link.customer), link.at, None, "", None, link.record_id, link.customer_id,
            says_organisation(link.record.fields),
        )
        for link in links.order_by("-at", "-id")[:size]
    ]  # fmt: skip


def _record(record: SourceRecord, systems: Mapping[str, System]) -> str:
    said = record.fields
    title, given, family = (said.get(part, "") for part in ("title", "given_name", "family_name"))
    name = full_name(title, given, family, name_said(said))
    return f"{systems[record.system].name if record.system in systems else record.system}: {name or record.key}"


def plainly_one(*, most: int = 1000) -> list[UUID]:
    """Return the waiting pairs whose names and addresses are the same to the letter but for case, heaviest first."""
    rows = Pair.objects.filter(state=PairState.OPEN, one__address_text=F("other__address_text")).exclude(
        one__address_text=""
    )
    same = rows.filter(
        one__given_name__iexact=F("other__given_name"), one__family_name__iexact=F("other__family_name"),
        one__organisation_name__iexact=F("other__organisation_name"), one__company_number=F("other__company_number"),
    )  # fmt: skip
    return list(same.order_by("-weight", "id").values_list("id", flat=True)[:most])


def pair_page(pair_id: UUID, visible_to: Actor) -> PairPage | None:
    """Return two records side by side with what was weighed, or ``None``. Four queries; the numbers of two organisations are
    read with the systems that know them.

    That somebody is known to a restricted system is not told to who may not know of it.
    """
    require(visible_to, "identity.decide")
    pair = _for(visible_to).select_related("one", "other").filter(pk=pair_id).first()
    seals = seals_open_to(visible_to)
    if pair is None:
        return None
    ids = [pair.one_id, pair.other_id]
    points: dict[UUID, dict[str, list[str]]] = {one: {"phone": [], "email": []} for one in ids}
    reached = ContactPoint.objects.filter(customer_id__in=ids)
    if seals is not None:
        reached = reached.filter(sealed__in=seals)
    for row in reached.order_by("created_at", "id"):
        points[row.customer_id][row.kind].append(row.shown)
    systems, numbers = _systems(ids, visible_to)
    one, other = (
        _side(who, points[who.id], systems.get(who.id, ()), numbers.get(who.id, {})) for who in (pair.one, pair.other)
    )
    rows, firms = [], pair.one.kind == CustomerKind.ORGANISATION
    for code, label in LABELS:
        left, right = one.values.get(code, ""), other.values.get(code, "")
        if left or right:
            rows.append((label, left, right, bool(left and right) and left.casefold() != right.casefold()))
    return PairPage(
        pair.id, pair.state, _words(pair.state, firms), pair.weight, weighed(pair.parts), one, other, tuple(rows),
        pair.decided_at, pair.decided_by, pair.reason, pair.merge_id if _stands(pair.merge_id) else None, firms,
    )  # fmt: skip


def weighed(parts: Iterable[Mapping[str, Any]]) -> tuple[Weighing, ...]:
    """Return the parts of an explanation as they are kept, the heaviest first."""
    read = (
        Weighing(str(p.get("field", "")), str(p.get("level", "")), float(p.get("weight", 0)), str(p.get("words", "")))
        for p in parts
    )
    return tuple(sorted(read, key=lambda part: -abs(part.weight)))


def unsettled(visible_to: Actor, *, size: int = 20) -> tuple[UnsettledLine, ...]:
    """Return what was made while two were one and has nobody yet, oldest first. One query."""
    require(visible_to, "identity.decide")
    rows = Unsettled.objects.filter(settled_at__isnull=True).select_related("merge__joined", "merge__into")
    if (seals := seals_open_to(visible_to)) is not None:
        rows = rows.filter(merge__joined__sealed__in=seals, merge__into__sealed__in=seals)
    return tuple(
        UnsettledLine(
            row.id, row.kind, row.thing_id, row.made_at, (row.merge.joined_id, _name(row.merge.joined)),
            (row.merge.into_id, _name(row.merge.into)),
        )
        for row in rows.order_by("at", "id")[:size]
    )  # fmt: skip


def _for(visible_to: Actor) -> QuerySet[Pair]:
    """The pairs in which nobody stands of whom this actor may not know."""
    seals = seals_open_to(visible_to)
    rows = Pair.objects.all()
    return rows if seals is None else rows.filter(one__sealed__in=seals, other__sealed__in=seals)


def _stands(merge_id: UUID | None) -> bool:
    return merge_id is not None and Merge.objects.filter(pk=merge_id, undone_at__isnull=True).exists()


def _words(state: str, firms: bool) -> str:
    return FIRMS.get(state, PairState(state).label) if firms else PairState(state).label


def _systems(
    ids: Sequence[UUID], visible_to: Actor
) -> tuple[dict[UUID, tuple[str, ...]], dict[UUID, dict[str, list[str]]]]:
    """The systems that know each, and the numbers of registers that they hold. One query."""
    known = current_pack().of(SYSTEMS)
    rows = Link.objects.filter(customer__in=ids, undone_at__isnull=True, record__gone=False)
    allowed = restrictions_visible_to(visible_to)
    if allowed is not None:
        rows = rows.filter(record__restricted__in=["", *sorted(allowed)])
    found: dict[UUID, tuple[str, ...]] = {}
    numbers: dict[UUID, dict[str, list[str]]] = {}
    held = rows.order_by("record__system", "record__key").values_list(
        "customer_id", "record__system", *NUMBERS.values()
    )
    for customer_id, code, *said in held:
        name = known[code].name if code in known else code
        if name not in found.get(customer_id, ()):
            found[customer_id] = (*found.get(customer_id, ()), name)
        for kind, number in zip(NUMBERS, said, strict=True):
            several = numbers.setdefault(customer_id, {}).setdefault(kind, [])
            if number and number not in several:
                several.append(number)
    return found, numbers


def _side(
    who: Customer, points: Mapping[str, Sequence[str]], systems: tuple[str, ...], numbers: Mapping[str, Sequence[str]]
) -> Side:
    born = who.date_of_birth
    person = "" if who.kind == CustomerKind.ORGANISATION else full_name(who.title, who.given_name, who.family_name, "")
    values = {
        "name": person,
        "born": f"{born.day} {born:%B %Y}" if isinstance(born, date) else "",
        "address": who.address_text,
        "phone": ", ".join(points["phone"]),
        "email": ", ".join(points["email"]),
        "organisation": who.organisation_name,
        "company": ", ".join(
            dict.fromkeys([one for one in (who.company_number,) if one] + [*numbers.get("company", ())])
        ),
        "charity": ", ".join(numbers.get("charity", ())),
        "vat": ", ".join(numbers.get("vat", ())),
    }
    return Side(who.id, who.reference, _name(who), values, systems, who.joined_to_id is not None)


def _names(ids: Iterable[UUID]) -> dict[UUID, str]:
    rows = Customer.objects.filter(pk__in=set(ids)).only(
        "id", "title", "given_name", "family_name", "organisation_name"
    )
    return {row.id: _name(row) for row in rows}


def _name(who: Customer) -> str:
    return full_name(who.title, who.given_name, who.family_name, who.organisation_name)


def _place(after: str) -> tuple[float, UUID]:
    weight, last = unpack_cursor(after, 2)
    try:
        return float(weight or ""), UUID(last or "")
    except ValueError as wrong:
        raise BadCursor from wrong
