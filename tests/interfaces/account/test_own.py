"""What is hers: requests claimed, messages, who looked."""

import pytest
from django.test import Client

from moothall.cases.models import Case
from moothall.core.actors import SYSTEM
from moothall.core.references import show_reference
from moothall.core.staff import actor_of_staff, create_staff
from moothall.customers.accounts.models import Claim
from moothall.customers.actions import log_look
from tests.interfaces.site.conftest import walk  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
NAME, ADDRESS = {"name": "Mary Jones", "email": "mary.jones@example.com"}, "mary.jones@example.com"


@pytest.fixture
def earlier(resident, walk, council):  # noqa: F811
    """A request made before she had an account."""
    contact = next(q.id for q in council.services["pothole"].questions if q.type == "contact")
    check = walk("pothole", {contact: NAME})
    resident.post(check.replace("/check", "/send"))
    return Case.objects.get()


def test_a_request_made_with_her_address_is_offered_and_claimed(earlier, come_in):
    client = Client()
    account = come_in(client)
    assert "We found earlier requests" in client.get("/account/").content.decode()
    page = client.get("/account/claim").content.decode()
    assert "Report a pothole" in page
    client.post("/account/claim", {"offered": "yes", "case": [str(earlier.id), "not-an-id"]})
    assert show_reference(earlier.reference) in client.get("/account/").content.decode()
    earlier.refresh_from_db()
    assert earlier.customer_id != account.customer_id
    assert Claim.objects.get().how == "contact"
    opened = client.get(f"/account/requests/{earlier.id}")
    assert opened["Location"] == f"/track/{earlier.id}"
    assert client.get(opened["Location"]).status_code == 200


def test_nothing_ticked_adds_nothing_and_says_what_to_do(earlier, come_in):
    client = Client()
    come_in(client)
    offered = client.get("/account/claim").content.decode()
    assert "checked" not in offered, "an address may be a household's: nothing is ticked for her"
    answer = client.post("/account/claim", {"offered": "yes"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Tick each request that is yours, then bring them in. Nothing is added yet." in page
    assert 'href="#case"' in page
    assert 'id="case"' in page
    assert "Added to your account" not in page
    assert not Claim.objects.exists()
    ticked = {"offered": "yes", "case": [str(earlier.id)]}
    for _ in range(2):  # the button twice
        assert client.post("/account/claim", ticked)["Location"].endswith("?done=claimed")
    assert Claim.objects.count() == 1


def test_another_s_request_cannot_be_claimed_by_its_id(earlier, come_in):
    client = Client()
    come_in(client, address="thief@example.com")
    client.post("/account/claim", {"offered": "yes", "case": [str(earlier.id)]})
    assert not Claim.objects.exists()
    assert client.get(f"/account/requests/{earlier.id}").status_code == 404


def test_by_reference_and_the_address_it_was_made_with(earlier, come_in):
    client = Client()
    come_in(client, address="m.jones@example.net")
    wrong = client.post("/account/claim", {"reference": earlier.reference, "second": "other@example.com"})
    assert wrong.status_code == 400
    client.post("/account/claim", {"reference": earlier.reference, "second": ADDRESS})
    assert Claim.objects.get().how == "reference"


def test_a_restricted_request_is_never_offered_by_address(earlier, come_in):
    Case.objects.update(restricted="social-care")
    client = Client()
    come_in(client)
    assert "Report a pothole" not in client.get("/account/claim").content.decode()
    client.post("/account/claim", {"offered": "yes", "case": [str(earlier.id)]})
    assert not Claim.objects.exists()


def test_she_sees_who_looked_by_team_and_not_what_the_law_keeps_back(resident, come_in, council, clock):
    account = come_in()
    staff = create_staff(
        username="ravi", name="Ravi Patel", roles=["adviser"], teams=["customer-services"], pack=council, by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip
    officer = actor_of_staff(staff, council)
    log_look(customer_id=account.customer_id, screen="desk.person", by=officer.because("contact"), at=clock.now())
    log_look(customer_id=account.customer_id, screen="desk.person", by=officer.because("enforcement"), at=clock.now())
    page = resident.get("/account/looks").content.decode()
    assert "You were in touch with us" in page
    assert council.teams["customer-services"].name in page
    assert "Ravi" not in page
    assert "An investigation</td>" not in page


def test_what_we_wrote_is_there_without_the_codes(earlier, come_in):
    client = Client()
    come_in(client)
    assert "is your code" not in client.get("/account/messages").content.decode()


@pytest.mark.row("B5")
def test_she_tells_about_herself_freely_and_the_page_never_says_what(resident, come_in, council):
    from moothall.customers.monitoring.models import MonitoringAnswer

    come_in()
    assert resident.post("/account/about-me", {})["Location"] == "/account/?done=equality"
    assert not MonitoringAnswer.objects.exists()
    resident.post("/account/about-me", {"sex": ["female"], "religion": ["not-said"], "age": ["nonsense"]})
    assert {(row.question, row.answer) for row in MonitoringAnswer.objects.all()} == {
        ("sex", "female"), ("religion", "not-said"),
    }  # fmt: skip
    assert " checked" not in resident.get("/account/about-me").content.decode()
