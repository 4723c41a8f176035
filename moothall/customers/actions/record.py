"""Making and changing a record: names, address, preferences and the ways to reach someone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from time import monotonic
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from moothall.core.access import restrictions_visible_to
from moothall.core.actors import Actor, ActorKind
from moothall.core.events import Happening, record, together
from moothall.core.lines import one_line
from moothall.core.reference_numbers import next_reference
from moothall.core.rows import add_rows
from moothall.customers.models import ContactPoint, ContactPointKind, Customer, CustomerKind
from moothall.customers.rules.access import require_change, require_create
from moothall.customers.rules.finding import search_document, slips_of, words_to_mend_by
from moothall.customers.rules.writing import (
    CannotRead,
    can_take_texts,
    plain_company_number,
    plain_email,
    plain_name,
    plain_phone,
    show_phone,
)

NAMES: Final = ("title", "given_name", "family_name", "organisation_name")
CHANGEABLE: Final = frozenset(
    {
        *NAMES, "company_number", "date_of_birth", "uprn", "address_text", "area_code", "language", "preferred_channel",
        "preferred_format", "quiet_hours", "proof",
    }
)  # fmt: skip
CHANNELS: Final = frozenset({"", "email", "sms", "post", "none"})
PROOFS: Final = frozenset({"stated", "confirmed", "matched", "verified"})
OLDEST: Final = date(1890, 1, 1)
LONGEST_ADDRESS: Final = 300
MOST_LEARNT: Final = 50_000
LEARNT_FOR: Final = 3600.0
"""Seconds after which a process asks again whether a word is kept: an erasure may have taken it away."""
_learnt: set[str] = set()
_asked_at: list[float] = []


class NoSuchCustomer(LookupError):
    """There is no such record (any more)."""


def create_customer(
    *,
    given_name: str = "",
    family_name: str = "",
    organisation_name: str = "",
    company_number: str = "",
    title: str = "",
    date_of_birth: date | None = None,
    contact_points: Iterable[tuple[str, str]] = (),
    uprn: int | None = None,
    address_text: str = "",
    area_code: str = "",
    language: str = "en",
    preferred_channel: str = "",
    preferred_format: str = "standard",
    proof: str = "stated",
    by: Actor,
    at: datetime,
) -> Customer:
    """Make a record of a person, or of an organisation when only its name is given, with the ways to reach it.

    `contact_points` are pairs of kind (`email`, `phone`) and what was written. One statement, whatever is given, and
    one more where a word is new. A reference is made here. Whether the person is known already is intake's question,
    asked before.

    Raises:
        CannotRead: a name, address, number or date cannot be one; the message is the sentence to show.
        Refused: the actor may not make records.
    """
    require_create(by)
    values = _checked(
        {
            "title": title, "given_name": given_name, "family_name": family_name, "organisation_name": organisation_name,
            "company_number": company_number,
            "date_of_birth": date_of_birth, "uprn": uprn, "address_text": address_text, "area_code": area_code,
            "language": language, "preferred_channel": preferred_channel, "preferred_format": preferred_format,
            "proof": proof,
        },
        at=at,
    )  # fmt: skip
    person = Customer(**values, reference=next_reference(), created_at=at, changed_at=at)
    if person.organisation_name and not (person.given_name or person.family_name):
        person.kind = CustomerKind.ORGANISATION
    person.search = search_of(person)
    points = {(kind, value): shown for kind, value, shown in (read_point(*point) for point in contact_points)}
    rows = [point_row(person.id, kind, value, shown, at) for (kind, value), shown in points.items()]
    fields = sorted(name for name in values if values[name])
    with transaction.atomic(savepoint=False), together():
        learn_words(words_to_mend_by(person.search))
        add_rows(person, *rows)
        say("customer.created", person, fields, by=by, at=at)
    return person


def change_customer(*, customer_id: UUID, changes: Mapping[str, Any], by: Actor, at: datetime) -> Customer:
    """Change fields of a record, and what it is found by. Values that are the same already change nothing.

    Raises:
        NoSuchCustomer, CannotRead, Refused; ValueError for a field that cannot be changed here.
    """
    require_change(by, customer_id)
    unknown = set(changes) - CHANGEABLE
    if unknown:
        raise ValueError(f"These are not fields to change here: {', '.join(sorted(unknown))}.")
    if "proof" in changes and by.kind is ActorKind.CUSTOMER:
        raise ValueError("Proof of who you are is not something you can set yourself.")
    values = _checked(changes, at=at)
    with transaction.atomic():
        person = locked(customer_id)
        changed = sorted(name for name, value in values.items() if getattr(person, name) != value)
        if not changed:
            return person
        for name in changed:
            setattr(person, name, values[name])
        person.search = search_of(person)
        person.changed_at = at
        person.save(update_fields=[*changed, "search", "changed_at"])
        learn_words(words_to_mend_by(person.search))
        say("customer.changed", person, changed, by=by, at=at)
    return person


def add_contact_point(
    *, customer_id: UUID, kind: str, value: str, confirmed: bool = False, proved: bool = False, by: Actor, at: datetime
) -> ContactPoint:
    """Add a way to reach someone, or bring back the one that is there. `confirmed`: she proved just now that it is hers;
    `proved`: and who she is. What an officer enters she was heard to say (adr/0085).

    Raises:
        NoSuchCustomer, CannotRead, Refused.
    """
    require_change(by, customer_id)
    kind, plain, shown = read_point(kind, value)
    with transaction.atomic():
        person = locked(customer_id)
        point, made = ContactPoint.objects.get_or_create(
            customer=person,
            kind=kind,
            value=plain,
            defaults={
                "shown": shown, "can_text": kind == ContactPointKind.PHONE and can_take_texts(plain), "created_at": at,
            },
        )  # fmt: skip
        news: dict[str, Any] = {}
        if confirmed and point.confirmed_at is None:
            news["confirmed_at"] = at
        if proved and point.proved_at is None:
            news["proved_at"] = at
        if by.kind is ActorKind.STAFF:
            news["heard_at"] = at
        allowed = restrictions_visible_to(by)
        if point.sealed and (allowed is None or point.sealed not in allowed):  # told by who cannot know it from there
            news["sealed"] = ""
        if news:
            for name, new in news.items():
                setattr(point, name, new)
            point.save(update_fields=list(news))
        if made:
            say("customer.changed", person, [kind], by=by, at=at)
    return point


def remove_contact_point(*, customer_id: UUID, point_id: UUID, by: Actor, at: datetime) -> None:
    """Take a way to reach someone off her record, and off every one that was joined to it: wrong number, old address. Gone
    already is fine."""
    require_change(by, customer_id)
    with transaction.atomic():
        person = locked(customer_id)
        hers = ContactPoint.objects.filter(Q(customer=person) | Q(customer__joined_to=person))
        point = hers.filter(pk=point_id).first()
        if point is not None:
            hers.filter(kind=point.kind, value=point.value).delete()
            say("customer.changed", person, [point.kind], by=by, at=at)


def stop_contact_point(*, value: str, by: Actor, at: datetime) -> int:
    """Send nothing more to this number or address, whoever's it is: STOP by text, unsubscribed. Returns how many it stopped.

    `value` may be written in any way; what cannot be read stops nothing.
    """
    return _set_stopped(value, stopped_at=at, by=by, at=at)


def resume_contact_point(*, value: str, by: Actor, at: datetime) -> int:
    """Send to this number or address again, because its owner asked for it (START by text). Returns how many it freed."""
    return _set_stopped(value, stopped_at=None, by=by, at=at)


def learn_words(words: Iterable[str]) -> None:
    """Keep words so that their slips and sounds are found; known ones stay as they are. In order, so that none dead-lock.

    What this process has seen kept is not sent again for an hour; what an erasure took away meanwhile, and somebody else
    has, is brought back by `relearn_words`.
    """
    if not _asked_at or monotonic() - _asked_at[0] > LEARNT_FOR:
        _learnt.clear()
        _asked_at[:] = [monotonic()]
    ordered = sorted(set(words) - _learnt)
    if not ordered:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_nameword (word, keys)"
            " SELECT w.word, string_to_array(w.slips, ' ') || CASE WHEN w.word ~ '^[a-z]+$'"
            " THEN ARRAY['~' || dmetaphone(w.word), '~' || dmetaphone_alt(w.word)] ELSE ARRAY[]::text[] END"
            " FROM unnest(%s::text[], %s::text[]) AS w (word, slips) ORDER BY w.word ON CONFLICT DO NOTHING",
            [ordered, [" ".join(slips_of(word)) for word in ordered]],
        )
    transaction.on_commit(lambda: _remember(ordered))


def relearn_words(*, since: datetime) -> int:
    """Keep again the words of everybody whose record was written since then; return how many records. In batches."""
    seen, last = 0, UUID(int=0)
    while True:
        rows = list(
            Customer.objects.filter(changed_at__gte=since, id__gt=last)
            .order_by("id")
            .values_list("id", "search")[:1000]
        )
        if not rows:
            return seen
        learn_words({word for _, search in rows for word in words_to_mend_by(search)})
        seen, last = seen + len(rows), rows[-1][0]


def unlearn_words(words: Iterable[str]) -> int:
    """Take away the words that nobody's record has any more; return how many. For erasures, in their transaction."""
    ordered = sorted(set(words))
    if not ordered:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM customers_nameword WHERE word = ANY(%s) AND NOT EXISTS (SELECT 1 FROM customers_customer c"
            " WHERE array_to_tsvector(string_to_array(c.search, ' ')) @@ quote_literal(word)::tsquery)",
            [ordered],
        )
        gone = int(cursor.rowcount)
    _learnt.difference_update(ordered)
    return gone


