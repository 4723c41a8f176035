"""A request becomes a contact, a case and promises at once, or is answered by rule."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moothall.cases.models import Case
from moothall.contacts.models import Contact, Matter, Outcome
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.event_feed import events_of_case
from moothall.customers.models import ContactPoint, Customer
from moothall.intake.actions import NotOnThisChannel, raise_request
from moothall.intake.dialogue import read_all
from moothall.places.actions import Premises, import_premises
from moothall.promises.models import Promise
from moothall.services.pack import SERVICES

from .catalogue import TODAY, a_valid_answer

pytestmark = [pytest.mark.django_db]

MISSED_BIN = {
    "address": {"line1": "14 Mill Lane", "town": "Leeds", "postcode": "LS1 1UR"},
    "bin": "general", "out_time": "night_before", "extent": "only_me", "tag": "no", "assisted": "no", "still_out": "yes",
    "contact": {"name": "Amina Dunn", "email": "Amina.Dunn@example.com", "phone": "07700 900123"},
}  # fmt: skip


def raise_bin(council: Any, clock: Any, **changed: Any) -> Any:
    service = council.of(SERVICES)["missed-bin"]
    channel = changed.pop("channel", "web")
    answers, wrong = read_all(service, MISSED_BIN | changed, today=TODAY, channel=channel)
    assert wrong == {}
    return raise_request(service, answers, pack=council, channel=channel, by=ANONYMOUS, at=clock.now())


def test_a_missed_bin_is_contact_case_and_two_promises(council: Any, clock: Any) -> None:
    raised = raise_bin(council, clock)
    case = Case.objects.get(id=raised.case_id)
    assert (case.service, case.channel, case.team, case.priority) == (
        "missed-bin",
        "web",
        "refuse-collection",
        "normal",
    )
    assert case.track_email == "amina.dunn@example.com"
    assert case.track_postcode == "LS11UR"
    assert case.place_text == "14 Mill Lane, Leeds, LS1 1UR"
    assert case.decisions[0]["row"] == "ordinary"
    assert case.decisions[0]["because"] == "It was out in time and nothing was wrong with it."
    assert case.reference == raised.reference
    made = {promise.kind: promise for promise in Promise.objects.filter(subject_id=case.id)}
    assert set(made) == {"acknowledge", "complete"}
    assert made["acknowledge"].state == "met"  # she has the reference in her hand
    assert case.due_at == made["complete"].due_at
    contact = Contact.objects.get(id=raised.contact_id)
    assert (contact.channel, contact.state, contact.cause) == ("web", "closed", "new")
    assert [event.name for event in events_of_case(case.id)] == [
        "case.opened", "promise.made", "promise.made", "promise.met", "matter.ended",
    ]  # fmt: skip
    matter = Matter.objects.get(contact=contact)
    assert (matter.outcome, matter.case_id) == (Outcome.HANDED_ON, case.id)
    customer = Customer.objects.get(id=raised.customer_id)
    assert (customer.given_name, customer.family_name, customer.proof) == ("Amina", "Dunn", "stated")
    assert set(ContactPoint.objects.filter(customer=customer).values_list("kind", flat=True)) == {"email", "phone"}


def test_a_refusal_by_rule_is_explained_and_opens_no_case(council: Any, clock: Any) -> None:
    raised = raise_bin(council, clock, out_time="after_start")
    assert not raised.accepted
    assert raised.because == "It was put out after the round had started."
    assert raised.course.say
    assert Case.objects.count() == 0
    assert Matter.objects.get(contact_id=raised.contact_id).outcome == Outcome.INFORMED


def test_a_refusal_that_offers_something_else_is_a_signpost(council: Any, clock: Any) -> None:
    raised = raise_bin(council, clock, tag="yes", tag_reason="contaminated")
    assert raised.course.offer == ("recycling-contamination",)
    assert Matter.objects.get(contact_id=raised.contact_id).outcome == Outcome.SIGNPOSTED


def test_two_people_with_one_email_address_stay_two(council: Any, clock: Any) -> None:
    first, second = raise_bin(council, clock), raise_bin(council, clock)
    assert first.customer_id != second.customer_id


def test_a_second_miss_at_the_address_is_known_and_goes_faster(council: Any, clock: Any) -> None:
    import_premises(
        [Premises(uprn=72000001, address="14 Mill Lane, Leeds", postcode="LS1 1UR", area_code="E05")], by=SYSTEM
    )
    home = {"uprn": 72000001, "text": "14 Mill Lane, Leeds, LS1 1UR", "postcode": "LS1 1UR"}
    raise_bin(council, clock, address=home)
    clock.advance(days=20)
    again = raise_bin(council, clock, address=home)
    case = Case.objects.get(id=again.case_id)
    assert (case.priority, case.area) == ("high", "E05")
    assert again.course.promise == "repeat-or-assisted"


def test_a_channel_the_service_does_not_take_says_where_to_go(council: Any, clock: Any) -> None:
    service = council.of(SERVICES)["missed-bin"]
    assert service.channel("social").level == "no"
    with pytest.raises(NotOnThisChannel, match=r"You can ask on our website\."):
        raise_request(service, {}, pack=council, channel="social", by=ANONYMOUS, at=clock.now())
    assert Contact.objects.count() == 0


def test_every_service_becomes_a_case_or_an_explained_answer(council: Any, clock: Any) -> None:
    outcomes = {}
    for code, service in council.of(SERVICES).items():
        given = {q.id: a_valid_answer(q, lambda options: options[0]) for q in service.questions}
        channel = next(c for c in ("web", "phone", "counter") if service.channel(c).level != "no")
        answers, wrong = read_all(service, given, today=TODAY, channel=channel)
        assert wrong == {}, code
        raised = raise_request(service, answers, pack=council, channel=channel, by=ANONYMOUS, at=clock.now())
        outcomes[code] = raised.accepted
        if raised.accepted:
            assert raised.promises, code
        else:
            assert raised.because, code
    assert len(outcomes) == len(council.of(SERVICES))
    assert sum(outcomes.values()) > len(outcomes) * 0.7


def test_how_many_statements_a_request_costs(council: Any, clock: Any) -> None:
    raise_bin(council, clock, channel="api")
    with CaptureQueriesContext(connection) as said:
        raise_bin(council, clock, channel="api")
    written = [q["sql"] for q in said.captured_queries]
    plain = [sql for sql in written if not sql.startswith(("SAVEPOINT", "RELEASE"))]
    assert len(plain) <= 12, "\n".join(sql[:100] for sql in written)
