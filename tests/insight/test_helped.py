"""Who cannot use what is online, and why; who was met away from our offices: counted from what happened."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moothall.contacts.actions import note_help
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.core.events import Happening, record
from moothall.core.packs import Pack
from moothall.insight import projection
from moothall.insight.publishing import OTHER, help_record
from moothall.insight.queries import figures

from ..intake.every_channel.answers import wanted_for
from ..intake.every_channel.desk import an_adviser, fill_and_send
from ..intake.talking.conftest import premises

__all__ = ["premises"]
pytestmark = pytest.mark.django_db(transaction=True)
FEBRUARY = datetime(2026, 2, 12, 12, tzinfo=UTC)
MONTH = date(2026, 2, 1)


def happen(*happened: Happening) -> None:
    with transaction.atomic():
        record(happened, by=SYSTEM)
    projection.catch_up()


def request(
    service: str = "missed-bin", channel: str = "phone", *, because: str = "", later: str = "", outreach: str = "",
    area: str = "E1",
) -> UUID:  # fmt: skip
    """One contact in which something was asked for. ``because`` is known at once, ``later`` when it was over."""
    contact, more = uuid4(), {"service": service, "channel": channel, "area": area}
    data = (
        {"direction": "in"} | ({"because": because} if because else {}) | ({"outreach": outreach} if outreach else {})
    )
    case = uuid4()
    happen(
        Happening("contact.received", "contact", contact, FEBRUARY, contact_id=contact, data=data, **more),
        Happening("case.opened", "case", case, FEBRUARY, case_id=case, contact_id=contact, **more),
    )
    if later:
        happen(
            Happening(
                "contact.helped", "contact", contact, FEBRUARY, contact_id=contact, data={"because": later}, **more
            )
        )
    return contact


def test_a_request_is_counted_once_with_its_reason_whenever_that_is_said(clock: Any) -> None:
    request(because="no_internet", channel="web")
    request(later="language")
    again = request(later="disability")
    happen(
        Happening("contact.helped", "contact", again, FEBRUARY, contact_id=again, data={"because": ""}, channel="phone")
    )
    request()
    (assisted,) = figures("assisted", since=MONTH, until=MONTH)
    assert (assisted.count, assisted.of) == (2, 4)
    assert {one.key: one.of for one in figures("because", since=MONTH, until=MONTH)} == {
        "no_internet": 1,
        "language": 1,
    }
    projection.start_again()
    projection.catch_up()
    (assisted,) = figures("assisted", since=MONTH, until=MONTH)
    assert (assisted.count, assisted.of) == (2, 4), "the same from the events alone"


def test_help_in_a_contact_that_asked_for_nothing_is_no_assisted_request(clock: Any) -> None:
    contact = uuid4()
    more = {"channel": "phone", "contact_id": contact}
    happen(
        Happening("contact.received", "contact", contact, FEBRUARY, data={"direction": "in"}, **more),
        Happening("contact.helped", "contact", contact, FEBRUARY, data={"because": "language"}, **more),
    )
    assert not figures("because", since=MONTH, until=MONTH)


@pytest.mark.row("A16")
@pytest.mark.row("A17")
def test_what_an_adviser_says_reaches_the_figures(council: Pack, premises: None, clock: Any) -> None:
    service = council.services["graffiti"]
    adviser = an_adviser(clock)
    adviser.post("/desk/away", {"outreach": "hub", "outreach-at": "Otley library"})
    here = adviser.post("/desk/contacts/begin", {"channel": "counter"})["Location"]
    matter = adviser.post(f"{here}matters", {"service": "graffiti"})["Location"]
    helped = Contact.objects.get()
    assert helped.outreach == "hub"
    note_help(helped.id, because="not_confident", by=SYSTEM, at=clock.now())
    assert fill_and_send(adviser, matter, service, wanted_for(service, 0, clock)) is not None
    projection.catch_up()
    month = clock.now().date().replace(day=1)
    (assisted,) = figures("assisted", since=month, until=month, service="graffiti", channel="counter")
    assert (assisted.count, assisted.of) == (1, 1)
    assert [one.key for one in figures("because", since=month, until=month)] == ["not_confident"]
    assert [one.key for one in figures("outreach", since=month, until=month)] == ["hub"]


@pytest.fixture
def february(clock: Any, council: Pack) -> Pack:
    """Forty requests, sixteen with help; nine visits away from our offices."""
    clock.set("2026-03-05T10:00:00+00:00")
    for because, many in (("no_internet", 8), ("not_confident", 6), ("language", 2)):
        for _ in range(many):
            request(because=because, channel="counter", outreach="hub" if because == "no_internet" else "")
    for _ in range(24):
        request(channel="web")
    request("safeguarding-adult", because="no_internet", channel="phone")
    return council


@pytest.mark.row("A17")
def test_who_could_not_ask_alone_and_why_is_published_without_small_counts(february: Pack, client: Client) -> None:
    page = client.get("/performance/helped").content.decode()
    assert "Of 100 requests, 41 were made with our help: 17 of 41." in page
    assert "No internet or no device" in page
    assert "safeguarding" not in page.lower()
    reasons = page[page.index("Why they were helped") : page.index("By how they were in touch")]
    assert ">9<" in reasons, "the largest stays"
    assert reasons.count("Not shown") == 2, "two with another language, and with them the next, or the total would tell"
    services = page[page.index("By service") :]
    assert "Report a missed bin" in services
    assert ">40<" not in services, "nor can the one restricted request be worked out"
    assert "At a library or community hub" in page
    rows = list(csv.DictReader(io.StringIO(client.get("/performance/helped.csv").content.decode())))
    assert {row["measure"] for row in rows} == {"assisted", "because", "outreach"}
    shown = {row["cell"]: row["count"] for row in rows if row["measure"] == "because"}
    assert shown == {"no_internet": "9", "not_confident": "", "language": ""}
    assert client.get("/performance/helped.json").json()["rows"]
    assert "/performance/helped" in client.get("/performance/").content.decode()


def test_the_page_costs_a_fixed_number_of_queries(february: Pack, client: Client, clock: Any) -> None:
    client.get("/performance/helped")
    with CaptureQueriesContext(connection) as asked:
        client.get("/performance/helped")
    assert len(asked) <= 9, [one["sql"][:90] for one in asked]
    record = help_record(at=clock.now(), services={"missed-bin"})
    assert set(record.by_service) == {"missed-bin", OTHER}


def test_before_anybody_was_helped_the_page_says_so(council: Pack, clock: Any, client: Client) -> None:
    assert "Nobody has been helped yet" in client.get("/performance/helped").content.decode()
