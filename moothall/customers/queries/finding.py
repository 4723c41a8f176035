"""Finding people by whatever is typed into the one box, or by the number a call comes from."""

# ruff: noqa: S608 - the text of each statement is ours alone; what was typed goes beside it as values

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection

from moothall.core.access import require
from moothall.core.actors import Actor, ActorKind
from moothall.customers.models import Customer
from moothall.customers.rules.access import seals_open_to
from moothall.customers.rules.finding import (
    Typed,
    close_enough,
    closeness,
    expression,
    is_outward,
    read_typed,
    slips_of,
)
from moothall.customers.rules.writing import CannotRead, full_name, plain_email, plain_phone

IN_THE_OPEN: Final = Actor(ActorKind.ANONYMOUS, permissions=frozenset({"customer.search"}))
"""Us, finding whose an address or number is that anybody may have used: nobody by what only a restricted system tells."""
MOST_MEANINGS: Final = 12
MOST_NEAR: Final = 400
WORDS: Final = "array_to_tsvector(string_to_array(c.search, ' '))"


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One person in a list of those found: enough to tell two of a name apart, no more."""

    id: UUID
    reference: str
    kind: str
    name: str
    address: str
    date_of_birth: date | None
    points: tuple[str, ...]
    has_warning: bool
    has_need: bool
    exact: bool = True


def find_customers(text: str, visible_to: Actor, *, limit: int = 20) -> list[CustomerLine]:
    """Find people by one typed line: name (slips and sounds forgiven), telephone, e-mail, postcode, address words,
    reference, UPRN, date of birth, or several together, which must then all hold. Nearest first; at most `limit`.

    Two queries, or one when there is no word to mend. Nothing typed finds nobody; nor is anybody found whom, or by what,
    only a restricted system tells that this actor may not know of.

    Raises:
        Refused: the actor may not search for people.
    """
    require(visible_to, "api.customers.read" if visible_to.kind is ActorKind.PARTNER else "customer.search")
    typed = read_typed(text)
    if typed.empty:
        return []
    seals = seals_open_to(visible_to)
    conditions, values = _conditions(typed, seals)
    if not typed.words:
        found = f"SELECT c.id, true AS exact FROM customers_customer c WHERE {conditions} LIMIT %s"
        return _lines(found, [*values, limit], typed, seals)
    groups = [[word] for word in typed.words]
    meant = _meanings(typed.words)
    found = (
        "SELECT x.id, true AS exact FROM exact x UNION ALL SELECT n.id, false FROM near n"
        " WHERE n.id NOT IN (SELECT id FROM exact)"
    )
    sql = (
        f"WITH exact AS MATERIALIZED (SELECT c.id FROM customers_customer c WHERE {conditions} AND {WORDS} @@ %s::tsquery"
        f" LIMIT %s), near AS MATERIALIZED (SELECT c.id FROM customers_customer c WHERE (SELECT count(*) FROM exact) < %s"
        f" AND {conditions} AND {WORDS} @@ %s::tsquery LIMIT %s) {found}"
    )
    near = expression([meant[word] for word in typed.words], prefixes=[_prefix(word) for word in typed.words])
    lines = _lines(sql, [*values, expression(groups), limit, limit, *values, near, MOST_NEAR], typed, seals)
    return lines[:limit]


def customers_at(value: str, visible_to: Actor) -> list[CustomerLine]:
    """Return who is reached at this telephone number or e-mail address, however it is written. One query; at most 20.

    More than one is usual (a shared landline): nobody is taken for someone on the strength of this alone.
    """
    require(visible_to, "api.customers.read" if visible_to.kind is ActorKind.PARTNER else "customer.search")
    try:
        typed = Typed(email=plain_email(value)) if "@" in value else Typed(phone=plain_phone(value))
    except CannotRead:
        return []
    seals = seals_open_to(visible_to)
    conditions, values = _conditions(typed, seals)
    found = f"SELECT c.id, true AS exact FROM customers_customer c WHERE {conditions} LIMIT 20"
    return _lines(found, values, typed, seals)


def customers_with_ids(ids: Sequence[UUID], visible_to: Actor) -> list[CustomerLine]:
    """Return these customers as the search shows people. Those that are gone, joined to another, or known
    only to a restricted system that this actor may not know of, are left out."""
    require(visible_to, "customer.search")
    if not ids:
        return []
    found = "SELECT c.id, true AS exact FROM customers_customer c WHERE c.id = ANY(%s) AND c.joined_to_id IS NULL"
    return _lines(found, [list(ids)], Typed(), seals_open_to(visible_to))


def _meanings(words: Sequence[str]) -> dict[str, list[str]]:
    """For each typed word, the words ever held that it may have meant, nearest first, itself always among them. One query."""
    to_mend = [word for word in words if len(word) >= 3 and word.isalpha()]
    meant: dict[str, list[tuple[float, str]]] = {word: [] for word in words}
    if to_mend:
        keys = sorted({slip for word in to_mend for slip in slips_of(word)})
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT t.word, n.word, n.keys && t.sounds FROM ("
                " SELECT w AS word, CASE WHEN w ~ '^[a-z]+$' THEN ARRAY['~' || dmetaphone(w)] ELSE ARRAY[]::varchar[] END"
                " ::varchar[] AS sounds FROM unnest(%s::text[]) AS w) t"
                " JOIN customers_nameword n ON n.keys && (%s::varchar[] || t.sounds)",
                [to_mend, keys],
            )
            for typed, held, alike in cursor.fetchall():
                if close_enough(typed, held, sounds_alike=alike):
                    meant[typed].append((closeness(typed, held), held))
    nearest = {word: [held for _, held in sorted(near, reverse=True)[:MOST_MEANINGS]] for word, near in meant.items()}
    return {word: list(dict.fromkeys([word, *held])) for word, held in nearest.items()}


def _prefix(word: str) -> str:
    """The word as the beginning of a longer one, where people type beginnings: names, not house numbers or postcodes."""
    return word if word.isalpha() and not is_outward(word) else ""


def _conditions(typed: Typed, seals: list[str] | None) -> tuple[str, list[Any]]:
    """What must hold beside the words, as SQL over `c` with its values; ours alone, nothing typed comes into the text."""
    parts: list[str] = []
    values: list[Any] = []
    if seals is not None:
        parts.append("c.sealed = ANY(%s)")
        values.append(seals)
    for point in (typed.phone, typed.email):
        if point:
            open_to = "" if seals is None else " AND p.sealed = ANY(%s)"
            parts.append(f"c.id IN (SELECT p.customer_id FROM customers_contactpoint p WHERE p.value = %s{open_to})")
            values += [point] if seals is None else [point, seals]
    if typed.reference and typed.or_company:
        parts.append(f"(c.reference = %s OR {WORDS} @@ %s::tsquery)")
        values += [typed.reference, expression([[typed.or_company]])]
    elif typed.reference:
        parts.append("c.reference = %s")
        values.append(typed.reference)
    if typed.uprn is not None:
        parts.append("c.uprn = %s")
        values.append(typed.uprn)
    if typed.born is not None:
        parts.append("c.date_of_birth = %s")
        values.append(typed.born)
    if typed.postcode:
        parts.append(f"{WORDS} @@ %s::tsquery")
        values.append(f"'{typed.postcode}'")
    return " AND ".join(parts) or "true", values


def _lines(found: str, values: Sequence[Any], typed: Typed, seals: list[str] | None) -> list[CustomerLine]:
    """Read the lines for the ids that `found` selects, survivors in place of joined ones, nearest to what was typed first."""
    points, people = ("", "") if seals is None else (" AND p.sealed = ANY(%s)", " WHERE s.sealed = ANY(%s)")
    sql = (
        f"WITH found AS ({found}) SELECT s.id, s.reference, s.kind, s.title, s.given_name, s.family_name,"
        " s.organisation_name, s.address_text, s.date_of_birth, s.search, bool_or(f.exact),"
        f" ARRAY(SELECT p.shown FROM customers_contactpoint p WHERE p.customer_id = s.id{points}"
        " ORDER BY p.id LIMIT 3),"
        " EXISTS (SELECT FROM customers_warning w WHERE w.customer_id = s.id AND w.ended_at IS NULL),"
        " EXISTS (SELECT FROM customers_need n WHERE n.customer_id = s.id AND n.until IS NULL)"
        " FROM found f JOIN customers_customer c ON c.id = f.id"
        f" JOIN customers_customer s ON s.id = COALESCE(c.joined_to_id, c.id){people} GROUP BY s.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values if seals is None else [*values, seals, seals])
        rows = cursor.fetchall()
    ranked = sorted(rows, key=lambda row: (-_nearness(typed, row[9].split(), row[4:6]), row[5], row[4], row[1]))
    return [
        CustomerLine(
            id=row[0],
            reference=row[1],
            kind=row[2],
            name=full_name(*row[3:7]),
            address=row[7],
            date_of_birth=row[8],
            points=tuple(row[11]),
            has_warning=row[12],
            has_need=row[13],
            exact=row[10],
        )
        for row in ranked
    ]


def _nearness(typed: Typed, held: Sequence[str], names: Sequence[str]) -> float:
    """How near a record comes to the typed words; a word of the name outweighs the same word in an address."""
    own = {word for name in names for word in name.lower().split()}
    total = 0.0
    for word in typed.words:
        best = 0.0
        for other in held:
            near = closeness(word, other)
            if other.startswith(word):
                near = max(near, 0.85)
            best = max(best, near + (0.1 if other in own else 0))
        total += best
    return total


def customer_with_reference(reference: str, *, visible_to: Actor) -> UUID | None:
    """Return who has this reference (stored form), a survivor in place of a joined record, or nothing. One query."""
    require(visible_to, "customer.search")
    person = (
        Customer.objects.filter(reference=reference)
        .select_related("joined_to")
        .only("id", "joined_to_id", "sealed", "joined_to__sealed")
        .first()
    )
    if person is None:
        return None
    seals = seals_open_to(visible_to)
    if seals is not None and not {person.sealed, (person.joined_to or person).sealed} <= set(seals):
        return None
    return person.joined_to_id if person.joined_to_id is not None else person.id