def _remember(words: list[str]) -> None:
    if len(_learnt) + len(words) > MOST_LEARNT:
        _learnt.clear()
    _learnt.update(words[:MOST_LEARNT])


def forget() -> None:
    """Take no word for kept: another database is connected now (tests)."""
    _learnt.clear()


def _set_stopped(value: str, *, stopped_at: datetime | None, by: Actor, at: datetime) -> int:
    try:
        plain = plain_email(value) if "@" in value else plain_phone(value)
    except CannotRead:
        return 0
    with transaction.atomic():
        points = ContactPoint.objects.select_for_update(of=("self",)).select_related("customer").filter(value=plain)
        touched = [point for point in points.order_by("id") if (point.stopped_at is None) != (stopped_at is None)]
        for point in touched:
            point.stopped_at = stopped_at
            point.save(update_fields=["stopped_at"])
            say("customer.changed", point.customer, [f"{point.kind}_stopped"], by=by, at=at)
    return len(touched)


def locked(customer_id: UUID) -> Customer:
    """Return the record (the survivor for a joined id), locked until the transaction ends. Raises NoSuchCustomer."""
    person = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if person is not None and person.joined_to_id is not None:
        person = Customer.objects.select_for_update().filter(pk=person.joined_to_id).first()
    if person is None:
        raise NoSuchCustomer("There is no such customer.")
    return person


