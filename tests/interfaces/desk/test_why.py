"""An officer is asked why she looks at a record where her work does not say it; it is kept, and told to whom it is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.cases.actions import assign_case
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.core.ids import new_id
from moothall.customers.linking.actions import merge
from moothall.customers.models import Customer, Look
from moothall.customers.privacy.models import Reason
from moothall.customers.privacy.people import export
from moothall.customers.privacy.queries import purposes_open_to
from moothall.customers.queries import customer_card
from moothall.intake.account_queries import own_looks
from moothall.intake.actions.raising import Raised
from tests.browser import goes_on, looks_right
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import Officer, says_why
from tests.interfaces.desk.pages import counting, text_of

pytestmark = pytest.mark.django_db
ASKED = "Why do you need to see"


def looks(customer: Customer) -> list[tuple[str, Any]]:
    found = Look.objects.filter(customer_id=customer.id, screen="desk.person").order_by("at", "id")
    return list(found.values_list("purpose", "case_id"))


def address(customer: Customer) -> str:
    return f"/desk/people/{customer.id}/"


@pytest.mark.row("B9")
def test_nothing_but_the_name_is_shown_before_she_says_why(adviser: Officer, amina: Customer) -> None:
    page = text_of(adviser.client.get(address(amina)))
    assert f"{ASKED} Amina Dunn’s record?" in page
    for held in ("07700 900123", "14 Mill Lane", "amina.dunn", "1948"):
        assert held not in page
    assert looks(amina) == []
    says_why(adviser.client, amina, "correction")
    assert "14 Mill Lane" in text_of(adviser.client.get(address(amina)))
    assert looks(amina) == [("correction", None)]


@pytest.mark.parametrize(
    ("act", "sent"),
    [("details", {"given_name": "Pwned", "email": "pwned@example.com"}), ("needs", {"code": "large-print"})],
)
def test_nothing_is_changed_before_she_says_why(
    adviser: Officer, amina: Customer, act: str, sent: dict[str, str]
) -> None:
    before = (Customer.objects.values().get(id=amina.id), amina.needs.count(), amina.contact_points.count())
    assert ASKED in text_of(adviser.client.post(f"{address(amina)}{act}", sent))
    after = (Customer.objects.values().get(id=amina.id), amina.needs.count(), amina.contact_points.count())
    assert after == before


def test_with_a_caller_on_the_line_she_is_asked_nothing(
    adviser: Officer, amina: Customer, on_the_line: Callable[..., Contact], clock: MovableClock
) -> None:
    call = on_the_line("0113 496 0000")  # nobody knows yet who rings: whoever she looks up, it is for the call
    assert ASKED not in text_of(adviser.client.get(address(amina)))
    adviser.client.post(f"/desk/contacts/{call.id}/who", {"customer": str(amina.id)})
    assert ASKED not in text_of(adviser.client.get(address(amina)))
    adviser.client.post(f"/desk/contacts/{call.id}/finish", {"cause": "new"})
    clock.advance(minutes=30)
    assert ASKED not in text_of(adviser.client.get(address(amina)))
    assert looks(amina) == [("contact", None)] * 3
    clock.advance(minutes=31)
    assert ASKED in text_of(adviser.client.get(address(amina)))


def test_a_caller_is_no_reason_to_look_at_somebody_else(
    adviser: Officer, amina: Customer, council: Any, on_the_line: Callable[..., Contact], clock: MovableClock
) -> None:
    from moothall.customers.actions import create_customer

    other = create_customer(given_name="Rosa", family_name="Marsh", by=SYSTEM, at=clock.now())
    call = on_the_line("07700 900123")
    adviser.client.post(f"/desk/contacts/{call.id}/who", {"customer": str(amina.id)})
    assert ASKED in text_of(adviser.client.get(address(other)))


def test_work_of_hers_is_the_reason_and_names_the_case(
    waste: Officer,
    officer: Callable[..., Officer],
    amina: Customer,
    missed_bin: Callable[..., Raised],
    clock: MovableClock,
) -> None:
    raised = missed_bin(amina)
    assert ASKED not in text_of(waste.client.get(address(amina)))
    assert looks(amina) == [("case", raised.case_id)]
    parks = officer("service-officer", teams=("dog-wardens",), name="Lena Fox")
    assert ASKED in text_of(parks.client.get(address(amina)))
    assign_case(raised.case_id, team="refuse-collection", assignee_id=parks.staff.id, reason="She knows the street",
                by=SYSTEM, at=clock.now())  # fmt: skip
    assert ASKED not in text_of(parks.client.get(address(amina)))


def test_what_she_said_stands_for_an_hour_for_her_and_this_person_alone(
    adviser: Officer, officer: Callable[..., Officer], amina: Customer, clock: MovableClock
) -> None:
    says_why(adviser.client, amina)
    clock.advance(minutes=59)
    assert ASKED not in text_of(adviser.client.get(address(amina)))
    other = officer("adviser", name="Omar Reid", username="omar")
    assert ASKED in text_of(other.client.get(address(amina)))
    clock.advance(minutes=2)
    assert ASKED in text_of(adviser.client.get(address(amina)))


def test_it_stands_for_whoever_was_joined_to_her(adviser: Officer, amina: Customer, clock: MovableClock) -> None:
    from moothall.customers.actions import create_customer

    double = create_customer(given_name="Amena", family_name="Dunn", by=SYSTEM, at=clock.now())
    says_why(adviser.client, double)
    merge(amina.id, double.id, reason="One person", by=SYSTEM, at=clock.now())
    assert ASKED not in text_of(adviser.client.get(address(amina)))
    assert ASKED not in text_of(adviser.client.get(address(double)))


@pytest.mark.parametrize(
    "given", [{}, {"purpose": "nonsense"}, {"purpose": "enforcement", "note": "x" * 40}, {"purpose": "quality"}]
)
def test_she_can_choose_only_what_her_roles_look_for(adviser: Officer, amina: Customer, given: dict[str, str]) -> None:
    answer = adviser.client.post(f"{address(amina)}why", given)
    assert answer.status_code == 422
    assert "Choose why you need to see it." in text_of(answer)
    assert not Reason.objects.exists()


def test_each_role_has_its_own_reasons(officer: Callable[..., Officer]) -> None:
    def codes(*roles: str) -> set[str]:
        return {
            one.code
            for one in purposes_open_to(officer(*roles, username=f"u{len(roles)}{roles[0][:3]}{roles[-1][:14]}").actor)
        }

    assert codes("adviser") == {"contact", "case", "correction", "safeguarding"}
    assert codes("team-leader") - codes("service-officer") == {"quality"}
    assert "enforcement" in codes("adviser", "restricted-enforcement")
    assert codes("records-officer") == {"records"}
    assert codes("data-protection-officer") == {"privacy"}


def test_a_reason_she_is_not_told_of_takes_a_sentence_and_stays_hidden(
    adviser: Officer, officer: Callable[..., Officer], amina: Customer, clock: MovableClock
) -> None:
    short = adviser.client.post(f"{address(amina)}why", {"purpose": "safeguarding", "note": "harm"})
    assert (short.status_code, "Say why in a sentence" in text_of(short)) == (422, True)
    note = "A neighbour heard a child cry for an hour."
    adviser.client.post(f"{address(amina)}why", {"purpose": "safeguarding", "note": note})
    adviser.client.get(address(amina))
    clock.advance(minutes=61)
    says_why(adviser.client, amina, "correction")
    adviser.client.get(address(amina))
    card = customer_card(amina.id, SYSTEM, on=date(2026, 3, 4))
    assert card is not None
    assert [line.why for line in own_looks(card)] == ["To put your details right"]
    assert [row["purpose"] for row in export(amina.id)["why_officers_looked"]] == ["correction"]
    auditor = officer("auditor", name="Ivy Cole")
    page = text_of(auditor.client.get("/console/looks", {"customer": amina.reference}))
    assert note in page
    file = b"".join(auditor.client.get("/console/looks.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert file.count(note) == 1


def test_who_may_not_see_people_cannot_say_why_either(officer: Callable[..., Officer], amina: Customer) -> None:
    stranger = officer("performance-officer")
    assert stranger.client.post(f"{address(amina)}why", {"purpose": "contact"}).status_code == 403
    assert Client().post(f"{address(amina)}why", {"purpose": "contact"}).status_code in {302, 303, 401}
    assert not Reason.objects.exists()


def test_there_is_no_reason_to_look_at_nobody(adviser: Officer) -> None:
    nobody = f"/desk/people/{new_id()}/"
    assert adviser.client.get(nobody).status_code == 404
    assert adviser.client.post(f"{nobody}why", {"purpose": "contact"}).status_code == 404


@pytest.fixture
def omar(officer: Callable[..., Officer]) -> Officer:
    """A colleague beside her, with nobody on the line."""
    return officer("adviser", teams=("customer-services",), name="Omar Reid", username="omar")


def test_a_colleagues_contact_is_no_way_round(
    adviser: Officer, omar: Officer, amina: Customer, on_the_line: Callable[..., Contact], clock: MovableClock
) -> None:
    call = on_the_line("07700 900123")
    adviser.client.post(f"/desk/contacts/{call.id}/who", {"customer": str(amina.id)})
    hers, its = adviser.client.get(f"/desk/contacts/{call.id}/"), omar.client.get(f"/desk/contacts/{call.id}/")
    assert "14 Mill Lane" in text_of(hers)
    assert f"{ASKED} Amina Dunn’s record?" in text_of(its)
    for held in ("07700 900123", "14 Mill Lane", "amina.dunn", "1948"):
        assert held not in text_of(its)
    for path, sent in (("matters", {"service": "missed-bin"}), ("finish", {"cause": "new"}), ("who", {"customer": ""})):
        assert ASKED in text_of(omar.client.post(f"/desk/contacts/{call.id}/{path}", sent)), path
    call.refresh_from_db()
    assert (call.state, call.customer_id) == ("open", amina.id), "nothing is changed before"
    assert omar.client.get(f"/desk/contacts/{call.id}/find?who=amina").status_code == 403, (
        "a piece of a page asks nothing"
    )
    assert not Look.objects.filter(actor_id=omar.staff.id, screen="desk.contact").exists()
    back = f"/desk/contacts/{call.id}/"
    said = omar.client.post(f"{address(amina)}why", {"purpose": "case", "back": back})
    assert (said.status_code, said["Location"]) == (303, back)
    assert "14 Mill Lane" in text_of(omar.client.get(back))
    assert Look.objects.get(actor_id=omar.staff.id, screen="desk.contact").purpose == "case"
    assert ASKED not in text_of(omar.client.get(address(amina))), "not twice for the same person"
    clock.advance(days=30)
    assert ASKED not in text_of(adviser.client.get(back)), "what she took herself stays hers"


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", ""]
)
def test_saying_why_leads_nowhere_but_here(adviser: Officer, amina: Customer, back: str) -> None:
    said = adviser.client.post(f"{address(amina)}why", {"purpose": "contact", "back": back})
    assert (said.status_code, said["Location"]) == (303, address(amina))


def test_a_case_of_another_team_tells_the_name_until_she_says_why(
    omar: Officer, waste: Officer, amina: Customer, missed_bin: Callable[..., Raised]
) -> None:
    case = f"/desk/cases/{missed_bin(amina).case_id}/"
    assert "amina.dunn@" in text_of(waste.client.get(case)), "it is her team’s"
    page = text_of(omar.client.get(case))
    assert "Amina Dunn" in page
    assert "amina.dunn@" not in page
    assert "Write a note" in page, "the case itself she may work on"
    asked = text_of(omar.client.get(f"{address(amina)}?back={case}"))
    assert f'name="back" value="{case}"' in asked
    omar.client.post(f"{address(amina)}why", {"purpose": "case", "back": case})
    assert "amina.dunn@" in text_of(omar.client.get(case))


def test_a_message_to_somebody_is_no_way_round(
    omar: Officer, waste: Officer, amina: Customer, missed_bin: Callable[..., Raised]
) -> None:
    from moothall.core import jobs
    from moothall.notifications.models import Message

    missed_bin(amina)
    jobs.drain()
    message = Message.objects.filter(customer_id=amina.id).latest("created_at")
    here = f"/desk/messages/{message.id}/"
    assert ASKED not in text_of(waste.client.get(here)), "her team’s case"
    assert ASKED in text_of(omar.client.get(here))
    for piece in ("as-seen", "letter.pdf", "pages/1"):
        assert omar.client.get(f"{here}{piece}").status_code == 403, piece
    assert not Look.objects.filter(actor_id=omar.staff.id, screen="desk.message").exists()
    omar.client.post(f"{address(amina)}why", {"purpose": "contact", "back": here})
    assert ASKED not in text_of(omar.client.get(here))


def test_a_search_shows_what_it_takes_to_choose_and_is_written_down_once_an_hour(
    omar: Officer, amina: Customer, clock: MovableClock
) -> None:
    def found() -> list[tuple[str, str]]:
        return list(Look.objects.filter(customer_id=amina.id).values_list("screen", "purpose"))

    page = text_of(omar.client.get("/desk/search?q=amina+dunn"))
    assert "Amina Dunn" in page
    assert "14 Mill Lane" in page
    assert "1948" in page
    for held in ("07700 900123", "amina.dunn@example.com", "2 May"):
        assert held not in page
    assert found() == [("desk.search", "search")]
    omar.client.get("/desk/search?q=dunn")
    assert len(found()) == 1
    clock.advance(minutes=61)
    omar.client.get("/desk/search?q=dunn")
    assert len(found()) == 2
    omar.client.get("/desk/search?q=zzzzqqq")
    assert Look.objects.count() == 2


def test_asking_costs_the_same_whatever_there_is(
    adviser: Officer, waste: Officer, amina: Customer, missed_bin: Callable[..., Raised], clock: MovableClock
) -> None:
    adviser.client.get(address(amina))
    with counting() as little:
        adviser.client.get(address(amina))
    for n in range(12):
        missed_bin(amina, address={"text": f"House {n}"})
        Reason.objects.create(customer_id=amina.id, staff_id=waste.staff.id, purpose="case", said_at=clock.now(),
                              until=clock.now() + timedelta(hours=1))  # fmt: skip
    with counting() as much:
        assert ASKED in text_of(adviser.client.get(address(amina)))
    assert much.kinds == little.kinds
    assert much.number <= 14


@pytest.mark.journey
@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_one_press_says_why(
    adviser: Officer,
    amina: Customer,
    page: Page,
    sits_at: Callable[[Officer, Page], None],
    shot: Callable[[Page, str], object],
) -> None:
    sits_at(adviser, page)
    page.goto(address(amina))
    expect(page.get_by_role("heading", level=1)).to_contain_text(ASKED)
    looks_right(page)
    shot(page, "asked")
    page.get_by_text("To protect somebody from serious harm").click()
    expect(page.get_by_label("Why must you see it?")).to_be_visible()
    with goes_on(page):
        page.get_by_role("button", name="See the record").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why in a sentence")
    looks_right(page)
    page.goto(address(amina))
    expect(page.get_by_role("button", name="They are in touch with us now")).to_be_visible()
    with goes_on(page):
        page.keyboard.press("3")
    expect(page.get_by_role("heading", name="Everything, newest first")).to_be_visible()
    assert looks(amina) == [("correction", None)]
