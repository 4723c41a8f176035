"""`bin/run --council NAME`: the main story under another council, in the product as anybody starts it, by its pack alone.

Asked for on the web, found and closed at the desk, followed, rated, and counted on the published page: with that council's
own promise, and nothing of what another body does there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import PATIENCE, goes_on
from tests.cli.running import Running, until
from tests.ports import free_port

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("run")]
LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Own:
    """What is this council's own, on Monday 23 November 2026."""

    council: str
    sentence: str
    due: str
    theirs: str
    theirs_words: str
    says: tuple[str, ...]


CAMBRIDGE = Own(
    "cambridge", "We do this within 3 working days.", "Thursday 26 November, 5pm", "pothole",
    "Cambridgeshire County Council does this", ("Customer Service Centre, Mandela House", "The Guildhall reception"),
)  # fmt: skip
HALTON = Own(
    "halton", "We do this within 2 working days.", "Wednesday 25 November, 5pm", "housing-repair",
    "Your landlord does this", ("Halton Direct Link",),
)  # fmt: skip


@pytest.fixture
def open_page(browser: Browser) -> Iterator[object]:
    contexts = []

    def make(run: Running, width: int = 1280) -> Page:
        context = browser.new_context(
            base_url=f"http://localhost:{run.port}", viewport={"width": width, "height": 900}, locale="en-GB",
            timezone_id="Europe/London", reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def set_clock(file: Path, moment: str) -> None:
    """Stand still at a moment of London, for the site and the worker alike."""
    new = file.with_suffix(".new")
    new.write_text(datetime.fromisoformat(moment).replace(tzinfo=LONDON).isoformat())
    new.replace(file)


def choose(page: Page, words: str) -> None:
    page.get_by_label(words, exact=True).check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()


def ask(page: Page, own: Own) -> str:
    """Ask for a missed bin on the web; return the reference."""
    page.goto("/")
    page.get_by_label("Say it in your own words").fill("binmen didnt come")
    with goes_on(page):
        page.get_by_role("button", name="Search").click()
    with goes_on(page):
        page.get_by_role("link", name="Report a missed bin").click()
    expect(page.get_by_text(own.sentence, exact=True)).to_be_visible()
    with goes_on(page):
        page.get_by_role("button", name="Start now").click()
    with goes_on(page):
        page.get_by_role("link", name="Write the address instead").click()
    page.get_by_label("Building and street").fill("14 Mill Lane")
    page.get_by_label("Postcode").fill("ZZ9 9ZZ")
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    for words in ("General rubbish", "The night before", "Only my bin", "No", "No", "Yes"):
        choose(page, words)
    page.get_by_label("Your name").fill("Mary Jones")
    page.get_by_label("Email address").fill("mary.jones@example.com")
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    expect(page.get_by_text(own.due).first).to_be_visible()
    with goes_on(page):
        page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", name="We have it")).to_be_visible()
    expect(page.get_by_text(own.due).first).to_be_visible()
    found = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", page.locator("main").inner_text())
    assert found
    return found[0]


def close_at_the_desk(page: Page, run: Running, reference: str) -> None:
    """The waste officer signs in with what `bin/run` printed, finds it in the queue, and closes it."""
    password = re.search(r"^  waste\s+(\S+)", run.said(), re.MULTILINE)
    assert password
    page.goto("/desk/queue")
    page.get_by_label("Name you sign in with").fill("waste")
    page.get_by_label("Password").fill(password[1])
    with goes_on(page):
        page.get_by_role("button", name="Sign in").click()
    page.goto(f"/desk/search?q={reference}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Report a missed bin")
    page.get_by_role("group", name="What you can do").get_by_text("Close it").first.click()
    expect(page.get_by_label("How did it end?")).to_be_visible()
    page.get_by_label("How did it end?").select_option(label="Emptied on return visit")
    page.get_by_label("Yes", exact=True).check()
    with goes_on(page):
        page.get_by_role("button", name="Close it").click()
    expect(page.get_by_text("Closed: Emptied on return visit").first).to_be_visible()


def track_and_rate(page: Page, reference: str) -> None:
    page.goto("/track")
    page.get_by_label("Your reference").fill(reference)
    page.get_by_label("Your email address or postcode").fill("mary.jones@example.com")
    with goes_on(page):
        page.get_by_role("button", name="Find it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("This is finished")
    with goes_on(page):
        page.get_by_role("button", name="Tell us how we did").click()
    page.get_by_label("Good").check()
    with goes_on(page):
        page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("Thank you")).to_be_visible()


@pytest.mark.parametrize("own", [CAMBRIDGE, HALTON], ids=lambda own: own.council)
def test_the_main_story_under_another_council(own: Own, folder: Path, tmp_path: Path, open_page, shot) -> None:
    clock = tmp_path / "clock"
    set_clock(clock, "2026-11-23T10:00")
    run = Running(folder, free_port(), "--council", own.council, "--scale", "0.1", clock=clock)
    run.up()
    resident, officer = open_page(run), open_page(run)

    # The council's own ways in, promises and neighbours.
    resident.goto("/contact")
    for words in own.says:
        expect(resident.get_by_text(words).first).to_be_visible()
    resident.goto(f"/services/{own.theirs}")
    expect(resident.get_by_text(own.theirs_words).first).to_be_visible()
    expect(resident.get_by_text("Our promise")).to_have_count(0)
    expect(resident.get_by_role("button", name="Start now")).to_have_count(0)

    reference = ask(resident, own)
    set_clock(clock, "2026-11-24T11:00")
    close_at_the_desk(officer, run, reference)
    shot(officer, f"{own.council}-closed")
    track_and_rate(resident, reference)
    until(lambda: "The history is there" in run.said() or "could not be made" in run.said(), 300)

    # The month is over, and hers is counted in it.
    set_clock(clock, "2026-12-01T09:00")
    with psycopg.connect(run.note()["database_url"], autocommit=True) as database:

        def counted() -> tuple[int, bool]:
            found = database.execute(
                "SELECT coalesce(sum(f.of), 0), (SELECT bool_or(p.state = 'met') FROM insight_promisefact p"
                " JOIN cases_case c ON c.id = p.case_id WHERE c.reference = %s AND p.kind = 'complete')"
                " FROM insight_monthlyfigure f WHERE f.measure = 'promise' AND f.key = 'complete' AND f.channel = '*'"
                " AND f.area = '*' AND f.service = 'missed-bin' AND f.month = '2026-11-01'",
                [reference.replace("-", "")],
            ).fetchone()
            return int(found[0]), bool(found[1])

        until(lambda: counted()[1])
        due = counted()[0]
    assert due >= 5
    resident.goto("/performance/missed-bin")
    expect(resident.get_by_role("heading", level=1)).to_contain_text(own.sentence.split("do this ")[1].rstrip("."))
    expect(resident.locator(".lead")).to_contain_text(
        re.compile(rf"In November 2026 we kept this promise .* of {due}\.")
    )
    shot(resident, f"{own.council}-published")
    resident.goto("/performance/")
    expect(resident.get_by_role("link", name="Report a missed bin")).to_be_visible()
    resident.goto(f"/performance/{own.theirs}")
    expect(resident.get_by_text(own.theirs_words).first).to_be_visible()
    assert run.stop() == 0
