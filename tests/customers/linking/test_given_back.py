"""What was made while two were one goes back to the owner of the record it names, or waits for somebody to say whose."""

from __future__ import annotations

from typing import Any

import pytest

from moothall.cases.actions import NewCase, open_case
from moothall.cases.models import Case
from moothall.contacts.actions import record_contact
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.core.models import Event
from moothall.customers.linking.actions import merge, settle, unmerge
from moothall.customers.linking.models import Link, SourceRecord, Unsettled
from tests.customers.linking.conftest import OFFICER, PlainWeigher, deliver
from tests.customers.linking.files import file_of

pytestmark = pytest.mark.django_db


def test_a_contact_goes_back_to_the_owner_of_the_record_it_names(
    council: Any, clock: Any, weigher: PlainWeigher
) -> None:
    for system, family in (("council-tax", "Dunn"), ("library", "Shah")):
        deliver(system, file_of(system, {"1": {"given_name": "Amina", "family_name": family}}), clock.now())
        clock.advance(minutes=1)
    tax, library = SourceRecord.objects.get(system="council-tax"), SourceRecord.objects.get(system="library")
    stays, goes = (Link.objects.get(record=one).customer for one in (tax, library))
    before = _contact(stays, tax, clock.now())
    clock.advance(minutes=1)
    made = merge(stays.id, goes.id, by=OFFICER, at=clock.now())
    assert (made.into_id, made.joined_id) == (stays.id, goes.id)
    clock.advance(minutes=1)
    hers, others, nobodys = (_contact(stays, record, clock.now()) for record in (library, tax, None))
    case = open_case(
        NewCase(service="missed-bin", channel="phone", team="waste", customer_id=stays.id, contact_id=hers.id),
        by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    alone = open_case(
        NewCase(service="missed-bin", channel="web", team="waste", customer_id=stays.id), by=SYSTEM, at=clock.now()
    )
    clock.advance(minutes=1)

    done = unmerge(made.id, why="Two people", by=OFFICER, at=clock.now())
    assert (done.stays, done.parted, done.went_back, done.waiting) == (stays.id, goes.id, 1, 2)
    assert _whose(hers) == goes.id
    assert {_whose(one) for one in (before, others, nobodys)} == {stays.id}
    given = Event.objects.get(name="contact.given")
    assert (given.contact_id, given.customer_id, given.data["before"]) == (hers.id, goes.id, str(stays.id))
    waiting = {(one.kind, one.thing_id): one for one in Unsettled.objects.filter(settled_at=None)}
    assert set(waiting) == {("contact", nobodys.id), ("case", alone.id)}
    drain()
    assert Case.objects.get(pk=case.id).customer_id == goes.id  # it goes with the contact that opened it

    # Taken back twice is once; somebody says of the rest.
    assert unmerge(made.id, by=OFFICER, at=clock.now()).went_back == 0
    for one in waiting.values():
        settle(one.id, customer_id=goes.id, by=OFFICER, at=clock.now())
    assert (_whose(nobodys), Case.objects.get(pk=alone.id).customer_id) == (goes.id, goes.id)


def test_joined_again_the_record_it_names_still_decides(council: Any, clock: Any, weigher: PlainWeigher) -> None:
    """Three, the last joined to the first through the second: the contact goes back to whom the parted merge brought."""
    records = []
    for system, family in (("council-tax", "Dunn"), ("library", "Shah"), ("waste", "Pike")):
        deliver(system, file_of(system, {"1": {"given_name": "Amina", "family_name": family}}), clock.now())
        records.append(SourceRecord.objects.get(system=system))
        clock.advance(minutes=1)
    first, second, third = (Link.objects.get(record=one).customer for one in records)
    below = merge(second.id, third.id, by=OFFICER, at=clock.now())
    clock.advance(minutes=1)
    above = merge(first.id, second.id, by=OFFICER, at=clock.now())
    clock.advance(minutes=1)
    contact = _contact(first, records[2], clock.now())
    clock.advance(minutes=1)
    assert unmerge(above.id, by=OFFICER, at=clock.now()).went_back == 1
    assert _whose(contact) == second.id
    clock.advance(minutes=1)
    assert unmerge(below.id, by=OFFICER, at=clock.now()).went_back == 1
    assert _whose(contact) == third.id


def _contact(customer: Any, record: SourceRecord | None, at: Any) -> Contact:
    return record_contact(
        channel="phone", customer_id=customer.id, received_at=at, by=SYSTEM, at=at,
        source_record_id=record.id if record else None,
    )  # fmt: skip


def _whose(contact: Contact) -> Any:
    return Contact.objects.get(pk=contact.id).customer_id
