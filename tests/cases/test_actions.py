"""Cases on the real database, from opening to closing, with two officers at once and restricted kinds invisible."""

from uuid import uuid4

import pytest

from moothall.cases import actions, queries
from moothall.cases.actions import ChangedMeanwhile, NewCase
from moothall.cases.actions.rows import NoSuchCase
from moothall.cases.models import Case, CaseState, Task
from moothall.core.access import Refused
from moothall.core.actors import SYSTEM, Actor, ActorKind, customer_actor
from moothall.core.event_feed import events_of_case
from moothall.promises.actions import NewPromise, make_promises
from moothall.promises.models import Promise
from moothall.promises.rules import Standard, Unit
from moothall.promises.sweep import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]

ALL = frozenset({"case.view", "case.work", "case.assign", "case.close", "contact.take", "contact.view"})
OFFICER = Actor(kind=ActorKind.STAFF, id=uuid4(), permissions=ALL, teams=frozenset({"refuse-collection"}))
READER = Actor(kind=ActorKind.STAFF, id=uuid4(), permissions=frozenset({"case.view"}))
WORK = Standard(
    "bin.complete",
    2,
    Unit.WORKING_DAYS,
    "refuse",
    name="Missed bin",
    pauses=("blocked_access",),
    escalate_to="head-of-waste",
)


