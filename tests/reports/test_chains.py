"""Reports joined to one another, however often, closed, opened and parted again: each hears once, and of the right one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.cases.actions import close_case, merge_case, reopen_case, set_status, split_case, withdraw_case
from moothall.cases.models import Case
from moothall.cases.queries import cases_under, joined_chain
from moothall.core import jobs
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.references import show_reference
from moothall.notifications.models import Message
from moothall.reports.actions import follow, prove_follower, stop_following
from moothall.reports.actions.following import stop_token
from moothall.reports.actions.forgetting import forget_followers
from moothall.reports.models import Follower, Report
from moothall.reports.queries import street_side

pytestmark = pytest.mark.django_db
Make = Callable[..., Case]


def prove(row: Follower, clock: Any) -> None:
    assert prove_follower(row.id, stop_token(row.id), at=clock.now())


class Street:
    """Some reports, who follows each, and the few things that can happen; time goes on with each."""

    def __init__(self, make: Make, clock: Any, count: int, *, work: bool = True) -> None:
        self.clock, self.work = clock, work
        self.cases = [make(53.8 + n / 1e6, -1.55, email=f"maker{n}@example.org") for n in range(count)]
        for n, case in enumerate(self.cases):
            prove(follow(case.id, address=f"p{n}@example.com", by=ANONYMOUS, at=clock.now()), clock)
        self.go_on()

    def go_on(self) -> None:
        if self.work:
            jobs.drain(at=self.clock.now())
        self.clock.advance(minutes=1)

    def join(self, one: int, into: int) -> None:
        merge_case(self.cases[one].id, into=self.cases[into].id, by=SYSTEM, at=self.clock.now())
        self.go_on()

    def part(self, one: int) -> None:
        split_case(self.cases[one].id, by=SYSTEM, at=self.clock.now())
        self.go_on()

    def close(self, one: int) -> None:
        close_case(self.cases[one].id, outcome="repaired", resolved=True, by=SYSTEM, at=self.clock.now())
        self.go_on()

    def reopen(self, one: int) -> None:
        reopen_case(self.cases[one].id, reason="not_done", by=SYSTEM, at=self.clock.now())
        self.go_on()

    def progress(self, one: int, status: str = "in_progress") -> None:
        set_status(self.cases[one].id, status=status, by=SYSTEM, at=self.clock.now())
        self.go_on()

    def heard(self, kind: str, to: str = "") -> list[tuple[str, int]]:
        """Who was told what of which report, in the order of their addresses."""
        names = {show_reference(case.reference): n for n, case in enumerate(self.cases)}
        rows = Message.objects.filter(template=kind).order_by("to", "created_at", "id")
        rows = rows.filter(to=to) if to else rows
        return [
            (m.to.partition("@")[0], names[re.findall(r"/reports/(\w{4}-\w{4})", m.body.replace("\\", ""))[0]])
            for m in rows
        ]

    def followers(self) -> list[int]:
        return [Report.objects.get(case_id=case.id).followers for case in self.cases]


@pytest.fixture
def street(report: Make, clock: Any) -> Callable[..., Street]:
    return lambda count=3, **more: Street(report, clock, count, **more)


@pytest.fixture
def made(street: Callable[..., Street]) -> Street:
    """Four reports, each followed by one."""
    return street(4)


@pytest.mark.long
def test_down_a_chain_each_hears_of_the_last_and_on_parting_of_what_she_follows(street: Callable[..., Street]) -> None:
    here = street()
    here.join(0, 1)
    here.join(1, 2)
    assert here.heard("follow-joined") == [("p0", 1), ("p0", 2), ("p1", 2)]
    assert here.followers() == [1, 2, 3]
    here.progress(2)
    assert here.heard("follow-progress") == [("p0", 2), ("p1", 2), ("p2", 2)]
    here.part(1)
    assert here.heard("follow-parted") == [("p0", 1), ("p1", 1)], "what was joined to it first goes with it"
    assert here.followers() == [1, 2, 1]
    here.close(2)
    assert here.heard("follow-closed") == [("p2", 2)]
    here.close(1)
    assert here.heard("follow-closed") == [("p0", 1), ("p1", 1), ("p2", 2)]
    here.part(0)
    assert here.heard("follow-parted")[0:2] == [("p0", 1), ("p0", 0)]
    here.close(0)
    assert here.heard("follow-closed")[0:2] == [("p0", 1), ("p0", 0)]
    assert here.followers() == [1, 1, 1]


def test_parted_from_the_middle_of_a_chain_the_rest_stays(street: Callable[..., Street]) -> None:
    here = street()
    here.join(0, 1)
    here.join(1, 2)
    here.part(0)
    here.close(2)
    assert here.heard("follow-closed") == [("p1", 2), ("p2", 2)]
    here.reopen(2)
    assert here.heard("follow-reopened") == [("p1", 2), ("p2", 2)]
    here.join(0, 2)
    here.close(2)
    assert here.heard("follow-closed") == [("p0", 2), ("p1", 2), ("p1", 2), ("p2", 2), ("p2", 2)]


def test_who_follows_several_of_one_thing_hears_once_and_keeps_what_she_follows_herself(
    street: Callable[..., Street], clock: Any
) -> None:
    here = street()
    for case in here.cases[:2]:
        prove(follow(case.id, address="both@example.com", by=ANONYMOUS, at=clock.now()), clock)
    here.join(0, 2)
    here.join(1, 2)
    here.progress(2)
    assert here.heard("follow-progress", "both@example.com") == [("both", 2)]
    assert here.followers() == [2, 2, 4]
    here.part(0)
    here.close(2)
    assert here.heard("follow-closed", "both@example.com") == [("both", 2)], "she follows the other still"
    here.close(0)
    assert here.heard("follow-closed", "both@example.com") == [("both", 2), ("both", 0)]


@pytest.mark.long
@pytest.mark.parametrize("whose", [0, 1, 2])
def test_who_stops_by_any_link_down_the_chain_hears_no_more_of_any(
    street: Callable[..., Street], clock: Any, whose: int
) -> None:
    here = street()
    rows = [follow(case.id, address="done@example.com", by=ANONYMOUS, at=clock.now()) for case in here.cases]
    for row in rows:
        prove(row, clock)
    here.join(0, 1)
    here.join(1, 2)
    assert stop_following(rows[whose].id, stop_token(rows[whose].id), at=clock.now())
    here.part(1)
    for n in (0, 1, 2):
        if n:
            here.close(n)
    assert not Message.objects.filter(to="done@example.com", template__in=["follow-closed", "follow-parted"]).exists()
    assert here.followers() == [1, 2, 1]


def test_what_happened_before_it_was_joined_is_not_news_to_who_came_with_it(
    street: Callable[..., Street], clock: Any
) -> None:
    here = street(2, work=False)
    here.progress(1)
    here.join(0, 1)
    jobs.drain(at=clock.now())
    assert here.heard("follow-progress") == [("p1", 1)]
    assert here.heard("follow-joined") == [("p0", 1)]


def test_joined_on_before_anything_was_sent_each_hears_once_of_the_last(
    street: Callable[..., Street], clock: Any
) -> None:
    here = street(work=False)
    here.join(0, 1)
    here.join(1, 2)
    jobs.drain(at=clock.now())
    assert here.heard("follow-joined") == [("p0", 2), ("p1", 2)]
    here.part(1)
    here.join(1, 2)
    jobs.drain(at=clock.now())
    assert here.heard("follow-parted") == [], "it was of one with it again by then"
    own = Message.objects.filter(template="follow-joined", to="p0@example.com").order_by("created_at").first()
    assert own is not None
    assert show_reference(here.cases[0].reference) in own.body.replace("\\", ""), "her own number, not that between"


def test_who_reported_hears_of_end_and_reopening_through_every_joining(street: Callable[..., Street]) -> None:
    here = street()
    here.join(0, 1)
    here.join(1, 2)
    here.close(2)
    here.reopen(2)
    here.part(1)
    for template, most in (("case-closed-done", 1), ("case-reopened", 2)):
        told = list(Message.objects.filter(template=template).order_by("to").values_list("to", flat=True))
        assert sorted(set(told)) == [f"maker{n}@example.org" for n in range(3)]
        assert max(told.count(one) for one in told) == most


def test_taken_back_by_one_the_others_hear_that_it_is_over(street: Callable[..., Street], clock: Any) -> None:
    here = street()
    here.join(0, 1)
    here.join(1, 2)
    withdraw_case(here.cases[2].id, by=SYSTEM, at=clock.now())
    here.go_on()
    told = Message.objects.filter(template__in=["case-withdrawn", "case-closed-not-done"]).order_by("to")
    assert [(m.to.partition("@")[0], m.template) for m in told] == [
        ("maker0", "case-closed-not-done"), ("maker1", "case-closed-not-done"), ("maker2", "case-withdrawn"),
    ]  # fmt: skip
    assert here.heard("follow-closed") == [("p0", 2), ("p1", 2), ("p2", 2)]


@pytest.mark.parametrize(
    ("before", "join", "says"),
    [
        ([], (0, 0), "cannot be joined to itself"),
        ([("join", 0, 1)], (1, 0), "joined to this one already"),
        ([("join", 0, 1), ("join", 1, 2)], (2, 0), "joined to this one already"),
        ([("join", 0, 1)], (2, 0), "Join this one to {1} instead"),
        ([("join", 0, 1)], (0, 2), "This case is joined to {1} already. Take it out of that one first"),
        ([("close", 1)], (0, 1), "that one is closed: what is joined to it would never be done"),
        ([("close", 0)], (0, 1), "this one is closed. Open it again first"),
    ],
)
def test_what_would_go_round_or_end_nowhere_is_refused_in_words(
    street: Callable[..., Street], before: list[Any], join: tuple[int, int], says: str
) -> None:
    here = street()
    for what, *which in before:
        getattr(here, what)(*which)
    states = list(Case.objects.order_by("id").values_list("state", "joined_to_id"))
    words = says.format(*(show_reference(case.reference) for case in here.cases))
    with pytest.raises(ValueError, match=re.escape(words)):
        here.join(*join)
    assert list(Case.objects.order_by("id").values_list("state", "joined_to_id")) == states


def test_an_officer_sees_and_may_part_every_one_of_a_chain_on_the_page_of_the_last(
    street: Callable[..., Street], clock: Any
) -> None:
    here = street()
    here.join(0, 1)
    here.join(1, 2)
    ids = [case.id for case in here.cases]
    shown = [street_side(id_, visible_to=SYSTEM, at=clock.now()) for id_ in ids]
    assert [{one.case_id for one in side.joined} for side in shown if side] == [set(), {ids[0]}, {ids[0], ids[1]}]


def test_joined_twice_is_joined_once(street: Callable[..., Street]) -> None:
    here = street(2)
    here.join(0, 1)
    here.join(0, 1)
    assert here.heard("follow-joined") == [("p0", 1)]


def test_addresses_go_when_the_thing_is_over_and_not_before(street: Callable[..., Street], clock: Any) -> None:
    here = street()
    here.join(0, 1)
    gone = follow(here.cases[1].id, address="gone@example.com", by=ANONYMOUS, at=clock.now())
    stop_following(gone.id, stop_token(gone.id), at=clock.now())
    clock.advance(days=120)
    assert forget_followers(before=clock.now()) == 0, "it is worked on still, as the other"
    here.close(1)
    assert forget_followers(before=clock.now() + timedelta(days=1)) == 3, "who has stopped is forgotten too"
    assert list(Follower.objects.values_list("address", flat=True)) == ["p2@example.com"]
    assert here.followers() == [0, 0, 1]


STEPS = st.lists(
    st.tuples(st.sampled_from(["join", "join", "join", "part", "close", "reopen"]), st.integers(0, 3), st.integers(0, 3)),
    min_size=1, max_size=9,
)  # fmt: skip


class Model:
    """Who stands under whom, and what is closed: what the house should know, kept in a dozen lines."""

    def __init__(self, count: int) -> None:
        self.above: dict[int, int | None] = dict.fromkeys(range(count))
        self.closed: set[int] = set()

    def path(self, n: int | None) -> list[int]:
        return [] if n is None else [n, *self.path(self.above[n])]

    def under(self, n: int) -> list[int]:
        return [m for m in self.above if n in self.path(m)]

    def step(self, what: str, one: int, other: int) -> tuple[bool, str, int]:
        """Do it, if it may be done. Returns whether it may, what those under ``one`` are told, and of which report."""
        stands, over = self.above[one] is None, one in self.closed
        if what == "join":
            if self.above[one] == other:
                return True, "", one
            may = one != other and stands and self.above[other] is None and not self.closed & {one, other}
            self.above[one] = other if may else self.above[one]
            return may, "follow-joined" if may else "", other
        if what == "part":
            self.above[one] = None
            return not stands, "" if stands else "follow-parted", one
        if what == "close":
            self.closed |= {one} if stands else set()
            return True, "follow-closed" if stands and not over else "", one
        self.closed.discard(one)
        return True, "follow-reopened" if over else "", one


KINDS = ("follow-joined", "follow-parted", "follow-closed", "follow-reopened")


@pytest.mark.long
@given(steps=STEPS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_is_joined_parted_closed_and_opened_each_hears_once_of_what_is_worked_on(
    made: Street, steps: list[tuple[str, int, int]]
) -> None:
    before_all = transaction.savepoint()
    try:
        model, size = Model(4), len(made.cases)
        for what, one, other in steps:
            before = {kind: made.heard(kind) for kind in KINDS}
            under = [f"p{n}" for n in model.under(one)]
            may, kind, of = model.step(what, one, other)
            if may:
                getattr(made, what)(*((one, other) if what == "join" else (one,)))
            else:
                with pytest.raises(ValueError):  # noqa: PT011 - the words are told apart in another test
                    getattr(made, what)(*((one, other) if what == "join" else (one,)))
            for each in KINDS:
                told = sorted(_minus(made.heard(each), before[each]))
                assert told == ([(who, of) for who in under] if each == kind else []), (each, what, one, other)
            assert made.followers() == [len(model.under(n)) for n in range(size)]
            for n, case in enumerate(made.cases):
                assert joined_chain(case.id) == [made.cases[m].id for m in model.path(n)]
                assert set(cases_under(case.id)) == {made.cases[m].id for m in model.under(n)}
    finally:
        transaction.savepoint_rollback(before_all)


def _minus(now: list[tuple[str, int]], before: list[tuple[str, int]]) -> list[tuple[str, int]]:
    left = list(now)
    for one in before:
        left.remove(one)
    return left
