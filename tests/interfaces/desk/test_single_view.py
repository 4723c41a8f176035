"""One person on one page, and the one box that finds her."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from moothall.cases.models import Case
from moothall.core.actors import SYSTEM
from moothall.core.references import show_reference
from moothall.customers.actions import create_customer
from moothall.customers.models import Customer, Look, Need
from moothall.feedback.actions import About, rate
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import Officer, says_why
from tests.interfaces.desk.pages import counting, text_of
from tests.interfaces.desk.working import Raises, do

pytestmark = [pytest.mark.django_db]


@pytest.mark.row("B2")
def test_the_single_view_is_one_time_line_in_a_fixed_number_of_queries(
    waste: Officer, adviser: Officer, amina: Customer, missed_bin: Raises, clock: MovableClock
) -> None:
    def grow(times: int) -> None:
        for n in range(times):
            raised = missed_bin(amina, address={"text": f"House {n}"})
            clock.advance(minutes=7)
            do(waste, raised, "note", text=f"Note {n}")
            about = About(case_id=raised.case_id, service="missed-bin")
            rate(about, score="good", why=f"Quick {n}", channel="web", by=SYSTEM, at=clock.now())
            clock.advance(minutes=7)

    grow(2)
    says_why(adviser.client, amina)
    adviser.client.get(f"/desk/people/{amina.id}/")
    with counting() as short:
        page = text_of(adviser.client.get(f"/desk/people/{amina.id}/"))
    for words in ("Rated us: good", "Quick 1", "Note 1", "Was in touch", "Report a missed bin"):
        assert words in page, words
    grow(14)
    says_why(adviser.client, amina)  # what she said before is over by now
    with counting() as long:
        page = text_of(adviser.client.get(f"/desk/people/{amina.id}/"))
    assert long.kinds == short.kinds
    assert long.number <= 40
    notes = text_of(adviser.client.get(f"/desk/people/{amina.id}/?show=note"))
    assert "Note 13" in notes
    assert "Rated us" not in notes
    look = Look.objects.filter(customer_id=amina.id, screen="desk.person").latest("at")
    assert (look.actor_id, look.purpose) == (adviser.staff.id, "contact")


@pytest.mark.row("B2")
def test_bookings_payments_permits_and_files_stand_alone_where_asked_for(
    adviser: Officer, amina: Customer, missed_bin: Raises, clock: MovableClock
) -> None:
    from moothall.documents.models import Document
    from moothall.payments.actions.owing import NewIntent, owe

    def kept(case_id: Any, name: str) -> None:
        Document.objects.create(
            sha256="0" * 64,
            name=name,
            media_type="image/jpeg",
            size=1,
            path="0",
            case_id=case_id,
            received_at=clock.now(),
        )

    raised, hidden = missed_bin(amina), missed_bin(amina, address={"text": "Elsewhere"})
    kept(raised.case_id, "my bin.jpg")
    kept(hidden.case_id, "of a child.jpg")
    Case.objects.filter(id=hidden.case_id).update(restricted="social-care")
    owe(
        NewIntent(
            service="bulky-waste", description="Bulky collection", channel="web", pence=3600, income="waste",
            customer_id=amina.id,
        ), by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    says_why(adviser.client, amina)
    address = f"/desk/people/{amina.id}/"
    adviser.client.get(address)
    with counting() as whole:
        page = text_of(adviser.client.get(address))
    for words in ("Bookings", "Payments", "Permits", "Documents", "Sent us my bin.jpg", "Bulky collection"):
        assert words in page, words
    assert "of a child" not in page
    for show, there, not_there in (
        ("document", "Sent us my bin.jpg", "Bulky collection"), ("payment", "Bulky collection", "my bin.jpg"),
        ("booking", "Bookings", "my bin.jpg"), ("permit", "Permits", "Bulky collection"),
    ):  # fmt: skip
        with counting() as some:
            alone = text_of(adviser.client.get(f"{address}?show={show}"))
        assert there in alone
        assert not_there not in alone, show
        assert some.number == whole.number, "whatever is shown, each room is asked once"


def test_the_time_lines_pages_join_without_a_gap_or_a_double(
    adviser: Officer, amina: Customer, missed_bin: Raises, clock: MovableClock
) -> None:
    from moothall.intake.person_queries import person_line

    for n in range(9):
        missed_bin(amina, address={"text": f"House {n}"})
        if n % 3 == 2:
            clock.advance(minutes=1)  # three at the very same moment
    whole = person_line([amina.id], visible_to=adviser.actor, at=clock.now(), size=500).entries
    walked: list[Any] = []
    after = ""
    while True:
        page = person_line([amina.id], visible_to=adviser.actor, at=clock.now(), size=4, after=after)
        walked += page.entries
        after = page.after
        if not after:
            break
    assert walked == list(whole)


@pytest.mark.row("B2")
def test_the_household_is_who_else_we_know_at_the_property(adviser: Officer, clock: MovableClock) -> None:
    there = {"uprn": 72001234, "address_text": "3 Mill Lane, Otley", "by": SYSTEM, "at": clock.now()}
    mother = create_customer(given_name="Ruth", family_name="Bell", **there)
    create_customer(given_name="Jo", family_name="Bell", **there)
    says_why(adviser.client, mother)
    page = text_of(adviser.client.get(f"/desk/people/{mother.id}/"))
    assert "Also at this address" in page
    assert "Jo Bell" in page
    assert "Not of one household" not in page, "nothing is tied yet, and an adviser decides nothing"


@pytest.mark.row("B6")
def test_a_need_is_written_down_once_and_ended(adviser: Officer, amina: Customer) -> None:
    says_why(adviser.client, amina)
    adviser.client.post(f"/desk/people/{amina.id}/needs", {"code": "sight-loss", "need-note": "Large print"})
    need = Need.objects.get()
    assert "Blind or partly sighted." in text_of(adviser.client.get(f"/desk/people/{amina.id}/"))
    adviser.client.post(f"/desk/people/{amina.id}/needs", {"end": str(need.id)})
    assert "Blind or partly sighted.</strong>" not in text_of(adviser.client.get(f"/desk/people/{amina.id}/"))


def test_the_one_box_finds_people_references_and_services(
    adviser: Officer, amina: Customer, missed_bin: Raises
) -> None:
    raised = missed_bin(amina)
    straight = adviser.client.get(f"/desk/search?q={show_reference(raised.reference).lower()}")
    assert (straight.status_code, straight["Location"]) == (303, f"/desk/cases/{raised.case_id}/")
    found = text_of(adviser.client.get("/desk/search?q=amena+dun"))
    assert "Amina Dunn" in found
    assert "Asked last" in found
    assert "missed bin" not in found.lower(), "for what she asked is behind the question why"
    assert "Amina Dunn" in text_of(adviser.client.get("/desk/search?q=07700900123"))
    assert "Report a missed bin" in text_of(adviser.client.get("/desk/search?q=missed+bin"))
    assert "Nothing found" in text_of(adviser.client.get("/desk/search?q=zzzzqqq"))
    with counting() as few:
        adviser.client.get("/desk/search?q=dunn")
    for n in range(10):
        create_customer(given_name=f"Ann{n}", family_name="Dunn", by=SYSTEM, at=amina.created_at + timedelta(minutes=n))
    with counting() as many:
        adviser.client.get("/desk/search?q=dunn")
    assert many.kinds == few.kinds
