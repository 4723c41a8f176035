"""Visits from the door to the desk: in order, on the clock, called, handed on, gone; on a real database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from moothall.bookings.models import Booking
from moothall.contacts.models import Contact, Matter
from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, SYSTEM, Actor
from moothall.core.ids import new_id
from moothall.core.jobs import drain
from moothall.core.models import Event
from moothall.core.zone import council_date
from moothall.intake.desk_actions import wrap_up
from moothall.notifications.models import Message
from moothall.promises.models import Promise
from moothall.reception import actions
from moothall.reception.actions import Arrival, NotSo, Ticket, arrive, begin_duty
from moothall.reception.jobs import forget
from moothall.reception.models import AskState, Duty, ExpertAsk, Visit
from moothall.reception.queries import board, called_now, places_here, visit_of_contact
from moothall.reception.queries.standing import waiter_of
from moothall.reception.rules import Told, in_order, replay
from tests.conftest import MovableClock
from tests.reception.conftest import CENTRE

pytestmark = [pytest.mark.django_db]
Comes = Callable[..., Ticket]


def promise_of(ticket: Ticket) -> Promise:
    visit = Visit.objects.get(id=ticket.visit_id)
    return Promise.objects.get(subject_id=visit.contact_id, kind="visit_seen")


def test_seen_within_ten_minutes_keeps_the_promise(comes: Comes, ravi: Actor, clock: MovableClock) -> None:
    ticket = comes(service="missed-bin", about="Bin not emptied")
    assert (ticket.ticket, ticket.place.ahead, ticket.place.seconds) == ("A1", 0, 0)
    assert promise_of(ticket).due_at == clock.now() + timedelta(minutes=10)
    clock.advance(minutes=4)
    called = actions.call_next(by=ravi, at=clock.now())
    assert called is not None
    assert (called.ticket, called.desk) == ("A1", "1")
    clock.advance(seconds=30)
    visit = actions.serve(called.id, by=ravi, at=clock.now())
    contact = Contact.objects.get(id=visit.contact_id)
    assert (contact.staff_id, contact.channel, contact.note) == (ravi.id, "counter", "Bin not emptied")
    assert contact.answered_at is not None
    assert contact.answered_at - contact.received_at == timedelta(seconds=270)
    assert [m.service for m in Matter.objects.filter(contact=contact)] == ["missed-bin"]
    kept = promise_of(ticket)
    assert kept.state == "met"
    assert kept.ended_at == clock.now()


def test_the_second_press_calls_nobody_further(comes: Comes, ravi: Actor, clock: MovableClock) -> None:
    first, second = comes(), comes()
    assert actions.call_next(by=ravi, at=clock.now()).id == first.visit_id  # type: ignore[union-attr]
    again = actions.call_next(by=ravi, at=clock.now())
    assert again is not None
    assert (again.id, again.calls) == (first.visit_id, 2)
    actions.serve(first.visit_id, by=ravi, at=clock.now())
    assert actions.call_next(by=ravi, at=clock.now()).id == second.visit_id  # type: ignore[union-attr]


def test_a_need_and_an_appointment_have_their_turn(comes: Comes, ravi: Actor, clock: MovableClock) -> None:
    plain = comes()
    clock.advance(minutes=1)
    wheels = comes(needs=("wheelchair",))
    clock.advance(minutes=1)
    booking = appointment(clock.now() + timedelta(minutes=3))
    booked = comes(booking_id=booking.id, queue="general")
    order = in_order(waiter_of(row) for row in Visit.objects.all())
    assert [one.id for one in order] == [booked.visit_id, wheels.visit_id, plain.visit_id]
    booking.refresh_from_db()
    assert booking.arrived_at == clock.now()
    again = comes(booking_id=booking.id, queue="general")  # said at the kiosk and to the host: one visit
    assert again.visit_id == booked.visit_id
    assert Visit.objects.count() == 3


def test_a_queue_with_a_skill_waits_for_who_has_it(
    comes: Comes, ravi: Actor, janet: Actor, clock: MovableClock
) -> None:
    ticket = comes(service="housing-benefit-change")
    assert (ticket.ticket, ticket.place.seconds) == ("B1", None)
    assert actions.call_next(by=ravi, at=clock.now()) is None
    actions.begin_duty(centre=CENTRE, desk="2", skills=["benefits"], by=janet, at=clock.now())
    assert places_here(CENTRE, at=clock.now())[ticket.visit_id].seconds == 0
    assert actions.call_next(by=janet, at=clock.now()).id == ticket.visit_id  # type: ignore[union-attr]


def test_who_leaves_early_is_counted_and_no_promise_is_kept(comes: Comes, ravi: Actor, clock: MovableClock) -> None:
    ticket = comes(service="missed-bin")
    clock.advance(minutes=3)
    gone = actions.leave(ticket.visit_id, because="said_so", by=ravi, at=clock.now())
    left = Event.objects.get(name="visit.left")
    assert left.data["because"] == "said_so"
    assert left.data["waited"] == 180
    assert left.data["seen"] is False
    assert promise_of(ticket).state == "withdrawn"
    assert Contact.objects.get(id=gone.contact_id).state == "closed"
    assert Matter.objects.get(contact_id=gone.contact_id).outcome == "abandoned"
    assert board(CENTRE, visible_to=ravi, at=clock.now()).so_far.left == 1


def test_called_three_times_and_gone(comes: Comes, ravi: Actor, clock: MovableClock) -> None:
    ticket = comes()
    for calls in (1, 2, 3):
        called = actions.call_next(by=ravi, at=clock.now())
        assert called is not None
        assert called.calls == calls
        clock.advance(minutes=1)
        visit = actions.not_there(ticket.visit_id, by=ravi, at=clock.now())
        assert visit.state == ("left" if calls == 3 else "waiting")
    assert visit.ended_because == "did_not_come"


def test_who_does_not_come_is_called_again_after_the_next_and_nobody_waits_behind_an_empty_chair(
    comes: Comes, ravi: Actor, clock: MovableClock
) -> None:
    tickets = []
    for _ in range(3):
        tickets.append(comes())
        clock.advance(seconds=20)
    called = []
    for _ in range(4):
        row = actions.call_next(by=ravi, at=clock.now())
        assert row is not None
        called.append(row.ticket)
        clock.advance(seconds=30)
        if row.ticket == "A3":
            actions.serve(row.id, by=ravi, at=clock.now())
        else:
            actions.not_there(row.id, by=ravi, at=clock.now())
        told = [(one.id, one.number) for one in replay(told_by_events())]
        rows = Visit.objects.filter(state="waiting")
        assert told == [(one.id, one.number) for one in in_order(waiter_of(row) for row in rows)]
    assert called == ["A1", "A2", "A1", "A3"]


def test_the_expert_is_called_in_and_nothing_is_asked_twice(
    comes: Comes, ravi: Actor, janet: Actor, clock: MovableClock
) -> None:
    ticket = comes(about="My hours changed")
    visit = actions.serve(ticket.visit_id, by=ravi, at=clock.now())
    ask = actions.ask_expert(visit.id, skill="benefits", by=ravi, at=clock.now())
    assert actions.ask_expert(visit.id, skill="benefits", by=ravi, at=clock.now()).id == ask.id
    with pytest.raises(NotSo):
        actions.take_over(visit.id, by=janet, at=clock.now())
    clock.advance(seconds=20)
    actions.answer_ask(ask.id, comes=True, by=janet, at=clock.now())
    actions.take_over(visit.id, by=janet, at=clock.now())
    contact = Contact.objects.get(id=visit.contact_id)
    assert (contact.staff_id, contact.note) == (janet.id, "My hours changed")
    assert visit_of_contact(contact.id, visible_to=janet, at=clock.now()).staff == "Janet Hirst"  # type: ignore[union-attr]
    wrap_up(contact.id, cause="new", note="", by=janet, at=clock.now())
    visit.refresh_from_db()
    assert visit.state == "done"
    ended = Event.objects.get(name="visit.ended")
    assert ended.data["expert"] is True
    assert ended.data["handed"] == 1


def test_when_all_experts_are_busy_the_desk_is_told(
    comes: Comes, ravi: Actor, janet: Actor, clock: MovableClock
) -> None:
    visit = actions.serve(comes().visit_id, by=ravi, at=clock.now())
    ask = actions.ask_expert(visit.id, skill="benefits", by=ravi, at=clock.now())
    actions.answer_ask(ask.id, comes=False, by=janet, at=clock.now())
    assert ExpertAsk.objects.get().state == AskState.NOBODY
    actions.stop_asking(visit.id, by=ravi, at=clock.now())
    with pytest.raises(NotSo, match="Nobody with this skill"):
        actions.ask_expert(visit.id, skill="benefits", by=ravi, at=clock.now())
    clock.advance(minutes=11)
    assert actions.ask_expert(visit.id, skill="benefits", by=ravi, at=clock.now()).state == AskState.RINGING


def test_handed_on_with_what_was_said_and_before_whoever_came_later(
    comes: Comes, ravi: Actor, janet: Actor, clock: MovableClock
) -> None:
    first = comes()
    clock.advance(minutes=2)
    comes(service="housing-benefit-change")
    visit = actions.serve(first.visit_id, by=ravi, at=clock.now())
    with pytest.raises(NotSo):
        actions.hand_on(visit.id, queue="benefits", so_far=" ", by=ravi, at=clock.now())
    actions.hand_on(visit.id, queue="benefits", so_far="Identity seen, payslips copied.", by=ravi, at=clock.now())
    actions.begin_duty(centre=CENTRE, desk="2", skills=["benefits"], by=janet, at=clock.now())
    called = actions.call_next(by=janet, at=clock.now())
    assert called is not None
    assert (called.id, called.ticket, called.about) == (
        first.visit_id,
        "A1",
        "Identity seen, payslips copied.",
    )
    actions.serve(called.id, by=janet, at=clock.now())
    assert Contact.objects.get(id=called.contact_id).staff_id == janet.id
    assert Contact.objects.count() == 2


def test_by_text_for_who_does_not_hear_or_see(comes: Comes, ravi: Actor, clock: MovableClock) -> None:
    with pytest.raises(NotSo, match="mobile"):
        comes(call_by="text")
    comes(), comes()
    third = comes(call_by="text", phone="+447700900123")
    blind = comes(needs=("sight-loss",), find_by="by the window")
    drain()
    for _ in range(2):
        called = actions.call_next(by=ravi, at=clock.now())
        assert called is not None
        actions.serve(called.id, by=ravi, at=clock.now())
        wrap_up(called.contact_id, cause="new", note="", by=ravi, at=clock.now())
        drain()
    assert actions.call_next(by=ravi, at=clock.now()).id == third.visit_id  # type: ignore[union-attr]
    drain()
    sent = [(m.template, m.to) for m in Message.objects.order_by("created_at", "id")]
    assert sent == [(f"visit-{what}", "+447700900123") for what in ("ticket", "nearly", "called")]
    assert "Desk 1" in Message.objects.get(template="visit-called").body
    assert Visit.objects.get(id=blind.visit_id).call_by == "staff"
    actions.serve(third.visit_id, by=ravi, at=clock.now())
    wrap_up(Visit.objects.get(id=third.visit_id).contact_id, cause="new", note="", by=ravi, at=clock.now())
    actions.call_next(by=ravi, at=clock.now())
    assert blind.visit_id not in [one.id for one in called_now(CENTRE, at=clock.now())[0]]


def test_an_interpreter_is_found(comes: Comes, ravi: Actor, clock: MovableClock) -> None:
    ticket = comes(language="pl")
    assert Visit.objects.get().interpreter == "wanted"
    actions.interpret(ticket.visit_id, language="pl", how="phone", by=ravi, at=clock.now())
    told = Event.objects.get(name="visit.interpreted")
    assert (told.data["language"], told.data["how"]) == ("pl", "phone")


def test_the_room_sees_no_name_but_one_that_was_chosen(comes: Comes, ravi: Actor, clock: MovableClock) -> None:
    chosen = comes(shown_as="Amina")
    comes(about="private words")
    actions.call_next(by=ravi, at=clock.now())
    shown, waiting, _ = called_now(CENTRE, at=clock.now())
    assert [(one.id, one.shown, one.desk) for one in shown] == [(chosen.visit_id, "Amina", "Desk 1")]
    assert waiting == 1


def test_who_may(comes: Comes, member: Callable[..., Actor], clock: MovableClock) -> None:
    crew = member("field-worker", name="Sam Dyer")
    ticket = comes()
    for tried in (
        lambda: arrive(Arrival(CENTRE), by=crew, at=clock.now()),
        lambda: arrive(Arrival(CENTRE), by=ANONYMOUS, at=clock.now()),
        lambda: actions.leave(ticket.visit_id, because="said_so", by=crew, at=clock.now()),
        lambda: actions.begin_duty(centre=CENTRE, desk="3", by=crew, at=clock.now()),
        lambda: actions.call_next(by=crew, at=clock.now()),
        lambda: board(CENTRE, visible_to=crew, at=clock.now()),
    ):
        with pytest.raises(Refused):
            tried()
    assert arrive(Arrival(CENTRE, how="kiosk"), by=ANONYMOUS, at=clock.now()).ticket == "A2"


def test_names_and_numbers_go_with_the_day(comes: Comes, ravi: Actor, clock: MovableClock) -> None:
    comes(shown_as="Amina", phone="+447700900123", about="words", find_by="red coat")
    actions.leave(Visit.objects.get().id, because="said_so", by=ravi, at=clock.now())
    assert actions.forget_yesterday(at=clock.now()) == 0
    clock.advance(days=1)
    assert actions.forget_yesterday(at=clock.now()) == 1
    visit = Visit.objects.get()
    assert (visit.shown_as, visit.phone, visit.about, visit.find_by, visit.ticket) == ("", "", "", "", "A1")


def test_who_was_not_counted_out_does_not_wait_on_in_the_morning(
    comes: Comes, ravi: Actor, janet: Actor, clock: MovableClock
) -> None:
    """Waiting, called and at a desk when the centre closed: nobody is before the first of the next day, no desk is taken."""
    first, _, _ = comes(), comes(), comes(service="housing-benefit-change")
    actions.call_next(by=ravi, at=clock.now())
    actions.serve(first.visit_id, by=ravi, at=clock.now())
    came = clock.now()
    assert actions.close_yesterday(at=clock.now()) == 0
    clock.advance(days=1, hours=-8)
    forget()
    forget()
    visits = {row.ticket: row for row in Visit.objects.all()}
    assert {name: (row.state, row.ended_because) for name, row in visits.items()} == {
        "A1": ("done", "closed"), "A2": ("left", "closed"), "B1": ("left", "closed"),
    }  # fmt: skip
    closing = {row.ended_at for row in visits.values() if row.ended_at}
    assert len(closing) == 1, "as of when the centre closed, once"
    assert council_date(closing.pop()) == council_date(came)
    assert Contact.objects.get(id=visits["A2"].contact_id).state == "closed"
    assert Contact.objects.get(id=visits["A1"].contact_id).state == "open", "hers to wrap up"
    assert not Duty.objects.filter(ended_at=None).exists()
    clock.advance(hours=8)
    begin_duty(centre=CENTRE, desk="1", by=janet, at=clock.now())
    assert comes().place.ahead == 0
    wrap_up(visits["A1"].contact_id, cause="new", note="", by=ravi, at=clock.now())
    assert Visit.objects.get(ticket="A1", day=council_date(came)).state == "done"


def test_the_board_costs_the_same_whatever_it_shows(
    comes: Comes, ravi: Actor, clock: MovableClock, django_assert_num_queries: Any
) -> None:
    comes()
    with django_assert_num_queries(3):
        called_now(CENTRE, at=clock.now())
    counted = len_of_board(ravi, clock)
    for _ in range(12):
        comes()
    actions.call_next(by=ravi, at=clock.now())
    with django_assert_num_queries(3):
        called_now(CENTRE, at=clock.now())
    assert len_of_board(ravi, clock) - counted <= 1  # the name of who called


def len_of_board(actor: Actor, clock: MovableClock) -> int:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        board(CENTRE, visible_to=actor, at=clock.now())
    return len(caught)


def appointment(starts_at: datetime) -> Booking:
    return Booking.objects.create(
        reference=f"T{new_id().hex[:7].upper()}", state="confirmed", bookable="benefit-appointment", site="central-office",
        resource="benefits-hirst", service="benefit-appointment", starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=40), for_kind="staff", for_id=new_id(), held_at=starts_at,
    )  # fmt: skip


def told_by_events() -> list[Told]:
    rows = Event.objects.filter(subject_kind="visit").order_by("occurred_at", "id")
    return [
        Told(
            row.name, row.subject_id, row.occurred_at, row.data["queue"],  # type: ignore[arg-type]
            datetime.fromisoformat(row.data["turn_at"]) if row.data.get("turn_at") else None, row.data.get("number", 0),
        )
        for row in rows
    ]  # fmt: skip


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_fifty_arrivals_in_one_minute_stand_right_to_the_second(
    council: Any, ravi: Actor, janet: Actor, clock: MovableClock
) -> None:
    """Eight doors at once: numbers without gaps or doubles, order as events tell it, places as they were told."""
    start = clock.now()

    def one(n: int) -> Ticket:
        try:
            needs = ("wheelchair",) if n % 10 == 7 else ()
            service = "housing-benefit-change" if n % 3 == 0 else ""
            at = start + timedelta(seconds=n * 60 / 50)
            return arrive(Arrival(CENTRE, key=f"door:{n}", service=service, needs=needs), by=SYSTEM, at=at)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as doors:
        tickets = list(doors.map(one, range(50)))
    clock.advance(minutes=1)
    by_letter: dict[str, list[int]] = {"A": [], "B": []}
    for ticket in tickets:
        by_letter[ticket.ticket[0]].append(int(ticket.ticket[1:]))
    assert sorted(by_letter["A"]) == list(range(1, 34))
    assert sorted(by_letter["B"]) == list(range(1, 18))
    rows = list(Visit.objects.all())
    assert in_order(waiter_of(row) for row in rows) == replay(told_by_events())
    for letter in "AB":  # no number was given out of the order of arrival
        queue = sorted((row for row in rows if row.ticket[0] == letter), key=lambda row: row.number)
        assert [row.arrived_at for row in queue] == sorted(row.arrived_at for row in queue)
    _as_told(tickets, rows)
    shown = {one.id: one.waited for one in board(CENTRE, visible_to=ravi, at=clock.now()).waiting}
    assert shown == {row.id: clock.now() - row.arrived_at for row in rows}
    assert Promise.objects.filter(kind="visit_seen").count() == 50
    _everybody_is_called_in_turn(ravi, clock)


def _as_told(tickets: list[Ticket], rows: list[Visit]) -> None:
    """The place each was told is the place the events put them in, at that moment."""
    told, known = told_by_events(), {row.id: row for row in rows}
    for ticket in tickets:
        upto = next(n for n, one in enumerate(told) if one.visit_id == ticket.visit_id)
        before = [one for one in replay(told[: upto + 1]) if one.queue == known[ticket.visit_id].queue]
        assert ticket.place.ahead == [one.id for one in before].index(ticket.visit_id)


def _everybody_is_called_in_turn(ravi: Actor, clock: MovableClock) -> None:
    expected = [one.id for one in replay(told_by_events()) if one.queue != "benefits"]
    called = []
    while (visit := actions.call_next(by=ravi, at=clock.now())) is not None:
        called.append(visit.id)
        actions.serve(visit.id, by=ravi, at=clock.now())
        wrap_up(visit.contact_id, cause="new", note="", by=ravi, at=clock.now())
        clock.advance(seconds=1)
    assert called == expected
    assert {one.queue for one in replay(told_by_events())} == {"benefits"}
