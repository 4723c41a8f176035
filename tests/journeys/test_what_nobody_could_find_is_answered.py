"""Two people look for what the council has nothing on, one on the web and one by telephone. It is noted as unmet need, an
answer is written with an owner and a day, both find it in the same words, and on its day its owner is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.core.models import Event
from moothall.core.packs import queries
from moothall.core.packs.loader import packs_folder
from moothall.intake.models import UnmetSearch
from moothall.services.pack import SERVICES
from tests.browser import goes_on, keys, looks_right

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
ARTICLE = """---
title: Can you send it to a parcel locker?
owner: customer-services
review: 2026-04-01
services: [new-bin]
---
No. We have no parcel lockers. We bring what you order to your door, and leave it by the door if you say so.
"""


def answer_shown(page: Page, title: str) -> str:
    """Open an answer that stands folded up, and return its words."""
    folded = page.locator("details", has=page.get_by_text(title, exact=True)).first
    folded.locator("summary").click()
    expect(folded.locator("p").first).to_be_visible()
    return " ".join(folded.locator("p").first.inner_text().split())


def begin_call(page: Page) -> None:
    page.goto("/desk/")
    expect(page.get_by_label("Number they ring from")).to_be_focused()
    keys(page, "Enter")
    expect(page.get_by_label("What do they want?")).to_be_visible()


@pytest.mark.long
@pytest.mark.row("C6")
def test_what_nobody_could_find_is_answered_kept_true_and_the_same_everywhere(
    council: Any, clock: Any, page: Page, desk_of: Callable[..., Page], tmp_path: Path, settings: Any,
    shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    # On the web: nothing. By telephone: nothing either, and Ravi notes what they wanted with one key.
    page.goto("/search?q=parcel+lockers")
    expect(page.get_by_role("heading", level=1)).to_have_text("We didn’t find that")
    ravi = desk_of("Ravi Patel", "adviser", teams=("customer-services",))
    begin_call(ravi)
    ravi.get_by_label("What do they want?").fill("parcel lockers")
    expect(ravi.get_by_role("button", name="We have nothing: note it")).to_be_visible()
    looks_right(ravi)
    shot(ravi, "1-nothing")
    with goes_on(ravi):
        ravi.get_by_label("What do they want?").press("Enter")
    expect(ravi.get_by_role("status").filter(has_text="Noted: they wanted “parcel lockers”")).to_be_visible()
    expect(ravi.get_by_role("button", name="We have nothing: note it")).to_be_hidden()
    with goes_on(ravi):
        ravi.get_by_label("What do they want?").press("Enter")  # the same again: once
    noted = sorted((row.channel, row.words) for row in UnmetSearch.objects.all())
    assert noted == [("phone", "parcel lockers"), ("web", "parcel lockers")]
    told = Event.objects.filter(name="search.unmet")
    assert [event.customer_id for event in told] == [None, None], "what is missing, not who missed it"

    # Whoever keeps the catalogue sees it, writes the answer into the files, and applies them.
    editor = desk_of("Edith Moss", "content-editor", "administrator")
    editor.goto("/console/searches")
    line = editor.get_by_role("row", name="parcel lockers")
    expect(line).to_contain_text("Telephone, Website")
    expect(line).to_contain_text("Nothing yet")
    looks_right(editor)
    shot(editor, "2-unmet")
    folder = tmp_path / "councils"
    shutil.copytree(packs_folder(), folder)
    settings.PACKS_DIR = folder
    written = folder / "leeds/knowledge/parcel-lockers.md"
    written.write_text(ARTICLE)
    apply_files(editor)
    editor.goto("/console/searches")
    expect(editor.get_by_role("row", name="parcel lockers")).to_contain_text("Can you send it to a parcel locker?")

    # Both find it now, in the same words; the officer sees besides who keeps it and until when.
    page.goto("/search?q=parcel+lockers")
    page.get_by_role("link", name="Can you send it to a parcel locker?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Can you send it to a parcel locker?")
    on_the_web = " ".join(page.locator("article p").first.inner_text().split())
    ravi.get_by_label("What do they want?").fill("parcel locker")
    expect(ravi.locator("#services summary")).to_have_text("Can you send it to a parcel locker?")
    assert answer_shown(ravi, "Can you send it to a parcel locker?") == on_the_web
    expect(ravi.locator("#services")).to_contain_text("keeps this, and looks at it again by 1 April 2026")
    looks_right(ravi)
    shot(ravi, "3-found")

    # Beside the service it belongs to, and each of that service's own answers and questions: the same on web and desk.
    service = queries.current_pack().of(SERVICES)["new-bin"]
    page.goto("/services/new-bin")
    expect(page.get_by_role("link", name="Can you send it to a parcel locker?")).to_be_visible()
    looks_right(page)
    shot(page, "4-service")
    said = {one.question: answer_shown(page, one.question) for one in service.knowledge}
    assert said, "the service has answers"
    ravi.get_by_label("What do they want?").fill("new bin")
    with goes_on(ravi):
        ravi.get_by_role("button", name=service.name).click()
    beside = ravi.get_by_role("complementary", name="Good to know")
    expect(beside).to_contain_text("Can you send it to a parcel locker?")
    assert {question: answer_shown(ravi, question) for question in said} == said
    expect(beside).to_contain_text("What we ask and say here: ")
    expect(beside).to_contain_text("looks at it again by 1 May 2027")
    shot(ravi, "5-beside")
    first = service.questions[0].label
    with goes_on(page):
        page.get_by_role("button", name="Start now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    expect(ravi.get_by_text(first, exact=True).first).to_be_visible()

    # Its day comes: its owner is told on her own screen, whoever takes a call is warned, the console lists it.
    clock.set("2026-04-01T09:00")
    nia = desk_of("Nia Price", "team-leader", teams=("customer-services",))
    nia.goto("/desk/")
    expect(nia.get_by_text("1 answer or script of yours wants looking at again.")).to_be_visible()
    with goes_on(nia):
        nia.get_by_role("link", name="See which", exact=True).click()
    row = nia.get_by_role("row", name="Can you send it to a parcel locker?")
    expect(row).to_contain_text("1 April 2026")
    expect(row).to_contain_text("Look at it again")
    expect(row).to_contain_text("knowledge/parcel-lockers.md")
    looks_right(nia)
    shot(nia, "6-due")
    ravi.reload()
    expect(beside).to_contain_text("Out of date?")
    expect(beside).to_contain_text("Ask Customer services")
    editor.goto("/console/")
    expect(editor.get_by_text("1 answer or script is to be looked at again", exact=True)).to_be_visible()
    with goes_on(editor):
        editor.get_by_role("link", name="1 answer or script is").click()
    expect(editor.get_by_role("row", name="Can you send it to a parcel locker?")).to_be_visible()
    looks_right(editor)
    shot(editor, "7-console")

    # It still holds: a new day, and nothing is due.
    written.write_text(ARTICLE.replace("2026-04-01", "2027-04-01"))
    apply_files(editor)
    nia.goto("/desk/knowledge/?whose=mine&show=due")
    expect(nia.get_by_text("Nothing to look at")).to_be_visible()
    looks_right(nia)


def apply_files(editor: Page) -> None:
    """Make the files on the server the council's pack, as an administrator does."""
    editor.goto("/console/versions")
    with goes_on(editor):
        editor.get_by_role("button", name="Apply these changes").click()
    expect(editor.get_by_text("is in force.")).to_be_visible()
    queries.forget()  # this process asks for a newer version once a second, and the test's clock stands still
