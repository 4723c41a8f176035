"""Alive, ready, counted, and logged without a word about people."""

import json
import logging

import pytest
from django.db import connection
from django.test import Client, RequestFactory

from moothall.config.logging import JsonLines
from moothall.core import clock as core_clock
from moothall.core import jobs
from moothall.core.ids import new_id
from moothall.core.packs.models import PackVersion
from moothall.core.packs.queries import forget
from moothall.interfaces.hooks import metrics
from moothall.interfaces.hooks.trace import TraceMiddleware, route_of

NAME = "Philomena Quartermaine"


def apply_a_pack() -> None:
    PackVersion.objects.create(
        id=new_id(),
        number=1,
        council="leeds",
        sha256="0" * 64,
        content={"council": {"name": "Leeds"}},
        applied_at=core_clock.now(),
    )


def test_alive_needs_no_database(client: Client):
    assert client.get("/healthz").content == b"alive\n"


@pytest.mark.django_db
def test_not_ready_before_a_pack_is_applied_and_ready_after(client: Client):
    forget()
    before = client.get("/readyz")
    assert (before.status_code, before.json()["pack"]) == (503, None)
    apply_a_pack()
    jobs.beat("here:1")
    after = client.get("/readyz")
    assert after.status_code == 200
    assert after.json()["pack"] == "leeds"
    assert after.json()["workers_alive"] == 1
    with connection.cursor() as cursor:  # as a release meets it that asks for more
        cursor.execute("ALTER TABLE core_packversion DISABLE TRIGGER ALL")
        cursor.execute("UPDATE core_packversion SET id = %s, content = '{}'", [new_id()])
    forget()
    unreadable = client.get("/readyz")
    assert (unreadable.status_code, unreadable.json()["pack_readable"]) == (503, False)
    forget()


@pytest.mark.django_db(transaction=True)
def test_not_ready_when_a_migration_waits(client: Client):
    apply_a_pack()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM django_migrations WHERE app = 'core' ORDER BY name DESC LIMIT 1")
        newest = cursor.fetchone()[0]
        cursor.execute("DELETE FROM django_migrations WHERE app = 'core' AND name = %s", [newest])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert f"core.{newest}" in answer.json()["migrations_waiting"]


@pytest.mark.django_db
def test_metrics_ask_for_the_token(client: Client, settings):
    settings.METRICS_TOKEN = "a-token"
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    right = client.get("/metrics", headers={"Authorization": "Bearer a-token"})
    assert right.status_code == 200
    assert "moothall_database_up 1.0" in right.text


@pytest.mark.django_db
def test_metrics_are_closed_in_production_without_a_token(client: Client, settings):
    settings.METRICS_TOKEN, settings.PRODUCTION = "", True
    assert client.get("/metrics").status_code == 404


@pytest.mark.django_db
def test_metrics_count_requests_by_route(client: Client):
    def counted() -> float:
        return metrics.REQUESTS.labels("GET", "healthz", "200")._value.get()

    before = counted()
    client.get("/healthz")
    assert counted() == before + 1


def test_an_answer_carries_its_request_id_and_keeps_a_proxys(client: Client):
    assert client.get("/healthz", headers={"X-Request-ID": "abcd-1234-efgh"})["X-Request-ID"] == "abcd-1234-efgh"
    made = client.get("/healthz", headers={"X-Request-ID": f"{NAME} <script>"})["X-Request-ID"]
    assert made
    assert "Philomena" not in made


class Lines(logging.Handler):
    """Keeps every line as production would write it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def lines():
    handler = Lines()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.django_db
def test_what_someone_typed_is_not_in_the_logs(client: Client, lines: list[str]):
    client.raise_request_exception = False
    client.post(f"/no-such-page/{NAME}/?name={NAME}", {"name": NAME, "note": NAME}, headers={"X-Request-ID": NAME})
    client.generic("PHILOMENA", "/no-such-page/")
    written = [json.loads(line) for line in lines if json.loads(line)["logger"] == "moothall.web"]
    assert [line["method"] for line in written] == ["POST", "OTHER"]
    assert written[0]["route"] == "(no such page)"
    assert "Philomena" not in "".join(lines)
    assert "Quartermaine" not in "".join(lines)
    assert "PHILOMENA" not in "".join(lines)


def test_an_error_is_logged_by_type_and_place_never_by_its_words(lines: list[str]):
    try:
        raise ValueError(f"{NAME} is not a date")
    except ValueError:
        logging.getLogger("moothall.web").exception("A page failed")
    line = json.loads(lines[-1])
    assert line["exception"]["type"] == "ValueError"
    assert line["exception"]["at"]
    assert "Philomena" not in lines[-1]


def test_a_route_is_the_template_of_a_path_never_the_path():
    request = RequestFactory().get(f"/track/{NAME}")
    assert route_of(request) == "(no such page)"


def test_a_failing_view_still_gets_its_id_back(caplog):
    def view(request):
        raise RuntimeError("broken")

    from moothall.interfaces.hooks.trace import request_id

    with pytest.raises(RuntimeError):
        TraceMiddleware(view)(RequestFactory().get("/"))
    assert request_id.get() == ""
