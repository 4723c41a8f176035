"""Every page that can be reached, as everyone who may reach it: clean for axe-core and fitting, at 1280 and at 320 px.

The product is the real one (`bin/run`) with its demonstration. From each person's first page every link is followed, to
so many pages of each address; what is met in the middle of a form or behind a private link is looked at in journeys. A
link that leads nowhere fails too.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, Response
from playwright.sync_api import Error as BrowserError

from tests.browser import DESK_WIDTH, goes_on, looks_right
from tests.cli.test_run import Running, folder, until  # noqa: F401
from tests.ports import free_port

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("run"), pytest.mark.timeout(1500)]
OF_EACH = 2
NOWHERE = "nowhere"
MORE_OF: dict[str, int] = {NOWHERE: 1000, "site:question": 8, "site:service": 4, "desk:case": 4, "desk:person": 3}
RESIDENT = (
    "/", "/services", "/performance/", "/report", "/reports", "/bin-day", "/track", "/account/", "/demo/outbox",
    "/search?q=rubbish", "/search?q=zzzz", "/nowhere",
)  # fmt: skip
OFFICER = ("/desk/", "/console/", "/desk/search?q=smith", "/desk/search?q=ls1", "/desk/records/", "/desk/nowhere")
REACHED = {
    "account:home", "account:looks", "account:messages", "account:sign-in", "account:ways", "console:deliveries",
    "console:home", "console:jobs", "console:looks", "console:reconciliation", "console:refunds", "console:roles",
    "console:service", "console:staff", "console:systems", "console:templates", "console:trouble", "console:versions",
    "demo:message", "demo:outbox", "desk:case", "desk:contact", "desk:diary", "desk:home", "desk:pair", "desk:person",
    "desk:queue", "desk:records", "desk:search", "desk:tasks", "published:definitions", "published:home",
    "published:service", "signin:account", "site:accessibility", "site:area", "site:bin-day", "site:contact", "site:home",
    "site:report", "site:report-it", "site:reports", "site:search", "site:service", "site:services", "site:track",
}  # fmt: skip
"""Pages that everybody's links must have led to: were the walk cut short, it would prove nothing."""
SIGN_IN = re.compile(r"^  (\w+) +(\w+-[0-9a-f-]+) ", re.MULTILINE)


class Walk:
    """Follows links and looks at what they lead to."""

    def __init__(self, base: str) -> None:
        self.base, self.seen, self.looked = base, set[str](), Counter[str]()
        self.wrong: list[str] = []

    def follow(self, page: Page, *begin: str) -> None:
        """Look at these pages, where this person may see them, and at all that they lead to."""
        first = [urljoin(self.base, path) for path in begin]
        ahead = deque(first)
        while ahead:
            address = ahead.popleft()
            route, known = self.route(address), address in self.seen
            if address not in first and (known or self.looked[route] >= MORE_OF.get(route, OF_EACH)):
                continue
            answer = self.open(page, address)
            if answer is None or (answer.status == 403 and address in first):
                continue
            if not known:
                self.seen.add(address)
                self.looked.update({route, self.route(page.url)})
                self.look(page, answer.status, 404 if route == NOWHERE and address in first else 200)
            links = page.eval_on_selector_all("a[href]:not([download])", "all => all.map(a => a.href)")
            ahead.extend(link.partition("#")[0] for link in links if link.startswith(self.base))

    def look(self, page: Page, status: int, expected: int) -> None:
        """Note what is wrong with the page as it stands; a link to nowhere is."""
        if status != expected:
            self.wrong.append(f"{page.url} answered {status}")
            return
        try:
            looks_right(page)
        except AssertionError as found:
            self.wrong.append(str(found))

    def route(self, address: str) -> str:
        """The name of the address's route."""
        try:
            return resolve(urlsplit(address).path).view_name or NOWHERE
        except Resolver404:
            return NOWHERE

    def open(self, page: Page, address: str) -> Response | None:
        """Go there. A file to keep is no page: it is left aside."""
        try:
            answer = page.goto(address)
        except BrowserError as refused:
            if "Download is starting" in str(refused) or "ERR_ABORTED" in str(refused):
                return None
            raise
        kind = answer.headers.get("content-type", "") if answer else ""
        return answer if answer and kind.startswith("text/html") else None


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    import tempfile

    from moothall.core.postgres import Cluster

    with tempfile.TemporaryDirectory(prefix="moothall-looks-") as made:
        Path(made).chmod(0o755)
        running = Running(Path(made) / "data", free_port(), "--scale", "0.1")
        running.up()
        until(lambda: "The history is there" in running.said(), 400)
        yield running
        running.stop()
        Cluster(Path(made) / "data").destroy()


def test_every_page_of_everyone(demonstration: Running, browser: Browser):
    walk = Walk(demonstration.url)
    page = fresh(browser)
    walk.follow(page, *RESIDENT)
    come_in(walk, page)
    walk.follow(page, "/account/", "/account/ways")
    page.context.close()
    for username, password in SIGN_IN.findall(demonstration.said()):
        page = fresh(browser)
        page.goto(f"{walk.base}/sign-in/?next=/desk/")
        page.locator("input[name=username]").fill(username)
        page.locator("input[name=password]").fill(password)
        with goes_on(page):
            page.locator("main form button[type=submit]").first.click()
        walk.follow(page, page.url, *OFFICER)
        page.context.close()
    assert set(walk.looked) >= REACHED, f"nobody came to {sorted(REACHED - set(walk.looked))}"
    assert not walk.wrong, "\n\n".join(walk.wrong)


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
