"""Our client against our own server, over real HTTP: sent once, followed by asking and by webhook, ended with theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from moothall.cases.actions import close_case, set_status
from moothall.cases.models import Case, Task
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.signing import is_signed, signed
from moothall.core.staff import create_client
from moothall.partners.actions import deliver
from moothall.partners.actions.following import ask_partners
from moothall.partners.adapters.open311 import Open311
from moothall.partners.adapters.registry import sender_of
from moothall.partners.models import Referral
from moothall.partners.pack import PARTNERS
from moothall.partners.protocols import CannotSend, NotTaken, OutReport
from tests.partners.conftest import OURS
from tests.ports import free_port

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]
CONTRACTOR = "lighting-contractor"


@pytest.fixture
def contractor(
    town: None, council: Any, settings: Any, clock: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """The contractor's system is this server itself, which calls our street lights graffiti."""
    key = create_client(name="Lighting contractor", scopes=["api.open311"], by=SYSTEM, at=clock.now())[1]
    settings.PARTNER_ADDRESSES = {CONTRACTOR: f"{live_server.url}/open311/v2"}
    settings.PARTNER_KEYS = {CONTRACTOR: key}
    settings.OPEN311_WEBHOOKS = {"us": f"{live_server.url}/hooks/open311/{CONTRACTOR}"}
    settings.OPEN311_WEBHOOK_KEYS = {"us": key}
    partner = council.of(PARTNERS)[CONTRACTOR]
    changed = partner.model_copy(
        update={"works_on": ("street-light",), "open311_services": {"street-light": "graffiti"}}
    )
    monkeypatch.setitem(council._values["partners"], CONTRACTOR, changed)
    return changed


def a_light(report: Callable[..., Case]) -> tuple[Case, Case]:
    """Report a lamp; return our case and the one the contractor made of it."""
    ours = report(*OURS, service="street-light", fault="out", email="osei@example.org")
    return ours, Case.objects.exclude(id=ours.id).get()


@pytest.mark.row("A11", "D4")
def test_a_case_is_sent_once_and_followed_to_its_end_by_webhook_and_by_asking(
    contractor: Any, report: Callable[..., Case], clock: Any
) -> None:
    ours, theirs = a_light(report)
    row = Referral.objects.get()
    assert (row.state, row.purpose, row.case_id) == ("sent", "for_us", ours.id)
    assert row.their_reference.replace("-", "") == theirs.reference
    assert (theirs.service, theirs.channel) == ("graffiti", "open311")
    assert theirs.latitude == pytest.approx(OURS[0])
    assert theirs.customer_id is None, "nobody is told who asked"
    notes = " ".join(theirs.notes.values_list("text", flat=True))
    assert "Not working" in notes
    assert "osei" not in notes

    # the answer was lost on the way: the same reference of ours makes no second report of theirs
    Referral.objects.update(state="waiting", their_reference="")
    clock.advance(minutes=7)
    jobs.enqueue("partners.deliver", referral=str(row.id))
    jobs.drain(at=clock.now())
    row.refresh_from_db()
    assert row.their_reference.replace("-", "") == theirs.reference
    assert Case.objects.count() == 2

    clock.advance(hours=1)
    set_status(theirs.id, status="in_progress", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())  # their webhook
    ours.refresh_from_db()
    row.refresh_from_db()
    assert (row.state, ours.status) == ("accepted", "in_progress")

    clock.advance(hours=1)
    close_case(theirs.id, outcome="removed", resolved=True, by=SYSTEM, at=clock.now())
    jobs.run_handlers(at=clock.now())  # the public report follows; the webhook is not sent yet
    assert ask_partners(at=clock.now()) == 1
    jobs.drain(at=clock.now())  # the webhook comes late and changes nothing
    ours.refresh_from_db()
    assert (ours.state, ours.resolved, ours.outcome) == ("closed", True, "done-by-partner")
    assert ask_partners(at=clock.now()) == 0


def test_a_system_that_is_down_is_tried_again_and_then_a_person_is_asked(
    contractor: Any, report: Callable[..., Case], settings: Any, clock: Any
) -> None:
    up = settings.PARTNER_ADDRESSES
    settings.PARTNER_ADDRESSES = {CONTRACTOR: f"http://127.0.0.1:{free_port()}/open311/v2"}
    ours = report(*OURS, service="street-light", fault="out")
    row = Referral.objects.get()
    assert (row.state, row.tries, row.trouble) == ("waiting", 1, "It did not answer.")
    settings.PARTNER_ADDRESSES = up
    clock.advance(minutes=2)
    jobs.drain(at=clock.now())
    row.refresh_from_db()
    assert (row.state, row.trouble) == ("sent", "")

    settings.PARTNER_ADDRESSES = {CONTRACTOR: f"http://127.0.0.1:{free_port()}/open311/v2"}
    assert ask_partners(at=clock.now()) == 0
    second = report(OURS[0] + 0.01, OURS[1], service="street-light", fault="out")
    row = Referral.objects.get(case_id=second.id)
    for _ in range(12):
        deliver(row.id, at=clock.now())
    row.refresh_from_db()
    assert row.state == "stuck"
    assert Task.objects.filter(case_id=second.id, kind="pass_on").count() == 1
    assert not Task.objects.filter(case_id=ours.id, kind="pass_on").exists()


def test_what_it_refuses_is_said_and_never_repeated(contractor: Any, settings: Any, clock: Any) -> None:
    sender = sender_of(contractor)
    assert sender is not None
    with pytest.raises(NotTaken, match="was not found"):
        sender.send(OutReport("k1", "no-such-service", "x", *OURS))
    with pytest.raises(NotTaken, match="No place was provided"):
        sender.send(OutReport("k2", "graffiti", "x"))
    wrong_key = Open311(settings.PARTNER_ADDRESSES[CONTRACTOR], key="nonsense")
    with pytest.raises(NotTaken, match="api_key"):
        wrong_key.send(OutReport("k3", "graffiti", "x", *OURS))
    with pytest.raises(NotTaken, match="jurisdiction_id"):
        Open311(settings.PARTNER_ADDRESSES[CONTRACTOR], jurisdiction="elsewhere.example.org").services()
    with pytest.raises(CannotSend):
        Open311(settings.PARTNER_ADDRESSES[CONTRACTOR].replace("/open311/v2", "/services/pothole#")).services()
    assert {one["service_code"] for one in Open311(settings.PARTNER_ADDRESSES[CONTRACTOR]).services()} >= {"graffiti"}
    assert sender.states(["not-one", "ABCD-1234"]) == []
    assert sender.reference_of("t-none") == ""


def test_a_webhook_must_be_signed_and_fresh(contractor: Any, client: Any, settings: Any, clock: Any) -> None:
    body, key = b'[{"service_request_id": "1", "status": "closed"}]', settings.PARTNER_KEYS[CONTRACTOR]
    where = f"/hooks/open311/{CONTRACTOR}"

    def post(content: bytes, headers: dict[str, str], to: str = where) -> int:
        return int(client.post(to, content, content_type="application/json", headers=headers).status_code)

    good = signed(body, key, at=clock.now())
    assert is_signed(body, good, key, at=clock.now())
    assert post(body, good) == 200
    assert post(body, {}) == 403
    assert post(body + b" ", good) == 403
    assert post(body, signed(body, "other", at=clock.now())) == 403
    assert post(body, signed(body, key, at=clock.now() - timedelta(minutes=6))) == 403
    assert post(body, signed(body, "", at=clock.now()), "/hooks/open311/nobody") == 403
    strange = b"<oops"
    assert post(strange, signed(strange, key, at=clock.now())) == 202
