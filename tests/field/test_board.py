"""The supervisor plans a day, sends it, moves a job by keyboard and puts right what goes wrong, moving nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given as generated
from hypothesis import settings as effort
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from moothall.core import clock as time
from moothall.core import jobs
from moothall.core.actors import SYSTEM, Actor
from moothall.core.models import Staff
from moothall.field.actions import CannotPlace, ask_for_plan, crew_off, give_job, plan_day, publish_day
from moothall.field.adapters.vroom import optimise
from moothall.field.models import Job
from moothall.field.planning.routes import insert, nearest_first, time_route
from moothall.field.planning.travel import Roads, kilometres, seconds_between, travel_square
from moothall.field.protocols import Shift, Stop
from moothall.field.queries import board
from tests.browser import goes_on, keys, looks_right, tab_to

from .conftest import Phone

MONDAY = date(2026, 3, 2)
points = st.tuples(st.floats(53.7, 53.9), st.floats(-1.7, -1.4))


def test_a_road_is_reckoned_as_we_say() -> None:
    a, b = (53.80, -1.55), (53.80, -1.50)
    assert 3.2 < kilometres(a, b) < 3.4
    assert seconds_between(a, b, Roads()) == pytest.approx((3 / 24 + (kilometres(a, b) * 1.3 - 3) / 40) * 3600 + 60, 1)
    assert seconds_between(a, a, Roads()) == 0


@generated(st.lists(points, min_size=1, max_size=14), st.integers(0, 3))
@effort(max_examples=25, deadline=None)
def test_a_plan_gives_every_job_to_one_crew_that_can_do_it_and_ends_in_time(
    places: list[tuple[float, float]], special: int
) -> None:
    shifts = [Shift((53.8, -1.55), 8 * 3600, 16 * 3600, 1800), Shift((53.75, -1.6), 8 * 3600, 12 * 3600)]
    stops = [
        Stop(place, 1200, frozenset({0}) if number == special else frozenset({0, 1}))
        for number, place in enumerate(places)
    ]
    travel = travel_square([*(one.at for one in shifts), *places], Roads())
    for made in (optimise(stops, shifts, travel, seconds=5), nearest_first(stops, shifts, travel)):
        placed = [one for route in made.routes for one, _ in route]
        assert sorted([*placed, *made.left]) == list(range(len(stops)))
        for crew, route in enumerate(made.routes):
            assert all(crew in stops[one].crews for one, _ in route)
            begins = [at for _, at in route]
            assert begins == sorted(begins)
            order = [one for one, _ in route]
            assert time_route(order, crew, stops, shifts, travel).back <= shifts[crew].ends + 1800


def test_one_more_goes_where_it_costs_least_and_behind_what_is_under_way() -> None:
    shifts = [Shift((53.80, -1.55), 8 * 3600, 16 * 3600), Shift((53.90, -1.40), 8 * 3600, 16 * 3600)]
    where = [(53.81, -1.55), (53.83, -1.55), (53.89, -1.40), (53.82, -1.55)]
    stops = [Stop(place, 600, frozenset({0, 1})) for place in where]
    travel = travel_square([*(one.at for one in shifts), *where], Roads())
    assert insert(3, [[0, 1], [2]], stops, shifts, travel) == (0, 1)
    assert insert(3, [[0, 1], [2]], stops, shifts, travel, behind=[2, 0]) == (0, 2)
    full = [Shift((53.80, -1.55), 8 * 3600, 8 * 3600 + 60), Shift((53.9, -1.4), 8 * 3600, 8 * 3600 + 60)]
    assert insert(3, [[], []], stops, full, travel) is None


@pytest.fixture
def week(raised: Callable[..., Job]) -> list[Job]:
    """Jobs for three crews, all over the place."""
    made = [raised("pothole", at=(53.79 + n * 0.006, -1.56 + n * 0.004), danger="no", depth="medium", injury="no")
            for n in range(5)]  # fmt: skip
    return [*made, raised("street-light", at=(53.80, -1.52), fault="out"), raised("tree-problem", danger="no")]


@pytest.mark.row("D14")
@pytest.mark.django_db
def test_a_day_is_planned_sent_and_replanned_moving_as_little_as_may_be(
    week: list[Job], phone: Callable[..., Phone], clock: Any
) -> None:
    clock.set("2026-03-02T07:00")
    run = plan_day(MONDAY, by=SYSTEM, at=time.now())
    assert (run.placed, run.left) == (7, 0)
    before = {job.id: job.crew for job in Job.objects.all()}
    assert before[week[5].id] == "lighting-1"
    assert set(before.values()) <= {"highways-1", "highways-2", "lighting-1", "trees-1"}
    publish_day(MONDAY, by=SYSTEM, at=time.now())
    busy = Job.objects.filter(service="pothole").values_list("crew", flat=True)
    off = max(set(busy), key=list(busy).count)
    other = ({"highways-1", "highways-2"} - {off}).pop()
    found = crew_off(off, MONDAY, reason="too-few", by=SYSTEM, at=time.now())
    assert (found.placed, found.left) == (list(busy).count(off), 0)
    for job in Job.objects.all():
        assert job.crew == (other if before[job.id] == off else before[job.id])
    orders = [job.place for job in Job.objects.filter(crew=other).order_by("place")]
    assert orders == list(range(1, len(orders) + 1))

    with pytest.raises(CannotPlace, match="cannot do this work"):
        give_job(week[5].id, crew=other, day=MONDAY, by=SYSTEM, at=time.now())
    with pytest.raises(CannotPlace, match="is off that day"):
        give_job(week[0].id, crew=off, day=MONDAY, by=SYSTEM, at=time.now())
    give_job(week[0].id, crew=other, day=MONDAY, place=1, by=SYSTEM, at=time.now())
    assert Job.objects.get(crew=other, place=1).id == week[0].id
    plan_day(MONDAY, by=SYSTEM, at=time.now())
    assert Job.objects.get(id=week[0].id).crew == other, "what a supervisor gave stays there"


@pytest.mark.django_db
def test_a_planning_that_never_ended_is_given_up_and_can_be_asked_for_again(council: Any, clock: Any) -> None:
    clock.set("2026-03-02T07:00")
    first = ask_for_plan(MONDAY, by=SYSTEM, at=time.now())
    assert ask_for_plan(MONDAY, by=SYSTEM, at=time.now()) == first
    assert board(MONDAY, visible_to=SYSTEM, at=time.now()).planning
    clock.advance(minutes=11)
    assert not board(MONDAY, visible_to=SYSTEM, at=time.now()).planning
    assert ask_for_plan(MONDAY, by=SYSTEM, at=time.now()) != first


@pytest.mark.django_db
def test_the_board_takes_the_same_queries_however_many_jobs(
    week: list[Job], member: Callable[..., Actor], council: Any, clock: Any
) -> None:
    boss = member("highway-inspectors", "field-supervisor")
    client = Client()
    client.force_login(Staff.objects.get(id=boss.id))

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get("/desk/crews/").status_code == 200
        return len(asked)

    count()
    few = count()
    plan_day(MONDAY, by=SYSTEM, at=time.now())
    assert count() == few
    with CaptureQueriesContext(connection) as asked:
        board(MONDAY, visible_to=boss, at=time.now())
    assert len(asked) == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.journey
@pytest.mark.long
def test_the_board_by_the_keyboard(
    week: list[Job], member: Callable[..., Actor], page: Page, live_server: Any, clock: Any,
    shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    boss = member("highway-inspectors", "field-supervisor")
    client = Client()
    client.force_login(Staff.objects.get(id=boss.id))
    cookie = client.cookies["moothall_session"].value
    page.context.add_cookies([{"name": "moothall_session", "value": cookie, "url": live_server.url}])
    page.goto("/desk/crews/")
    expect(page.get_by_role("heading", name="Waiting for a crew: 7")).to_be_visible()
    looks_right(page)
    shot(page, "1-waiting")
    tab_to(page, page.get_by_role("button", name="Plan the day"))
    with goes_on(page):
        keys(page, "Enter")
    expect(page.get_by_text("The day is being planned.")).to_be_visible()
    jobs.drain(at=time.now())
    with goes_on(page):
        page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("7 jobs with crews, 0 left")).to_be_visible()
    with goes_on(page):
        page.get_by_role("button", name="Send to devices").click()
    expect(page.get_by_text("Sent. The crews’ devices have their jobs")).to_be_visible()
    looks_right(page)
    shot(page, "2-planned")
    one = Job.objects.filter(service="pothole").order_by("crew", "place").first()
    assert one is not None
    other = "highways-2" if one.crew == "highways-1" else "highways-1"
    control = page.locator(f"#c-{one.id}")
    tab_to(page, control, most=200)
    control.select_option(other)
    page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("1")
    page.keyboard.press("Tab")
    with goes_on(page):
        page.keyboard.press("Enter")
    expect(page.get_by_text("Moved.")).to_be_visible()
    moved = Job.objects.get(id=one.id)
    assert (moved.crew, moved.place, moved.pinned) == (other, 1, True)
    page.goto("/desk/crews/devices")
    expect(page.get_by_text("No device yet")).to_be_visible()
    looks_right(page)
