"""A day's news: the first at once, the rest in one message; what was overtaken is not told any more."""

from datetime import timedelta

import pytest

from moothall.cases import actions as cases
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.customers import actions as customers
from moothall.notifications.actions.gathering import gather, gather_forgotten
from moothall.notifications.models import Message
from tests.notifications.conftest import opened, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
TO = "amina.dunn@example.org"


def moves(clock, case, status: str) -> None:
    clock.advance(timedelta(minutes=5))
    cases.set_status(case.id, status=status, by=SYSTEM, at=clock.now())
    jobs.drain()


def news() -> list[tuple[str, str]]:
    rows = Message.objects.filter(template__in=["case-progress", "news-together"]).order_by("created_at", "id")
    return [(row.template, row.state) for row in rows]


def test_the_first_news_of_a_day_goes_at_once_and_the_rest_in_one_message(clock, mrs_dunn):
    first, second = opened(clock, mrs_dunn.id), opened(clock, mrs_dunn.id, service="pothole")
    moves(clock, first, "in_progress")
    assert news() == [("case-progress", "sent")]
    moves(clock, second, "in_progress")
    moves(clock, first, "booked")
    assert news() == [("case-progress", "sent"), ("case-progress", "held"), ("case-progress", "held")]
    clock.advance(timedelta(hours=9))
    jobs.drain()
    assert news() == [
        ("case-progress", "sent"),
        ("case-progress", "told"),
        ("case-progress", "told"),
        ("news-together", "sent"),
    ]
    told = Message.objects.get(template="news-together")
    assert told.values["count"] == "2"
    assert "Report a pothole" in told.body
    assert told.case_id is None
    assert set(Message.objects.filter(told_in=told).values_list("case_id", flat=True)) == {first.id, second.id}
    assert gather(TO, "email", at=clock.now()) == [], "nothing is told twice"


def test_two_people_with_one_address_are_told_each_her_own(clock, mrs_dunn):
    other = person(clock, given_name="Brid", contact_points=[("email", TO)])
    for one in (mrs_dunn, other):
        case = opened(clock, one.id)
        for status in ("in_progress", "booked", "in_progress"):
            moves(clock, case, status)
    clock.advance(timedelta(hours=9))
    jobs.drain()
    together = Message.objects.filter(template="news-together")
    assert {row.customer_id for row in together} == {mrs_dunn.id, other.id}
    for row in together:
        assert {told.customer_id for told in row.tells.all()} == {row.customer_id}


def test_one_piece_that_waited_goes_as_it_is(clock, mrs_dunn):
    case = opened(clock, mrs_dunn.id)
    moves(clock, case, "in_progress")
    moves(clock, case, "booked")
    clock.advance(timedelta(hours=9))
    jobs.drain()
    assert news() == [("case-progress", "sent"), ("case-progress", "sent")]


def test_news_that_was_overtaken_is_not_told(clock, mrs_dunn):
    case = opened(clock, mrs_dunn.id)
    moves(clock, case, "in_progress")
    moves(clock, case, "booked")
    clock.advance(timedelta(minutes=5))
    cases.close_case(case.id, outcome="done", resolved=True, by=SYSTEM, at=clock.now())
    jobs.drain()
    clock.advance(timedelta(hours=9))
    jobs.drain()
    assert news() == [("case-progress", "sent"), ("case-progress", "told")]
    assert Message.objects.get(state="told").told_in == Message.objects.get(template="case-closed-done")


def test_after_the_hour_it_waits_for_the_next_day_and_the_sweep_finds_what_no_job_told(clock, mrs_dunn):
    clock.advance(timedelta(hours=8))
    case = opened(clock, mrs_dunn.id)
    moves(clock, case, "in_progress")
    moves(clock, case, "booked")
    held = Message.objects.get(state="held")
    assert held.send_after - held.created_at > timedelta(hours=12)
    assert gather_forgotten(clock.now()) == 0
    clock.advance(timedelta(days=1))
    assert gather_forgotten(clock.now()) == 1


def test_what_must_be_said_at_once_never_waits(clock, mrs_dunn):
    for _ in range(3):
        opened(clock, mrs_dunn.id)
    jobs.drain()
    assert {row.state for row in Message.objects.all()} == {"sent"}


def test_why_it_went_as_it_went_is_kept_with_it(clock, mrs_dunn):
    customers.change_customer(
        customer_id=mrs_dunn.id,
        changes={"preferred_channel": "sms", "preferred_format": "large-print"},
        by=SYSTEM,
        at=clock.now(),
    )
    opened(clock, mrs_dunn.id)
    jobs.drain()
    message = Message.objects.get()
    assert (message.channel, message.format) == ("email", "large-print")
    said = [one["says"] for one in message.reasons]
    assert "By email, which can carry what they need: large print." in said
    assert "Large print, as they chose." in said
