# ruff: noqa: F811  fixtures come by import
"""What is over goes at night and nothing else: by class and months of the pack, in batches, with holds; the figures stand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from moothall.cases.actions import close_case
from moothall.cases.models import Case
from moothall.contacts.actions import record_contact
from moothall.contacts.models import Contact
from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.data_map import all_held
from moothall.core.jobs import drain
from moothall.core.models import Event
from moothall.core.packs import current_pack
from moothall.core.retention import companions_of, due_on, over_before, record_class, record_classes
from moothall.core.zone import LONDON
from moothall.customers.actions import add_warning, create_customer, end_warning
from moothall.customers.linking.actions import merge
from moothall.customers.models import ContactPoint, Customer, Warning
from moothall.customers.pack import WARNINGS
from moothall.customers.privacy.actions.keeping import (
    NotHeld,
    continue_run,
    hold_person,
    hold_record,
    lift_hold,
)
from moothall.customers.privacy.models import Erasure, Hold, RetentionRun
from moothall.customers.privacy.pack import RETENTION
from moothall.customers.privacy.queries.keeping import due_page, schedule
from moothall.intake.erasing import prospect
from moothall.notifications.models import Message
from moothall.rounds.models import Flag
from tests.customers.linking.conftest import TAX, csv_of, deliver, tax_row
from tests.customers.privacy.test_erasing import figures
from tests.interfaces.desk.conftest import amina, missed_bin, officer  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db
EIGHT_YEARS = timedelta(days=8 * 366)


def night(clock: Any, **how: int) -> RetentionRun:
    while continue_run(at=clock.now(), **how):
        pass
    return RetentionRun.objects.order_by("-started_at", "-id").first()  # type: ignore[return-value]


@pytest.fixture
def bin_done(amina: Any, missed_bin: Any, clock: Any) -> Case:
    """Amina's missed bin, collected; every message about it sent."""
    raised = missed_bin(amina)
    clock.advance(hours=30)
    close_case(raised.case_id, outcome="collected", resolved=True, by=SYSTEM, at=clock.now())
    drain()
    Message.objects.update(state="sent")
    return Case.objects.get(id=raised.case_id)


@given(since=st.dates(date(2000, 1, 1), date(2040, 1, 1)), months=st.integers(0, 240), late=st.integers(-40, 40))
def test_what_is_over_is_what_is_due(since: date, months: int, late: int) -> None:
    noon = datetime.combine(since, time(12), tzinfo=LONDON)
    today = due_on(noon, months) + timedelta(days=late)
    at = datetime.combine(today, time(3), tzinfo=LONDON)
    assert (noon < over_before(at, months)) == (due_on(noon, months) <= today)


def test_every_class_stands_in_the_pack_with_its_reason(council: Any) -> None:
    rules = current_pack().of(RETENTION)
    assert {
        "case",
        "contact",
        "message",
        "booking",
        "payment",
        "rating",
        "customer",
        "record",
        "warning",
        "opening",
    } <= {kept.code for kept in record_classes()}
    for kept in record_classes():
        assert rules[kept.code].because


@pytest.mark.parametrize(("code", "own"), [("case", {"cases"}), ("contact", {"contacts"})])
def test_what_is_kept_as_long_as_a_record_of_another_room_goes_with_it(code: str, own: set[str]) -> None:
    rooms = {one.room for one in all_held().values() if one.kept == code and one.is_personal and one.room}
    assert rooms - own <= companions_of(code)


@pytest.mark.django_db(transaction=True)
def test_a_case_goes_on_its_day_with_all_that_hangs_on_it_and_the_figures_stand(bin_done: Case, clock: Any) -> None:
    before = figures()
    months = current_pack().services["missed-bin"].retention.months
    assert bin_done.closed_at is not None
    due = due_on(bin_done.closed_at, months)
    clock.set(datetime.combine(due - timedelta(days=1), time(12), tzinfo=UTC))
    night(clock)
    bin_done.refresh_from_db()
    assert bin_done.answers, "one day more"
    clock.advance(days=1)
    run = night(clock)
    assert run.forgot["case"] == 1
    bin_done.refresh_from_db()
    assert (bin_done.service, bin_done.outcome, bin_done.answers, bin_done.customer_id) == (
        "missed-bin",
        "collected",
        {},
        None,
    )
    assert figures() == before
    said = Event.objects.filter(name="retention.forgot", data__contains={"class": "case"}).get()
    assert said.data["records"] == 1
    assert night(clock).forgot == {}


