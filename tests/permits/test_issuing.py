"""Permits are issued once, on what is paid and checked; ended with a reason; renewed by their holder alone; reminded once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from moothall.cases.actions import add_task, finish_task
from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.access import Refused
from moothall.core.actors import SYSTEM, Actor
from moothall.core.people import person_providers
from moothall.core.staff import actor_of_staff, create_staff
from moothall.customers.actions import create_customer
from moothall.customers.models import Customer
from moothall.customers.queries import customer_card
from moothall.intake.actions import raise_request
from moothall.intake.models import Dialogue
from moothall.intake.renewing import CannotRenew, renew
from moothall.notifications.models import Message
from moothall.payments.models import Intent
from moothall.permits import actions
from moothall.permits.actions import CannotIssue, end, issue
from moothall.permits.jobs import remind_holders
from moothall.permits.models import Permit
from moothall.permits.queries import cases_of_references, issuing, permits_of
from moothall.permits.retention import forget, still_in_force
from moothall.services.pack import SERVICES

pytestmark = pytest.mark.django_db
ANSWERS: dict[str, Any] = {
    "address": {"text": "14 Mill Lane, Otley, LS21 1AA", "postcode": "LS21 1AA"}, "do": "new",
    "car": {"registration": "AB12CDE"}, "keeper": "me", "off": "no", "badge": "yes", "start": "2026-03-09",
    "contact": {"name": "Mary Jones", "email": "mary.jones@example.com"},
}  # fmt: skip


@pytest.fixture
def olga(council: Any, clock: Any) -> Actor:
    staff = create_staff(
        username="olga", name="Olga Reid", roles=["service-officer"], teams=["parking-services"],
        password="seven-calm-otters-queueing", pack=council, by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    return actor_of_staff(staff, council)


@pytest.fixture
def mary(council: Any, clock: Any) -> Customer:
    return create_customer(
        given_name="Mary", family_name="Jones", contact_points=[("email", "mary.jones@example.com")], by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip


@pytest.fixture
def asked(council: Any, clock: Any, mary: Customer) -> Any:
    """Ask for a permit: `asked(do="renew")`; nothing is owed with a Blue Badge."""

    def make(customer: Customer | None = None, **answers: Any) -> Case:
        raised = raise_request(
            council.of(SERVICES)["parking-permit"], ANSWERS | answers, pack=council, channel="web",
            customer_id=(customer or mary).id, by=SYSTEM, at=clock.now(),
        )  # fmt: skip
        Intent.objects.filter(case_id=raised.case_id).update(state="void")
        return Case.objects.get(id=raised.case_id)

    return make


def test_issued_once_with_its_number_and_dates_and_told_in_one_message(
    asked: Any, olga: Actor, mary: Customer, clock: Any
) -> None:
    case = asked()
    row = issue(case.id, by=olga, at=clock.now())
    assert issue(case.id, by=olga, at=clock.now()).id == row.id
    assert (row.what, row.starts, row.ends) == ("AB12CDE", date(2026, 3, 9), date(2027, 3, 8))
    case.refresh_from_db()
    assert (case.state, case.outcome, case.resolved) == ("closed", "done", True)
    assert cases_of_references([row.reference]) == {row.reference: case.id}
    jobs.drain()
    about = Message.objects.filter(case_id=case.id)
    assert about.filter(template="permit-issued").count() == 1
    assert not about.filter(template="case-closed-done").exists(), "one message says it all"
    (view,) = permits_of([mary.id], visible_to=olga, at=clock.now())
    assert (view.standing, view.number[:3], view.may_renew) == ("coming", "RP ", False)


def test_what_is_owed_or_not_checked_is_not_issued(
    council: Any, asked: Any, olga: Actor, mary: Customer, clock: Any
) -> None:
    case = asked()
    task = add_task(case.id, title="Check who asked", team="parking-services", kind="check", by=olga, at=clock.now())
    with pytest.raises(CannotIssue, match="First finish what is to do: Check who asked"):
        issue(case.id, by=olga, at=clock.now())
    finish_task(task.id, outcome="done", by=olga, at=clock.now())
    assert issue(case.id, by=olga, at=clock.now())

    owing = asked(badge="no")
    Intent.objects.filter(case_id=owing.id).update(state="owed")
    with pytest.raises(CannotIssue, match="£124 is still owed"):
        issue(owing.id, by=olga, at=clock.now())
    stop = asked(do="stop")
    with pytest.raises(CannotIssue, match="Nothing is issued for what was asked here"):
        issue(stop.id, by=olga, at=clock.now())
    assert issuing(stop.id, "parking-permit", visible_to=olga, at=clock.now()) is None
    with pytest.raises(Refused):
        issue(stop.id, by=Actor(kind=olga.kind, id=olga.id, permissions=frozenset({"case.view"})), at=clock.now())


def test_renewed_by_its_holder_from_the_day_after_and_by_nobody_else(
    council: Any, asked: Any, olga: Actor, mary: Customer, clock: Any
) -> None:
    first = issue(asked().id, by=olga, at=clock.now())
    card = customer_card(mary.id, SYSTEM, on=clock.now().date())
    assert card is not None
    with pytest.raises(CannotRenew):
        renew(first.id, card, by=SYSTEM, at=clock.now())
    clock.set("2027-02-08T09:00")
    dialogue, _ = renew(first.id, card, by=SYSTEM, at=clock.now())
    answers = Dialogue.objects.get(id=dialogue).answers
    assert answers["do"] == "renew"
    assert answers["car"] == {"registration": "AB12CDE"}
    assert not {"start", "pay", "proof", "v5"} & set(answers)

    other = create_customer(given_name="Joan", family_name="Dunn", by=SYSTEM, at=clock.now())
    with pytest.raises(CannotRenew):
        renew(first.id, customer_card(other.id, SYSTEM, on=clock.now().date()), by=SYSTEM, at=clock.now())  # type: ignore[arg-type]
    hers = asked(other, do="renew")
    with pytest.raises(CannotIssue, match="cannot be renewed by this case"):
        issue(hers.id, renews=first.id, by=olga, at=clock.now())

    again = asked(do="renew")
    shown = issuing(again.id, "parking-permit", visible_to=olga, at=clock.now())
    assert shown is not None
    assert (shown.likely, shown.starts, shown.ends) == (str(first.id), date(2027, 3, 9), date(2028, 3, 8))
    second = issue(again.id, renews=first.id, by=olga, at=clock.now())
    assert (second.starts, second.ends, second.follows_id) == (date(2027, 3, 9), date(2028, 3, 8), first.id)
    with pytest.raises(CannotIssue, match="renewed already"):
        issue(asked(do="renew").id, renews=first.id, by=olga, at=clock.now())


def test_reminded_once_at_each_time_and_not_while_the_renewal_is_with_us(
    asked: Any, olga: Actor, mary: Customer, clock: Any
) -> None:
    issue(asked().id, by=olga, at=clock.now())

    def reminders(moment: str) -> int:
        clock.set(moment)
        remind_holders()
        remind_holders()
        jobs.drain()
        return Message.objects.filter(template="permit-ends").count()

    assert reminders("2027-02-07T09:00") == 0
    assert reminders("2027-02-08T09:00") == 1
    assert reminders("2027-02-20T09:00") == 1
    asked(do="renew")
    assert reminders("2027-03-01T09:00") == 1, "she has asked already"
    assert reminders("2027-03-20T09:00") == 1, "it is over"


def test_ended_before_its_day_with_a_reason_its_holder_reads(
    asked: Any, olga: Actor, mary: Customer, clock: Any
) -> None:
    row = issue(asked().id, by=olga, at=clock.now())
    with pytest.raises(CannotIssue, match="Say why it ends"):
        end(row.id, because=" ", by=olga, at=clock.now())
    for _ in range(2):
        end(row.id, because="You moved out of the zone.", by=olga, at=clock.now())
    jobs.drain()
    assert "You moved out of the zone." in Message.objects.get(template="permit-ended").body.replace("\\", "")
    assert permits_of([mary.id], visible_to=olga, at=clock.now())[0].standing == "ended"
    clock.set("2027-02-08T09:00")
    remind_holders()
    jobs.drain()
    assert not Message.objects.filter(template="permit-ends").exists()


def test_it_is_in_her_copy_and_goes_when_it_is_over(asked: Any, olga: Actor, mary: Customer, clock: Any) -> None:
    row = issue(asked().id, by=olga, at=clock.now())
    provider = next(one for one in person_providers() if one.room == "permits")
    assert provider.export(mary.id)["permits_and_licences"][0]["what"] == "AB12CDE"
    assert still_in_force([row.case_id], clock.now()) == {row.case_id: "what was issued for it is in force"}
    clock.set("2027-03-09T09:00")
    assert still_in_force([row.case_id], clock.now()) == {}
    assert forget([row.case_id], SYSTEM, clock.now()) == 1
    assert provider.erase(mary.id, SYSTEM, clock.now()) == 0, "gone already"
    row.refresh_from_db()
    assert (row.what, row.ends) == ("", date(2027, 3, 8))
    assert Permit.objects.count() == 1


def test_those_reminded_already_never_crowd_out_the_rest(
    asked: Any, olga: Actor, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    for name in ("Ann", "Ben", "Cat"):
        someone = create_customer(
            given_name=name, contact_points=[("email", f"{name.lower()}@example.com")], by=SYSTEM, at=clock.now()
        )
        issue(asked(someone).id, by=olga, at=clock.now())
    clock.set("2027-02-08T09:00")
    remind_holders()
    jobs.drain()
    assert Message.objects.filter(template="permit-ends").count() == 3
