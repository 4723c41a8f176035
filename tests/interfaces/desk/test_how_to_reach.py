"""Which of their addresses are used, and why one is not, beside each at the desk; and what they say of it (adr/0085)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from moothall.contacts.models import Contact
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.models import Event
from moothall.core.zone import council_date
from moothall.customers.actions import create_customer
from moothall.customers.linking.actions import hear_point, merge
from moothall.customers.linking.models import Decided
from moothall.customers.models import ContactPoint, Customer
from moothall.customers.queries import customer_card
from moothall.intake.account_queries import card_known
from moothall.intake.queries.sharing import share_choices
from moothall.notifications.recipients import recipient
from moothall.services.pack import SERVICES
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import Officer, says_why
from tests.interfaces.desk.pages import counting, text_of

pytestmark = pytest.mark.django_db
TYPED, THEIRS, NOT = "typed@example.org", "It is theirs", "Not theirs"
UNUSED = (
    "Used only for the request it came with: the machine joined that on {day}. Confirm it with them to use it for "
    "everything."
)


@pytest.fixture
def typed(amina: Customer, clock: MovableClock) -> Customer:
    """Somebody asked as Amina Dunn, and the machine took them for one."""
    clock.advance(minutes=5)
    made = create_customer(
        given_name="Amina", family_name="Dunn", date_of_birth=date(1948, 5, 2), contact_points=[("email", TYPED)],
        address_text="14 Mill Lane, Otley, LS21 1AA", by=ANONYMOUS, at=clock.now(),
    )  # fmt: skip
    merge(amina.id, made.id, how=Decided.MACHINE, by=SYSTEM, at=clock.now())
    clock.advance(minutes=5)
    return made


def of(customer: Customer, value: str = TYPED) -> ContactPoint:
    return ContactPoint.objects.get(customer=customer, value=value)


def says(officer: Officer, customer: Customer, point: ContactPoint, what: str = "theirs", **more: str) -> Any:
    told = {"point": str(point.id), "say": what, **more}
    return officer.client.post(f"/desk/people/{customer.id}/reach", told)


def where(customer: Customer) -> list[str]:
    return [one.value for one in recipient(customer.id).addresses if one.channel == "email"]


def test_it_is_said_beside_each_whether_it_is_used_and_why_not(
    adviser: Officer, amina: Customer, typed: Customer, clock: MovableClock
) -> None:
    says_why(adviser.client, amina)
    page = text_of(adviser.client.get(f"/desk/people/{amina.id}/"))
    assert page.count("Used only for the request it came with") == 1
    assert UNUSED.format(day=f"{clock.now():%-d %B %Y}") in page
    assert page.count(f"{THEIRS}<") == 1
    assert where(amina) == ["amina.dunn@example.com"]
    assert says(adviser, amina, of(typed)).status_code == 303
    assert says(adviser, amina, of(typed)).status_code == 303
    page = text_of(adviser.client.get(f"/desk/people/{amina.id}/"))
    assert "Used only for the request" not in page
    assert THEIRS not in page
    assert where(amina) == [TYPED, "amina.dunn@example.com"]
    heard = Event.objects.get(name="customer.point_heard")
    assert (heard.customer_id, heard.actor_id) == (amina.id, adviser.staff.id)
    assert heard.data == {"kind": "email", "point": str(of(typed).id)}


def test_what_is_not_theirs_is_taken_off_every_record_of_theirs(
    adviser: Officer, amina: Customer, typed: Customer
) -> None:
    says_why(adviser.client, amina)
    point = of(typed)
    for _ in range(2):
        assert says(adviser, amina, point, "not").status_code == 303
    assert not ContactPoint.objects.filter(value=TYPED).exists()
    assert where(typed) == []
    assert THEIRS not in text_of(adviser.client.get(f"/desk/people/{amina.id}/"))


def test_it_is_there_while_they_are_on_the_line_and_leads_back_to_the_call(
    adviser: Officer, amina: Customer, typed: Customer, on_the_line: Callable[..., Contact]
) -> None:
    call = on_the_line("07700 900123")
    adviser.client.post(f"/desk/contacts/{call.id}/who", {"customer": str(amina.id)})
    back = f"/desk/contacts/{call.id}/"
    page = text_of(adviser.client.get(back))
    assert "Used only for the request it came with" in page
    assert THEIRS in page
    assert says(adviser, amina, of(typed), back=back)["Location"] == back
    assert "Used only for the request" not in text_of(adviser.client.get(back))
    assert says(adviser, amina, of(typed), back="https://elsewhere.example/")["Location"] == f"/desk/people/{amina.id}/"


def test_no_form_is_filled_in_with_it_and_no_link_goes_there(
    adviser: Officer, amina: Customer, typed: Customer, council: Any, clock: MovableClock
) -> None:
    def offered() -> tuple[str, set[str]]:
        card = customer_card(amina.id, SYSTEM, on=council_date(clock.now()))
        assert card is not None
        call: Any = SimpleNamespace(identity_check="", speaker="", channel="phone", caller="")
        where_to = share_choices(council.of(SERVICES)["missed-bin"], call, card)
        return card_known(card).email, {value for value, _ in where_to.addresses if "@" in value}

    assert offered() == ("amina.dunn@example.com", {"amina.dunn@example.com"})
    of(amina, "amina.dunn@example.com").delete()
    assert offered() == ("", set())
    hear_point(amina.id, of(typed).id, by=adviser.actor, at=clock.now())
    assert offered() == (TYPED, {TYPED})


def test_nothing_is_said_of_somebody_who_was_never_joined(adviser: Officer, amina: Customer) -> None:
    says_why(adviser.client, amina)
    page = text_of(adviser.client.get(f"/desk/people/{amina.id}/"))
    assert "Used only for the request" not in page
    assert NOT not in page


def test_only_what_the_page_shows_can_be_named(
    adviser: Officer, officer: Callable[..., Officer], amina: Customer, typed: Customer, clock: MovableClock
) -> None:
    other = create_customer(
        given_name="Sam", family_name="Cole", contact_points=[("email", "sam@example.net")], by=SYSTEM, at=clock.now()
    )
    assert "Why do you" in text_of(says(adviser, amina, of(typed))), "no work of hers leads to this record"
    says_why(adviser.client, amina)
    assert says(adviser, amina, of(other, "sam@example.net"), "not").status_code == 303
    assert of(other, "sam@example.net").heard_at is None
    ContactPoint.objects.filter(value=TYPED).update(sealed="social-care")
    assert TYPED not in text_of(adviser.client.get(f"/desk/people/{amina.id}/"))
    for what in ("theirs", "not", "nonsense"):
        assert says(adviser, amina, of(typed), what).status_code == 303
    assert of(typed).heard_at is None
    reader = officer("auditor", name="Ola Reed")
    assert says(reader, amina, of(typed)).status_code == 403


def test_it_costs_the_page_no_more_however_many_were_joined(
    adviser: Officer, amina: Customer, typed: Customer, clock: MovableClock
) -> None:
    def cost() -> Any:
        says_why(adviser.client, amina)
        with counting() as counted:
            assert TYPED in text_of(adviser.client.get(f"/desk/people/{amina.id}/"))
        return counted

    first = cost()
    for n in range(3):
        clock.advance(minutes=5)
        made = create_customer(
            given_name="Amina", family_name="Dunn", contact_points=[("email", f"{n}@example.org")], by=SYSTEM,
            at=clock.now(),
        )  # fmt: skip
        merge(amina.id, made.id, how=Decided.MACHINE, by=SYSTEM, at=clock.now())
    assert cost().kinds == first.kinds
