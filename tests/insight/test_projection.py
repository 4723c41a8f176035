"""Read models from events: the same figures as counting by hand, however the feed is cut into windows."""

import itertools
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from moothall.core.actors import SYSTEM
from moothall.core.events import Happening, record
from moothall.insight import projection
from moothall.insight.models import CaseFact, PromiseFact
from moothall.insight.queries import breakdown, figures, live_record, popular_services

START = datetime(2026, 1, 10, 12, tzinfo=UTC)


def promise(name, subject, at, due, **more):
    data = {"kind": "complete", "standard": "bin.complete", "due_at": due.isoformat(), **more.pop("data", {})}
    return Happening(
        name, "promise", subject, at, service=more.get("service", "missed-bin"), channel="web", area="E1", data=data
    )


def write(*happenings):
    with transaction.atomic():
        record(happenings, by=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_a_promise_kept_one_late_and_one_overdue_are_one_in_three(clock):
    due = START + timedelta(days=2)
    kept, late, overdue = uuid4(), uuid4(), uuid4()
    write(*(promise("promise.made", p, START, due) for p in (kept, late, overdue)))
    write(promise("promise.met", kept, START, due, data={"on_time": True}))
    projection.catch_up()
    write(*(promise("promise.broken", p, due, due) for p in (late, overdue)))
    write(promise("promise.explained", late, due, due), promise("promise.met", late, due, due, data={"on_time": False}))
    projection.catch_up()
    [figure] = figures("promise", since=date(2026, 1, 1), until=date(2026, 1, 1), key="complete")
    assert (figure.count, figure.of) == (1, 3)
    [overdue_figure] = figures("overdue", since=date(2026, 1, 1), until=date(2026, 1, 1), key="complete")
    assert (overdue_figure.count, overdue_figure.of) == (1, 2)
    assert projection.catch_up() == 0  # nothing new, nothing done


@pytest.mark.django_db(transaction=True)
def test_a_joined_case_is_open_no_more_and_counts_as_no_closing_and_a_handed_over_promise_is_its_new_teams(clock):
    joined, done, due = uuid4(), uuid4(), START + timedelta(days=2)
    case = {"service": "missed-bin", "channel": "web", "team": "refuse"}
    opened = [Happening("case.opened", "case", c, START, case_id=c, **case) for c in (joined, done)]
    made = Happening(
        "promise.made",
        "promise",
        uuid4(),
        START,
        case_id=done,
        data={"due_at": due.isoformat(), "kind": "complete", "standard": "bin.complete"},
        **case,
    )
    write(*opened, made)
    projection.catch_up()
    over = {"resolved": True, "outcome": "emptied"}
    write(
        Happening("case.merged", "case", joined, START, case_id=joined, data={"into": str(done)}, **case),
        Happening("case.assigned", "case", done, START, case_id=done, **case | {"team": "streets"}),
        Happening("case.closed", "case", done, START + timedelta(days=1), case_id=done, data=over, **case),
    )
    projection.catch_up()
    fact = CaseFact.objects.get(case_id=joined)
    assert (fact.closed_at, fact.outcome, fact.resolved) == (START, "merged", None)
    [closed] = figures("closed", since=date(2026, 1, 1), until=date(2026, 1, 1))
    assert (closed.count, closed.of) == (1, 1)
    assert PromiseFact.objects.get(case_id=done).team == "streets"


@pytest.mark.django_db(transaction=True)
def test_the_promise_card_reads_last_month_and_says_nothing_of_fewer_than_five(clock):
    clock.set("2026-02-10T12:00")
    due = START + timedelta(days=2)
    for _ in range(4):
        write(promise("promise.made", uuid4(), START, due))
    projection.catch_up()
    for row in PromiseFact.objects.all():
        write(promise("promise.met", row.promise_id, START, due, data={"on_time": True}))
    projection.catch_up()
    record_ = live_record("missed-bin", at=clock.now())
    assert (record_.kept, record_.of, record_.in_100) == (4, 4, None)
    extra = uuid4()
    write(promise("promise.made", extra, START, due), promise("promise.broken", extra, due, due))
    projection.catch_up()
    assert live_record("missed-bin", at=clock.now()).in_100 == 80
    assert live_record("pothole", at=clock.now()) is None


@pytest.mark.django_db(transaction=True)
def test_popular_services_come_from_the_last_days_cases(clock):
    clock.set("2026-01-12T12:00")
    for service, n in (("pothole", 3), ("missed-bin", 5), ("old", 9)):
        at = START if service != "old" else START - timedelta(days=30)
        for _ in range(n):
            case = uuid4()
            write(Happening("case.opened", "case", case, at, case_id=case, service=service, channel="web"))
    projection.catch_up()
    assert popular_services(at=clock.now()) == ["missed-bin", "pothole"]


steps = st.lists(
    st.tuples(
        st.integers(0, 5),  # which promise
        st.sampled_from(["met", "broken", "withdrawn", "paused", "resumed", "reopened", "explained"]),
    ),
    max_size=25,
)
counter = itertools.count()


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@given(steps, st.integers(1, 9))
@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_history_in_any_windows_sums_as_a_plain_reading_of_the_events_does(clock, history, window):
    ids, run = [uuid4() for _ in range(6)], next(counter)
    services = [f"one-{run}", f"two-{run}"] * 3  # each example's own, so that earlier ones do not count
    due = START + timedelta(days=2)
    write(*(promise("promise.made", p, START, due, service=services[n]) for n, p in enumerate(ids)))
    state = dict.fromkeys(ids, ("running", False))
    for n, what in history:
        now, broken = state[ids[n]]
        data = {"on_time": not broken} if what == "met" else {}
        if what == "met":
            state[ids[n]] = ("late" if broken else "met", broken)
        elif what == "broken":
            state[ids[n]] = (now, True)
        elif what in ("resumed", "reopened"):
            state[ids[n]] = ("running", broken)
        elif what != "explained":
            state[ids[n]] = (what, broken)
        write(promise(f"promise.{what}", ids[n], START, due, service=services[n], data=data))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(projection, "WINDOW", window)
        projection.catch_up()
    expected: Counter[tuple[str, str]] = Counter()
    for n, p in enumerate(ids):
        now, broken = state[p]
        if now in ("met", "late") or broken:
            expected[services[n], "of"] += 1
            expected[services[n], "kept"] += now == "met" and not broken
    month = date(2026, 1, 1)
    for service in set(services):
        [figure] = figures("promise", since=month, until=month, service=service) or [None]
        found = (figure.count, figure.of) if figure else (0, 0)
        assert found == (expected[service, "kept"], expected[service, "of"])
    everything = figures("promise", since=month, until=month)
    split = breakdown("promise", "service", since=month, until=month)
    assert sum(f.of for f in everything) == sum(f.of for f in split)