def test_what_is_still_worked_by_is_left_and_counted(bin_done: Case, clock: Any) -> None:
    Flag.objects.create(uprn=72001, kind="assisted", case_id=bin_done.id, begins=clock.now().date())
    clock.advance(days=EIGHT_YEARS.days)
    run = night(clock)
    assert run.left["case"] == {"Crews still work by it": 1}
    assert Case.objects.get().answers


def test_on_hold_it_stays_until_the_hold_is_lifted(bin_done: Case, clock: Any, officer: Any) -> None:
    guardian = officer("data-protection-officer", name="Alison Whitcombe").actor
    assert bin_done.closed_at is not None
    with pytest.raises(Refused):
        hold_record("case", bin_done.id, since=bin_done.closed_at, reason="legal-claim", note="", review_on=None,
                    by=ANONYMOUS, at=clock.now())  # fmt: skip
    with pytest.raises(NotHeld):
        hold_record("case", bin_done.id, since=bin_done.closed_at, reason="because", note="", review_on=None, by=guardian,
                    at=clock.now())  # fmt: skip
    held = [
        hold_record("case", bin_done.id, since=bin_done.closed_at, reason="legal-claim", note="Dunn v the council",
                    review_on=None, by=guardian, at=clock.now())
        for _ in range(2)
    ]  # fmt: skip
    assert held[0] == held[1]
    clock.advance(days=EIGHT_YEARS.days)
    assert night(clock).left["case"] == {"On hold": 1}
    assert Case.objects.get().answers
    lift_hold(held[0].id, by=guardian, at=clock.now())
    lift_hold(held[0].id, by=guardian, at=clock.now())
    night(clock)
    assert Case.objects.get().answers == {}
    assert Event.objects.filter(name__startswith="hold.").count() == 2


def test_a_hold_on_a_person_keeps_all_of_hers_and_stops_her_erasure(
    bin_done: Case, amina: Any, clock: Any, officer: Any
) -> None:
    guardian = officer("data-protection-officer", name="Alison Whitcombe").actor
    twin = create_customer(given_name="Aminah", family_name="Dunn", by=SYSTEM, at=clock.now())
    merge(amina.id, twin.id, reason="The same", by=SYSTEM, at=clock.now())
    hold_person(twin.id, reason="complaint", note="", review_on=None, by=guardian, at=clock.now())
    assert Hold.objects.get().customer_id == amina.id
    found = prospect(amina.id, visible_to=guardian, at=clock.now())
    assert found is not None
    assert [one.what for one in found.stops] == ["Kept on hold"]
    clock.advance(days=EIGHT_YEARS.days)
    run = night(clock)
    assert {why for left in run.left.values() for why in left} == {"On hold"}
    assert Case.objects.get().answers
    assert Customer.objects.get(id=amina.id).given_name == "Amina"


def test_who_is_not_in_touch_any_more_is_erased_whole_and_quietly(amina: Any, clock: Any) -> None:
    living = create_customer(given_name="Rosa", family_name="Marsh", by=SYSTEM, at=clock.now())
    deliver("council-tax", csv_of(TAX, [tax_row("7", "Keane", given="Nuala")]), clock.now())
    nuala = Customer.objects.get(family_name__iexact="Keane")
    clock.advance(days=EIGHT_YEARS.days)
    other = create_customer(given_name="Rosaline", family_name="Marsh", by=SYSTEM, at=clock.now())
    merge(living.id, other.id, reason="The same", by=SYSTEM, at=clock.now())
    Customer.objects.filter(id=living.id).update(changed_at=clock.now() - EIGHT_YEARS)
    record_contact(channel="phone", customer_id=other.id, received_at=clock.now(), by=SYSTEM, at=clock.now())
    run = night(clock)
    assert run.forgot["customer"] == 1
    amina.refresh_from_db()
    assert (amina.given_name, amina.search, ContactPoint.objects.filter(customer=amina).count()) == ("", "", 0)
    assert Erasure.objects.get().customer_id == amina.id
    assert not Message.objects.filter(template__startswith="erasure").exists()
    for kept in (living, nuala):
        kept.refresh_from_db()
        assert kept.family_name, "a living record, or a call to the one joined to hers"


