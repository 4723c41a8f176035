"""An order from the fault to the end of the work: what the contractor is told, what it says, what the tenant hears."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from moothall.cases.actions import withdraw_case
from moothall.cases.models import Case, Task
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.customers.actions import create_customer
from moothall.customers.models import Need
from moothall.notifications.models import Message
from moothall.promises.models import Promise
from moothall.repairs.actions import (
    AlreadyOrdered,
    TimeGone,
    agree,
    ask_contractors,
    deliver,
    none_suit,
    order_again,
    raise_all,
    write_findings,
)
from moothall.repairs.actions.ordering import MOST_TRIES
from moothall.repairs.adapters.works_orders.twin import Twin
from moothall.repairs.models import Order, Step, Telling
from tests.ports import free_port

pytestmark = pytest.mark.django_db


def heard(clock: Any) -> int:
    """Let us ask what was said."""
    counted = ask_contractors(at=clock.now())
    jobs.drain(at=clock.now())
    return counted


def window(clock: Any, days: int = 1) -> dict[str, datetime]:
    begins = clock.now().replace(hour=9, minute=0) + timedelta(days=days)
    return {"starts_at": begins, "ends_at": begins + timedelta(hours=3)}


def told(template: str) -> str:
    return Message.objects.filter(template=template).latest("created_at").body


def test_a_gutter_from_the_fault_through_scaffolding_to_the_end(
    ask: Callable[..., Case], twin: Twin, clock: Any
) -> None:
    case = ask(risk=["baby"])
    row = Order.objects.get()
    held = twin.orders[str(row.id)]
    assert (held["contractor"], row.state, row.their_reference) == ("hilltop-roofing", "sent", "WO-00001")
    assert row.at_risk
    work = held["work"]
    assert (work["name"], work["phone"]) == ("Rose Atherton", "07700 900007")
    assert "3 Beech Walk" in work["address"]
    assert work["facts"]["What outside?"] == "Gutter or downpipe"
    assert work["facts"]["How do we get in?"] == "Ring twice"
    assert "baby" not in str(work).lower(), "who lives there is nobody's business at the door"
    kinds = {p.kind: p for p in Promise.objects.filter(subject_id=case.id)}
    assert kinds["appointment"].due_at.isoformat() == "2026-03-03T17:00:00+00:00"

    first, second = window(clock), window(clock, 2)
    twin.say(str(row.id), "accepted")
    twin.say(str(row.id), "offered", offers=[first, second])
    assert heard(clock) == 2
    row.refresh_from_db()
    assert row.state == "offered"
    assert Promise.objects.get(kind="appointment").state == "met"
    assert "between 9am and midday" in told("repair-times")
    assert heard(clock) == 0

    with pytest.raises(TimeGone):
        agree(row.id, first["starts_at"] + timedelta(minutes=1), by=SYSTEM, at=clock.now())
    agree(row.id, second["starts_at"], by=SYSTEM, at=clock.now())
    agree(row.id, second["starts_at"], by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    assert [one["kind"] for one in held["told"]] == ["agreed"]
    assert "Wednesday 4 March, between 9am and midday" in told("repair-booked")
    case.refresh_from_db()
    assert case.status == "booked"

    clock.set(second["starts_at"])
    twin.say(str(row.id), "going")
    twin.say(str(row.id), "visited")
    twin.say(str(row.id), "follow_on", words="Scaffolding is needed")
    heard(clock)
    more = Order.objects.get(follows=row)
    assert (more.contractor, more.what, more.state) == ("hilltop-roofing", "Scaffolding is needed", "sent")
    assert "Scaffolding is needed" in told("repair-follow-on")
    assert Message.objects.filter(template="case-progress").count() == 0, "each step is told once"

    twin.say(str(more.id), "booked", **window(clock, 3))
    twin.say(str(more.id), "done", words="New gutter")
    heard(clock)
    case.refresh_from_db()
    assert (case.state, case.outcome, case.resolved) == ("closed", "repaired-after-follow-on", True)
    assert Promise.objects.filter(subject_id=case.id, kind="complete").get().state == "met"


def test_nobody_is_told_of_a_time_that_is_past(ask: Callable[..., Case], twin: Twin, clock: Any) -> None:
    ask()
    row = Order.objects.get()
    twin.say(str(row.id), "accepted")
    twin.say(str(row.id), "offered", offers=[window(clock), window(clock, 2)])
    clock.advance(days=1, hours=2)
    heard(clock)
    assert "Tuesday 3 March" not in told("repair-times")
    assert "Wednesday 4 March, between 9am and midday" in told("repair-times")
    twin.say(str(row.id), "offered", offers=[window(clock, 0)])
    before = Message.objects.filter(template="repair-times").count()
    heard(clock)
    assert Message.objects.filter(template="repair-times").count() == before, "there is nothing to choose"
    twin.say(str(row.id), "booked", **window(clock, -1))
    heard(clock)
    assert not Message.objects.filter(template="repair-booked").exists()


def test_steps_that_come_twice_late_or_out_of_order_are_kept_and_change_nothing(
    ask: Callable[..., Case], twin: Twin, clock: Any
) -> None:
    ask()
    row = Order.objects.get()
    for kind in ("accepted", "visited"):
        twin.say(str(row.id), kind)
    steps = twin.orders[str(row.id)]["steps"]
    steps.reverse()  # they answer newest first
    heard(clock)
    Order.objects.update(last_number=0)  # and once more from the beginning
    assert heard(clock) == 0
    row.refresh_from_db()
    assert row.state == "visited"
    assert sorted(Step.objects.values_list("kind", "counted")) == [("accepted", True), ("visited", True)]
    late = dict(steps[0], id="late", number=1, kind="offered", offers=[
        {name: moment.isoformat() for name, moment in window(clock).items()}
    ])  # fmt: skip
    twin.orders[str(row.id)]["steps"] = [late]
    Order.objects.update(last_number=0)
    row.refresh_from_db()
    twin.orders[str(row.id)]["steps"][0]["number"] = 9
    assert heard(clock) == 0, "times offered of a visit that has begun"
    assert Step.objects.get(key="late").counted is False


def test_nobody_at_home_stops_the_clock_until_there_is_a_new_time(
    ask: Callable[..., Case], twin: Twin, clock: Any
) -> None:
    case = ask(part="bathroom", bathroom_thing="basin", fault="blocked")
    row = Order.objects.get()
    assert row.contractor == "home-repairs"
    twin.say(str(row.id), "booked", **window(clock, 0))
    clock.advance(hours=2)
    twin.say(str(row.id), "no_access", words="Nobody answered")
    heard(clock)
    case.refresh_from_db()
    assert case.state == "waiting"
    assert Promise.objects.get(kind="complete").state == "paused"
    assert "came and nobody let them in" in told("repair-no-access")
    assert not Message.objects.filter(template="case-waiting").exists()
    clock.advance(days=1)
    twin.say(str(row.id), "booked", **window(clock, 1))
    heard(clock)
    case.refresh_from_db()
    assert (case.state, Promise.objects.get(kind="complete").state) == ("open", "running")
    clock.advance(days=1)
    twin.say(str(row.id), "no_access")
    heard(clock)
    raise_all(at=clock.now())
    assert raise_all(at=clock.now()) == 0
    assert Task.objects.filter(case_id=case.id, title__startswith="Two visits met nobody").count() == 1


def test_an_emergency_goes_at_once_and_is_rung_through_when_nobody_takes_it(
    ask: Callable[..., Case], twin: Twin, clock: Any
) -> None:
    clock.set("2026-03-01T03:00")  # the night of a Sunday
    case = ask(part="electric", electric_thing="socket", fault="sparks")
    row = Order.objects.get()
    assert (row.state, row.priority, twin.orders[str(row.id)]["work"]["emergency"]) == ("sent", "emergency", True)
    assert not Promise.objects.filter(kind="appointment").exists(), "nobody chooses a time for an emergency"
    clock.advance(minutes=14)
    assert raise_all(at=clock.now()) == 0
    clock.advance(minutes=1)
    assert raise_all(at=clock.now()) == 1
    assert Task.objects.filter(case_id=case.id, team="repairs-duty-manager", title__contains="0113 496 0301").exists()


def test_what_cannot_be_reached_is_tried_again_and_then_a_person_is_asked(
    ask: Callable[..., Case], twin: Twin, settings: Any, clock: Any
) -> None:
    up = settings.CONTRACTOR_ADDRESSES
    settings.CONTRACTOR_ADDRESSES = {"*": f"http://127.0.0.1:{free_port()}"}
    ask()
    telling = Telling.objects.get()
    assert (telling.state, telling.tries, telling.trouble) == ("waiting", 1, "It did not answer.")
    settings.CONTRACTOR_ADDRESSES = up
    clock.advance(minutes=2)
    jobs.drain(at=clock.now())
    assert Order.objects.get().state == "sent"
    assert len(twin.orders) == 1

    twin.down = True
    second = ask(part="kitchen", kitchen_thing="sink", fault="blocked")
    waiting = Telling.objects.get(order__case_id=second.id)
    for _ in range(MOST_TRIES):
        deliver(waiting.id, at=clock.now())
    row = Order.objects.get(case_id=second.id)
    assert row.state == "stuck"
    assert Task.objects.filter(case_id=second.id, title__startswith="Order this repair from Beckside").count() == 1
    assert len(twin.orders) == 1


def test_what_it_refuses_to_take_goes_to_a_person_and_then_to_another(
    ask: Callable[..., Case], twin: Twin, clock: Any
) -> None:
    case = ask()
    row = Order.objects.get()
    with pytest.raises(AlreadyOrdered):
        order_again(case.id, contractor="hilltop-roofing", by=SYSTEM, at=clock.now())
    twin.say(str(row.id), "refused", words="Too high for us")
    heard(clock)
    assert raise_all(at=clock.now()) == 1
    assert raise_all(at=clock.now()) == 0
    order_again(case.id, contractor="fairway-building", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    assert [one["contractor"] for one in twin.orders.values()] == ["hilltop-roofing", "fairway-building"]
    assert Promise.objects.filter(kind="appointment", state="running").count() == 1
    assert Task.objects.filter(case_id=case.id, title__contains="refused this").exists()


def test_taken_back_with_the_case_and_the_contractor_hears_it(ask: Callable[..., Case], twin: Twin, clock: Any) -> None:
    case = ask()
    withdraw_case(case.id, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    row = Order.objects.get()
    assert row.state == "cancelled"
    assert [one["kind"] for one in twin.orders[str(row.id)]["told"]] == ["cancelled"]
    twin.say(str(row.id), "done")
    assert heard(clock) == 0


def test_none_of_the_times_suits_and_others_are_asked_for(ask: Callable[..., Case], twin: Twin, clock: Any) -> None:
    ask()
    row = Order.objects.get()
    twin.say(str(row.id), "offered", offers=[window(clock)])
    heard(clock)
    none_suit(row.id, words="I work mornings", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    row.refresh_from_db()
    assert row.state == "accepted"
    assert [one["kind"] for one in twin.orders[str(row.id)]["told"]] == ["none_suit"]


def test_damp_starts_the_clocks_of_the_law_when_it_has_been_looked_into(
    ask: Callable[..., Case], twin: Twin, clock: Any
) -> None:
    case = ask("housing-damp-mould")
    row = Order.objects.get()
    assert (row.kind, row.contractor) == ("inspection", "damp-surveyors")
    clock.set("2026-03-16T11:00")  # the tenth working day
    twin.say(str(row.id), "inspected", hazard="significant", words="Black mould, cold wall")
    heard(clock)
    due = {p.kind: p.due_at.date().isoformat() for p in Promise.objects.filter(subject_id=case.id, state="running")}
    assert due["findings"] == "2026-03-19"
    assert due["safety_work"] == "2026-03-23"
    assert due["further_work"] == "2026-06-08"
    assert Promise.objects.get(subject_id=case.id, kind="complete").state == "met"
    safety = Order.objects.get(kind="safety")
    assert safety.what == "Black mould, cold wall"

    write_findings(case.id, text="Mould on the cold wall. We clean it and mend the gutter.", by=SYSTEM, at=clock.now())
    assert Promise.objects.get(kind="findings").state == "met"
    twin.say(str(safety.id), "follow_on", words="Insulate the wall")
    heard(clock)
    assert Promise.objects.get(kind="safety_work").state == "met"
    further = Order.objects.get(kind="further")
    twin.say(str(further.id), "done")
    heard(clock)
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "made-safe-and-cause-fixed")


def test_nothing_found_is_written_all_the_same(ask: Callable[..., Case], twin: Twin, clock: Any) -> None:
    case = ask("housing-damp-mould")
    twin.say(str(Order.objects.get().id), "inspected", hazard="none")
    heard(clock)
    running = set(Promise.objects.filter(subject_id=case.id, state="running").values_list("kind", flat=True))
    assert running == {"findings"}
    assert Order.objects.count() == 1
    with pytest.raises(ValueError, match="Write what was found"):
        write_findings(case.id, text=" ", by=SYSTEM, at=clock.now())
    write_findings(case.id, text="No hazard. Advice is with this.", nothing=True, by=SYSTEM, at=clock.now())
    case.refresh_from_db()
    assert (case.state, case.resolved) == ("closed", False)


def test_a_need_on_her_record_makes_it_sooner(ask: Callable[..., Case], twin: Twin, clock: Any) -> None:
    case = ask()
    assert not Order.objects.get().at_risk
    Need.objects.create(customer_id=case.customer_id, code="memory", since=clock.now())
    order_again(case.id, contractor="fairway-building", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    row = Order.objects.get(number=2)
    assert (row.at_risk, row.why_at_risk) == (True, "On the customer’s record: memory.")
    assert twin.orders[str(row.id)]["work"]["needs"] == ["Memory or understanding"]
    clock.advance(days=1, minutes=61)
    assert raise_all(at=clock.now()) == 1
    case.refresh_from_db()
    assert case.priority == "high"
    assert Task.objects.filter(case_id=case.id, team="head-of-repairs").count() == 1


EMAIL, PHONE = ("email", "rose@example.com"), ("phone", "07700 900007")


@pytest.mark.row("B6")
@pytest.mark.parametrize(("prefers", "points", "goes_by"), [
    ("none", [EMAIL, PHONE], ("email", "rose@example.com")),
    ("sms", [EMAIL, PHONE], ("email", "rose@example.com")),
    ("post", [EMAIL, PHONE], ("post", "Rose Atherton, 3 Beech Walk, Leeds, LS1 1UR")),
    ("none", [PHONE], ("post", "Rose Atherton, 3 Beech Walk, Leeds, LS1 1UR")),
])  # fmt: skip
def test_what_the_law_wants_in_writing_goes_whatever_she_chose(
    ask: Callable[..., Case], twin: Twin, clock: Any, prefers: str, points: Any, goes_by: tuple[str, str]
) -> None:
    rose = create_customer(
        given_name="Rose", family_name="Atherton", preferred_channel=prefers, contact_points=points,
        address_text="3 Beech Walk, Leeds, LS1 1UR", by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    case = ask("housing-damp-mould")
    Case.objects.filter(id=case.id).update(customer_id=rose.id, track_email="")
    twin.say(str(Order.objects.get().id), "inspected", hazard="significant", words="Black mould")
    heard(clock)
    before = Message.objects.count()
    write_findings(case.id, text="Mould on the cold wall. We clean it by Monday.", by=SYSTEM, at=clock.now())
    heard(clock)
    sent = Message.objects.order_by("created_at", "id")[before:]
    assert [(one.template, one.channel, one.to) for one in sent] == [("repair-findings", *goes_by)]
    assert "Mould on the cold wall" in sent[0].body
    assert Promise.objects.get(kind="findings").state == "met"


def test_findings_that_would_reach_nobody_are_not_taken_for_sent(
    ask: Callable[..., Case], twin: Twin, clock: Any
) -> None:
    case = ask("housing-damp-mould")
    Case.objects.filter(id=case.id).update(customer_id=None, track_email="", place_text="")
    twin.say(str(Order.objects.get().id), "inspected", hazard="none")
    heard(clock)
    with pytest.raises(ValueError, match="This would reach nobody"):
        write_findings(case.id, text="No hazard.", nothing=True, by=SYSTEM, at=clock.now())
    assert Promise.objects.get(kind="findings").state == "running"
    case.refresh_from_db()
    assert case.state == "open"
