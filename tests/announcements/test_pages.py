"""An announcement where people meet it: the site, a request before it is sent, the desk, beside the caller."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page, expect

from moothall.announcements.actions import end_announcement
from moothall.announcements.models import Announcement, Touched
from moothall.cases.models import Case
from moothall.contacts.models import Contact, Matter
from moothall.core.actors import SYSTEM
from moothall.core.clock import now
from moothall.core.jobs import drain
from moothall.customers.actions import create_customer
from moothall.notifications.models import Message
from tests.browser import goes_on, keys, looks_right, tab_to
from tests.interfaces.desk.conftest import Officer, adviser, officer, on_the_line, sits_at  # noqa: F401 - fixtures
from tests.interfaces.desk.test_calls import begin
from tests.rounds.conftest import FAR, HOME, MILL

pytestmark = pytest.mark.django_db


def ask_to_the_check(client: Client, uprn: int = HOME) -> tuple[str, str]:
    """Answer everything about a missed bin; return the first page after the address, and the check."""
    started = client.post("/services/missed-bin/start", follow=True).redirect_chain[-1][0]
    step = client.post(started, {"address": str(uprn), "address-postcode": "LS1 1UR"}, follow=True)
    after = step.content.decode()
    rest = {"bin": "general", "out_time": "night_before", "extent": "only_me", "tag": "no", "assisted": "no",
            "still_out": "yes"}  # fmt: skip
    for one in (
        *({key: value} for key, value in rest.items()),
        {"contact-name": "Bill Reed", "contact-email": "bill@example.com"},
    ):
        step = client.post(step.redirect_chain[-1][0], one, follow=True)
    check = step.content.decode()
    assert "Check your answers" in check
    return after, check


@pytest.mark.row("C7")
@pytest.mark.long
def test_it_stands_before_anything_is_sent_and_ends_the_asking(announce: Any, client: Client) -> None:
    one = announce()
    home = client.get("/").content.decode()
    assert "Bins not emptied: Mill Lane" in home
    assert "Next news by" in home
    assert "Bins not emptied" in client.get("/services/missed-bin").content.decode()
    assert "Bins not emptied" not in client.get("/services/pothole").content.decode()
    after, check = ask_to_the_check(client)
    assert "Bins not emptied: Mill Lane" in after
    assert "tell me when it’s over" in check
    assert "Send it anyway" in check
    address = check.split('class="stack announced"')[1].split('action="')[1].split('"')[0]
    done = client.post(address, follow=True)
    assert "We’ll tell you when it’s over" in done.content.decode()
    assert "bill@example.com" in done.content.decode()
    assert client.post(address, follow=True).status_code == 200  # twice is once
    assert Case.objects.count() == 0
    assert Contact.objects.count() == Matter.objects.count() == Touched.objects.count() == 1
    end_announcement(one.id, text="Every bin is empty.", by=SYSTEM, at=now())
    drain()
    assert Message.objects.get(template="announcement-over").to == "bill@example.com"
    page = client.get(f"/announcements/{one.id}").content.decode()
    assert "This is over" in page
    assert "Every bin is empty." in page
    assert "Bins not emptied" not in client.get("/").content.decode()


@pytest.mark.long
def test_who_lives_elsewhere_is_not_worried(announce: Any, client: Client) -> None:
    announce()
    after, check = ask_to_the_check(client, uprn=21)
    assert "Bins not emptied" not in after + check


def test_the_pages_cost_the_same_however_much_goes_on(announce: Any, client: Client) -> None:
    counts = []
    for n in range(3):
        for page in ("/", "/services/missed-bin"):
            client.get(page)
            with CaptureQueriesContext(connection) as asked:
                client.get(page)
            counts.append(len(asked))
        if n < 2:
            announce(title=f"Bins not emptied {n}")
    assert counts[2:4] == counts[4:6]
    assert counts[2] - counts[0] == counts[3] - counts[1] == 2


def test_the_desk_page_costs_a_fixed_number_of_queries(announce: Any, missed: Any, officer: Any) -> None:  # noqa: F811
    leader = officer("team-leader", teams=("customer-services",))
    counts = set()
    announce()
    leader.client.get("/desk/announcements/")
    for n in range(2):
        announce(title=f"Bins not emptied {n}")
        missed(HOME, f"a{n}@example.com")
        drain()
        with CaptureQueriesContext(connection) as asked:
            assert leader.client.get("/desk/announcements/").status_code == 200
        counts.add(len(asked))
    assert len(counts) == 1


def form(**more: Any) -> dict[str, Any]:
    return {
        "title": "Bins not emptied", "service": ["missed-bin", "bin-day"], "reach": "street", "street": "Mill Lane",
        "since_day": "2026-03-02", "since_time": "09:00", "doing": "We come back this afternoon.",
        "next_news": "news-2-hours", "key": "6d1e8b0c-1111-4222-8333-444455556666", **more,
    }  # fmt: skip


def test_it_is_made_at_the_desk_once_by_those_allowed(town: None, missed: Any, officer: Any) -> None:  # noqa: F811
    missed()
    adviser_ = officer("adviser", teams=("customer-services",))
    assert adviser_.client.get("/desk/announcements/new").status_code == 403
    assert "Announce something" not in adviser_.client.get("/desk/announcements/").content.decode()
    leader = officer("team-leader", teams=("customer-services",), name="Grace Okonjo")
    wrong = leader.client.post("/desk/announcements/new", form(title=""))
    assert wrong.status_code == 422
    assert "Say what has failed" in wrong.content.decode()
    for field, bad in {
        "since_time": "soon",
        "street": "Nowhere Road",
        "service": [],
        "next_news": "x",
        "new_day": "never",
    }.items():
        assert leader.client.post("/desk/announcements/new", form(**{field: bad})).status_code == 422, field
    check = leader.client.post("/desk/announcements/new", form()).content.decode()
    assert "1 request" in check
    assert Announcement.objects.count() == 0
    for _ in range(2):
        made = leader.client.post("/desk/announcements/new", form(do="make"))
        assert made.status_code == 303
    one = Announcement.objects.get()
    assert (one.usrn, one.place, one.services) == (MILL, "Mill Lane", ["missed-bin", "bin-day"])
    drain()
    assert Message.objects.filter(template="announcement-made").count() == 1
    bad = leader.client.post(f"/desk/announcements/{one.id}/news", {"text": "", "next_news": "news-2-hours"})
    assert bad.status_code == 422
    leader.client.post(f"/desk/announcements/{one.id}/news", {"text": "On its way.", "next_news": "news-4-hours"})
    leader.client.post(f"/desk/announcements/{one.id}/over", {"text": "All done."})
    page = leader.client.get(f"/desk/announcements/{one.id}").content.decode()
    assert page.index("All done.") < page.index("On its way.")
    assert adviser_.client.post(f"/desk/announcements/{one.id}/over", {"text": "x"}).status_code == 403


def test_what_is_elsewhere_does_not_stand_beside_a_caller_whose_home_is_known(
    announce: Any,
    adviser: Officer,  # noqa: F811
    on_the_line: Callable[..., Any],  # noqa: F811
) -> None:
    announce()
    bea = create_customer(
        given_name="Bea", family_name="Ash", uprn=FAR, address_text="2 High Street", by=SYSTEM, at=now()
    )
    call = on_the_line("07700 900124")
    adviser.client.post(f"/desk/contacts/{call.id}/who", {"customer": str(bea.id)})
    assert "going-on__one" not in adviser.client.get(f"/desk/contacts/{call.id}/").content.decode()
    begin(adviser, call)
    asked = adviser.client.get(f"/desk/contacts/{call.id}/").content.decode()
    assert "only if they live there" in asked, "she may ring about her mother's bin"


def test_beside_the_caller_and_joined_to_it(announce: Any, adviser: Officer, on_the_line: Callable[..., Any]) -> None:  # noqa: F811
    one = announce()
    amina = create_customer(given_name="Amina", family_name="Dunn", uprn=HOME, address_text="14 Mill Lane",
                            contact_points=[("email", "amina@example.com")], by=SYSTEM, at=now())  # fmt: skip
    call = on_the_line("07700 900123")
    page = adviser.client.get(f"/desk/contacts/{call.id}/").content.decode()
    assert "only if they live there" in page
    adviser.client.post(f"/desk/contacts/{call.id}/who", {"customer": str(amina.id)})
    page = adviser.client.get(f"/desk/contacts/{call.id}/").content.decode()
    assert "going-on__one--theirs" in page
    assert "Say: “There is news by" in page
    for _ in range(2):
        answer = adviser.client.post(f"/desk/contacts/{call.id}/about/{one.id}")
        assert answer.status_code == 303
    (matter,) = Matter.objects.all()
    assert (matter.outcome, matter.service) == ("informed", "missed-bin")
    touched = Touched.objects.get()
    assert (touched.contact_id, touched.customer_id, touched.how) == (call.id, amina.id, "rang")
    end_announcement(one.id, text="Every bin is empty.", by=SYSTEM, at=now())
    drain()
    assert Message.objects.get(template="announcement-over").to == "amina@example.com"


@pytest.mark.row("C7")
@pytest.mark.long
@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_a_leader_announces_by_keyboard_and_a_resident_reads_it(
    page: Page, no_script: Page, town: None, missed: Any, officer: Any, sits_at: Any, shot: Any, adviser: Officer  # noqa: F811
) -> None:  # fmt: skip
    missed()
    leader = officer("team-leader", teams=("customer-services",), name="Grace Okonjo")
    sits_at(leader, page)
    page.goto("/desk/announcements/")
    expect(page.get_by_text("Nothing is announced")).to_be_visible()
    looks_right(page)
    tab_to(page, page.get_by_role("link", name="Announce something"))
    with goes_on(page):
        keys(page, "Enter")
    page.get_by_label("What has failed?").fill("Bins not emptied")
    tab_to(page, page.locator("#services summary").first)
    keys(page, "Enter")
    expect(page.get_by_label("Report a missed bin")).to_be_visible()
    page.get_by_label("Report a missed bin").check()
    page.get_by_label("One street").check()
    page.get_by_label("Which street").fill("Mill Lane")
    page.get_by_label("What do we do about it?").fill("A second lorry comes this afternoon. Leave your bin out.")
    page.get_by_label("Next news").select_option("news-2-hours")
    looks_right(page)
    shot(page, "announce")
    with goes_on(page):
        page.get_by_role("button", name="See whom it reaches").click()
    expect(page.get_by_text("1 request")).to_be_visible()
    looks_right(page)
    shot(page, "check")
    with goes_on(page):
        page.get_by_role("button", name="Announce it").click()
    drain()
    page.reload()
    expect(page.get_by_text("Told before they called")).to_be_visible()
    looks_right(page)
    shot(page, "announcement")
    page.goto("/desk/announcements/")
    expect(page.get_by_role("link", name="Bins not emptied")).to_be_visible()
    looks_right(page)
    shot(page, "list")
    answer = adviser.client.post("/desk/contacts/begin", {"channel": "phone", "number": "07700 900123", "another": "1"})
    sits_at(adviser, page)
    page.goto(answer["Location"])
    expect(page.get_by_role("button", name="They ask about this")).to_be_visible()
    looks_right(page)
    shot(page, "caller")
    page.goto("/")
    expect(page.get_by_text("Bins not emptied: Mill Lane")).to_be_visible()
    looks_right(page)
    shot(page, "home")
    no_script.goto("/")
    expect(no_script.get_by_role("link", name="What was said so far")).to_be_hidden()  # a line each, with more behind
    no_script.get_by_text("Bins not emptied: Mill Lane").click()
    with goes_on(no_script):
        no_script.get_by_role("link", name="What was said so far").click()
    expect(no_script.get_by_role("heading", level=1)).to_have_text("Bins not emptied")
    page.goto(no_script.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Bins not emptied")
    looks_right(page)
    shot(page, "page")