def search_of(person: Customer) -> str:
    """Return the words this record is found by."""
    names = (person.given_name, person.family_name, person.organisation_name, person.company_number)
    return search_document(names, person.address_text)


def say(name: str, person: Customer, fields: list[str], *, by: Actor, at: datetime) -> None:
    """Record an event about this person: names of fields, never what stands in them."""
    happening = Happening(
        name=name, subject_kind="customer", subject_id=person.id, occurred_at=at, customer_id=person.id,
        area=person.area_code, data={"fields": fields},
    )  # fmt: skip
    record([happening], by=by)


def read_point(kind: str, value: str) -> tuple[str, str, str]:
    """Return kind, plain value and how it is shown. Raises CannotRead; ValueError for a kind there is not."""
    if kind == ContactPointKind.EMAIL:
        plain = plain_email(value)
        return kind, plain, plain
    if kind == ContactPointKind.PHONE:
        plain = plain_phone(value)
        return kind, plain, show_phone(plain)
    raise ValueError(f"A way to reach someone is an email or a phone, not {kind!r}.")


def point_row(customer_id: UUID, kind: str, value: str, shown: str, at: datetime) -> ContactPoint:
    """Return the row of a way to reach someone, not saved yet."""
    texts = kind == ContactPointKind.PHONE and can_take_texts(value)
    return ContactPoint(customer_id=customer_id, kind=kind, value=value, shown=shown, can_text=texts, created_at=at)


def _checked(values: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """The values as they are kept; raises CannotRead for what cannot be one."""
    made = dict(values)
    for name in NAMES:
        if name in made:
            made[name] = plain_name(str(made[name] or ""))
    if "company_number" in made:
        made["company_number"] = plain_company_number(str(made["company_number"] or ""))
    if len(str(made.get("title", ""))) > 40:
        raise CannotRead("Enter a title of 40 characters or fewer.")
    if "address_text" in made:
        made["address_text"] = one_line(str(made["address_text"] or ""))
        if len(made["address_text"]) > LONGEST_ADDRESS:
            raise CannotRead(f"Enter an address of {LONGEST_ADDRESS} characters or fewer.")
    born = made.get("date_of_birth")
    if born is not None and not OLDEST <= born <= at.date():
        raise CannotRead("Enter a date of birth in the past, like 27 3 1964.")
    if made.get("preferred_channel", "") not in CHANNELS:
        raise CannotRead("Choose email, text message, letter or no messages.")
    if "proof" in made and made["proof"] not in PROOFS:
        raise ValueError(f"{made['proof']!r} is not a level of proof.")
    if made.get("uprn") is not None and not 0 < int(made["uprn"]) < 10**12:
        raise CannotRead("A property number (UPRN) has up to 12 digits.")
    return made
