"""How soon we answer: the standards of contact, from events to page and open data, split by no service."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moothall.core.actors import SYSTEM
from moothall.core.events import Happening, record
from moothall.insight import projection
from moothall.insight.models import Explanation

DUE = datetime(2026, 2, 12, 12, tzinfo=UTC)
KINDS = {"call-answered": "call_answered", "letter-reply": "reply", "email-reply": "reply", "visit-seen": "visit_seen"}


def kept(
    code: str, channel: str, many: int, late: int = 0, due: datetime = DUE, service: str = "missed-bin"
) -> list[Happening]:
    """Promises of one standard made and kept, the first few of them late."""
    rows = []
    for n in range(many):
        subject = uuid4()
        data = {"kind": KINDS[code], "standard": code, "due_at": due.isoformat()}
        more = {"service": service, "channel": channel, "area": "E1"}
        rows.append(Happening("promise.made", "promise", subject, due - timedelta(hours=1), data=data, **more))
        rows.append(Happening("promise.met", "promise", subject, due, data=data | {"on_time": n >= late}, **more))
    return rows


def happened(*rows: list[Happening]) -> None:
    with transaction.atomic():
        record([one for part in rows for one in part], by=SYSTEM)
    projection.catch_up()


@pytest.fixture
def answered(clock: Any, transactional_db: None, request: pytest.FixtureRequest) -> Any:
    """Calls in two months, letters and faxes, three visits, and calls about what protects people."""
    council = request.getfixturevalue("council")
    before = DUE - timedelta(days=30)
    happened(
        kept("call-answered", "phone", 40, late=10), kept("call-answered", "phone", 25, due=before),
        kept("call-answered", "phone", 6, service="safeguarding-child"),
        kept("letter-reply", "post", 20, late=2), kept("letter-reply", "post", 12, due=before),
        kept("letter-reply", "fax", 7), kept("letter-reply", "fax", 6, due=before), kept("visit-seen", "counter", 3),
    )  # fmt: skip
    return council


def test_each_promise_is_a_sentence_and_a_number(client: Client, answered: Any) -> None:
    page = client.get("/performance/standards").content.decode()
    for words in ("We answer your call within 20 seconds.", "We see you within 10 minutes of your coming in.",
                  "A letter is answered within 10 working days.", "Make a complaint: within 10 working days."):  # fmt: skip
        assert words in page
    assert "78.3%" in page  # 36 of 46 calls
    call = client.get("/performance/standards/call-answered").content.decode()
    assert "In February 2026 we kept this promise 78 times in 100: 36 of 46." in call
    assert call.index('<svg class="chart__svg"') < call.index("the figures</caption>")
    home = client.get("/performance/").content.decode()
    assert "/performance/standards" in home


def test_no_service_can_be_told_apart(client: Client, answered: Any) -> None:
    got = client.get("/performance/standards.json")
    assert "safeguarding" not in got.content.decode()
    assert {row["split_by"] for row in got.json()["rows"]} == {"month", "channel", "month and channel"}


def test_small_counts_are_not_shown_on_page_or_in_files(client: Client, answered: Any) -> None:
    page = client.get("/performance/standards").content.decode()
    visit = page[page.index("We see you within") :]
    assert visit.index("Not shown") < visit.index("</tr>")
    rows = [row for row in client.get("/performance/standards.json").json()["rows"] if row["service"] == "visit-seen"]
    assert not [row for row in rows if row["fell_due"]]
    happened(kept("letter-reply", "sms", 3))
    letter = client.get("/performance/standards/letter-reply").content.decode()
    assert "Not shown" in letter[letter.index("By how people were in touch") :]


def test_month_and_way_are_published_together_and_the_same_in_every_form(client: Client, answered: Any) -> None:
    page = client.get("/performance/standards/letter-reply").content.decode()
    table = page[page.index("By month and by how people were in touch") :]
    assert (table.index("Letter</th>"), "90%" in table, "of 7" in table) > (0, True, True)
    rows = list(csv.DictReader(io.StringIO(client.get("/performance/standards.csv").content.decode())))
    both = {
        (row["cell"], row["month"]): row["fell_due"]
        for row in rows
        if (row["service"], row["split_by"]) == ("letter-reply", "month and channel") and row["fell_due"] != "0"
    }
    assert both == {
        ("post", "2026-02"): "20",
        ("fax", "2026-02"): "7",
        ("post", "2026-01"): "12",
        ("fax", "2026-01"): "6",
    }
    named = {row["service_name"] for row in rows if row["service"] == "letter-reply"}
    assert named == {"A letter is answered within 10 working days."}


def test_a_service_says_month_and_way_together_too(client: Client, answered: Any) -> None:
    rows = []
    for due in (DUE, DUE - timedelta(days=30)):
        for channel, many in (("web", 20), ("phone", 11), ("post", 3), ("email", 4)):
            for _ in range(many):
                data = {"kind": "complete", "standard": "x", "due_at": due.isoformat()}
                more: Any = {"service": "new-bin", "channel": channel, "area": "E1"}
                subject = uuid4()
                rows.append(Happening("promise.made", "promise", subject, due - timedelta(days=2), data=data, **more))
                rows.append(Happening("promise.met", "promise", subject, due, data=data | {"on_time": True}, **more))
    happened(rows)
    page = client.get("/performance/new-bin").content.decode()
    table = page[page.index("By month and by how people asked") :]
    assert [name in table for name in ("Website</th>", "Telephone</th>", "All other ways</th>")] == [True] * 3
    got = client.get("/performance/new-bin.json").json()["rows"]
    both = {(row["cell"], row["month"]): row["fell_due"] for row in got if row["split_by"] == "month and channel"}
    assert both["other", "2026-02"] == 7
    assert not {cell for cell, _ in both} & {"post", "email"}


def test_before_anything_happened_the_promises_stand_there(client: Client, council: Any, clock: Any) -> None:
    page = client.get("/performance/standards").content.decode()
    assert "We answer your call within 20 seconds." in page
    assert "Nothing has fallen due yet" in page
    assert "Nothing has fallen due yet" in client.get("/performance/standards/call-answered").content.decode()


@pytest.mark.parametrize("address", ["nothing", "news-4-hours", "complaint-stage-1-reply", "x.csv"])
def test_what_is_no_standard_of_contact_is_not_found(client: Client, council: Any, address: str) -> None:
    assert client.get(f"/performance/standards/{address}").status_code == 404


def test_pages_cost_a_fixed_number_of_queries(client: Client, answered: Any) -> None:
    client.get("/performance/standards")
    for address, most in (("", 4), ("/call-answered", 4), (".json", 4)):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/performance/standards{address}")
        assert len(asked) <= most, [q["sql"][:90] for q in asked]


def test_a_dip_of_a_standard_is_explained(client: Client, answered: Any, owen: Client) -> None:
    where = "/performance/standards/call-answered/2026-02/explain"
    assert client.get(where).status_code in {302, 303}
    assert owen.post(where, {"text": " "}).status_code == 422
    assert (
        owen.post(
            where, {"text": "Council tax bills went out.", "action_taken": "Six more advisers in March."}
        ).status_code
        == 303
    )
    assert Explanation.objects.get().service == "call-answered"
    page = client.get("/performance/standards/call-answered").content.decode()
    assert "“Council tax bills went out.”" in page
    assert owen.get("/performance/standards/nothing/2026-02/explain").status_code == 404
    assert owen.get("/performance/standards/call-answered/soon/explain").status_code == 404


@pytest.fixture
def owen(answered: Any, clock: Any) -> Client:
    """The officer who explains figures."""
    from moothall.core.staff import create_staff

    staff = create_staff(
        username="owen", name="Owen Price", roles=["performance-officer"], teams=[], password="seven-calm-otters-queueing",
        pack=answered, by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    client = Client()
    client.force_login(staff)
    return client
