"""Who a message is for: her addresses best first, what she prefers, and who said STOP."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Greatest

from moothall.cases.models import Case
from moothall.core.packs import current_pack, pack_at
from moothall.customers.linking.queries import speaking_for
from moothall.customers.models import ContactPoint, Customer, Need
from moothall.customers.pack import NEEDS
from moothall.customers.queries import point_of
from moothall.notifications.models import Stopped
from moothall.notifications.rules import Address, NeedSays
from moothall.services.letters import POST, letters_to
from moothall.services.pack import SERVICES

LONGEST: Final = 254
NO_NAME: Final = "The resident"
"""Whom a letter is addressed to who gave an address and no name."""
_CHANNEL = {"email": "email", "phone": "sms"}
_BEST_FIRST = (
    Greatest("heard_at", "proved_at").desc(nulls_last=True), F("confirmed_at").desc(nulls_last=True), "-created_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person a message may go to. Without ``customer_id`` only the addresses she gave for this are known.

    ``preference`` is email, sms, post, none or empty; ``quiet`` means texts keep to daytime hours.
    """

    customer_id: UUID | None = None
    name: str = ""
    preference: str = ""
    quiet: bool = True
    language: str = "en"
    format: str = "standard"
    needs: tuple[NeedSays, ...] = ()
    addresses: tuple[Address, ...] = ()
    given: dict[str, str] = field(default_factory=dict)


def recipient(customer_id: UUID | None, *, email: str = "", phone: str = "", post: str = "") -> Recipient:
    """Return who to write to: a customer (a joined id leads to the survivor), and addresses given for just this matter.

    ``post`` is whom and where letters of the matter go, in one line: she asked for them with it, so they go there alone and
    are preferred, unless she wants no messages. What is known to be hers comes first, then confirmed addresses before
    unconfirmed, newer before older, those given for the matter last. What was asked for with one record of hers is never
    told where only somebody said so whom the machine took for her (adr/0085). Four queries; two more where other records
    of hers have addresses.
    """
    by_channel = {channel: value for channel, value in (("email", email), ("sms", phone), ("post", post)) if value}
    given = [Address(channel, value) for channel, value in by_channel.items()]
    person = Customer.objects.select_related("joined_to").filter(id=customer_id).first() if customer_id else None
    if person is None:
        return Recipient(preference="post" if post else "", addresses=_with_stops(given), given=by_channel)
    person = person.joined_to or person
    points = ContactPoint.objects.filter(Q(customer=person) | Q(customer__joined_to=person)).filter(
        sealed__in={"", person.sealed}
    )
    found = [
        Address(_CHANNEL[point.kind], point.value, point.confirmed_at is not None, bool(point.stopped_at))
        for point in _hers(points.order_by(*_BEST_FIRST), customer_id)
        if point.kind == "email" or point.can_text
    ]  # fmt: skip
    if (home := letter_address(person)) and not any(one.channel == "post" for one in given):
        found.append(Address("post", home))
    known = {address.value for address in found}
    return Recipient(
        customer_id=person.id,
        name=person.organisation_name or person.given_name,
        preference="post" if post and person.preferred_channel != "none" else person.preferred_channel,
        quiet=person.quiet_hours,
        language=person.language,
        format=person.preferred_format,
        needs=_needs(person),
        addresses=_with_stops([*found, *(address for address in given if address.value not in known)]),
        given=by_channel,
    )


def told_of(case: Case) -> Recipient:
    """Return who is told of a case: its customer, else whoever gave an address with the request. As many queries as
    `recipient`; one more where she asked for letters with it and gave no name.
    """
    return recipient(case.customer_id, email=case.track_email, post=posted_to(case))


def posted_to(case: Case) -> str:
    """Return whom and where letters about a case go, in one line, as was asked for with it; empty where nothing was said.

    One query where no name was given with it and its customer is known.
    """
    if not any(isinstance(value, dict) and value.get("by") == POST for value in case.answers.values()):
        return ""
    pack = pack_at(case.pack_version_id) if case.pack_version_id else current_pack()
    service = pack.of(SERVICES).get(case.service)
    to = letters_to(service, case.answers) if service is not None else None
    if to is None:
        return ""
    person = Customer.objects.filter(id=case.customer_id).first() if case.customer_id and not to.name else None
    return f"{to.name or (_name(person) if person else '') or NO_NAME}, {to.address}"[:LONGEST]


def _hers(points: Iterable[ContactPoint], customer_id: UUID | None) -> list[ContactPoint]:
    """Leave out what a stranger can have typed to be taken for her."""
    every = list(points)
    speaking = speaking_for(customer_id, map(point_of, every)) if customer_id else set()
    return [point for point in every if point_of(point) in speaking]


def answering(customer_id: UUID | None, channel: str, value: str, *, given: str = "") -> Recipient:
    """Return who an answer goes to: back to just the address she wrote from, in her language and format where she is known.

    It was asked for by writing to us, so it goes even to who wants no messages, and tells who said STOP that we heard it.
    ``given`` is that address as she wrote it. Four queries; none where nobody is known.
    """
    known = recipient(customer_id) if customer_id else Recipient()
    return replace(known, preference="", addresses=(Address(channel, value),), given={channel: given or value})


def letter_address(person: Customer) -> str:
    """Return whom and where a letter goes to, in one line; empty where we hold no address."""
    return f"{_name(person)}, {person.address_text}"[:LONGEST] if person.address_text.strip() else ""


def _name(person: Customer) -> str:
    return person.organisation_name or f"{person.given_name} {person.family_name}".strip()


def _needs(person: Customer) -> tuple[NeedSays, ...]:
    """What her needs say about messages; a need that says nothing of them is left out."""
    codes = Need.objects.filter(Q(customer=person) | Q(customer__joined_to=person), until=None)
    kinds = current_pack().of(NEEDS)
    known = [kinds[code] for code in codes.order_by("since", "id").values_list("code", flat=True) if code in kinds]
    return tuple(
        NeedSays(one.name, one.first, one.never, one.format or "")
        for one in known
        if one.first or one.never or one.format
    )


def _with_stops(addresses: Iterable[Address]) -> tuple[Address, ...]:
    known = list(addresses)
    stopped = set(Stopped.objects.filter(value__in=[a.value for a in known]).values_list("value", flat=True))
    return tuple(replace(a, stopped=True) if a.value in stopped else a for a in known)
