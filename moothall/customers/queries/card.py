"""The card of one person: what is read before anyone speaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from moothall.core.access import require
from moothall.core.actors import Actor, ActorKind
from moothall.core.packs import current_pack
from moothall.customers.models import Consent, ContactPoint, Customer, Need, Warning
from moothall.customers.pack import CONSENTS, FORMATS, LANGUAGES, NEEDS, WARNINGS
from moothall.customers.rules.access import require_view, seals_open_to
from moothall.customers.rules.writing import full_name


@dataclass(frozen=True, slots=True)
class NeedView:
    """A need as the adviser reads it."""

    id: UUID
    code: str
    name: str
    advice: str
    note: str
    since: datetime


@dataclass(frozen=True, slots=True)
class WarningView:
    """A warning as the adviser reads it; `overdue` once its review date has passed."""

    id: UUID
    code: str
    name: str
    advice: str
    note: str
    review_on: date
    overdue: bool


@dataclass(frozen=True, slots=True)
class ConsentView:
    """What someone agreed to, when and on which channel."""

    code: str
    name: str
    channel: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class ConsentReceipt:
    """What someone was asked, in the words of then, when she agreed and how, and when she took it back."""

    code: str
    name: str
    asked: str
    why: str
    channel: str
    given_at: datetime
    withdrawn_at: datetime | None
    withdrawn_channel: str


@dataclass(frozen=True, slots=True)
class PointOf:
    """That a record has a way to reach somebody. `heard_at`: when an officer heard from her that it is hers; `proved`: shown
    by whoever had proved who she is (adr/0085)."""

    customer_id: UUID
    heard_at: datetime | None = None
    proved: bool = False


@dataclass(frozen=True, slots=True)
class PointView:
    """A way to reach someone. `stopped`: nothing may be sent there. `sealed`: only a restricted system told it. `of`: each
    of her records that has it."""

    id: UUID
    kind: str
    value: str
    shown: str
    can_text: bool
    confirmed: bool
    stopped: bool
    sealed: bool = False
    of: tuple[PointOf, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """All that customers holds of one person, needs and warnings first. `ids` are every id that leads to her."""

    warnings: tuple[WarningView, ...]
    needs: tuple[NeedView, ...]
    id: UUID
    ids: tuple[UUID, ...]
    reference: str
    kind: str
    name: str
    title: str
    given_name: str
    family_name: str
    organisation_name: str
    date_of_birth: date | None
    uprn: int | None
    address: str
    area_code: str
    proof: str
    language: str
    language_name: str
    preferred_channel: str
    preferred_format: str
    format_name: str
    quiet_hours: bool
    points: tuple[PointView, ...]
    consents: tuple[ConsentView, ...]
    created_at: datetime
    company_number: str = ""


def customer_card(customer_id: UUID, visible_to: Actor, *, on: date) -> CustomerCard | None:
    """Return the card of one person (a joined id leads to the survivor), or `None` when there is no such record,
    or only a restricted system knows of her and the actor may not. Ways to reach her that only such a system told are left
    out likewise; so they are for herself.

    Warnings and needs only those the actor's roles may see. `on` is today: it tells overdue reviews. Six queries. The
    screen that shows it also calls `log_look`.

    Raises:
        Refused: the actor may not see people's records (hidden for someone else's own).
    """
    require_view(visible_to, customer_id)
    person = Customer.objects.select_related("joined_to").filter(pk=customer_id).first()
    if person is None:
        return None
    person = person.joined_to or person
    seals = seals_open_to(visible_to)
    if seals is not None and person.sealed not in seals and visible_to.kind is not ActorKind.CUSTOMER:
        return None
    pack = current_pack()
    ids = (person.id, *Customer.objects.filter(joined_to=person).order_by("id").values_list("id", flat=True))
    languages, formats = pack.of(LANGUAGES), pack.of(FORMATS)
    return CustomerCard(
        warnings=_warnings(ids, visible_to, on),
        needs=_needs(ids, visible_to),
        id=person.id,
        ids=ids,
        reference=person.reference,
        kind=person.kind,
        name=full_name(person.title, person.given_name, person.family_name, person.organisation_name),
        title=person.title,
        given_name=person.given_name,
        family_name=person.family_name,
        organisation_name=person.organisation_name,
        date_of_birth=person.date_of_birth,
        uprn=person.uprn,
        address=person.address_text,
        area_code=person.area_code,
        proof=person.proof,
        language=person.language,
        language_name=languages[person.language].name if person.language in languages else person.language,
        preferred_channel=person.preferred_channel,
        preferred_format=person.preferred_format,
        format_name=formats[person.preferred_format].name if person.preferred_format in formats else "",
        quiet_hours=person.quiet_hours,
        points=_points(ids, seals),
        consents=_consents(ids),
        created_at=person.created_at,
        company_number=person.company_number,
    )


def consent_receipts(customer_ids: Sequence[UUID], visible_to: Actor) -> list[ConsentReceipt]:
    """Return all a person ever agreed to (every id that leads to her), newest first, with what she took back. One query.

    Raises:
        Refused: the actor may not see her record.
    """
    for one in customer_ids[:1]:
        require_view(visible_to, one)
    kinds = current_pack().of(CONSENTS)
    rows = Consent.objects.filter(customer_id__in=list(customer_ids)).order_by("-given_at", "-id")
    return [
        ConsentReceipt(
            row.code, kinds[row.code].name if row.code in kinds else row.code, row.asked, row.why, row.channel, row.given_at,
            row.withdrawn_at, row.withdrawn_channel,
        )
        for row in rows
    ]  # fmt: skip


def survivor_of(customer_id: UUID) -> UUID | None:
    """Return the id that this one leads to now (itself, or the record it was joined to), or `None` when there is none."""
    row = Customer.objects.filter(pk=customer_id).only("id", "joined_to_id").first()
    if row is None:
        return None
    return row.joined_to_id if row.joined_to_id is not None else row.id


def ids_of(customer_id: UUID) -> tuple[UUID, ...]:
    """Return every id that leads to the same person as this one, or nothing where there is no such record. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH stays AS (SELECT COALESCE(joined_to_id, id) AS id FROM customers_customer WHERE id = %s)"
            " SELECT id FROM stays UNION ALL"
            " SELECT joined.id FROM customers_customer joined JOIN stays ON joined.joined_to_id = stays.id",
            [customer_id],
        )
        return tuple(row[0] for row in cursor.fetchall())


