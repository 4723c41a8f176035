"""Every page of signing in and of the console in a real browser: clean for axe, fitting, reached by keys alone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from moothall.core import clock as time
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.models import Job, Staff
from moothall.core.packs.doubts import doubts
from moothall.core.staff import create_client, create_staff
from moothall.customers.actions import create_customer, log_look
from moothall.intake.actions import note_unmet_search
from moothall.interfaces.policy import SEEN
from moothall.notifications.actions.queueing import queue_message
from moothall.notifications.actions.troubles import quarantine
from moothall.notifications.models import Message
from moothall.notifications.recipients import Recipient
from moothall.services.actions import Listed, keep_listed
from tests.browser import goes_on, keys, looks_right, tab_to

PASSWORD = "lantern orchard ninety"
PAGES = (
    "", "services", "services/missed-bin", "nation", "nation?show=ours", "promises", "templates",
    "templates/case-opened", "doubts", "versions",
    "versions/1", "staff", "staff/new", "roles", "systems", "messages", "quarantine", "jobs", "searches", "looks",
)  # fmt: skip
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def busy(council: Any) -> Any:
    """An installation with something on every list, and someone who may see all of it."""
    now = time.now()
    staff = create_staff(
        username="sunita", name="Sunita Rao", roles=["administrator", "auditor"], teams=["customer-services"],
        password=PASSWORD, pack=council, by=SYSTEM, at=now,
    )  # fmt: skip
    officer = create_staff(
        username="ravi", name="Ravi Patel", roles=["adviser"], password=PASSWORD, pack=council, by=SYSTEM, at=now
    )
    create_client(name="Street lighting contractor", scopes=["api.cases.read", "api.events"], by=SYSTEM, at=now)
    person = create_customer(given_name="Amina", family_name="Dunn", by=SYSTEM, at=now)
    log_look(
        customer_id=person.id, screen="desk.caller", by=Actor(ActorKind.STAFF, officer.id, purpose="service"), at=now
    )
    plots = Listed(3, "Allotments", "Plots to grow on", "Leisure > Gardens")
    keep_listed([Listed(524, "Household waste collection"), plots], by=SYSTEM, at=now)
    note_unmet_search("parcel lockers", channel="web", by=SYSTEM, at=now)
    for state, to in (("dead", "amina@example.org"), ("doubt", "joan@example.net")):
        message = queue_message(key=to, template="case-progress", to=Recipient(), values=_values(), at=now)
        Message.objects.filter(pk=message.pk).update(
            state=state,
            to=to,
            error="550 No such mailbox here",
            attempts=12,
            doubt_at=now if state == "doubt" else None,
        )
    quarantine(source="sms", reason="The text had no sender", raw=b'{"message": "bin not out"}', details={}, at=now)
    Job.objects.create(
        queue="default", name="insight.project", run_at=now, created_at=now, attempts=12, given_up_at=timezone.now(),
        error="OperationalError: the database went away",
    )  # fmt: skip
    return staff


def _values() -> dict[str, str]:
    from moothall.interfaces.console.previews import INVENTED

    return dict(INVENTED)


def sign_in(page: Page, username: str = "sunita") -> None:
    page.goto("/sign-in/?next=/console/")
    page.get_by_label("Name you sign in with").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    with goes_on(page):
        page.get_by_role("button", name="Sign in").click()


@pytest.mark.long
def test_signing_in_and_one_s_account(page: Page, busy: Any, shot: Callable[..., Any]) -> None:
    page.goto("/sign-in/?next=/console/")
    looks_right(page)
    shot(page, "sign-in")
    expect(page.get_by_label("Name you sign in with")).to_be_focused()
    keys(page, "sunita", "Tab", "wrong", "Enter")
    expect(page.get_by_role("alert")).to_contain_text("The name or password is not right")
    looks_right(page)
    shot(page, "sign-in-wrong")
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Leeds")
    page.goto("/sign-in/account")
    looks_right(page)
    shot(page, "account")
    with goes_on(page):
        page.get_by_role("link", name="Set it up").click()
    looks_right(page)
    shot(page, "second-factor")
    page.goto("/sign-in/account/password")
    looks_right(page)
    page.goto("/sign-in/account")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in/$"))


@pytest.mark.long
def test_every_page_of_the_console(page: Page, busy: Any, council: Any, shot: Callable[..., Any]) -> None:
    assert doubts(council)
    sign_in(page)
    expect(page).to_have_url(re.compile("/console/$"))
    for path in PAGES:
        page.goto(f"/console/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        looks_right(page)
        shot(page, re.sub(r"\W", "-", path) or "home")
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/console/staff")
    shot(page, "staff-narrow")


@pytest.mark.long
def test_an_account_is_opened_by_keys_alone(page: Page, busy: Any, shot: Callable[..., Any]) -> None:
    sign_in(page)
    tab_to(page, page.get_by_role("link", name="Staff", exact=True))
    with goes_on(page):
        keys(page, "Enter")
    tab_to(page, page.get_by_role("button", name="Open an account"))
    with goes_on(page):
        keys(page, "Enter")
    tab_to(page, page.get_by_label("Sign-in name"))
    keys(page, "tom.a", "Tab", "Tom Ashworth", "Tab", "Tab", "Space")
    tab_to(page, page.get_by_role("button", name="Open the account"))
    keys(page, "Enter")
    expect(page.get_by_text("Hand this over now")).to_be_visible()
    looks_right(page)
    shot(page, "password")
    tab_to(page, page.get_by_role("button", name="Back to the account"))
    keys(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tom Ashworth")
    looks_right(page)
    shot(page, "account")


@pytest.mark.long
def test_what_is_not_for_these_roles_is_said_calmly(page: Page, busy: Any, shot: Callable[..., Any]) -> None:
    sign_in(page, "ravi")
    page.goto("/console/staff")
    expect(page.get_by_role("heading", level=1)).to_have_text("This is not for your roles")
    looks_right(page)
    shot(page, "refused")


@pytest.mark.long
def test_a_form_sent_after_the_sign_in_ran_out_is_sent_again_whole(
    no_script: Page, busy: Any, shot: Callable[..., Any]
) -> None:
    """Without any script: an hour away from the chair, the form still comes through, once."""
    page = no_script
    sign_in(page)
    page.goto("/console/staff/new")
    page.get_by_label("Sign-in name").fill("tom.a")
    page.get_by_label("Name", exact=True).fill("Tom “Tommy” Ashworth")
    page.get_by_label("Customer adviser").check()
    page.get_by_label("Auditor").check()
    _leave_the_chair()
    page.get_by_role("button", name="Open the account").click()
    expect(page.get_by_text("Nothing is lost")).to_be_visible()
    shot(page, "signed-out")
    page.get_by_label("Name you sign in with").fill("sunita")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Carry on where you were")
    shot(page, "carry-on")
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_text("Hand this over now")).to_be_visible()
    made = Staff.objects.get(username="tom.a")
    assert (made.name, made.role_codes) == ("Tom “Tommy” Ashworth", ["adviser", "auditor"])


def _leave_the_chair() -> None:
    """Make every session's last move an hour old."""
    for row in Session.objects.all():
        held = row.get_decoded()
        held[SEEN] -= 3600
        row.session_data = SessionStore().encode(held)
        row.save()
