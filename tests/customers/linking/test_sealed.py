"""Whom, and what, only a restricted system tells is not there for who may not know of it, by whatever way one looks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from moothall.core.actors import SYSTEM, Actor, ActorKind, customer_actor
from moothall.core.zone import council_date
from moothall.customers.actions import add_contact_point, change_customer, create_customer
from moothall.customers.linking.actions import link_record, merge, unmerge
from moothall.customers.linking.actions.refreshing import put_away_missed, refresh
from moothall.customers.linking.models import Link, OwnValue, Pair, SourceRecord
from moothall.customers.linking.queries import (
    decided_lately,
    joined_of,
    next_pair,
    pair_page,
    pairs_waiting,
    summaries_of,
)
from moothall.customers.models import ContactPoint, Customer
from moothall.customers.queries import (
    IN_THE_OPEN,
    customer_card,
    customer_with_reference,
    customers_at,
    customers_with_ids,
    find_customers,
    household_at,
    names_of,
    organisations_like,
)
from moothall.notifications.recipients import recipient
from tests.conftest import MovableClock
from tests.customers.linking.conftest import TAX, csv_of, deliver, tax_row

pytestmark = pytest.mark.django_db
MAY = frozenset({"customer.view", "customer.search", "identity.decide", "customer.change"})
ADVISER = Actor(ActorKind.STAFF, uuid4(), permissions=MAY)
PERMITS = Actor(ActorKind.STAFF, uuid4(), permissions=MAY | {"restricted.enforcement"})
SOCIAL = Actor(ActorKind.STAFF, uuid4(), permissions=MAY | {"restricted.social-care"})
OTHER_SYSTEM = Actor(ActorKind.PARTNER, uuid4(), permissions=MAY | {"api.customers.read"})
BLIND = [ADVISER, PERMITS, OTHER_SYSTEM, IN_THE_OPEN]
SEEING = [SOCIAL, SYSTEM]
UUIDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
REFUGE = {
    "id": "SC-1", "forename": "Amina", "surname": "Dunnington", "dob": "1948-05-02", "uprn": "72009",
    "address": "3 Quiet Close, Leeds", "postcode": "LS8 2AB", "phone": "0113 496 0123", "key_worker": "Miriam Levy",
}  # fmt: skip
WAYS: dict[str, Callable[[Customer], str]] = {
    "her name": lambda her: "Amina Dunnington", "her name, misspelt": lambda her: "Amina Duningtan",
    "part of her name": lambda her: "Dunning", "her telephone": lambda her: "0113 496 0123",
    "her postcode": lambda her: "LS8 2AB", "her address": lambda her: "3 Quiet Close", "her UPRN": lambda her: "UPRN 72009",
    "her date of birth": lambda her: "2/5/1948", "her reference": lambda her: her.reference,
}  # fmt: skip


@pytest.fixture
def care(council: Any, clock: MovableClock) -> Callable[..., Customer]:
    """Deliver one record of adult social care, and return the customer made of it."""

    def make(**more: str) -> Customer:
        row = REFUGE | more
        clock.advance(minutes=1)
        deliver("social-care", json.dumps([row]).encode(), clock.now())
        found = SourceRecord.objects.get(system="social-care", key=row["id"]).own
        assert found is not None
        return found

    return make


def tax_of(clock: MovableClock, family: str = "Dunnington", **more: str) -> SourceRecord:
    clock.advance(minutes=1)
    deliver("council-tax", csv_of(TAX, [tax_row("T-1", family, **more)]), clock.now())
    return SourceRecord.objects.get(system="council-tax", key="T-1")


def found_by(way: str, her: Customer, actor: Actor) -> bool:
    return her.id in {line.id for line in find_customers(WAYS[way](her), actor)}


def test_whom_only_social_care_knows_is_found_by_nothing(care: Any) -> None:
    her = care()
    for actor, ways in [(one, set[str]()) for one in BLIND] + [(one, set(WAYS)) for one in SEEING]:
        assert {way for way in WAYS if found_by(way, her, actor)} == ways, actor


def test_nor_by_what_the_other_ways_in_ask(care: Any, clock: MovableClock) -> None:
    her, today = care(), council_date(clock.now())
    for actor, sees in [(one, False) for one in BLIND] + [(one, True) for one in SEEING]:
        assert (her.id in {line.id for line in customers_at("0113 496 0123", actor)}) is sees
        assert bool(customers_with_ids([her.id], actor)) is sees
        assert (customer_with_reference(her.reference, visible_to=actor) is not None) is sees
        if actor.kind is not ActorKind.ANONYMOUS:
            assert (customer_card(her.id, actor, on=today) is not None) is sees
            assert (her.id in names_of([her.id], actor)) is sees
            assert (her.id in dict(household_at(72009, actor))) is sees


def test_an_organisation_that_only_a_restricted_system_knows(council: Any, clock: MovableClock) -> None:
    made = create_customer(organisation_name="Quiet Close Care", by=SYSTEM, at=clock.now())
    Customer.objects.filter(pk=made.id).update(sealed="social-care")
    assert organisations_like("Quiet Close Care Ltd", ADVISER) == []
    assert [line.id for line in organisations_like("Quiet Close Care Ltd", SOCIAL)] == [made.id]


def test_who_is_known_to_two_restricted_systems_is_for_who_may_know_of_both(care: Any) -> None:
    her = care()
    Customer.objects.filter(pk=her.id).update(sealed="enforcement social-care")
    both = Actor(ActorKind.STAFF, uuid4(), permissions=SOCIAL.permissions | PERMITS.permissions)
    assert [bool(customers_with_ids([her.id], one)) for one in (SOCIAL, PERMITS, both)] == [False, False, True]


def shown(customer_id: UUID, actor: Actor, clock: MovableClock) -> str:
    """What the card says, without its ids: their digits are chance, and a year or half a number may stand among them."""
    card = customer_card(customer_id, actor, on=council_date(clock.now()))
    return UUIDS.sub("an id", repr(card)) if card else ""


@pytest.mark.parametrize("actor", [ADVISER, PERMITS, OTHER_SYSTEM, SOCIAL, SYSTEM], ids=lambda one: one.kind.value)
def test_known_to_council_tax_as_well_she_shows_what_council_tax_says(
    care: Any, clock: MovableClock, actor: Actor
) -> None:
    her = care()
    Link.objects.filter(record__system="social-care").update(undone_at=None)
    record = tax_of(clock, born="", family="Dunn")
    Link.objects.filter(record=record).delete()
    link_record(record.id, her.id, by=SYSTEM, at=clock.now())
    text = shown(her.id, actor, clock)
    assert "14 Mill Lane" in text
    assert "Dunnington" not in text
    for trace in ("Quiet", "72009", "1948"):  # what the restricted system said shows on its own line alone
        assert trace not in text
    assert ("113 496 0123" in text) is (actor in SEEING)
    for way in ("her address", "her telephone", "her postcode", "her UPRN", "part of her name"):
        assert found_by(way, her, actor) is (way == "her telephone" and actor in SEEING)
    assert her.id in {line.id for line in find_customers("Dunn Mill Lane", actor)}
    lines = [label for one in summaries_of([her.id], actor) for label, _, _ in one.figures]
    assert ("Address it holds" in lines) is (actor in SEEING)


def test_a_system_without_an_address_does_not_borrow_the_refuge(care: Any, clock: MovableClock) -> None:
    her = care()
    known = create_customer(given_name="Amina", family_name="Dunnington", by=SYSTEM, at=clock.now())
    made = merge(known.id, her.id, by=SYSTEM, at=clock.now())
    stays = Customer.objects.get(pk=known.id).joined_to_id or known.id
    for actor in (ADVISER, customer_actor(stays)):
        assert "Dunnington" in shown(stays, actor, clock)
        assert "Quiet" not in shown(stays, actor, clock)
        assert "496" not in shown(stays, actor, clock)
    assert her.id not in {line.customer_id for line in joined_of([known.id, her.id], ADVISER)}
    assert recipient(stays).addresses == ()  # nothing of ours goes to the refuge
    unmerge(made.id, by=SYSTEM, at=clock.now())
    assert shown(her.id, ADVISER, clock) == ""
    assert "3 Quiet Close" in shown(her.id, SOCIAL, clock)
    assert shown(known.id, ADVISER, clock)
    refresh([her.id, known.id])
    assert "3 Quiet Close" in shown(her.id, SOCIAL, clock)


def test_what_was_written_while_she_was_sealed_stays_sealed_and_what_comes_after_shows(
    care: Any, clock: MovableClock
) -> None:
    her = care()
    change_customer(customer_id=her.id, changes={"address_text": "9 Safe Row, LS9 1ZZ"}, by=SOCIAL, at=clock.now())
    known = create_customer(given_name="Amina", family_name="Dunnington", by=SYSTEM, at=clock.now())
    made = merge(known.id, her.id, by=SYSTEM, at=clock.now())
    stays = Customer.objects.get(pk=known.id).joined_to_id or known.id
    assert "Safe Row" not in shown(stays, ADVISER, clock)
    change_customer(customer_id=stays, changes={"address_text": "1 Open Road"}, by=ADVISER, at=clock.now())
    refresh([stays])
    assert "1 Open Road" in shown(stays, ADVISER, clock)
    unmerge(made.id, by=SYSTEM, at=clock.now())
    both = shown(her.id, SOCIAL, clock) + shown(known.id, SOCIAL, clock)
    assert "1 Open Road" in both
    assert stays == her.id or "Safe Row" in both
    assert not OwnValue.objects.filter(field="sealed").exists()


def test_a_number_she_gives_us_herself_is_open_from_then_on(care: Any, clock: MovableClock) -> None:
    her = care()
    add_contact_point(customer_id=her.id, kind="phone", value="0113 496 0123", by=SOCIAL, at=clock.now())
    assert ContactPoint.objects.get(customer=her).sealed == "social-care"
    add_contact_point(
        customer_id=her.id, kind="phone", value="0113 496 0123", by=customer_actor(her.id), at=clock.now()
    )
    assert ContactPoint.objects.get(customer=her).sealed == ""


def test_a_pair_with_her_is_for_who_may_know_of_her(care: Any, clock: MovableClock) -> None:
    her = care()
    known = create_customer(given_name="Amina", family_name="Dunnington", by=SYSTEM, at=clock.now())
    one, other = sorted((her.id, known.id), key=lambda id_: id_.int)
    pair = Pair.objects.create(one_id=one, other_id=other, weight=4.0, found_at=clock.now())
    for actor, sees in ((ADVISER, False), (SOCIAL, True)):
        assert bool(pairs_waiting(actor).rows) is sees
        assert (next_pair(actor) is not None) is sees
        assert (pair_page(pair.id, actor) is not None) is sees
    Pair.objects.update(state="unsure", decided_at=clock.now())
    assert decided_lately(ADVISER) == ()
    assert len(decided_lately(SOCIAL)) == 1


def test_records_of_before_are_put_away_by_night(care: Any, clock: MovableClock) -> None:
    her = care()
    known = create_customer(given_name="Amina", family_name="Dunnington", by=SYSTEM, at=clock.now())
    merge(known.id, her.id, by=SYSTEM, at=clock.now())
    OwnValue.objects.all().delete()
    Customer.objects.update(sealed="")
    Customer.objects.filter(pk=her.id).update(address_text="3 Quiet Close")
    stays = Customer.objects.get(pk=known.id).joined_to_id or known.id
    assert put_away_missed() == 1
    assert "Quiet" not in shown(stays, ADVISER, clock)
    assert put_away_missed() == 0


def test_whom_her_restricted_record_no_longer_names_is_no_less_sealed(care: Any, clock: MovableClock) -> None:
    her = care()
    SourceRecord.objects.update(own=None)  # as where the record has come to name somebody else
    Link.objects.update(undone_at=clock.now())
    refresh([her.id])
    assert shown(her.id, ADVISER, clock) == ""
    known = create_customer(given_name="Amina", family_name="Dunnington", by=SYSTEM, at=clock.now())
    merge(known.id, her.id, by=SYSTEM, at=clock.now())
    stays = Customer.objects.get(pk=known.id).joined_to_id or known.id
    assert "Quiet" not in shown(stays, ADVISER, clock)