def language_of(customer_id: UUID) -> str:
    """Return the language on somebody's record; empty where there is no such record. One query."""
    found = Customer.objects.filter(id=customer_id).values_list("language", flat=True).first()
    return found or ""


def names_of(customer_ids: Iterable[UUID], visible_to: Actor) -> dict[UUID, str]:
    """Return the names for these ids, in one query, for lists of cases and contacts.

    Whom only a restricted system knows is left out for who may not know of it.
    """
    require(visible_to, "api.customers.read" if visible_to.kind is ActorKind.PARTNER else "customer.view")
    people = Customer.objects.filter(pk__in=set(customer_ids)).only(
        "id", "title", "given_name", "family_name", "organisation_name"
    )
    if (seals := seals_open_to(visible_to)) is not None:
        people = people.filter(sealed__in=seals)
    return {
        person.id: full_name(person.title, person.given_name, person.family_name, person.organisation_name)
        for person in people
    }


def household_at(uprn: int, visible_to: Actor, *, but: Iterable[UUID] = (), limit: int = 12) -> list[tuple[UUID, str]]:
    """Return who else we know at this property, by name, in one query. Living there is all that it says of them.

    Whom only a restricted system knows is left out for who may not know of it.
    Whoever gave no name is nobody we know: a report that was left without one does not live here.
    """
    require(visible_to, "customer.view")
    people = Customer.objects.filter(uprn=uprn, joined_to=None).exclude(pk__in=list(but)).order_by("family_name", "id")
    people = people.exclude(given_name="", family_name="", organisation_name="")
    if (seals := seals_open_to(visible_to)) is not None:
        people = people.filter(sealed__in=seals)
    shown = people.only("id", "title", "given_name", "family_name", "organisation_name")[:limit]
    return [(p.id, full_name(p.title, p.given_name, p.family_name, p.organisation_name)) for p in shown]