def test_contacts_warnings_and_messages_go_by_their_own_months(amina: Any, clock: Any) -> None:
    call = record_contact(
        channel="phone", customer_id=amina.id, caller="+447700900123", note="Rang about Mill Lane",
        received_at=clock.now(), by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    Contact.objects.update(state="closed")
    code = next(code for code, one in current_pack().of(WARNINGS).items() if not one.visible_to)
    warning = add_warning(customer_id=amina.id, code=code, note="Dog", by=SYSTEM, at=clock.now())
    end_warning(warning_id=warning.id, by=SYSTEM, at=clock.now())
    clock.advance(days=400)
    assert night(clock).forgot == {"warning": 1}
    assert not Warning.objects.exists()
    assert Contact.objects.get().note
    clock.advance(days=EIGHT_YEARS.days)
    night(clock)
    call.refresh_from_db()
    assert (call.caller, call.note, call.customer_id, call.channel) == ("", "", None, "phone")


def test_in_bounded_batches_and_a_broken_run_goes_on(clock: Any, council: Any) -> None:
    for k in range(7):
        record_contact(
            channel="phone",
            caller=f"+4477009001{k:02d}",
            note=f"Call {k}",
            received_at=clock.now(),
            by=SYSTEM,
            at=clock.now(),
        )
        clock.advance(minutes=1)
    Contact.objects.update(state="closed")
    clock.advance(days=EIGHT_YEARS.days)
    assert continue_run(at=clock.now(), batches=1, size=3), "there is more"
    assert Contact.objects.exclude(note="").count() == 4
    started = RetentionRun.objects.get()
    assert started.finished_at is None
    clock.advance(hours=20)
    assert continue_run(at=clock.now(), batches=2, size=3)
    assert not continue_run(at=clock.now(), batches=50, size=3)
    assert RetentionRun.objects.get().forgot == {"contact": 7}
    assert Contact.objects.exclude(note="").count() == 0


def test_the_list_says_what_and_when_and_names_nothing_sealed(
    bin_done: Case, clock: Any, officer: Any, django_assert_num_queries: Any
) -> None:
    guardian = officer("data-protection-officer", name="Alison Whitcombe").actor
    Case.objects.update(restricted="social-care")
    assert bin_done.closed_at is not None
    current_pack()
    with django_assert_num_queries(4):
        found = due_page("case", visible_to=guardian, at=clock.now())
    assert found is not None
    line = found[1][0]
    assert (line.says, line.due) == ("A sealed record", due_on(bin_done.closed_at, 84))
    first = {one.code: one.first for one in schedule(visible_to=guardian, at=clock.now())}
    assert first["case"] == line.due
    assert record_class("nothing") is None
    with pytest.raises(Refused):
        schedule(visible_to=ANONYMOUS, at=clock.now())


@pytest.mark.parametrize(
    ("code", "index"),
    [
        ("case", "case_closed"), ("contact", "contact_newest"), ("message", "message_oldest"), ("booking", "booking_ended"),
        ("payment", "intent_oldest"), ("rating", "rating_said"), ("look", "reason_oldest"),
    ],
)  # fmt: skip
def test_what_is_due_is_read_in_order_from_an_index(council: Any, clock: Any, code: str, index: str) -> None:
    """The oldest first without sorting history: each night would else read all of it, two hundred rows at a time."""
    kept = record_class(code)
    assert kept is not None
    with CaptureQueriesContext(connection) as asked:
        kept.due(clock.now(), None, 200)
    (statement,) = [query["sql"] for query in asked.captured_queries if "ORDER BY" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan
    assert "Sort" not in plan
