# ruff: noqa: F811  fixtures come by import
"""A copy of what is held: asked for once, promised by law, whole, looked through, released, fetched by her alone."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from moothall.cases.models import Case
from moothall.core.access import Refused
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.jobs import drain
from moothall.customers.accounts.models import Account
from moothall.customers.privacy.actions.copies import start_copy
from moothall.customers.privacy.models import Copy, CopyLine
from moothall.notifications.models import Message
from moothall.promises.models import Promise
from tests.interfaces.account.conftest import come_in, resident  # noqa: F401  fixtures
from tests.interfaces.desk.conftest import amina, missed_bin, officer  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture
def guardian(officer: Any) -> Any:
    return officer("data-protection-officer", name="Alison Whitcombe")


@pytest.fixture
def mary(come_in: Any) -> Account:
    return come_in()


def asked(resident: Any) -> Copy:
    assert resident.post("/account/data").status_code == 302
    return Copy.objects.get()


def opened(answer: Any) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_she_asks_once_and_the_law_promises_a_month(mary: Account, resident: Any, clock: Any) -> None:
    clock.set("2026-01-31T10:00")
    asked(resident)
    asked(resident)  # the form sent twice
    case = Case.objects.get()
    assert (case.service, case.customer_id) == ("subject-access-request", mary.customer_id)
    promise = Promise.objects.get(subject_id=case.id, kind="complete")
    assert promise.due_at is not None
    assert promise.due_at.date().isoformat() == "2026-03-02"  # no 31 February, and the 28th is a Saturday
    page = resident.get("/account/data").content.decode()
    assert "We are working on it" in page
    assert "Monday 2 March" in page
    assert "Ask for a copy" not in page


def test_it_holds_what_every_room_has_and_is_looked_through(
    mary: Account, resident: Any, guardian: Any, clock: Any, council: Any
) -> None:
    row = asked(resident)
    drain()
    row.refresh_from_db()
    assert row.state == "review"
    assert resident.get(f"/account/data/{row.id}").status_code == 404  # not before it was looked through
    lines = {line.value: line for line in CopyLine.objects.filter(copy=row) if isinstance(line.value, str)}
    assert {"Mary", "Jones", "mary.jones@example.com"} <= set(lines)
    page = guardian.client.get(f"/console/copies/{row.id}?part=record").content.decode()
    assert "Mary" in page
    out = {"line": str(lines["Jones"].number), "why": "somebody-else", "do": "out", "part": "record"}
    assert guardian.client.post(f"/console/copies/{row.id}/lines", out | {"why": ""}).status_code == 302
    assert not CopyLine.objects.exclude(withheld="").exists()
    guardian.client.post(f"/console/copies/{row.id}/lines", out)
    assert CopyLine.objects.exclude(withheld="").get().value == "Jones"
    guardian.client.post(f"/console/copies/{row.id}/release")
    drain()
    case = Case.objects.get()
    assert (case.state, case.resolved) == ("closed", True)
    assert Promise.objects.get(subject_id=case.id, kind="complete").state == "met"
    assert "/account/data" in Message.objects.get(template="copy-released").body.replace("\\", "")

    assert resident.get(f"/account/data/{row.id}").status_code == 404  # she has not shown who she is
    assert "Prove who you are" in resident.get("/account/data").content.decode()


def test_the_file_can_be_read_and_what_was_taken_out_is_not_in_it(
    mary: Account, resident: Any, guardian: Any, clock: Any, monkeypatch: Any
) -> None:
    from moothall.customers.accounts.rules.levels import Proof
    from moothall.interfaces.account import data

    row = asked(resident)
    drain()
    CopyLine.objects.filter(copy=row, value="Jones").update(withheld="somebody-else")
    guardian.client.post(f"/console/copies/{row.id}/release")
    monkeypatch.setattr(data, "Proof", type("Enough", (), {"VERIFIED": Proof.CONTACT}))
    archive = opened(resident.get(f"/account/data/{row.id}"))
    page, held = archive.read("index.html").decode(), json.loads(archive.read("data.json"))
    assert held["record"]["given_name"] == "Mary"
    assert held["record"]["family_name"] == "Taken out, because it is about somebody else"
    assert "Taken out, because it is about somebody else" in page
    assert "<dd>Jones</dd>" not in page
    row.refresh_from_db()
    assert row.fetched_at == clock.now()
    clock.advance(days=31)
    drain()
    assert not CopyLine.objects.exists()
    assert Copy.objects.get().state == "over"


def test_nobody_else_fetches_it_or_asks_for_it(mary: Account, resident: Any, officer: Any, client: Any, amina: Any,
                                               clock: Any) -> None:  # fmt: skip
    row = asked(resident)
    from django.test import Client

    other = Client()
    assert other.get(f"/account/data/{row.id}").status_code == 302  # to sign in
    with pytest.raises(Refused):
        start_copy(amina.id, case_id=None, by=customer_actor(mary.customer_id), at=clock.now())
    leader = officer("team-leader", name="Grace Okonjo").client
    assert leader.get("/console/copies").status_code == 403
    assert leader.get(f"/console/copies/{row.id}").status_code == 403


def test_the_officer_makes_one_with_one_click(amina: Any, missed_bin: Any, guardian: Any, clock: Any) -> None:
    missed_bin(amina)
    assert guardian.client.post("/console/copies", {"reference": "nothing"}).status_code == 422
    answer = guardian.client.post("/console/copies", {"reference": amina.reference})
    drain()
    page = guardian.client.get(answer["Location"]).content.decode()
    assert "Cases" in page
    told = " ".join(str(line.value) for line in CopyLine.objects.all())
    for said in ("Amina", "amina.dunn@example.com", "14 Mill Lane", "night_before"):
        assert said in told
    assert start_copy(amina.id, case_id=None, by=SYSTEM, at=clock.now()).id == Copy.objects.get().id