def people_at(uprns: Iterable[int]) -> dict[int, list[UUID]]:
    """Return the people we know at these properties, by property. For telling them, never for showing. One query.

    Whoever gave no name is nobody we know there.
    """
    found: dict[int, list[UUID]] = {}
    people = Customer.objects.filter(uprn__in=list(uprns), joined_to=None).order_by("uprn", "id")
    named = people.exclude(given_name="", family_name="", organisation_name="")
    for uprn, customer_id in named.values_list("uprn", "id"):
        if uprn is not None:
            found.setdefault(uprn, []).append(customer_id)
    return found


def _warnings(ids: Sequence[UUID], visible_to: Actor, on: date) -> tuple[WarningView, ...]:
    kinds = current_pack().of(WARNINGS)
    rows = Warning.objects.filter(customer_id__in=ids, ended_at__isnull=True).order_by("since", "id")
    if visible_to.kind not in {ActorKind.STAFF, ActorKind.SYSTEM}:
        return ()  # a warning is for officers; a person or another system is never shown one
    return tuple(
        WarningView(
            id=row.id,
            code=row.code,
            name=kinds[row.code].name if row.code in kinds else row.code,
            advice=kinds[row.code].advice if row.code in kinds else "",
            note=row.note,
            review_on=row.review_on,
            overdue=row.review_on < on,
        )
        for row in rows
        if visible_to.kind is ActorKind.SYSTEM
        or not row.visible_to_roles
        or visible_to.roles & set(row.visible_to_roles)
    )


def _needs(ids: Sequence[UUID], visible_to: Actor) -> tuple[NeedView, ...]:
    kinds = current_pack().of(NEEDS)
    seen: dict[str, NeedView] = {}
    for row in Need.objects.filter(customer_id__in=ids, until__isnull=True).order_by("since", "id"):
        kind = kinds.get(row.code)
        limited = set(kind.visible_to) if kind else set()
        if limited and visible_to.kind is ActorKind.STAFF and not visible_to.roles & limited:
            continue
        seen.setdefault(
            row.code,
            NeedView(
                row.id, row.code, kind.name if kind else row.code, kind.advice if kind else "", row.note, row.since
            ),
        )
    return tuple(seen.values())


def _points(ids: Sequence[UUID], seals: list[str] | None) -> tuple[PointView, ...]:
    """Each once, however many of her records have it: what is known to be hers first, then what the record that stands for
    her says, so that nothing typed in her name comes before it where a form is filled in."""
    rows = ContactPoint.objects.filter(customer_id__in=ids)
    if seals is not None:
        rows = rows.filter(sealed__in=seals)
    same: dict[str, list[ContactPoint]] = {}
    for row in rows.order_by("created_at", "id"):
        same.setdefault(row.value, []).append(row)
    hers = {value: any(row.heard_at or row.proved_at for row in several) for value, several in same.items()}
    own = {value: any(row.customer_id == ids[0] for row in several) for value, several in same.items()}
    return tuple(_point(same[value]) for value in sorted(same, key=lambda value: (not hers[value], not own[value])))


def _point(rows: Sequence[ContactPoint]) -> PointView:
    """One way to reach her, from the rows of every record of hers that has it, the oldest first."""
    first = rows[0]
    return PointView(
        first.id, first.kind, first.value, first.shown, first.can_text, any(row.confirmed_at for row in rows),
        any(row.stopped_at for row in rows), all(row.sealed for row in rows),
        tuple(point_of(row) for row in rows),
    )  # fmt: skip


def point_of(row: ContactPoint) -> PointOf:
    """Return whose record this way to reach somebody is of, and how far it is known to be hers."""
    return PointOf(row.customer_id, row.heard_at, row.proved_at is not None)


def _consents(ids: Sequence[UUID]) -> tuple[ConsentView, ...]:
    kinds = current_pack().of(CONSENTS)
    rows = Consent.objects.filter(customer_id__in=ids, withdrawn_at__isnull=True).order_by("given_at", "id")
    return tuple(
        ConsentView(row.code, kinds[row.code].name if row.code in kinds else row.code, row.channel, row.given_at)
        for row in rows
    )
