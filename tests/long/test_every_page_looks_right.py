"""Every page that can be reached, as everyone who may reach it: clean for axe-core and fitting, at 1280 and at 320 px.

The product is the real one (`bin/run`) with its demonstration. From each person's first page every link is followed, to
so many of each address, and must lead somewhere; a page that nobody came to before is looked at in the browser. What is
met in the middle of a form or behind a private link is looked at in journeys.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter, deque
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page

from moothall.core.postgres import Cluster
from tests.browser import DESK_WIDTH, goes_on, looks_right
from tests.cli.running import Running, until
from tests.ports import free_port

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("run"), pytest.mark.timeout(600)]
NOWHERE = "nowhere"
FOLLOWED: dict[str, int] = {NOWHERE: 1000, "site:question": 12, "site:service": 12, "desk:case": 6, "desk:person": 4}
"""How many addresses of a page are followed as one person, where two are not enough."""
LOOKED_AT: dict[str, int] = {"site:question": 6, "site:service": 3}
"""How many are looked at in the browser by everybody together, where one is not enough: where pages of one address differ."""
ELSEWHERE = re.compile(r"^/kiosk/|/as-mail$")
"""Not walked: the kiosk, which lets nobody out on purpose and has a walk of its own, and e-mails, which are no pages."""
NO_KIOSK = re.compile(r"^/(?!kiosk/)")
AT_A_KIOSK = ("/kiosk/", "/kiosk/search?q=bin", "/kiosk/search?q=zzzz", "/kiosk/over", "/kiosk/nowhere")
RESIDENT = (
    "/", "/services", "/performance/", "/report", "/reports", "/bin-day", "/track", "/account/", "/demo/outbox",
    "/search?q=rubbish", "/search?q=zzzz", "/nowhere",
)  # fmt: skip
OFFICER = (
    "/desk/",
    "/console/",
    "/field/",
    "/field/join",
    "/reception/",
    "/reception/floor",
    "/reception/desk",
    "/mine/",
    "/desk/search?q=smith",
    "/desk/records/",
    "/desk/nowhere",
)
REACHED = {
    "account:home", "account:sign-in", "console:deliveries", "console:home", "console:reconciliation",
    "console:refunds", "console:roles", "console:service", "console:templates", "console:versions", "demo:message",
    "demo:outbox", "desk:case", "desk:contact", "desk:diary", "desk:home", "desk:pair", "desk:person", "desk:queue",
    "desk:records", "desk:search", "desk:tasks", "desk:why", "field:app", "kiosk:home", "kiosk/site:service",
    "kiosk/site:services", "kiosk/site:track", "published:definitions", "published:home", "published:service",
    "published:standard", "published:standards", "reception:desk", "reception:floor", "reception:host",
    "signin:account", "site:accessibility", "site:area", "site:bin-day", "site:contact", "site:home", "site:report",
    "site:report-it", "site:reports", "site:search", "site:service", "site:services", "site:track",
}  # fmt: skip
"""Pages that somebody's links must have led to: were the walk cut short, it would prove nothing."""
SIGN_IN = re.compile(r"^  (\w+) +(\w+-[0-9a-f-]+) ", re.MULTILINE)
OFFICERS = (
    "adviser", "leader", "waste", "supervisor", "crew", "repairs", "social", "records", "benefits", "performance", "finance",
    "treasurer", "admin", "privacy", "councillor", "auditor",
)  # fmt: skip


