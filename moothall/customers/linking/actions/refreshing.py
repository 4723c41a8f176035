"""What a survivor shows: made again from what every record of the set says, whenever one of them changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.core.packs import NoPack, current_pack
from moothall.customers.actions.record import learn_words, search_of
from moothall.customers.linking.actions.sets import locked_sets, members, root_of
from moothall.customers.linking.models import Link, OwnValue, SourceRecord
from moothall.customers.linking.pack import IDENTITY
from moothall.customers.linking.rules.survivors import UNITS, Chosen, Said, choose
from moothall.customers.models import Customer
from moothall.customers.rules.finding import search_document, words_to_mend_by

FIELDS = tuple(name for unit in UNITS.values() for name in unit)


def refresh(customer_ids: Iterable[UUID]) -> None:
    """Make what these customers' sets show from all that is said of them. Running it again changes nothing."""
    with transaction.atomic():
        rows = locked_sets(customer_ids)
        refresh_sets(rows)


def refresh_sets(rows: dict[UUID, Customer]) -> None:
    """The same for sets that are locked already. A fixed number of reads, and writes only of what differs."""
    kept = _kept(rows)
    records = records_of(rows)
    rules, trust = _rules()
    for root in sorted({root_of(row) for row in rows.values()}, key=lambda one: one.int):
        ids = members(rows, root)
        said = what_is_said(root, [rows[one] for one in ids], kept, [r for one in ids for r in records.get(one, ())])
        chosen = choose(said, rules, trust)
        own = next(one for one in said if one.origin == f"customer:{root}")
        names = [
            str(one.values.get(name) or "")
            for one in said
            for name in ("given_name", "family_name", "organisation_name")
        ]
        _show(rows[root], own.values, chosen, kept.get(root, {}), names)
        for joined in ids[1:]:
            mine = next(one for one in said if one.origin == f"customer:{joined}")
            _show(
                rows[joined],
                mine.values,
                {n: Chosen(mine.values[n], mine.origin) for n in FIELDS},
                kept.get(joined, {}),
                (),
            )


def what_is_said(
    root: UUID, rows: Sequence[Customer], kept: Mapping[UUID, Mapping[str, OwnValue]], records: Iterable[SourceRecord]
) -> list[Said]:
    """Return what every record of one set says, each customer's own words undone from what is shown in their place."""
    said = [
        Said(f"customer:{row.id}", own_values(row, kept.get(row.id, {})), row.changed_at, rank=int(row.id != root))
        for row in rows
    ]
    said += [
        Said(f"record:{one.system}:{one.key}", as_values(one.fields), one.as_of, one.system)
        for one in records
        if not one.gone
    ]
    return said


def own_values(row: Customer, kept: Mapping[str, OwnValue]) -> dict[str, Any]:
    """Return what a customer's own record says. A field somebody has written since is her own word now."""
    values: dict[str, Any] = {}
    for name in FIELDS:
        here = _plain(getattr(row, name))
        held = kept.get(name)
        values[name] = held.value if held is not None and held.shown == here else here
    return values


def as_values(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return what a source record says, by the fields of a customer."""
    return {
        "title": fields.get("title", "")[:40],
        "given_name": fields.get("given_name", ""),
        "family_name": fields.get("family_name", ""),
        "organisation_name": fields.get("organisation_name", ""),
        "date_of_birth": fields.get("date_of_birth"),
        "address_text": fields.get("address", ""),
        "uprn": int(fields["uprn"]) if fields.get("uprn") else None,
        "area_code": "",
    }


def records_of(customer_ids: Iterable[UUID]) -> dict[UUID, list[SourceRecord]]:
    """Return the records that speak of each of these customers now. One query."""
    found: dict[UUID, list[SourceRecord]] = {}
    links = Link.objects.filter(customer__in=list(customer_ids), undone_at__isnull=True).select_related("record")
    for link in links.order_by("record__system", "record__key"):
        found.setdefault(link.customer_id, []).append(link.record)
    return found


def _kept(ids: Iterable[UUID]) -> dict[UUID, dict[str, OwnValue]]:
    found: dict[UUID, dict[str, OwnValue]] = {}
    for one in OwnValue.objects.filter(customer__in=list(ids)):
        found.setdefault(one.customer_id, {})[one.field] = one
    return found


def _rules() -> tuple[Mapping[str, str], Sequence[str]]:
    try:
        identity = current_pack().one(IDENTITY)
    except NoPack:
        return {}, ()
    return identity.fields, identity.trust


def _show(
    row: Customer,
    own: Mapping[str, Any],
    chosen: Mapping[str, Chosen],
    kept: Mapping[str, OwnValue],
    names: Sequence[str],
) -> None:
    changed = []
    for name in FIELDS:
        value, held = chosen[name].value, kept.get(name)
        if name == "area_code" and not value and chosen["address_text"].value:
            value = own["area_code"]
        if value == own[name]:
            if held is not None:
                held.delete()
        elif held is None:
            OwnValue.objects.create(customer=row, field=name, value=own[name], shown=value, origin=chosen[name].origin)
        elif (held.value, held.shown, held.origin) != (own[name], value, chosen[name].origin):
            held.value, held.shown, held.origin = own[name], value, chosen[name].origin
            held.save(update_fields=["value", "shown", "origin"])
        if _plain(getattr(row, name)) != value:
            setattr(row, name, date.fromisoformat(str(value)) if name == "date_of_birth" and value else value)
            changed.append(name)
    search = search_document(names, row.address_text) if any(names) else search_of(row)
    if search != row.search:
        row.search = search
        changed.append("search")
        learn_words(words_to_mend_by(search))
    if changed:
        row.save(update_fields=changed)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value
