# ruff: noqa: F811  fixtures come by import
"""A person is erased, every record joined to her too; the figures stand as they were; the law is kept, and she is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from moothall.cases.actions import close_case
from moothall.cases.models import Case
from moothall.core.access import Refused
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.jobs import drain
from moothall.customers.actions import create_customer
from moothall.customers.linking.actions import keep_apart, merge, note_pair, unmerge
from moothall.customers.linking.models import Pair
from moothall.customers.models import Customer
from moothall.customers.privacy.models import Erasure
from moothall.feedback.actions import About, rate
from moothall.insight.models import MonthlyFigure, PromiseFact
from moothall.intake.erasing import ask_to_be_erased, erase_person, prospect
from moothall.notifications.models import Message
from moothall.payments.models import Intent
from moothall.promises.models import Promise
from tests.customers.privacy.test_forgetting import left_of
from tests.interfaces.desk.conftest import amina, missed_bin, officer  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db


def closed(case_id: Any, clock: Any) -> None:
    clock.advance(hours=30)
    close_case(case_id, outcome="collected", resolved=True, by=SYSTEM, at=clock.now())
    about = About(case_id=case_id, service="missed-bin")
    rate(about, score="poor", why="Amina Dunn waited a whole day", channel="web", by=SYSTEM, at=clock.now())


def figures() -> list[tuple[Any, ...]]:
    """Every published figure and every promise that is counted, whole."""
    drain()
    told = MonthlyFigure.objects.order_by("month", "measure", "service", "channel", "area", "key")
    kept = PromiseFact.objects.order_by("promise_id").values_list()
    return [*told.values_list("month", "measure", "service", "channel", "area", "key", "count", "of", "total"), *kept]


@pytest.mark.django_db(transaction=True)
def test_figures_stand_before_and_after(amina: Any, missed_bin: Any, clock: Any) -> None:
    closed(missed_bin(amina).case_id, clock)
    before = figures()
    assert before
    row = erase_person(amina.id, by=SYSTEM, at=clock.now())
    assert row.done
    assert figures() == before
    case = Case.objects.get()
    assert (case.service, case.outcome, case.answers, case.place_text) == ("missed-bin", "collected", {}, "")


@pytest.mark.long
def test_nothing_is_left_of_her_or_of_a_record_joined_to_her(amina: Any, missed_bin: Any, clock: Any) -> None:
    twin = create_customer(
        given_name="Aminah", family_name="Dunnwick", contact_points=[("email", "aminah@example.org")], by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip
    merge(amina.id, twin.id, reason="Both are Aminah Dunnwick", by=SYSTEM, at=clock.now())
    closed(missed_bin(amina).case_id, clock)
    drain()
    assert set(left_of("Dunnwick")) > {"customers_customer.family_name"}
    erase_person(twin.id, by=SYSTEM, at=clock.now())
    clock.advance(days=2)  # the address of the receipt goes last
    drain()
    for word in ("Dunnwick", "Amina", "dunnwick", "447700900123", "aminah@example.org"):
        assert set(left_of(word)) == set(), word
    assert Message.objects.exclude(body="").exclude(template="erasure-done").count() == 0


def test_parting_records_that_were_erased_brings_nothing_back_and_asks_nobody(amina: Any, clock: Any) -> None:
    """Two who were one are erased, a question about them still open; then somebody takes the merge back."""
    others = [
        create_customer(given_name=name, family_name="Dunnwick", by=SYSTEM, at=clock.advance(minutes=1))
        for name in ("Aminah", "Bea", "Cis")
    ]
    made = merge(amina.id, others[0].id, by=SYSTEM, at=clock.advance(minutes=1))
    for other in others[1:]:
        note_pair(amina.id, other.id, weight=9.0, parts=[], at=clock.advance(minutes=1))
    keep_apart(amina.id, others[2].id, by=SYSTEM, at=clock.advance(minutes=1))
    assert erase_person(amina.id, by=SYSTEM, at=clock.now()).done
    assert not Pair.objects.filter(state="open").exists(), "whom nobody knows nobody can compare"
    done = unmerge(made.id, why="Two people", by=SYSTEM, at=clock.advance(days=1))
    drain()
    assert (done.went_back, done.waiting) == (0, 0)
    assert not Pair.objects.filter(state="open").exists()
    for one in (amina, others[0]):
        one.refresh_from_db()
        assert (one.joined_to_id, one.given_name, one.family_name, one.search) == (None, "", "", "")
    others[1].refresh_from_db()
    assert others[1].given_name == "Bea"


def test_her_receipt_goes_to_her_last_address_and_keeps_no_words(amina: Any, clock: Any) -> None:
    Customer.objects.filter(id=amina.id).update(preferred_channel="email")
    row = erase_person(amina.id, by=SYSTEM, at=clock.now())
    told = Message.objects.get(template="erasure-done")
    assert (told.to, told.customer_id) == ("amina.dunn@example.com", None)
    assert f"{row.number[:4]}-{row.number[4:]}" in told.body.replace("\\", "")
    drain()
    told.refresh_from_db()
    assert "Hello" not in told.body


def test_work_under_way_and_what_is_owed_refuse_it_with_reasons(amina: Any, missed_bin: Any, clock: Any) -> None:
    missed_bin(amina)
    Intent.objects.create(
        reference="CCCC2345", service="missed-bin", channel="web", description="A bin", income="bins", amount_pence=500,
        customer_id=amina.id, created_at=clock.now(), changed_at=clock.now(),
    )  # fmt: skip
    row = erase_person(amina.id, by=SYSTEM, at=clock.now())
    assert not row.done
    assert {one["what"] for one in row.kept} == {"Cases under way", "Payments still owed"}
    amina.refresh_from_db()
    assert amina.given_name == "Amina"
    told = Message.objects.get(template="erasure-refused")
    assert "something they asked for" in told.body.replace("\\", "") or told.channel == "sms"


def test_paid_payments_stay_for_the_pack_s_years_and_say_until_when(amina: Any, clock: Any) -> None:
    for reference, years in (("CCCC2345", 1), ("CCCC2346", 8)):
        then = clock.now() - timedelta(days=365 * years)
        Intent.objects.create(
            reference=reference, state="done", service="bulky", channel="web", description="A sofa", income="bulky",
            amount_pence=500, customer_id=amina.id, created_at=then, changed_at=then,
        )  # fmt: skip
    found = prospect(amina.id, visible_to=SYSTEM, at=clock.now())
    assert found is not None
    assert [(one.what, one.count, one.until.isoformat() if one.until else "") for one in found.stays] == [
        ("Payments", 1, "2032-03-02")
    ]
    row = erase_person(amina.id, by=SYSTEM, at=clock.now())
    assert row.done
    assert set(Intent.objects.values_list("reference", "customer_id")) == {("CCCC2345", amina.id), ("CCCC2346", None)}


def test_sealed_records_in_their_years_refuse_it(amina: Any, clock: Any, council: Any) -> None:
    Case.objects.create(
        reference="CCCC2345", service="safeguarding-child", restricted="social-care", state="closed", channel="phone",
        team="x", opened_at=clock.now(), changed_at=clock.now(), closed_at=clock.now(), customer_id=amina.id,
    )  # fmt: skip
    row = erase_person(amina.id, by=SYSTEM, at=clock.now())
    assert not row.done
    (why,) = row.kept
    assert why["what"] == "Sealed records"
    assert council.services["safeguarding-child"].name not in str(row.kept)


def test_the_console_asks_for_the_reference_again(amina: Any, officer: Any, clock: Any) -> None:
    guardian = officer("data-protection-officer", name="Alison Whitcombe").client
    leader = officer("team-leader", name="Grace Okonjo").client
    assert leader.get("/console/erasures").status_code == 403
    page = guardian.get(f"/console/erasures?reference={amina.reference}").content.decode()
    assert "Amina Dunn" in page
    told = {"reference": amina.reference, "again": "nonsense"}
    assert guardian.post("/console/erasures", told).status_code == 422
    assert not Erasure.objects.exists()
    answer = guardian.post("/console/erasures", told | {"again": amina.reference}, follow=True)
    assert "Erased." in answer.content.decode()
    assert "Amina" not in answer.content.decode()
    assert "empty already" in guardian.get(f"/console/erasures?reference={amina.reference}").content.decode()
    assert guardian.get("/console/erasures?reference=ZZZZ").status_code == 422


def test_asked_for_once_it_stops_nothing_and_is_answered_either_way(amina: Any, missed_bin: Any, clock: Any) -> None:
    me = customer_actor(amina.id)
    with pytest.raises(Refused):
        ask_to_be_erased(amina.id, channel="web", by=customer_actor(missed_bin().case_id), at=clock.now())
    asked = [ask_to_be_erased(amina.id, channel="web", by=me, at=clock.now()) for _ in range(2)]
    assert asked[0] == asked[1]
    promise = Promise.objects.get(subject_id=asked[0], kind="complete")
    assert promise.due_at is not None
    assert 27 <= (promise.due_at - clock.now()).days <= 33
    raised = missed_bin(amina)
    assert not erase_person(amina.id, by=SYSTEM, at=clock.now()).done
    case = Case.objects.get(id=asked[0])
    assert (case.state, case.outcome, case.resolved) == ("closed", "kept", False)
    closed(raised.case_id, clock)
    again = ask_to_be_erased(amina.id, channel="web", by=me, at=clock.now())
    assert again not in asked
    assert erase_person(amina.id, by=SYSTEM, at=clock.now()).done
    assert Case.objects.get(id=again).outcome == "erased"