def opened(clock, **more):
    fields = {"service": "missed-bin", "channel": "web", "team": "refuse-collection", "customer_id": uuid4(), **more}
    case = actions.open_case(NewCase(**fields), by=SYSTEM, at=clock.now())
    make_promises(
        [NewPromise("complete", WORK, "case", case.id, clock.now(), service=case.service, channel="web", team=case.team)],
        by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    actions.resume_case(case.id, by=SYSTEM, at=clock.now())
    return case


def names(case):
    return [event.name for event in events_of_case(case.id)]


def test_a_case_is_worked_and_closed_and_its_promise_kept(clock):
    case = opened(clock)
    clock.advance(hours=2)
    actions.assign_case(
        case.id, team="refuse-collection", assignee_id=OFFICER.id, reason="taken", by=OFFICER, at=clock.now()
    )
    actions.note_case(case.id, text="Crew told.", visible_to_customer=True, by=OFFICER, at=clock.now())
    actions.set_status(case.id, status="in_progress", by=OFFICER, at=clock.now())
    actions.close_case(case.id, outcome="emptied", resolved=True, by=OFFICER, at=clock.now())
    page = queries.case_page(case.id, visible_to=OFFICER, at=clock.now())
    assert (page.case.state, page.case.resolved, page.promises[0].tag) == ("closed", True, "kept")
    assert names(case) == [
        "case.opened", "promise.made", "case.assigned", "case.noted", "case.status_changed", "promise.met", "case.closed",
    ]  # fmt: skip


def test_a_case_that_is_handed_over_takes_its_open_promises_along_and_no_other_teams(clock):
    case = opened(clock)
    theirs = NewPromise("call_back", WORK, "case", case.id, clock.now(), service=case.service, team="contact-centre")
    make_promises([theirs], by=SYSTEM, at=clock.now())
    clock.advance(hours=1)
    actions.assign_case(case.id, team="streets", assignee_id=None, reason="wrong_team", by=OFFICER, at=clock.now())
    held = dict(Promise.objects.filter(subject_id=case.id).values_list("kind", "team"))
    assert held == {"complete": "streets", "call_back": "contact-centre"}
    actions.close_case(case.id, outcome="emptied", resolved=True, by=OFFICER, at=clock.now())
    met = {e.data["kind"]: e.team for e in events_of_case(case.id) if e.name == "promise.met"}
    assert met["complete"] == "streets"


def test_two_who_save_at_once_are_told_and_nothing_is_lost(clock):
    case = opened(clock)
    version = Case.objects.get(id=case.id).version
    actions.set_status(case.id, status="checking", by=OFFICER, at=clock.now(), version=version)
    with pytest.raises(ChangedMeanwhile, match="colleague changed"):
        actions.close_case(case.id, outcome="emptied", resolved=True, by=OFFICER, at=clock.now(), version=version)
    assert Case.objects.get(id=case.id).state == CaseState.OPEN


def test_waiting_pauses_the_clock_and_the_customers_answer_runs_it_on(clock):
    case = opened(clock)
    actions.wait_for(case.id, reason="blocked_access", by=OFFICER, at=clock.now())
    assert Promise.objects.get(subject_id=case.id).state == "paused"
    clock.advance(days=10)
    actions.customer_adds(case.id, text="The road is clear now.", by=customer_actor(case.customer_id), at=clock.now())
    row = Case.objects.get(id=case.id)
    assert (row.state, row.late) == (CaseState.OPEN, False)
    assert row.due_at > clock.now()


def test_a_pause_the_standard_does_not_allow_leaves_everything_as_it_was(clock):
    case = opened(clock)
    with pytest.raises(ValueError, match="blocked_access"):
        actions.wait_for(case.id, reason="lunch", by=OFFICER, at=clock.now())
    assert Case.objects.get(id=case.id).state == CaseState.OPEN


def test_thank_you_after_closing_reopens_nothing(clock):
    case = opened(clock)
    actions.close_case(case.id, outcome="emptied", resolved=True, by=OFFICER, at=clock.now())
    actions.customer_adds(case.id, text="Thank you!", by=customer_actor(case.customer_id), at=clock.now())
    assert Case.objects.get(id=case.id).state == CaseState.CLOSED


def test_closing_twice_is_once_and_reopening_runs_the_clock_on(clock):
    case = opened(clock)
    for _ in range(2):
        actions.close_case(case.id, outcome="emptied", resolved=True, by=OFFICER, at=clock.now())
    assert names(case).count("case.closed") == 1
    actions.reopen_case(case.id, reason="not_done", by=OFFICER, at=clock.now())
    row = Case.objects.get(id=case.id)
    assert (row.state, row.closed_at) == (CaseState.OPEN, None)
    assert row.due_at is not None


def test_a_restricted_case_is_invisible_not_merely_locked(clock):
    case = opened(clock, restricted="social_care")
    assert queries.case_page(case.id, visible_to=OFFICER, at=clock.now()) is None
    assert queries.find_by_reference(case.reference, visible_to=OFFICER) is None
    assert queries.queue(queries.QueueFilter(team="refuse-collection"), visible_to=OFFICER).rows == ()
    with pytest.raises(NoSuchCase):
        actions.note_case(case.id, text="x", visible_to_customer=False, by=OFFICER, at=clock.now())
    allowed = Actor(kind=ActorKind.STAFF, id=uuid4(), permissions=ALL | {"restricted.social_care"})
    assert queries.case_page(case.id, visible_to=allowed, at=clock.now()) is not None


def test_who_may_only_look_may_not_work(clock):
    case = opened(clock)
    with pytest.raises(Refused):
        actions.set_status(case.id, status="checking", by=READER, at=clock.now())


def test_another_customer_cannot_add_to_my_case(clock):
    case = opened(clock)
    with pytest.raises(NoSuchCase):
        actions.customer_adds(case.id, text="x", by=customer_actor(uuid4()), at=clock.now())


def test_a_promised_call_back_has_a_clock_of_its_own_and_is_kept_by_finishing_the_task(clock):
    case = opened(clock)
    standard = Standard("call-back", 4 * 60, Unit.WORKING_MINUTES, "office", name="Call back")
    task = actions.add_task(
        case.id,
        title="Ring Mrs Jones",
        team="refuse-collection",
        kind="call_back",
        standard=standard,
        by=OFFICER,
        at=clock.now(),
    )
    assert task.due_at == Promise.objects.get(id=task.promise_id).due_at
    for _ in range(2):
        actions.finish_task(task.id, outcome="reached", by=OFFICER, at=clock.now())
    assert Promise.objects.get(id=task.promise_id).state == "met"
    assert names(case).count("case.task_done") == 1


def test_a_broken_promise_goes_to_whoever_the_pack_names_once(clock):
    from moothall.cases.handlers import escalate, refresh

    case = opened(clock)
    clock.advance(days=5)
    sweep(clock.now())
    broken = next(event for event in events_of_case(case.id) if event.name == "promise.broken")
    for _ in range(2):
        escalate(broken)
        refresh(broken)
    assert [t.team for t in Task.objects.filter(case=case, kind="escalation")] == ["head-of-waste"]
    assert Case.objects.get(id=case.id).late is True


@pytest.mark.parametrize("size", [3, 7])
def test_a_queue_is_read_in_pages_without_gap_or_repeat_in_one_query_each(clock, size, django_assert_num_queries):
    made = set()
    for n in range(15):
        made.add(opened(clock).id)
        if n % 4:
            clock.advance(hours=7)
    seen, after = [], ""
    while True:
        with django_assert_num_queries(1):
            page = queries.queue(
                queries.QueueFilter(team="refuse-collection"), visible_to=OFFICER, after=after, size=size
            )
        seen += [row.id for row in page.rows]
        if page.after is None:
            break
        after = page.after
    assert len(seen) == len(set(seen)) == 15
    assert set(seen) == made


def test_a_case_page_costs_the_same_whatever_it_holds(clock, django_assert_num_queries):
    def cost(case):
        with django_assert_num_queries(9):
            return queries.case_page(case.id, visible_to=OFFICER, at=clock.now())

    small = opened(clock, contact_id=uuid4())
    actions.be_present(small.id, staff_id=uuid4(), at=clock.now())
    actions.note_case(small.id, text="One", visible_to_customer=False, by=OFFICER, at=clock.now())
    cost(small)
    for n in range(12):
        actions.note_case(small.id, text=str(n), visible_to_customer=False, by=OFFICER, at=clock.now())
        actions.add_task(small.id, title=str(n), team="refuse-collection", by=OFFICER, at=clock.now())
    assert len(cost(small).notes) == 13


def test_tracking_needs_the_reference_and_something_only_she_knows(clock):
    case = opened(clock, track_email="ann@example.com", track_postcode="LS11UR")
    case_reference = Case.objects.get(id=case.id).reference
    assert queries.tracked_case(case_reference, "ANN@example.com ", at=clock.now()) is not None
    assert queries.tracked_case(case_reference.lower(), "ls1 1ur", at=clock.now()) is not None
    for wrong in ("", " ", "bob@example.com", "LS1 1UX"):
        assert queries.tracked_case(case_reference, wrong, at=clock.now()) is None
    blank = opened(clock)
    assert queries.tracked_case(Case.objects.get(id=blank.id).reference, "", at=clock.now()) is None
