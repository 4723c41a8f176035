"""What the screens of one person, one record need from several rooms."""

from __future__ import annotations

from dataclasses import dataclass

from moothall.bookings.queries import booked_in_words
from moothall.cases.queries import cases_by_id
from moothall.contacts.queries import contacts_by_id
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.customers.linking.queries import UnsettledLine, unsettled
from moothall.payments.queries.bills import payments_in_words
from moothall.services.past import service_named

CHANNELS = {
    "phone": "A call",
    "counter": "A visit",
    "email": "An email",
    "sms": "A text",
    "post": "A letter",
    "web": "A form",
}


@dataclass(frozen=True, slots=True)
class UnsettledThing:
    """Something made while two were one, with words for what it is."""

    line: UnsettledLine
    words: str


def unsettled_lines(*, visible_to: Actor, size: int = 20) -> tuple[UnsettledThing, ...]:
    """Return what has nobody yet, oldest first, in words. At most eight queries. What this actor may not see is
    not there."""
    lines = unsettled(visible_to, size=size)
    calls = contacts_by_id([one.thing_id for one in lines if one.kind == "contact"], visible_to=visible_to)
    cases = cases_by_id([one.thing_id for one in lines if one.kind == "case"], visible_to=visible_to)
    words_of = booked_in_words([one.thing_id for one in lines if one.kind == "booking"], visible_to=visible_to)
    words_of |= payments_in_words([one.thing_id for one in lines if one.kind == "payment"], visible_to=visible_to)
    services = current_pack().services
    found = []
    for one in lines:
        if one.kind == "contact" and one.thing_id in calls:
            call = calls[one.thing_id]
            about = services[call.service].name if call.service in services else ""
            words = CHANNELS.get(call.channel, "A contact") + (f" about “{about}”" if about else "")
        elif one.kind == "case" and one.thing_id in cases:
            case = cases[one.thing_id]
            name = service_named(case.service)
            words = f"The request “{name}”, {show_reference(case.reference)}"
        elif one.thing_id in words_of:
            words = words_of[one.thing_id]
        else:
            continue
        found.append(UnsettledThing(one, words))
    return tuple(found)
