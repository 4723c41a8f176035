"""The console: reading the pack, keeping accounts and tokens, background work, and who looked at whom."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from moothall.core.actors import SYSTEM
from moothall.core.ids import new_id
from moothall.core.models import ApiClient, Heartbeat, Job, Staff
from moothall.core.references import show_reference
from moothall.core.staff import actor_of_client, actor_of_staff, create_staff
from moothall.customers import actions as customers
from moothall.intake.actions import note_unmet_search
from moothall.interfaces.console.attention import wanting
from moothall.notifications.actions.troubles import quarantine

pytestmark = pytest.mark.django_db


def opened(council, clock, username, *roles):
    return create_staff(
        username=username, name=username.title(), roles=roles, password="lantern orchard ninety", pack=council, by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip


@pytest.fixture
def admin(council, clock, client):
    staff = opened(council, clock, "admin", "administrator")
    client.force_login(staff)
    return staff


@pytest.fixture
def auditor(council, clock):
    return opened(council, clock, "auditor", "auditor")


def page(client, path, status=200, **query):
    answer = client.get(f"/console/{path}", query)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_every_service_of_the_catalogue_is_there_with_its_team_and_promise(client, admin, council):
    shown = page(client, "services")
    for code, service in council.services.items():
        assert f"/console/services/{code}" in shown
        assert service.name in _text(shown)
    assert "missed-bin" in page(client, "services", q="missed bin")
    assert "No service has these words" in page(client, "services", q="zzzz")


def test_a_service_is_shown_with_its_doubts(client, admin, council):
    from moothall.core.packs.doubts import doubts

    found = next(doubt for doubt in doubts(council) if doubt.where.startswith("services "))
    shown = _text(page(client, f"services/{found.where.split()[1]}"))
    assert found.doubt in shown
    page(client, "services/no-such-service", status=404)


def test_every_service_can_be_opened(client, admin, council):
    for code in council.services:
        page(client, f"services/{code}")


def test_doubts_promises_templates_and_versions(client, admin, council):
    from moothall.core.packs.doubts import doubts

    shown, seen, after = "", 0, ""
    while after is not None:
        one = _text(page(client, "doubts", after=after))
        shown, seen = shown + one, seen + 1
        older = re.search(r"after=(\d+)", one)
        after = older[1] if older else None
    for doubt in doubts(council):
        assert doubt.doubt in shown
    assert seen > 1
    assert "Nothing is in doubt here" in page(client, "doubts", q="zzzz")
    assert "By law" in page(client, "promises", q="freedom of information")
    page(client, "promises", after="zzz")
    page(client, "templates")
    assert "Version 1 of the pack is in force" in page(client, "")
    assert "It was the first" in page(client, "versions/1")
    page(client, "versions/2", status=404)


@pytest.mark.long
def test_changed_files_are_shown_applied_once_and_kept_as_a_version(client, admin, council, tmp_path, settings):
    import shutil

    from moothall.core.packs import loader

    shutil.copytree(loader.packs_folder(), tmp_path / "councils")
    settings.PACKS_DIR = tmp_path / "councils"
    settings.COUNCIL = "leeds"
    roles = tmp_path / "councils" / "common" / "roles.yaml"
    roles.write_text(roles.read_text().replace("name: Customer adviser", "name: Contact adviser"))
    shown = page(client, "versions")
    assert "Contact adviser" in shown
    sha = re.search(r'name="sha256" value="([0-9a-f]{64})"', shown)[1]
    assert client.post("/console/versions/apply", {"sha256": "0" * 64}).status_code == 302
    assert "have changed since you saw them" in page(client, "versions")
    client.post("/console/versions/apply", {"sha256": sha})
    assert "Version 2 is in force" in page(client, "versions")
    client.post("/console/versions/apply", {"sha256": sha})
    assert "Nothing changed" in page(client, "versions")
    assert "Contact adviser" in page(client, "versions/2")
    roles.write_text("- code: [")
    assert "have mistakes" in page(client, "versions")
    assert "common/roles.yaml" in page(client, "versions")


def test_an_account_is_opened_and_its_password_shown_once(client, admin, council, clock):
    form = {
        "username": "R.Patel",
        "name": "Ravi Patel",
        "email": "",
        "roles": ["adviser"],
        "teams": ["customer-services"],
    }
    shown = client.post("/console/staff/new", form).content.decode()
    password = re.search(r'console__secret">([^<]+)<', shown)[1]
    made = Staff.objects.get(username="r.patel")
    assert made.check_password(password)
    assert made.must_change_password
    answer = client.post("/console/staff/new", form)
    assert answer.status_code == 400
    assert "Someone has this sign-in name already" in answer.content.decode()
    assert 'value="Ravi Patel"' in answer.content.decode()
    assert Staff.objects.count() == 2


def test_an_account_is_changed_closed_and_opened(client, admin, council, clock):
    other = opened(council, clock, "ravi", "adviser")
    where = f"/console/staff/{other.id}"
    client.post(where, {"name": "Ravi P", "email": "", "roles": ["team-leader"], "teams": []})
    other.refresh_from_db()
    assert (other.name, other.role_codes) == ("Ravi P", ["team-leader"])
    client.post(f"{where}/close")
    other.refresh_from_db()
    assert not other.is_active
    assert "This account is closed" in page(client, f"staff/{other.id}")
    client.post(f"{where}/open")
    answer = client.post(f"/console/staff/{admin.id}", {"name": "Admin", "email": "", "roles": ["adviser"]})
    assert "your own right" in _text(answer.content.decode())
    client.post(f"/console/staff/{admin.id}/close")
    assert "can’t close your own account" in _text(page(client, f"staff/{admin.id}"))
    page(client, f"staff/{new_id()}", status=404)
    assert client.post(f"/console/staff/{new_id()}/close").status_code == 404


def test_a_new_password_sent_for_twice_is_made_once(client, admin, council, clock):
    other = opened(council, clock, "ravi", "adviser")
    first = client.post(f"/console/staff/{other.id}/password", {"key": "k1"}).content.decode()
    password = re.search(r'console__secret">([^<]+)<', first)[1]
    assert "This was done already" in client.post(f"/console/staff/{other.id}/password", {"key": "k1"}).content.decode()
    other.refresh_from_db()
    assert other.check_password(password)


def test_staff_are_paged_by_name_in_a_fixed_number_of_queries(client, admin, council, clock):
    Staff.objects.bulk_create(
        [
            Staff(username=f"s{n:03d}", name=f"Someone {n}", role_codes=["adviser"], created_at=clock.now())
            for n in range(60)
        ]
    )
    with CaptureQueriesContext(connection) as said:
        shown = page(client, "staff")
    assert len(said) <= 6
    assert "after=s048" in shown
    assert "s059" in page(client, "staff", after="s048")
    assert "s059" in page(client, "staff", q="one 59")


def test_what_needs_somebody_is_found_in_a_fixed_number_of_queries(council, clock):
    officers = [opened(council, clock, role, role) for role in ("finance-officer", "administrator")]
    all_of_them = opened(
        council, clock, "everything", "administrator", "finance-manager", "data-protection-officer", "records-officer"
    )
    counts = {}
    for staff in (*officers, all_of_them):
        actor = actor_of_staff(staff, council)
        with CaptureQueriesContext(connection) as said:
            wanting(actor)
        counts[staff.username] = len(said)
    assert counts["finance-officer"] == 1
    assert counts["everything"] <= 14


def test_a_token_is_shown_once_works_and_is_shut_out(client, admin, clock):
    form = {"name": "Contractor", "scopes": ["api.cases.read"], "key": "k1", "expires": "2026-12-31"}
    shown = client.post("/console/systems", form).content.decode()
    token = re.search(r'console__secret">([^<]+)<', shown)[1]
    actor = actor_of_client(token, at=clock.now())
    assert actor.may("api.cases.read")
    assert not actor.may("api.events")
    assert actor_of_client(token, at=clock.now() + timedelta(days=400)) is None
    again = client.post("/console/systems", form).content.decode()
    assert "cannot be shown again" in again
    assert token not in again
    assert ApiClient.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(answer::text, '') FROM core_idempotencykey")
        assert token not in cursor.fetchone()[0]
    client.post(f"/console/systems/{ApiClient.objects.get().id}/close")
    assert actor_of_client(token, at=clock.now()) is None


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": ""}, "Enter the other system"), ({"scopes": []}, "Choose what"),
        ({"scopes": ["staff.manage"]}, "Choose what"),
        ({"expires": "tomorrow"}, "like 2027-03-31"), ({"expires": "2020-01-01"}, "still to come"),
    ],
)  # fmt: skip
def test_a_token_that_cannot_be_says_why_and_keeps_what_was_typed(client, admin, clock, wrong, says):
    form = {"name": "Contractor", "scopes": ["api.events"], "key": "k", "expires": "", **wrong}
    answer = client.post("/console/systems", form)
    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert not ApiClient.objects.exists()


def test_background_work_shows_who_works_and_what_was_given_up(client, admin, clock):
    assert "No worker is at work" in page(client, "jobs")
    Heartbeat.objects.create(process="worker-1", at=clock.now())
    Job.objects.create(
        queue="default", name="test.broken", run_at=clock.now(), created_at=clock.now(), attempts=12, given_up_at=clock.now(),
        error="ValueError: broken",
    )  # fmt: skip
    shown = page(client, "jobs")
    assert "test.broken" in shown
    assert "ValueError: broken" in shown
    job = Job.objects.create(
        queue="clock",
        name="bookings.remind",
        run_at=clock.now(),
        created_at=clock.now(),
        given_up_at=clock.now(),
        error="x",
    )
    assert "Say whose reminder is due." in page(client, "jobs")
    job.delete()
    job = Job.objects.get()
    client.post(f"/console/jobs/{job.id}/again")
    job.refresh_from_db()
    assert job.given_up_at is None
    client.post(f"/console/jobs/{new_id()}/again")
    assert "Nothing was changed" in page(client, "jobs")


def test_searches_that_found_nothing_are_counted_together(client, admin, clock):
    for words in ("Parcel lockers", "parcel lockers", "moon rocks"):
        note_unmet_search(words, channel="web", by=SYSTEM, at=clock.now())
    shown = _text(page(client, "searches"))
    assert shown.index("parcel lockers") < shown.index("moon rocks")
    clock.advance(days=8)
    assert "parcel lockers" not in page(client, "searches", days=7)
    page(client, "searches", status=404, days=3650)


@pytest.mark.row("B9", "I2")
def test_an_auditor_sees_who_looked_at_whom_and_why_and_takes_it_away(council, clock, auditor):
    client = Client()
    client.force_login(auditor)
    ravi = opened(council, clock, "ravi", "adviser")
    people = [
        customers.create_customer(given_name=name, family_name="Dunn", by=SYSTEM, at=clock.now())
        for name in ("Amina", "Joan")
    ]
    actor = actor_of_staff(ravi, council, purpose="quality")
    for number in range(60):
        clock.advance(minutes=1)
        customers.log_look(customer_id=people[number % 2].id, screen="desk.caller", by=actor, at=clock.now())
    with CaptureQueriesContext(connection) as said:
        shown = page(client, "looks")
    assert len(said) <= 9
    assert shown.count("To check the quality of our work") == shown.count("Who may be calling") == 50
    assert "Amina" not in shown
    assert show_reference(people[0].reference) in shown
    older = re.search(r'href="([^"]*after=[^"]*)"', shown)[1].replace("&amp;", "&")
    assert client.get(older).content.decode().count("To check the quality") == 10
    one = page(client, "looks", customer=show_reference(people[0].reference).lower())
    assert one.count("To check the quality") == 30
    assert page(client, "looks", officer="Ravi").count("To check the quality") == 50
    assert "Nobody looked" in page(client, "looks", officer="nobody")
    assert "A reference has 8" in page(client, "looks", customer="12", status=400)
    for bad in ("x", "2026-01-01~y", f"2026-01-01T00:00:00~{new_id()}"):
        page(client, "looks", status=404, after=bad)
    file = b"".join(client.get("/console/looks.csv", {"customer": people[0].reference}).streaming_content).decode()
    assert len(file.splitlines()) == 31


def test_what_a_spreadsheet_would_run_is_text_in_the_file(council, clock, auditor):
    client = Client()
    client.force_login(auditor)
    person = customers.create_customer(given_name="A", by=SYSTEM, at=clock.now())
    bad = create_staff(
        username="evil", name="=cmd|' /C calc'!A0", roles=["adviser"], pack=council, by=SYSTEM, at=clock.now()
    )
    customers.log_look(customer_id=person.id, screen="x", by=actor_of_staff(bad, council), at=clock.now())
    file = b"".join(client.get("/console/looks.csv").streaming_content).decode()
    assert "'=cmd" in file


def test_the_first_page_says_what_needs_somebody(client, admin, clock):
    assert "No worker is at work" in page(client, "")
    Heartbeat.objects.create(process="worker-1", at=clock.now())
    quarantine(source="sms", reason="Not JSON", raw=b"x", details={}, at=clock.now())
    with CaptureQueriesContext(connection) as said:
        shown = page(client, "")
    assert "1 thing in quarantine" in shown
    assert len(said) <= 13


def test_every_screen_that_shows_people_has_a_name_in_the_log():
    from moothall.interfaces.console.naming import SCREENS

    root = Path(__file__).parents[3] / "moothall"
    noted = {one for file in root.rglob("*.py") for one in re.findall(r'screen="([a-z.-]+)"', file.read_text())}
    assert noted == set(SCREENS)


def test_who_looked_is_for_auditors_and_the_data_protection_officer_not_for_who_runs_the_system(council, clock):
    for role, may in (("auditor", True), ("data-protection-officer", True), ("administrator", False)):
        client = Client()
        client.force_login(opened(council, clock, f"one.{role}", role))
        assert ("/console/looks" in page(client, "")) is may, role
        page(client, "looks", status=200 if may else 403)


def test_each_page_is_headed_by_the_words_of_its_link(council, clock, client):
    from moothall.interfaces.console.screen import CONTENTS

    everything = ("administrator", "data-protection-officer", "finance-manager", "records-officer", "equality-officer")
    client.force_login(opened(council, clock, "all", *everything))
    for _, items in CONTENTS:
        for words, name, _ in items:
            heading = re.search(r"<h1[^>]*>(.*?)</h1>", _text(client.get(reverse(f"console:{name}")).content.decode()))
            assert heading, name
            assert heading[1].startswith(words), (words, heading[1])


def test_lists_name_things_and_what_is_read_only_says_how_it_is_changed(client, admin, council):
    roles = _text(page(client, "roles"))
    assert "To check who looked at records" in roles
    assert "service, quality" not in roles
    assert "Office hours" in _text(page(client, "promises"))
    one = next(iter(council.section("messages")))
    for path in ("templates", f"templates/{one}", "services", "services/missed-bin"):
        shown = _text(page(client, path))
        assert "not on this page" in shown, path
        assert "/console/versions" in shown.partition("not on this page")[2], path


def test_the_list_at_the_side_holds_only_what_one_may_open(client, council, clock, auditor):
    client.force_login(auditor)
    shown = page(client, "")
    assert "/console/looks" in shown
    assert "/console/staff" not in shown
    page(client, "staff", status=403)


def test_a_demonstration_says_what_its_clock_says(client, admin, clock, settings):
    assert "The clock here says Mon 2 Mar, 9am" in page(client, "")
    settings.MODE = "production"
    assert "The clock here" not in page(client, "")


def _text(page):
    import html

    return html.unescape(page)
