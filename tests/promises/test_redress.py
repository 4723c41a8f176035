"""What is owed for a broken promise: by the pack's rule, once, told unasked, settled by somebody."""

from uuid import uuid4

import pytest

from moothall.cases import actions as cases
from moothall.cases import queries
from moothall.core import jobs
from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, Actor, ActorKind
from moothall.core.event_feed import events_of_case
from moothall.intake.actions import raise_request
from moothall.notifications.models import Message
from moothall.promises import actions
from moothall.promises.models import Promise, RedressOwed
from moothall.promises.queries import promises_of
from moothall.promises.sweep import sweep
from moothall.services.pack import SERVICES

pytestmark = [pytest.mark.django_db]

OFFICER = Actor(
    kind=ActorKind.STAFF, id=uuid4(), permissions=frozenset({"case.view", "case.work", "case.close", "contact.take"})
)
CONTACT = {"name": "Amina Dunn", "email": "amina.dunn@example.com", "phone": "07700 900123"}
BIN = {
    "address": {"line1": "14 Mill Lane", "town": "Leeds", "postcode": "LS1 1UR"},
    "bin": "general", "out_time": "night_before", "extent": "only_me", "tag": "no", "assisted": "no", "still_out": "yes",
    "contact": CONTACT,
}  # fmt: skip
BULKY = {"contact": CONTACT}


def ask(council, clock, service, answers, **facts):
    return raise_request(
        council.of(SERVICES)[service], answers, pack=council, channel="web", by=ANONYMOUS, at=clock.now(), facts=facts
    )


def the_work(raised):
    return next(p for p in raised.promises if p.kind == "complete")


def names(raised):
    return [event.name for event in events_of_case(raised.case_id)]


def test_a_broken_promise_owes_an_apology_which_is_given_by_being_said(council, clock):
    raised = ask(council, clock, "missed-bin", BIN)
    jobs.drain()
    clock.set("2026-03-05T09:00")
    sweep(clock.now())
    debt = RedressOwed.objects.get(promise_id=the_work(raised).id)
    assert (debt.code, debt.kind, debt.pence) == ("apology", "apology", 0)
    assert debt.owed_at == debt.offered_at == debt.settled_at == clock.now()
    new = {"promise.broken", "promise.explained", "redress.owed", "redress.settled"}
    assert set(names(raised)[-4:]) == new
    jobs.drain()
    message = Message.objects.get(case_id=raised.case_id, template="promise-broken")
    assert "Please accept our apology" in message.body


def test_a_repeated_miss_is_put_first_next_time_until_an_officer_says_so(council, clock):
    raised = ask(council, clock, "missed-bin", BIN, repeat="yes")
    clock.set("2026-03-04T09:00")
    sweep(clock.now())
    [view] = [p for p in promises_of([raised.case_id], at=clock.now())[raised.case_id] if p.kind == "complete"]
    assert "put first" in view.redress
    assert view.owed.kind == "priority"
    assert view.owed.settled_at is None
    page = queries.case_page(raised.case_id, visible_to=OFFICER, at=clock.now())
    assert [p.redress for p in page.promises if p.kind == "complete"] == [view.redress]
    for _ in range(2):
        cases.settle_redress(raised.case_id, promise_id=view.id, by=OFFICER, at=clock.advance(hours=1))
    debt = RedressOwed.objects.get(promise_id=view.id)
    assert (debt.settled_by, debt.offered_at < debt.settled_at) == (OFFICER.id, True)
    assert names(raised).count("redress.settled") == 1
    [view] = [p for p in promises_of([raised.case_id], at=clock.now())[raised.case_id] if p.kind == "complete"]
    assert view.redress == ""


def test_the_fee_is_given_back_where_one_was_paid_and_an_apology_owed_where_none_was(council, clock):
    from moothall.promises.actions import NewPromise, make_promises
    from moothall.promises.pack import standards_of_service

    promise = council.of(SERVICES)["bulky-waste"].promises[0]
    standard = standards_of_service("bulky-waste", promise, "complete")
    owed = {}
    for pence in (3000, 0):
        subject = uuid4()
        [made] = make_promises(
            [NewPromise("complete", standard, "case", subject, clock.now(), fee_pence=pence)],
            by=ANONYMOUS,
            at=clock.now(),
        )
        owed[pence] = made.id
    clock.advance(days=60)
    sweep(clock.now())
    paid, free = (RedressOwed.objects.get(promise_id=owed[pence]) for pence in (3000, 0))
    assert (paid.kind, paid.pence) == ("refund", 3000)
    assert (free.kind, free.pence) == ("apology", 0)
    row = Promise.objects.get(id=paid.promise_id)
    [view] = promises_of([row.subject_id], at=clock.now())[row.subject_id]
    assert "£30" in view.redress


def test_what_is_owed_is_told_even_where_the_new_date_was_given_before(council, clock):
    raised = ask(council, clock, "missed-bin", BIN, repeat="yes")
    jobs.drain()
    new_date = clock.now().replace(day=6, hour=12)
    actions.explain_promise(
        the_work(raised).id, new_date=new_date, reason="vehicle_breakdown", by=OFFICER, at=clock.now()
    )
    jobs.drain()
    clock.set("2026-03-04T09:00")
    sweep(clock.now())
    jobs.drain()
    told = list(
        Message.objects.filter(case_id=raised.case_id).order_by("created_at").values_list("template", flat=True)
    )
    assert told == ["case-opened", "promise-new-date", "redress-owed"]
    assert "put first" in Message.objects.get(case_id=raised.case_id, template="redress-owed").body
    assert RedressOwed.objects.get(promise_id=the_work(raised).id).offered_at is not None


def test_a_break_in_the_minute_before_the_work_is_done_is_owned_up_to_all_the_same(council, clock):
    raised = ask(council, clock, "missed-bin", BIN, repeat="yes")
    jobs.drain()
    clock.set("2026-03-03T17:00:30")
    cases.close_case(raised.case_id, outcome="emptied-on-return-visit", resolved=True, by=OFFICER, at=clock.now())
    row = Promise.objects.get(id=the_work(raised).id)
    assert (row.state, row.broken_at) == ("late", row.due_at)
    assert names(raised).count("promise.broken") == 1
    met = [e for e in events_of_case(raised.case_id) if e.name == "promise.met" and e.subject_id == row.id]
    assert [e.data["on_time"] for e in met] == [False]
    assert RedressOwed.objects.get(promise=row).kind == "priority"
    assert sweep(clock.now())["broken"] == 0
    jobs.drain()
    assert "redress-owed" in Message.objects.filter(case_id=raised.case_id).values_list("template", flat=True)


def test_a_late_acknowledgement_owes_nothing(council, clock):
    raised = raise_request(
        council.of(SERVICES)["missed-bin"], BIN, pack=council, channel="email", by=ANONYMOUS, at=clock.now()
    )
    clock.advance(hours=2)
    assert sweep(clock.now())["broken"] == 1
    assert not RedressOwed.objects.filter(promise__subject_id=raised.case_id).exists()


def test_who_may_not_work_cases_settles_nothing(council, clock):
    raised = ask(council, clock, "missed-bin", BIN, repeat="yes")
    clock.set("2026-03-04T09:00")
    sweep(clock.now())
    reader = Actor(kind=ActorKind.STAFF, id=uuid4(), permissions=frozenset({"case.view"}))
    with pytest.raises(Refused):
        cases.settle_redress(raised.case_id, promise_id=the_work(raised).id, by=reader, at=clock.now())
    assert RedressOwed.objects.get(promise_id=the_work(raised).id).settled_at is None
