"""Name, date of birth and address are no secret: whoever types another's is told nothing of what concerns her, and does not
speak for her."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from moothall.cases.actions import wait_for
from moothall.cases.models import Case, Note
from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, SYSTEM, Actor, customer_actor
from moothall.core.event_feed import events_of_customers
from moothall.core.jobs import drain
from moothall.core.staff import actor_of_staff, create_staff
from moothall.customers.accounts.actions import ProviderSays, come_by_provider, open_account, verify_in_person
from moothall.customers.actions import add_contact_point, create_customer
from moothall.customers.linking.actions import hear_point, merge
from moothall.customers.linking.models import Decided, Merge
from moothall.customers.linking.queries import not_used
from moothall.customers.models import ContactPoint, Customer
from moothall.customers.queries import customer_card
from moothall.intake.actions.talking.standing import _whose
from moothall.notifications.actions import Wish
from moothall.notifications.actions.texts import text_arrived
from moothall.notifications.models import Message
from moothall.notifications.recipients import recipient
from moothall.partners.shared import _points
from tests.notifications.conftest import opened

pytestmark = pytest.mark.django_db
HERS, HIS = "jane.okafor@example.net", "stranger@example.com"
HER_NUMBER, HIS_NUMBER = "+447700900111", "+447700900999"


def typed(clock: Any, email: str, number: str) -> Customer:
    """Somebody asks as Jane Okafor, on the web."""
    made = create_customer(
        given_name="Jane", family_name="Okafor", date_of_birth=date(1984, 5, 17),
        contact_points=[("email", email), ("phone", number)], address_text="14 Mill Lane, Otley, LS21 1AA", by=ANONYMOUS,
        at=clock.now(),
    )  # fmt: skip
    drain()
    clock.advance(minutes=5)
    return made


@pytest.fixture
def jane(council: Any, clock: Any) -> Customer:
    return typed(clock, HERS, HER_NUMBER)


@pytest.fixture
def stranger(jane: Customer, clock: Any) -> Customer:
    made = typed(clock, HIS, HIS_NUMBER)
    assert Merge.objects.get().how == "machine", "by all that was typed they are one"
    return made


def where(customer: Customer) -> list[str]:
    return [one.value for one in recipient(customer.id).addresses if one.channel == "email"]


def text(clock: Any, sender: str, words: str, wish: Wish = Wish.OTHER, reference: str = "") -> Message:
    text_arrived(
        external_id=f"{sender}:{words}", sender=sender, words=words, wish=wish, reference=reference, chasing=bool(reference),
        received_at=clock.now(), at=clock.now(),
    )  # fmt: skip
    return Message.objects.filter(channel="sms").latest("created_at", "id")


def test_her_messages_never_go_to_what_only_somebody_typed(jane: Customer, stranger: Customer) -> None:
    assert where(jane) == [HERS]
    assert where(stranger) == [HIS], "what he asked for himself is told him"


def test_what_an_officer_said_is_one_is_written_to_as_before(jane: Customer, stranger: Customer, clock: Any) -> None:
    elsewhere = create_customer(
        given_name="Jane",
        family_name="Smith",
        contact_points=[("email", "j.smith@example.net")],
        by=SYSTEM,
        at=clock.now(),
    )
    merge(jane.id, elsewhere.id, reason="She told us", by=SYSTEM, at=clock.now())
    assert set(where(jane)) == set(where(elsewhere)) == {HERS, "j.smith@example.net"}
    assert where(stranger) == [HIS]


def test_a_text_from_his_number_hears_nothing_and_answers_nothing_of_hers(
    jane: Customer, stranger: Customer, clock: Any
) -> None:
    case = opened(clock, jane.id)
    assert text(clock, HIS_NUMBER, "STATUS", Wish.ABOUT_CASE, case.reference).template == "text-received"
    assert text(clock, HER_NUMBER, "STATUS", Wish.ABOUT_CASE, case.reference).template == "text-status"
    wait_for(case.id, reason="blocked_access", by=SYSTEM, at=clock.now())
    assert text(clock, HIS_NUMBER, "Please close it").template == "text-received"
    assert not Note.objects.filter(case=case, text="Please close it").exists()
    assert Case.objects.get(id=case.id).state == "waiting"
    assert text(clock, HER_NUMBER, "The blue one").template == "text-joined"


def test_nor_does_a_call_from_his_number(jane: Customer, stranger: Customer, clock: Any) -> None:
    keys = "5721122"  # LS21 1AA
    assert _whose(HIS_NUMBER, keys, clock.now()) == (stranger.id,)
    assert _whose(HER_NUMBER, keys, clock.now()) == (jane.id,)


# -- what an officer hears from her, and what she proves


@pytest.fixture
def adviser(council: Any, clock: Any) -> Actor:
    staff = create_staff(username="ravi", name="Ravi", roles=["adviser"], pack=council, by=SYSTEM, at=clock.now())
    return actor_of_staff(staff, council)


def point_of_hers(value: str, customer: Customer) -> ContactPoint:
    return ContactPoint.objects.get(customer=customer, value=value)


def said(customer: Customer, name: str) -> int:
    return [event.name for event in events_of_customers([customer.id])].count(name)


def test_an_address_counts_once_she_says_to_an_officer_that_it_is_hers(
    jane: Customer, adviser: Actor, clock: Any
) -> None:
    again = typed(clock, "jane.at.work@example.net", "+447700900222")
    card = customer_card(jane.id, adviser, on=clock.now().date())
    assert card is not None
    waits = not_used(card)
    assert {point.value for point in card.points if point.id in waits} == {
        "jane.at.work@example.net", "+447700900222",
    }  # fmt: skip
    assert set(waits.values()) == {Merge.objects.get().at}
    point = point_of_hers("jane.at.work@example.net", again)
    with pytest.raises(Refused):
        hear_point(jane.id, point.id, by=customer_actor(again.id), at=clock.now())
    assert hear_point(jane.id, point.id, by=adviser, at=clock.now())
    assert not hear_point(jane.id, point.id, by=adviser, at=clock.now()), "sent twice, it happens once"
    assert said(jane, "customer.point_heard") == 1
    assert where(jane) == ["jane.at.work@example.net", HERS], "what she says herself comes first"
    assert where(again) == ["jane.at.work@example.net"], "nobody has asked about the others"
    card = customer_card(jane.id, adviser, on=clock.now().date())
    assert card is not None
    assert {point.value for point in card.points if point.id in not_used(card)} == {"+447700900222"}


def test_what_she_said_goes_no_further_than_what_was_one_by_then(jane: Customer, adviser: Actor, clock: Any) -> None:
    again = typed(clock, "jane.at.work@example.net", "+447700900222")
    hear_point(again.id, point_of_hers("jane.at.work@example.net", again).id, by=adviser, at=clock.now())
    clock.advance(minutes=5)
    later = typed(clock, HIS, HIS_NUMBER)
    assert Merge.objects.filter(joined=later, how="machine").exists()
    assert where(later) == [HIS]
    assert HIS not in where(jane)


def test_what_an_officer_enters_is_used_for_all_of_hers(jane: Customer, adviser: Actor, clock: Any) -> None:
    again = typed(clock, "jane.at.work@example.net", "+447700900222")
    case = opened(clock, again.id)
    add_contact_point(customer_id=jane.id, kind="phone", value="07700 900333", by=adviser, at=clock.now())
    assert {one.value for one in recipient(again.id).addresses if one.channel == "sms"} == {
        "+447700900333", "+447700900222",
    }  # fmt: skip
    wait_for(case.id, reason="blocked_access", by=SYSTEM, at=clock.now())
    assert text(clock, "+447700900333", "The blue one").template == "text-joined"


def test_a_stranger_who_was_there_first_gets_nothing_when_she_has_proved_who_she_is(
    council: Any, adviser: Actor, clock: Any
) -> None:
    first = typed(clock, HIS, HIS_NUMBER)
    hers = typed(clock, HERS, HER_NUMBER)
    assert Merge.objects.get().into_id == first.id, "the record that stands for her is the one he made"
    assert where(hers) == [HERS]
    verify_in_person(customer_id=hers.id, evidence=["passport", "utility-bill"], by=adviser, at=clock.now())
    assert Customer.objects.get(pk=first.id).proof == "verified"
    assert where(hers) == [HERS]
    case = opened(clock, hers.id)
    assert text(clock, HIS_NUMBER, "STATUS", Wish.ABOUT_CASE, case.reference).template == "text-received"
    assert _whose(HIS_NUMBER, "5721122", clock.now()) == (first.id,)
    hear_point(first.id, point_of_hers(HERS, hers).id, by=adviser, at=clock.now())
    assert where(first)[0] == HERS, "what is asked with it from now on goes to her first"
    card = customer_card(first.id, SYSTEM, on=clock.now().date())
    assert card is not None
    assert next(point.value for point in card.points if point.kind == "email") == HERS, "and so are forms filled in"


def test_nor_when_she_has_proved_it_in_her_account(council: Any, clock: Any) -> None:
    first = typed(clock, HIS, HIS_NUMBER)
    account = open_account(
        kind="email", value=HERS, given_name="Jane", family_name="Okafor", by=ANONYMOUS, at=clock.now()
    )
    merge(first.id, account.customer_id, how=Decided.MACHINE, by=SYSTEM, at=clock.now())
    proved = ProviderSays(
        issuer="https://id.example.org/", subject="jane", trust="P2.Cl.Cm", given_name="Jane", family_name="Okafor",
        date_of_birth=date(1984, 5, 17),
    )  # fmt: skip
    come_by_provider(proved, account_id=account.id, at=clock.now())
    asked = typed(clock, "jane.at.work@example.net", "+447700900222")
    assert Customer.objects.get(pk=asked.id).joined_to_id
    assert set(where(asked)) == {HERS, "jane.at.work@example.net"}, "what she proved is hers for all that is hers"
    assert where(first) == [HERS, HIS]


def test_a_number_that_is_on_two_records_of_hers_answers_for_both(jane: Customer, clock: Any) -> None:
    again = typed(clock, "jane.at.work@example.net", HER_NUMBER)
    assert _whose(HER_NUMBER, "5721122", clock.now()) == tuple(sorted({jane.id, again.id}))
    card = customer_card(jane.id, SYSTEM, on=clock.now().date())
    assert card is not None
    assert _points(card, again.id) == ["07700 900111", "jane.at.work@example.net"]


def test_a_date_of_birth_that_a_sign_in_elsewhere_only_says_is_not_kept(council: Any, clock: Any) -> None:
    told = ProviderSays(
        issuer="https://id.example.org/", subject="tom", email=HIS, given_name="Jane", family_name="Okafor",
        date_of_birth=date(1984, 5, 17),
    )  # fmt: skip
    account = come_by_provider(told, account_id=None, at=clock.now())
    assert Customer.objects.get(pk=account.customer_id).date_of_birth is None
