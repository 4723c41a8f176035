"""Mr Bloggs of Leeds’s strategy, the other way round: the council misses its own date, and is the first to say so."""

from uuid import uuid4

import pytest

from moothall.cases import actions as cases
from moothall.cases import queries
from moothall.cases.models import Task
from moothall.contacts.models import Contact
from moothall.core import jobs
from moothall.core.actors import ANONYMOUS, Actor, ActorKind
from moothall.intake.actions import raise_request
from moothall.intake.queries.tracking import track_page
from moothall.notifications.models import Message
from moothall.promises.actions import explain_promise
from moothall.promises.jobs import sweep_promises
from moothall.services.pack import SERVICES

pytestmark = [pytest.mark.django_db, pytest.mark.row("C3", "C9")]

OFFICER = Actor(kind=ActorKind.STAFF, id=uuid4(), permissions=frozenset({"case.view", "case.work", "case.close"}))
BIN = {
    "address": {"line1": "14 Mill Lane", "town": "Leeds", "postcode": "LS1 1UR"},
    "bin": "general", "out_time": "night_before", "extent": "only_me", "tag": "no", "assisted": "yes", "still_out": "yes",
    "contact": {"name": "Amina Dunn", "email": "amina.dunn@example.com", "phone": "07700 900123"},
}  # fmt: skip


def minute(clock, text):
    """What the workers do in one minute: the sweep, then whatever waits."""
    clock.set(text)
    sweep_promises()
    jobs.drain()


def plain(message):
    return message.body.replace("\\", "")


def test_a_broken_promise_is_owned_up_to_before_she_calls(council, clock):
    raised = raise_request(
        council.of(SERVICES)["missed-bin"], BIN, pack=council, channel="web", by=ANONYMOUS, at=clock.now()
    )
    jobs.drain()
    work = next(p for p in raised.promises if p.kind == "complete")  # help with the bins: by the end of tomorrow
    minute(clock, "2026-03-03T15:00")
    assert Task.objects.filter(case_id=raised.case_id, kind="at_risk").count() == 1  # its team knows first
    assert not Message.objects.filter(case_id=raised.case_id, template__startswith="promise").exists()

    minute(clock, "2026-03-03T17:01")
    said = Message.objects.get(case_id=raised.case_id, template="promise-broken")
    assert said.to == "amina.dunn@example.com"
    assert "by Tuesday 3 March, 5pm" in plain(said)
    assert "We did not, and we are sorry." in plain(said)
    assert "The new date is Wednesday 4 March, 5pm." in plain(said)
    assert "Your address is put first if it happens again." in plain(said)
    assert Task.objects.get(case_id=raised.case_id, kind="escalation").team == "head-of-waste"

    clock.set("2026-03-04T08:00")  # the team knows why by now, and betters the date
    noon = clock.now().replace(hour=12)
    explain_promise(work.id, new_date=noon, reason="vehicle_breakdown", by=OFFICER, at=clock.now())
    jobs.drain()
    again = Message.objects.filter(case_id=raised.case_id, template="promise-broken").latest("created_at")
    assert "The reason: Vehicle out of action." in plain(again)
    assert "The new date is Wednesday 4 March, midday." in plain(again)

    page = track_page(raised.case_id, at=clock.now())
    assert page.promise.tag == "late"
    assert "midday" in page.promise.new_date_words
    assert "put first" in page.promise.redress
    desk = queries.case_page(raised.case_id, visible_to=OFFICER, at=clock.now())
    assert next(p for p in desk.promises if p.id == work.id).owed.kind == "priority"

    clock.set("2026-03-04T11:00")
    cases.settle_redress(raised.case_id, promise_id=work.id, by=OFFICER, at=clock.now())
    cases.close_case(raised.case_id, outcome="emptied-on-return-visit", resolved=True, by=OFFICER, at=clock.now())
    minute(clock, "2026-03-05T12:00")
    page = track_page(raised.case_id, at=clock.now())
    assert (page.promise.tag, page.promise.redress) == ("kept_late", "")
    assert Contact.objects.count() == 1  # she never had to get in touch again
    told = Message.objects.filter(case_id=raised.case_id).order_by("created_at").values_list("template", flat=True)
    assert list(told) == ["case-opened", "promise-broken", "promise-broken", "case-closed-done"]