class Links(HTMLParser):
    """Collects where a page leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "a" and told.get("href") and "download" not in told:
            self.found.append(str(told["href"]))


class Walk:
    """Follows links and looks at what they lead to."""

    def __init__(self, base: str) -> None:
        self.base, self.looked, self.wrong = base, Counter[str](), list[str]()

    def follow(self, page: Page, *begin: str, beyond: re.Pattern[str] = ELSEWHERE) -> None:
        """Go to these pages, where this person may see them, and to all that they lead to, but for what is ``beyond``."""
        first = [urljoin(self.base, path) for path in begin]
        ahead, been, of_route = deque((address, "") for address in first), set[str](), Counter[str]()
        while ahead:
            address, led = ahead.popleft()
            route = self.route(address)
            if address in been or beyond.search(urlsplit(address).path):
                continue
            if address not in first and of_route[route] >= FOLLOWED.get(route, 2):
                continue
            been.add(address)
            of_route[route] += 1
            answer = page.request.get(address)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue  # a file to keep
            if answer.status == 403 and address in first:
                continue
            if answer.status != (404 if route.endswith(NOWHERE) and address in first else 200):
                self.wrong.append(f"{address} answered {answer.status}; {led or 'the first page'} leads there")
                continue
            if self.route(answer.url) == "desk:person" and 'id="why"' in answer.text():
                self.say_why(page, address)
                answer = page.request.get(address)
            self.look(page, address, self.route(answer.url))
            links = (urljoin(answer.url, link).partition("#")[0] for link in Links(answer.text()).found)
            ahead.extend((link, address) for link in links if link.startswith(self.base))

    def say_why(self, page: Page, address: str) -> None:
        """Press the first reason for seeing a record; the page that asks is looked at once."""
        self.look(page, address, "desk:why")
        page.goto(address)
        with goes_on(page):
            page.locator(".why__choice").first.click()

    def look(self, page: Page, address: str, route: str) -> None:
        """Look at a page that was not looked at before, and note what is wrong with it."""
        if self.looked[route] >= LOOKED_AT.get(route, 1):
            return
        self.looked[route] += 1
        page.goto(address)
        try:
            looks_right(page)
        except AssertionError as found:
            self.wrong.append(str(found))

    def route(self, address: str) -> str:
        """The name of the address's route."""
        path = urlsplit(address).path
        try:
            return resolve(path).view_name or NOWHERE
        except Resolver404:
            return f"kiosk/{self.route(path.removeprefix('/kiosk'))}" if path.startswith("/kiosk/") else NOWHERE

    def check(self) -> None:
        """Fail for what was wrong, each thing once."""
        wrong, self.wrong = self.wrong, []
        assert not wrong, "\n\n".join(wrong)


@pytest.fixture(scope="module")
def demonstration() -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="moothall-looks-") as made:
        Path(made).chmod(0o755)
        running = Running(Path(made) / "data", free_port(), "--scale", "0.1")
        running.up()
        until(lambda: "The history is there" in running.said(), 400)
        yield running
        running.stop()
        Cluster(Path(made) / "data").destroy()


@pytest.fixture(scope="module")
def walk(demonstration: Running) -> Walk:
    return Walk(demonstration.url)


def test_as_a_resident(walk: Walk, browser: Browser):
    page = fresh(browser)
    walk.follow(page, *RESIDENT)
    page.context.close()
    walk.check()


def test_as_a_resident_with_an_account(walk: Walk, browser: Browser):
    page = fresh(browser)
    come_in(walk, page)
    walk.follow(page, "/account/")
    page.context.close()
    walk.check()


def test_at_a_kiosk(walk: Walk, browser: Browser):
    page = fresh(browser)
    walk.follow(page, *AT_A_KIOSK, beyond=NO_KIOSK)
    page.context.close()
    walk.check()


@pytest.mark.parametrize("username", OFFICERS)
def test_as_an_officer(walk: Walk, demonstration: Running, browser: Browser, username: str):
    page = fresh(browser)
    page.goto(f"{walk.base}/sign-in/?next=/desk/")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(dict(SIGN_IN.findall(demonstration.said()))[username])
    with goes_on(page):
        page.locator("main form button[type=submit]").first.click()
    walk.follow(page, page.url, *OFFICER)
    page.context.close()
    walk.check()


def test_nobody_and_no_page_was_left_out(walk: Walk, demonstration: Running):
    assert {name for name, _ in SIGN_IN.findall(demonstration.said())} == set(OFFICERS)
    assert set(walk.looked) >= REACHED, f"nobody came to {sorted(REACHED - set(walk.looked))}"


def come_in(walk: Walk, page: Page) -> None:
    """Make an account for a resident, with the code from the messages this demonstration keeps instead of sending."""
    page.goto(f"{walk.base}/account/sign-in")
    page.get_by_label("Email address or mobile number").fill("priya@example.com")
    with goes_on(page):
        page.get_by_role("button", name="Send me a code").click()
    looks_right(page)
    page.goto(f"{walk.base}/demo/outbox")
    with goes_on(page):
        page.get_by_role("link", name=re.compile("code", re.IGNORECASE)).first.click()
    code = re.search(r"\b\d{3} ?\d{3}\b", page.locator("main").inner_text())
    assert code is not None
    page.goto(f"{walk.base}/account/sign-in/code")
    page.get_by_label("Your code").fill(code[0])
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    looks_right(page)
    page.get_by_label("First name").fill("Priya")
    page.get_by_label("Last name").fill("Nair")
    with goes_on(page):
        page.get_by_role("button", name="Make my account").click()


def fresh(browser: Browser) -> Page:
    """A window of somebody who has not been here."""
    context = browser.new_context(
        viewport={"width": DESK_WIDTH, "height": 900}, locale="en-GB", timezone_id="Europe/London",
        reduced_motion="reduce",
    )  # fmt: skip
    context.set_default_timeout(60_000)
    return context.new_page()
