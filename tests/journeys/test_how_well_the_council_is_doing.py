"""York: "I can see how well the Council is doing on the website", from the promise card to the table and the download."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from playwright.sync_api import expect

from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.events import Happening, record
from moothall.insight import projection
from moothall.insight.actions import explain_figure
from tests.browser import goes_on, looks_right

OFFICER = Actor(kind=ActorKind.STAFF, id=uuid4(), permissions=frozenset({"report.explain"}))


@pytest.fixture
def a_year(clock, transactional_db, request):
    """A year of missed bins: 19 in 20 kept, but for January, when 12 in 20 were; letters, 9 in 10 answered."""
    request.getfixturevalue("council")
    clock.set("2026-03-10T10:00")
    rows = []
    for back in range(13):
        due = datetime(2026, 2, 12, 12, tzinfo=UTC) - timedelta(days=30.4 * back)
        late = 8 if (due.year, due.month) == (2026, 1) else 1
        for n in range(20):
            subject = uuid4()
            data = {"kind": "complete", "standard": "x", "due_at": due.isoformat()}
            more = {"service": "missed-bin", "channel": "web", "area": "E1"}
            rows.append(Happening("promise.made", "promise", subject, due - timedelta(days=2), data=data, **more))
            rows.append(Happening("promise.met", "promise", subject, due, data=data | {"on_time": n >= late}, **more))
        for n in range(30):
            subject, data = uuid4(), {"kind": "reply", "standard": "letter-reply", "due_at": due.isoformat()}
            more = {"service": "council-tax-move", "channel": "post" if n < 20 else "fax", "area": "E1"}
            rows.append(Happening("promise.made", "promise", subject, due - timedelta(days=2), data=data, **more))
            rows.append(Happening("promise.met", "promise", subject, due, data=data | {"on_time": n % 10 > 0}, **more))
    with transaction.atomic():
        record(rows, by=SYSTEM)
    projection.catch_up()
    words = "Snow kept the wagons in for four days."
    explain_figure(
        month=datetime(2026, 1, 1, tzinfo=UTC).date(), measure="promise", service="missed-bin", text=words,
        action_taken="Two crews now start from the northern depot.", by=OFFICER, at=clock.now(),
    )  # fmt: skip


@pytest.mark.journey
@pytest.mark.row("F1")
def test_a_resident_sees_the_promise_its_record_the_dip_and_why(page, a_year, shot):
    page.goto("/services/missed-bin")
    expect(page.get_by_text("we kept this promise 19 times out of 20")).to_be_visible()
    page.get_by_role("link", name="How we measure this").click()
    expect(page.get_by_role("heading", name="Kept on time")).to_be_visible()
    page.goto("/performance/")
    expect(page.get_by_role("heading", level=1)).to_have_text("How we’re doing")
    expect(page.get_by_text("we kept our promises 95 times in 100: 19 of 20")).to_be_visible()
    looks_right(page)
    shot(page, "performance")
    page.get_by_role("link", name="Report a missed bin").click()
    expect(page.locator(".chart__say", has_text="Below the ordinary range: January 2026")).to_be_visible()
    expect(page.get_by_role("cell", name="60%")).to_be_visible()
    expect(page.get_by_text("Two crews now start from the northern depot.")).to_be_visible()
    looks_right(page)
    shot(page, "performance-missed-bin")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert "promise,missed-bin,Report a missed bin,month,,,2026-01,12,20,60.0,,False" in lines

    # And how soon she is answered, whatever it is about: each promise of contact in its own words, by month and by way.
    page.goto("/performance/")
    with goes_on(page):
        page.get_by_role("link", name="How soon we answer calls, visits and letters").click()
    letters = page.get_by_role("row", name="A letter is answered within 10 working days.")
    expect(letters.get_by_role("cell", name="90%")).to_be_visible()
    expect(page.get_by_role("row", name="We see you within 10 minutes").get_by_text("None due")).to_be_visible()
    looks_right(page)
    shot(page, "how-soon")
    page.set_viewport_size({"width": 320, "height": 640})
    shot(page, "how-soon-320")
    page.set_viewport_size({"width": 1280, "height": 900})
    with goes_on(page):
        letters.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A letter is answered within 10 working days.")
    expect(page.get_by_text("we kept this promise 90 times in 100: 27 of 30")).to_be_visible()
    both = page.get_by_role("table", name="By month and by how people were in touch")
    page.get_by_text("By month and by how people were in touch").first.click()
    expect(both.get_by_role("columnheader", name="Fax")).to_be_visible()
    expect(both.get_by_role("row", name="February 2026").get_by_text("of 20")).to_be_visible()
    looks_right(page)
    shot(page, "how-soon-letters")
    page.set_viewport_size({"width": 320, "height": 640})
    shot(page, "how-soon-letters-320")
    page.set_viewport_size({"width": 1280, "height": 900})
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    both_at_once = "month and channel,fax,Fax,2026-02,9,10,90.0,,False"
    assert f"standard,letter-reply,A letter is answered within 10 working days.,{both_at_once}" in lines

    page.goto("/performance/definitions")
    expect(page.get_by_role("heading", name="Kept on time")).to_be_visible()
    looks_right(page)
