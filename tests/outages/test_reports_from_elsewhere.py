"""Another system sends us reports by Open311, over a line in trouble: it sends again until it hears, and each is one report.

What breaks is the line, our answer or its patience; a sender that names its own reference for a report may send it for ninety
days, in any order and at one moment, and finds the same number each time.
"""

# ruff: noqa: F811 - fixtures are named by the arguments that ask for them

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.db import connections

from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.references import show_reference
from moothall.reports.models import Report
from tests.interfaces.open311.conftest import key, report, town  # noqa: F401
from tests.outages.line import Line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
TROUBLES = ("down", "wrong", "garbage", "slow", "cut")
PATIENCE = 1.0


class Sender:
    """An app that keeps what it could not send and tries again."""

    def __init__(self, port: int, key: str) -> None:
        self.url, self.key = f"http://localhost:{port}/open311/v2/requests.json", key
        self.waiting: list[dict[str, str]] = []
        self.numbers: dict[str, str] = {}

    def say(self, name: str) -> None:
        """Somebody reports something in the app."""
        self.waiting.append(
            {
                "api_key": self.key, "service_code": "graffiti", "lat": "53.8001", "long": "-1.55",
                "description": f"On the wall: {name}", "client_reference": name,
            }
        )  # fmt: skip

    def send(self, patience: float = PATIENCE) -> None:
        """Try all that waits once, the newest first."""
        for body in reversed(list(self.waiting)):
            try:
                answer = requests.post(self.url, data=body, timeout=patience)
                number = answer.json()[0]["service_request_id"]
            except (requests.RequestException, ValueError, LookupError, TypeError):
                continue
            assert self.numbers.setdefault(body["client_reference"], number) == number
            self.waiting.remove(body)


@pytest.fixture
def line(live_server: Any, settings: Any, town: None) -> Iterator[Line]:
    settings.ALLOWED_HOSTS = ["*"]
    made = Line(urlsplit(live_server.url).port or 0, seconds=2.0)
    yield made
    made.close()


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_day_of_trouble_loses_no_report_and_makes_none_twice(
    trouble: str,
    line: Line,
    key: str,
    clock: Any,
) -> None:
    app = Sender(line.port, key)
    app.say("before")
    app.send(patience=20)
    assert app.waiting == []
    line.set(trouble)
    for name in ("first", "second"):
        app.say(name)
    for _ in range(3):
        app.send()
        clock.advance(hours=8)
        assert len(app.waiting) == 2, "the app shows that they wait"
    line.set("")
    app.say("after")
    app.send(patience=20)
    assert app.waiting == []
    jobs.drain(at=clock.now())
    ours = {show_reference(one) for one in Report.objects.values_list("reference", flat=True)}
    assert set(app.numbers.values()) == ours
    assert len(app.numbers) == Case.objects.count() == 4
    for number in app.numbers.values():
        (shown,) = requests.get(f"{app.url.removesuffix('.json')}/{number}.json", timeout=20).json()
        assert shown["status"] == "open", "whoever reported it sees that we have it"


def test_ten_times_at_one_moment_is_one_report(line: Line, key: str, clock: Any) -> None:
    app = Sender(line.port, key)
    app.say("at once")

    def send(_: int) -> str:
        try:
            answer = requests.post(app.url, data=app.waiting[0], timeout=30)
            return str(answer.json()[0]["service_request_id"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        numbers = set(pool.map(send, range(10)))
    jobs.drain(at=clock.now())
    assert len(numbers) == Report.objects.count() == Case.objects.count() == 1
