"""While nobody has paid, no promise of ours is broken for it: each service that asks for money says how waiting counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from moothall.cases.actions import customer_adds, wait_for
from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.packs import PackErrors, current_pack, load_pack
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import asked_questions, read_all
from moothall.payments.models import Intent
from moothall.payments.pack import OUTSTANDING
from moothall.promises.jobs import sweep_promises
from moothall.promises.models import Promise
from moothall.services.pack import SERVICES
from tests.core.packs.conftest import SERVICE, packs
from tests.intake.catalogue import a_valid_answer
from tests.payments.conftest import come_back, start

__all__ = ["packs"]
ASKS = SERVICE.replace(
    "tables:\n", "  - id: pay\n    type: payment\n    label: How would you like to pay?\ntables:\n", 1
)
HER = customer_actor(None).because("tracking")
CALENDAR = "    calendar: office\n"


def said(packs: Callable[..., Path], text: str) -> list[str]:
    """What loading a council with this service says is wrong."""
    pauses = f"- code: {OUTSTANDING}\n  says: Payment is not finished\n"
    with pytest.raises(PackErrors) as caught:
        load_pack("town", packs(files={"base/services/missed-bin.yaml": text, "base/pauses.yaml": pauses}))
    return [str(one) for one in caught.value.problems if "promise" in one.what]


def test_a_pack_that_does_not_say_how_waiting_for_money_counts_is_refused(packs: Callable[..., Path]) -> None:
    (unsaid,) = said(packs, ASKS)
    assert "promise `standard` does not say how it counts while nobody has paid" in unsaid
    assert "`payment_outstanding` in `pauses`, or `unpaid:`" in unsaid
    (both,) = said(
        packs, ASKS.replace(CALENDAR, f"{CALENDAR}    pauses: [{OUTSTANDING}]\n    unpaid: Nobody waits here.\n")
    )
    assert "says both" in both


def answers_of(service: Any, today: Any, which: int = 0) -> dict[str, Any]:
    """Valid answers to all that must be answered: the same option of each, and paid by link."""
    given: dict[str, Any] = {}
    for _ in range(4):  # what is asked hangs on what was answered
        for question in asked_questions(service, given, today, "web"):
            if question.id not in given and (question.required or question.type == "payment"):
                given[question.id] = a_valid_answer(question, lambda options: options[which])
    return given


@pytest.mark.django_db
def test_no_service_that_asks_for_money_breaks_a_promise_while_nobody_pays(council: Any, clock: Any) -> None:
    clock.set("2026-03-02T09:00")
    owed = []
    for code, service in current_pack().of(SERVICES).items():
        if not any(question.type == "payment" for question in service.questions):
            continue
        if any(question.books or question.books_by for question in service.questions):
            continue  # what is booked ends with its hold
        today = clock.now().date()
        for which in (0, -1):  # one of them costs nothing, often
            answers, wrong = read_all(service, answers_of(service, today, which), today=today, channel="web")
            assert not wrong, (code, wrong)
            raised = raise_request(service, answers, pack=council, channel="web", by=SYSTEM, at=clock.now())
            promised = service.promise(raised.course.promise) if raised.course.promise else None
            if Intent.objects.filter(case_id=raised.case_id, state="owed").exists() and not promised.unpaid:
                owed.append((code, raised.case_id))
                break
    assert len(owed) >= 8, owed
    for _ in range(3):
        clock.advance(days=40)
        sweep_promises()
    ours = Promise.objects.filter(subject_id__in=[case for _, case in owed], kind="complete")
    assert set(ours.values_list("broken_at", flat=True)) == {None}
    assert set(ours.values_list("state", flat=True)) == {"paused"}


def asked(council: Any, clock: Any, code: str) -> tuple[Intent, Promise]:
    """Somebody asked for it in January and has not paid."""
    clock.set("2026-01-12T09:00")
    service, today = current_pack().of(SERVICES)[code], clock.now().date()
    answers, wrong = read_all(service, answers_of(service, today), today=today, channel="web")
    assert not wrong
    raised = raise_request(service, answers, pack=council, channel="web", by=SYSTEM, at=clock.now())
    return Intent.objects.get(), Promise.objects.get(subject_id=raised.case_id, kind="complete")


@pytest.mark.django_db
def test_what_she_writes_while_it_is_unpaid_does_not_start_our_clock(council: Any, clock: Any) -> None:
    bill, promise = asked(council, clock, "copy-certificate")
    case = customer_adds(bill.case_id, text="Where do I pay?", by=HER, at=clock.now()).case
    promise.refresh_from_db()
    assert (promise.state, Case.objects.get(id=case.id).state) == ("paused", "waiting")


@pytest.mark.long
@pytest.mark.django_db
def test_paid_while_we_wait_for_a_paper_too_we_go_on_waiting_for_the_paper(council: Any, clock: Any, pay: Any) -> None:
    bill, promise = asked(council, clock, "taxi-driver-licence")
    wait_for(bill.case_id, reason="waiting_for_evidence", by=SYSTEM, at=clock.now())
    pay.play(start(bill, clock), "pay")
    come_back(bill, clock)
    jobs.drain()
    promise.refresh_from_db()
    assert (promise.state, Case.objects.get().state) == ("paused", "waiting")
    customer_adds(bill.case_id, text="Here it is.", by=HER, at=clock.now())
    promise.refresh_from_db()
    assert (promise.state, Case.objects.get().state) == ("running", "open")


@pytest.mark.django_db
def test_paid_after_three_weeks_the_clock_goes_on_where_it_stood(council: Any, clock: Any, pay: Any) -> None:
    bill, promise = asked(council, clock, "copy-certificate")
    assert promise.state == "paused"
    before = promise.due_at
    clock.advance(days=21)
    pay.play(start(bill, clock), "pay")
    come_back(bill, clock)
    jobs.drain()
    promise.refresh_from_db()
    assert (promise.state, promise.broken_at) == ("running", None)
    assert promise.due_at - before == timedelta(days=21)
