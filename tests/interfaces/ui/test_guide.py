"""Every component, drawn: strict markup, clean for axe, at home at 320 px and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import jinja2
import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.interfaces.ui import guide, pictures
from moothall.interfaces.ui.fields import FieldView, OptionView
from moothall.interfaces.ui.jinja import environment, lines, with_query
from tests.browser import axe, fits, keys, looks_right, tab_to

pytestmark = pytest.mark.django_db


class Markup(HTMLParser):
    """Looks for what the content security policy would refuse, ids used twice, and labels of nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.asked: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "style" or name.startswith("on") or (value or "").startswith("javascript:"):
                self.wrong.append(f"<{tag} {name}>")
            if name == "id" and value:
                self.ids.append(value)
            if name in {"for", "aria-describedby", "aria-labelledby", "aria-controls"} and value:
                self.asked += value.split()
        if tag == "style" or (tag == "script" and "src" not in dict(attrs)):
            self.wrong.append(f"<{tag}> written into the page")


@pytest.mark.parametrize("audience", guide.AUDIENCES)
def test_pages_keep_the_content_security_policy_and_every_label_has_its_control(audience: str, client: Client) -> None:
    answer = client.get(f"/ui/{audience}/")
    assert answer.status_code == 200
    seen = Markup()
    seen.feed(answer.content.decode())
    assert not seen.wrong
    assert len(seen.ids) == len(set(seen.ids)), sorted({i for i in seen.ids if seen.ids.count(i) > 1})
    assert set(seen.asked) <= set(seen.ids), set(seen.asked) - set(seen.ids)


def test_the_guide_is_not_there_in_production(client: Client, settings: Any) -> None:
    settings.MODE = "production"
    assert client.get("/ui/").status_code == 404


def test_the_theme_may_be_kept_for_good_because_its_address_changes(client: Client) -> None:
    page = client.get("/ui/").content.decode()
    address = re.search(r'href="(/theme\.css\?v=[0-9a-f]+)"', page)
    assert address
    answer = client.get(address[1])
    assert answer["Content-Type"].startswith("text/css")
    assert "immutable" in answer["Cache-Control"]
    assert "--brand:#" in answer.content.decode()


def test_the_icon_is_the_councils_emblem(client: Client) -> None:
    answer = client.get("/icon.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<svg")


def test_a_missing_name_is_an_error_and_text_is_escaped() -> None:
    env = environment(now=lambda: datetime(2026, 11, 22, 10, 42, tzinfo=UTC))
    with pytest.raises(jinja2.UndefinedError):
        env.from_string("{{ nothing }}").render()
    assert env.from_string("{{ words }}").render(words="<script>") == "&lt;script&gt;"
    assert env.from_string("{{ at | ago }}").render(at=datetime(2026, 11, 22, 10, 40, tzinfo=UTC)) == "2 minutes ago"
    assert lines("a <b>\nc") == "a &lt;b&gt;<br>c"
    assert with_query("/search", q="mill lane", after=None, page="") == "/search?q=mill+lane"
    assert pictures.emblem("../../secret") == pictures.emblem("common")


@pytest.mark.long
@pytest.mark.parametrize("audience", guide.AUDIENCES)
def test_every_page_is_accessible_wide_and_narrow(
    audience: str, page: Page, shot: Callable[[Page, str], object]
) -> None:
    page.goto(f"/ui/{audience}/")
    page.wait_for_load_state("networkidle")
    looks_right(page)
    shot(page, audience)


@pytest.mark.long
@pytest.mark.parametrize("audience", ["desk", "console"])
def test_the_dark_desk_is_as_readable(audience: str, page: Page, shot: Callable[[Page, str], object]) -> None:
    page.goto(f"/ui/{audience}/?theme=dark")
    axe(page)
    shot(page, f"{audience}-dark")


def test_pages_stand_without_script(no_script: Page) -> None:
    no_script.goto("/ui/questions/")
    expect(no_script.get_by_role("heading", name="Every kind of question")).to_be_visible()
    no_script.get_by_label("Garden waste").check()
    fits(no_script)


@pytest.mark.long
def test_nothing_moves_as_the_page_loads(page: Page) -> None:
    page.goto("/ui/site/")
    page.wait_for_load_state("networkidle")
    shift = page.evaluate(
        """() => new Promise(done => { let sum = 0
          new PerformanceObserver(l => { for (const e of l.getEntries()) sum += e.value })
            .observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 300) })"""
    )
    assert shift < 0.01


def test_an_error_summary_leads_to_the_wrong_part(page: Page) -> None:
    page.goto("/ui/questions/")
    expect(page.get_by_role("alert")).to_be_focused()
    keys(page, "Tab", "Enter")
    expect(page.get_by_label("Day", exact=True)).to_be_focused()


