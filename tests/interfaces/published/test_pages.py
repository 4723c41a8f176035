"""The published pages, from events to open data, with small counts left out everywhere they could be seen."""

import csv
import io
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from moothall.bookings.importing import ImportedBooking, import_bookings
from moothall.core.actors import SYSTEM
from moothall.core.events import Happening, record
from moothall.insight import projection
from moothall.insight.queries import live_record

DUE = datetime(2026, 2, 12, 12, tzinfo=UTC)


@pytest.fixture
def figures(clock, transactional_db, request):
    """Twenty promises kept and two late on the web, three by text message, all due in February 2026."""
    council = request.getfixturevalue("council")
    rows = []
    for n in range(25):
        subject, channel = uuid4(), "sms" if n >= 22 else "web"
        data = {"kind": "complete", "standard": "x", "due_at": DUE.isoformat()}
        more = {"service": "missed-bin", "channel": channel, "area": "E1"}
        rows.append(Happening("promise.made", "promise", subject, DUE - timedelta(days=2), data=data, **more))
        rows.append(Happening("promise.met", "promise", subject, DUE, data=data | {"on_time": n >= 2}, **more))
    with transaction.atomic():
        record(rows, by=SYSTEM)
    projection.catch_up()
    return council


def test_the_service_page_says_the_promise_then_the_number_then_the_table(client, figures):
    page = client.get("/performance/missed-bin").content.decode()
    assert "In February 2026 we kept this promise 92 times in 100: 23 of 25." in page
    assert page.index("In February 2026") < page.index('<svg class="chart__svg"') < page.index("the figures</caption>")


def test_three_texts_are_hidden_and_cannot_be_worked_out(client, figures):
    page = client.get("/performance/missed-bin").content.decode()
    by_channel = page[page.index("By how people asked") : page.index("By area")]
    assert by_channel.count("Not shown") == 4  # texts, and with them the website, or 25 - 22 would tell
    rows = list(csv.DictReader(io.StringIO(client.get("/performance/missed-bin.csv").content.decode())))
    channels = {row["cell"]: row["kept"] for row in rows if row["split_by"] == "channel"}
    assert channels == {"web": "", "sms": ""}


def test_a_hidden_month_is_not_what_the_areas_leave(client, clock, transactional_db, council):
    """Three due in January, nine in February, twenty in December, all in one ward: the ward tells that they were 32."""
    rows = []
    for due, many in ((DUE, 9), (DUE - timedelta(days=30), 3), (DUE - timedelta(days=60), 20)):
        for _ in range(many):
            subject, data = uuid4(), {"kind": "complete", "standard": "x", "due_at": due.isoformat()}
            more = {"service": "missed-bin", "channel": "web", "area": "E1"}
            rows.append(Happening("promise.made", "promise", subject, due - timedelta(days=2), data=data, **more))
            rows.append(Happening("promise.met", "promise", subject, due, data=data | {"on_time": True}, **more))
    with transaction.atomic():
        record(rows, by=SYSTEM)
    projection.catch_up()
    for file in ("missed-bin", "figures"):
        got = client.get(f"/performance/{file}.json").json()["rows"]
        for service in {"missed-bin", "*"} & {row["service"] for row in got}:
            found = [row for row in got if (row["service"], row["split_by"]) == (service, "month")]
            shown = {row["month"]: row["fell_due"] for row in found if row["fell_due"] != 0}
            assert shown == {"2025-12": 20, "2026-01": None, "2026-02": None}, file
    page = client.get("/performance/missed-bin").content.decode()
    assert "We don’t publish February 2026: fewer than 5 fell due in it, or in a month that it would give away." in page
    assert page.count(">Not shown</td>") == 2
    assert ">Nothing due</td>" in page
    assert "9 of 9" not in client.get("/services/missed-bin").content.decode()
    assert live_record("missed-bin", at=clock.now()).in_100 is None


def test_what_is_shown_can_be_downloaded_and_is_the_same(client, figures):
    rows = client.get("/performance/missed-bin.json").json()["rows"]
    february = next(row for row in rows if row["split_by"] == "month" and row["month"] == "2026-02")
    assert (february["kept"], february["fell_due"], february["per_cent"]) == (23, 25, 92.0)
    everything = client.get("/performance/figures.csv").content.decode()
    assert "promise,missed-bin,Report a missed bin,month,,,2026-02,23,25,92.0,,False" in everything


def test_everything_on_the_first_page_is_in_the_files(client, figures):
    got = client.get("/performance/figures.json").json()
    datetime.fromisoformat(got["about"]["as_of"])
    assert "T" in got["about"]["as_of"]
    page = client.get("/performance/").content.decode()
    ways = {row["cell_name"]: row["count"] for row in got["rows"] if row["measure"] == "contacts"}
    assert {row["measure"] for row in got["rows"]} >= {"promise", "told_first"}
    for name, count in ways.items():
        assert f"{name}</th>" in page
        assert count is None or f"{count:,}" in page


def test_a_page_before_anything_happened_says_so(client, council, clock):
    for address in ("/performance/", "/performance/missed-bin"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "fallen due yet" in answer.content.decode()


NOWHERE = ["no-such", "no-such.csv", "x.exe", "staff-new-starter", "safeguarding-child.csv", "staff-new-starter.json"]


@pytest.mark.parametrize("address", [f"/performance/{name}" for name in NOWHERE])
def test_what_is_not_there_is_not_found(client, council, address):
    assert client.get(address).status_code == 404


def test_pages_cost_a_fixed_number_of_queries(client, figures):
    client.get("/performance/")
    for address, most in (("/performance/", 7), ("/performance/missed-bin", 8)):
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        assert len(asked) <= most, [q["sql"][:90] for q in asked]


def test_a_service_that_protects_people_has_no_figures_anywhere(client, figures):
    assert "We don’t publish figures for this service" in client.get("/performance/safeguarding-child").content.decode()
    for address in ("/performance/", "/performance/figures.csv"):
        assert "safeguarding" not in client.get(address).content.decode()


@pytest.mark.django_db
def test_who_did_not_come_and_who_came_late_is_published_and_small_numbers_are_not(client, council, clock):
    clock.set("2026-11-19T16:00")

    def went(state: str, many: int, late: int = 0, days: int = 3) -> list[ImportedBooking]:
        begins = clock.now() - timedelta(days=days)
        return [
            ImportedBooking(
                bookable="benefit-appointment", site="central-office", resource="benefits-hirst", state=state,
                starts_at=begins + timedelta(minutes=n + 40 * late), ends_at=begins + timedelta(minutes=n + 40 * late + 1),
                minutes_late=late, way="in_person", service="benefit-appointment",
            )
            for n in range(many)
        ]  # fmt: skip

    here = "/performance/benefit-appointment"
    assert "What was booked" not in client.get(here).content.decode()
    import_bookings(went("attended", 3), by=SYSTEM)
    assert "Bookings that are over</th>" in client.get(here).content.decode().replace("</td>", "</th>")
    assert "Nobody came" not in client.get(here).content.decode()
    import_bookings(went("attended", 13, days=4) + went("attended", 2, late=9, days=4), by=SYSTEM)
    import_bookings(went("missed", 2, days=5) + went("missed", 9, days=40), by=SYSTEM)
    shown = client.get(here).content.decode()
    assert ("Nobody came" in shown, "10%" in shown, "11.1%" in shown) == (True, True, True)  # 2 of 20, and 2 of 18
    with CaptureQueriesContext(connection) as asked:
        client.get(here)
    assert len(asked) <= 9
