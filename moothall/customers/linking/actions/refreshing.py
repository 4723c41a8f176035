"""What a survivor shows: made again from what every record of the set says, whenever one of them changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from moothall.core.packs import NoPack, current_pack
from moothall.customers.actions.record import learn_words, search_of
from moothall.customers.linking.actions.sets import locked_sets, members, root_of
from moothall.customers.linking.models import Link, OwnValue, SourceRecord
from moothall.customers.linking.pack import IDENTITY
from moothall.customers.linking.rules.survivors import UNITS, Chosen, Said, choose
from moothall.customers.models import Customer
from moothall.customers.rules.access import seal_of
from moothall.customers.rules.finding import search_document, words_to_mend_by
from moothall.customers.rules.organisations import name_said, says_organisation

FIELDS = tuple(name for unit in UNITS.values() for name in unit)
PUT_AWAY = "sealed"
"""The name under which is kept what a record said while only restricted systems knew of her."""


def refresh(customer_ids: Iterable[UUID]) -> None:
    """Make what these customers' sets show from all that is said of them. Running it again changes nothing."""
    with transaction.atomic():
        rows = locked_sets(customer_ids)
        refresh_sets(rows)


def refresh_sets(rows: dict[UUID, Customer]) -> None:
    """The same for sets that are locked already. A fixed number of reads, and writes only of what differs."""
    kept = _kept(rows)
    records = records_of(rows)
    made_of = dict(SourceRecord.objects.filter(own__in=rows).exclude(restricted="").values_list("own_id", "restricted"))
    for row in rows.values():  # whom a restricted record was parted from is no less sealed for it
        away = kept.get(row.id, {}).get(PUT_AWAY)
        if kind := row.sealed or (away.origin if away is not None else ""):
            made_of.setdefault(row.id, kind)
    rules, trust = _rules()
    for root in sorted({root_of(row) for row in rows.values()}, key=lambda one: one.int):
        ids = members(rows, root)
        speaking = [r for one in ids for r in records.get(one, ()) if not r.gone]
        seal = seal_set([rows[one] for one in ids], made_of, speaking, kept)
        said = what_is_said(
            root, [rows[one] for one in ids], kept, [one for one in speaking if seal or not one.restricted]
        )
        chosen = choose(said, rules, trust)
        own = next(one for one in said if one.origin == f"customer:{root}")
        names = [
            str(one.values.get(name) or "")
            for one in said
            for name in ("given_name", "family_name", "organisation_name", "company_number")
        ]
        _show(rows[root], own.values, chosen, kept.get(root, {}), names)
        _seal(rows[root], seal)
        for joined in ids[1:]:
            mine = next(one for one in said if one.origin == f"customer:{joined}")
            _show(
                rows[joined],
                mine.values,
                {n: Chosen(mine.values[n], mine.origin) for n in FIELDS},
                kept.get(joined, {}),
                (),
            )
            _seal(rows[joined], seal or made_of.get(joined, ""))


def let_go(said_before: Mapping[UUID, Mapping[str, str]]) -> None:
    """Let go of what customers' own records say only because the source record each was made of said so until now.

    `said_before` are the fields of that source record before it changed, by the customer made of it. What she or an officer
    has written since stays.
    """
    still = Link.objects.filter(customer__in=said_before, record__own=F("customer"), undone_at__isnull=True)
    speaks_of = set(still.values_list("customer_id", flat=True))
    if not speaks_of:
        return
    rows = locked_sets(speaks_of)
    kept = _kept(speaks_of)
    for customer_id in speaks_of:
        fields = said_before[customer_id]
        row, held, before = rows[customer_id], kept.get(customer_id, {}), as_values(fields)
        own, away = own_values(row, held), held.get(PUT_AWAY)
        words = dict(away.value or {}) if away is not None else {}
        for unit in UNITS.values():
            name = unit[0]
            if before[name] and own[name] == before[name]:
                for one in unit:
                    own[one] = None
            if before[name] and words.get(name) == before[name]:
                words |= dict.fromkeys(unit)
        if away is not None and words != away.value:
            away.value = words
            away.save(update_fields=["value"])
        _write(row, own)
    refresh_sets(rows)


def put_away_missed() -> int:
    """Make again what sets show in which a restricted system's words still stand open; returns how many. One query a set."""
    kept_away = OwnValue.objects.filter(customer=OuterRef("own"), field=PUT_AWAY)
    made = SourceRecord.objects.exclude(restricted="").filter(own__isnull=False, own__sealed="")
    missed = list(made.exclude(Exists(kept_away)).values_list("own", flat=True))
    for customer_id in missed:
        refresh([customer_id])
    return len(missed)


def what_is_said(
    root: UUID, rows: Sequence[Customer], kept: Mapping[UUID, Mapping[str, OwnValue]], records: Iterable[SourceRecord]
) -> list[Said]:
    """Return what every record of one set says, each customer's own words undone from what is shown in their place."""
    said = [
        Said(f"customer:{row.id}", own_values(row, kept.get(row.id, {})), row.changed_at, rank=int(row.id != root))
        for row in rows
    ]
    said += [Said(f"record:{one.system}:{one.key}", as_values(one.fields), one.as_of, one.system) for one in records]
    return said


def seal_set(
    rows: Sequence[Customer], made_of: Mapping[UUID, str], records: Iterable[SourceRecord],
    kept: dict[UUID, dict[str, OwnValue]],
) -> str:  # fmt: skip
    """Return what one set is sealed with: empty once anything but restricted systems speaks of her (adr/0056).

    What her own record says of her comes from the restricted system until then: it is put away as she becomes known
    otherwise, and comes back should only that system be left.
    """
    kinds = {one.restricted for one in records} | {made_of.get(row.id, "") for row in rows}
    kinds = {kind for several in kinds for kind in several.split() or ("",)}
    seal = "" if "" in kinds else seal_of(kinds)
    for row in rows:
        held = kept.setdefault(row.id, {})
        away = held.get(PUT_AWAY)
        if not seal and away is None and row.id in made_of:
            words = own_values(row, held)
            held[PUT_AWAY] = OwnValue.objects.create(customer=row, field=PUT_AWAY, value=words, origin=made_of[row.id])
            _write(row, dict.fromkeys(FIELDS))
        elif seal and away is not None:
            words, now = away.value or {}, own_values(row, held)
            away.delete()
            del held[PUT_AWAY]
            _write(row, {name: now[name] or words.get(name) for name in FIELDS})
    return seal


def _write(row: Customer, values: Mapping[str, Any]) -> None:
    """Let a record say this of its own; what is shown is written by whoever asked."""
    for name in FIELDS:
        value = values[name]
        if name == "date_of_birth":
            row.date_of_birth = date.fromisoformat(str(value)) if value else None
        else:
            setattr(row, name, value if value is not None or name == "uprn" else "")
    row.save(update_fields=list(FIELDS))


def _seal(row: Customer, seal: str) -> None:
    if row.sealed != seal:
        row.sealed = seal
        row.save(update_fields=["sealed"])


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
        "organisation_name": name_said(fields)[:120],
        "company_number": fields.get("company_number", "") if says_organisation(fields) else "",
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
