"""Put through, and nobody answered: the call back is promised by itself, once, told by text, at the desk with her words."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from moothall.cases.actions import finish_task
from moothall.cases.models import Case, CaseContact, Task
from moothall.contacts.models import Contact, Matter, Outcome
from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.core.packs import Pack
from moothall.core.references import show_reference
from moothall.core.signing import signed
from moothall.core.staff import actor_of_staff, create_staff
from moothall.customers.actions import create_customer
from moothall.intake.desk_actions import begin_contact, say_who
from moothall.intake.talking.keypad import keys_of
from moothall.notifications.actions import stop
from moothall.notifications.models import Message
from moothall.promises.models import Promise
from moothall.promises.sweep import sweep

from ..every_channel.desk import an_adviser
from .conftest import MOBILE, Caller

pytestmark = pytest.mark.django_db
LANDLINE = "+441134960000"


@pytest.fixture(autouse=True)
def exchange(settings: Any, clock: Any, council: Pack) -> None:
    settings.CALLS_KEY = "calls-key"
    clock.set("2026-11-23T10:00:00+00:00")


def tell(clock: Any, event: str, *, call: str = "call-1", caller: str = MOBILE, id_: str = "", **more: Any) -> int:
    """What the telephone exchange posts, signed as it would be."""
    told = {"id": id_ or str(uuid4()), "call": call, "event": event, "at": clock.now().isoformat(), "caller": caller}
    raw = json.dumps(told | more).encode()
    headers = signed(raw, "calls-key", at=clock.now(), name="X-Moothall")
    return Client().post("/hooks/calls", raw, content_type="application/json", headers=headers).status_code


def put_through(clock: Any, *, number: str = MOBILE, call: str = "call-1", told: bool = True) -> Caller:
    """Somebody reports graffiti by the menu, asks for an adviser in the middle, and stays on the line."""
    caller = Caller(clock, number=number, call_id=call)
    caller.press("1", "1", f"{keys_of('LS21 1AA')}#", "14#", "1", "0", "1")
    assert caller.turn.then == "transfer"
    clock.advance(seconds=2)
    if told:
        assert tell(clock, "transferred", call=call, caller=number) == 204
    return caller


@pytest.mark.row("A15")
@pytest.mark.parametrize("how", ["abandoned", "ended"])
@pytest.mark.parametrize("offered", [True, False])
def test_she_is_called_back_without_asking_for_it(clock: Any, how: str, offered: bool) -> None:
    put_through(clock)
    if offered:
        tell(clock, "offered")
    clock.advance(seconds=90)
    assert tell(clock, how) == 204
    case = Case.objects.get()
    assert (case.service, case.uprn) == ("graffiti", 72000014), "with what she had said"
    task = Task.objects.get(case=case)
    assert (task.kind, task.title) == ("call_back", "Call back: 07700 900123 was put through and nobody answered")
    promise = Promise.objects.get(id=task.promise_id)
    assert (promise.kind, promise.state) == ("call_back", "running")
    assert promise.due_at is not None
    contact = Contact.objects.get(channel="phone")
    assert (contact.state, contact.answered_at, case.contact_id) == ("closed", None, contact.id)
    assert Matter.objects.get(contact=contact).outcome == Outcome.HANDED_ON
    drain()
    told = Message.objects.get(template="call-not-answered")
    assert (told.to, told.channel, told.case_id) == (MOBILE, "sms", case.id)
    assert "We’ll call you back by" in told.body
    assert show_reference(case.reference) in told.body
    assert Message.objects.filter(to=MOBILE).count() == 1


@pytest.mark.row("A15")
def test_the_adviser_who_calls_back_sees_it_with_her_words(clock: Any) -> None:
    put_through(clock)
    tell(clock, "offered")
    clock.advance(seconds=40)
    tell(clock, "abandoned")
    desk = an_adviser(clock)
    tasks = desk.get("/desk/tasks/?team=customer-services").content.decode()
    assert "07700 900123 was put through and nobody answered" in tasks
    assert "Promised call" in tasks
    page = desk.get(f"/desk/cases/{Case.objects.get().id}/", follow=True).content.decode()
    assert "14 Mill Lane" in page


def test_replays_and_late_news_make_no_second_one(clock: Any) -> None:
    put_through(clock)
    tell(clock, "offered")
    clock.advance(seconds=40)
    same = str(uuid4())
    for _ in range(3):
        assert tell(clock, "abandoned", id_=same) == 204
    tell(clock, "abandoned")
    tell(clock, "ended")
    tell(clock, "transferred")
    tell(clock, "ended")
    assert Task.objects.filter(kind="call_back").count() == Case.objects.count() == 1
    assert Message.objects.filter(template="call-not-answered").count() == 1


def test_who_rings_again_and_is_lost_again_has_one_promise(clock: Any) -> None:
    for call in ("call-1", "call-2"):
        put_through(clock, call=call)
        tell(clock, "offered", call=call)
        clock.advance(seconds=40)
        tell(clock, "abandoned", call=call)
    task = Task.objects.get(kind="call_back")
    assert CaseContact.objects.filter(case_id=task.case_id, role="added").count() == 1
    finish_task(task.id, outcome="spoke", by=SYSTEM, at=clock.now())
    put_through(clock, call="call-3")
    tell(clock, "abandoned", call="call-3")
    assert Task.objects.filter(kind="call_back").count() == 2, "that one was kept: this is another"


def test_answered_is_answered(clock: Any) -> None:
    put_through(clock)
    tell(clock, "offered")
    clock.advance(seconds=9)
    tell(clock, "answered")
    clock.advance(minutes=5)
    tell(clock, "ended")
    assert not Task.objects.filter(kind="call_back").exists()


def test_an_answer_told_after_the_end_counts_and_the_promised_call_stands(clock: Any) -> None:
    """The answer was overtaken by the end: she was promised a call meanwhile, and that is kept; she did not wait in vain."""
    put_through(clock)
    began = clock.now()
    tell(clock, "offered")
    clock.advance(seconds=300)
    tell(clock, "ended")
    assert Task.objects.get().kind == "call_back"
    clock.advance(minutes=10)
    for _ in range(2):
        tell(clock, "answered", at=(began + timedelta(seconds=9)).isoformat())
    contact = Contact.objects.get(channel="phone")
    assert contact.answered_at == began + timedelta(seconds=9)
    assert Promise.objects.get(subject_id=contact.id, kind="call_answered").state == "met"
    assert [one.outcome for one in Matter.objects.filter(contact=contact)] == [Outcome.HANDED_ON]
    assert Task.objects.filter(kind="call_back").count() == 1


def test_the_end_of_a_call_of_which_nothing_else_was_told_promises_nothing(clock: Any) -> None:
    put_through(clock, told=False)
    tell(clock, "ended")
    assert not Task.objects.filter(kind="call_back").exists()


def test_who_was_never_put_through_is_counted_as_before(clock: Any) -> None:
    tell(clock, "offered")
    clock.advance(seconds=40)
    tell(clock, "abandoned")
    assert not Task.objects.exists()
    assert Matter.objects.get().outcome == Outcome.ABANDONED


def test_a_landline_is_called_and_not_texted(clock: Any) -> None:
    put_through(clock, number=LANDLINE)
    tell(clock, "abandoned", caller=LANDLINE)
    assert Task.objects.get().kind == "call_back"
    drain()
    assert not Message.objects.exclude(state="suppressed").exists()


def test_who_said_stop_is_called_and_not_texted(clock: Any) -> None:
    stop(MOBILE, channel="sms", how="text", by=SYSTEM, at=clock.now())
    put_through(clock)
    tell(clock, "abandoned")
    assert Task.objects.get().kind == "call_back"
    assert Message.objects.get(template="call-not-answered").state == "suppressed"


def test_a_withheld_number_cannot_be_called(clock: Any) -> None:
    put_through(clock, number="")
    tell(clock, "offered", caller="")
    clock.advance(seconds=40)
    tell(clock, "abandoned", caller="")
    assert not Task.objects.exists()
    assert Matter.objects.get(contact__channel="phone").outcome == Outcome.ABANDONED


def test_an_adviser_puts_her_through_and_nobody_takes_it(clock: Any, council: Pack) -> None:
    staff = create_staff(username="ravi", name="Ravi Patel", roles=["adviser"], teams=["customer-services"], pack=council,
                         by=SYSTEM, at=clock.now())  # fmt: skip
    ravi = actor_of_staff(staff, council)
    jo = create_customer(
        given_name="Jo", family_name="Dunn", contact_points=[("phone", "07700 900123")], by=SYSTEM, at=clock.now()
    )
    tell(clock, "offered")
    clock.advance(seconds=7)
    contact = begin_contact(channel="phone", caller=MOBILE, external_id="call-1", by=ravi, at=clock.now())
    say_who(contact.id, customer_id=jo.id, by=ravi, at=clock.now())
    clock.advance(minutes=3)
    tell(clock, "transferred")
    clock.advance(minutes=2)
    for _ in range(2):
        tell(clock, "abandoned")
    contact.refresh_from_db()
    assert contact.state == "open", "what the adviser still holds is hers to finish"
    case = Case.objects.get()
    assert case.customer_id == jo.id
    assert Task.objects.get(case=case).kind == "call_back"
    drain()
    told = Message.objects.exclude(state="suppressed").filter(template__startswith="call-")
    assert [(one.template, one.to) for one in told] == [("call-back-promised", MOBILE)], "by the way she chose, once"


@pytest.mark.row("A15")
def test_it_is_late_and_explained_like_any_promise(clock: Any) -> None:
    put_through(clock)
    tell(clock, "abandoned")
    clock.advance(days=4)
    sweep(clock.now())
    assert Promise.objects.get(kind="call_back").broken_at is not None