def test_the_desk_by_single_keys(page: Page) -> None:
    page.goto("/ui/desk/")
    keys(page, "/")
    expect(page.get_by_label("Search people, addresses, references, words")).to_be_focused()
    keys(page, "d?", "Escape", "2")
    expect(page.get_by_label("Chasing")).to_be_checked()
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    keys(page, "?")
    expect(dialog).to_be_visible()
    axe(page)
    dialog.get_by_label("Turn single keys off in this browser").check()
    keys(page, "Escape", "3")
    expect(page.get_by_label("An unclear letter")).not_to_be_checked()


def test_rows_by_keyboard(page: Page) -> None:
    page.goto("/ui/console/")
    keys(page, "j", "k", "k")
    expect(page.get_by_role("link", name="MB7K 2PQ4")).to_be_focused()
    keys(page, "Enter")
    expect(page).to_have_url(re.compile(r"#1$"))


def test_everything_on_a_question_page_is_reached_by_tab(page: Page) -> None:
    page.goto("/ui/questions/")
    tab_to(page, page.get_by_role("button", name="Carry on"))


def test_a_form_is_sent_once_however_often_it_is_pressed(page: Page) -> None:
    page.goto("/ui/questions/")
    sent: list[str] = []
    page.route("**/elsewhere", lambda route: (sent.append(route.request.method), route.fulfill(status=204)))
    page.evaluate(
        "() => { const f = document.querySelector('main form'); f.action = '/elsewhere'; f.removeAttribute('data-many') }"
    )
    button = page.get_by_role("button", name="Carry on")
    with page.expect_request("**/elsewhere"):
        button.dblclick()
        button.click(force=True)
    expect(button).to_have_attribute("aria-disabled", "true")
    assert sent == ["POST"]


def test_search_answers_while_typing_and_by_keyboard(page: Page) -> None:
    found = {
        "results": [{"title": "Report a missed bin", "summary": "We collect within 2 working days", "url": "/ui/desk/"}]
    }
    page.route("**/search/suggest?*", lambda route: route.fulfill(json=found))
    page.goto("/ui/site/")
    box = page.get_by_role("combobox", name="Say it in your own words")
    box.fill("bin")
    expect(page.get_by_role("option", name=re.compile("Report a missed bin"))).to_be_visible()
    axe(page)
    keys(page, "ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "search-q-list-0")
    keys(page, "Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.fill("bins")
    expect(page.get_by_role("option")).to_be_visible()
    keys(page, "ArrowDown", "Enter")
    expect(page).to_have_url(re.compile("/ui/desk/"))


@pytest.mark.long
def test_what_was_typed_outlives_the_end_of_a_sign_in(page: Page) -> None:
    page.goto("/ui/questions/")
    ends = page.evaluate("() => new Date(Date.now() + 121000).toISOString()")

    def with_end(route: Any) -> None:
        body = (
            route.fetch()
            .text()
            .replace("<body", f'<body data-session-ends="{ends}"')
            .replace("data-many", 'data-many data-keep id="q"')
        )
        route.fulfill(body=body, content_type="text/html")

    page.route("**/ui/questions/", with_end)
    page.reload()
    page.get_by_label("What is it near? (optional)").fill("By the post office")
    expect(page.get_by_text("You’ll be signed out in 2 minutes.")).to_be_visible()
    axe(page)
    page.reload()
    expect(page.get_by_label("What is it near? (optional)")).to_have_value("By the post office")


def test_all_answers_while_typing_can_be_seen(page: Page) -> None:
    found = {"results": [{"title": f"Service {i}", "summary": "What it is", "url": "/"} for i in range(6)]}
    page.route("**/search/suggest?*", lambda route: route.fulfill(json=found))
    page.goto("/ui/site/")
    page.get_by_role("combobox", name="Say it in your own words").fill("se")
    last = page.get_by_role("option", name=re.compile("Service 5"))
    expect(last).to_be_visible()
    # What is at the middle of the last answer must be that answer, not the page it hangs over.
    assert last.evaluate(
        "e => { const r = e.getBoundingClientRect(); return e.contains(document.elementFromPoint(r.x + 9, r.y + 20)) }"
    )


def test_ways_to_pay_in_a_form_of_the_desk_stand_clear_of_each_other() -> None:
    ways = (OptionView("card", "Pay by card now"), OptionView("link", "Send me a link to pay online"))
    env = environment(now=lambda: datetime(2026, 11, 22, 10, 42, tzinfo=UTC))
    line = '{% from "ui/components/fields.html" import desk_field %}{{ desk_field(f) }}'
    drawn = env.from_string(line).render(
        f=FieldView("pay", "payment", "How would you like to pay?", prefix="£42", options=ways)
    )
    assert 'class="govuk-radios govuk-radios--small"' in drawn
