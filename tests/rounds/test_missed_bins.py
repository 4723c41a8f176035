"""A missed bin is checked against the crew's own record while the customer is still typing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from moothall.cases.actions import close_case
from moothall.cases.models import Case
from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.clock import now
from moothall.core.jobs import drain
from moothall.core.models import Event
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.rounds.actions import take_cab_events
from moothall.rounds.models import CabEvent, Flag
from moothall.rounds.pack import ROUNDS
from moothall.rounds.queries import crew_sheet
from moothall.services.pack import SERVICES

from .conftest import FAR, HIGH, HOME, MILL, MONDAY

pytestmark = [pytest.mark.django_db]

ANSWERS = {
    "address": {"line1": "14 Mill Lane", "postcode": "LS1 1UR", "uprn": str(HOME), "text": "14 Mill Lane, LS1 1UR"},
    "bin": "general", "out_time": "night_before", "extent": "only_me", "tag": "no", "assisted": "no", "still_out": "yes",
    "contact": {"name": "Amina Dunn", "email": "amina.dunn@example.com"},
}  # fmt: skip


def report(council: Any, **changed: Any) -> Any:
    service = council.of(SERVICES)["missed-bin"]
    answers, wrong = read_all(service, ANSWERS | changed, today=date(2026, 3, 2), channel="web")
    assert wrong == {}
    return raise_request(service, answers, pack=council, channel="web", by=ANONYMOUS, at=now())


@pytest.mark.parametrize(
    ("sent", "clock_at", "bin_", "accepted", "because"),
    [
        ([], "08:00", "general", False, "not reached your street"),
        ([("passed_street", "09:05", MILL, None)], "10:00", "general", True, ""),
        ([("not_out", "09:04", None, HOME)], "10:00", "general", False, "not out when they came"),
        ([("contaminated", "09:04", None, HOME)], "10:00", "general", False, "wrong items"),
        ([("too_heavy", "09:04", None, HOME)], "10:00", "general", False, "lift it safely"),
        ([("not_out", "09:04", None, FAR), ("passed_street", "09:05", MILL, None)], "10:00", "general", True, ""),
        ([("broken_down", "08:30", None, None)], "10:00", "general", False, "lorry stopped working"),
        ([("blocked", "09:05", MILL, None)], "10:00", "general", True, ""),
        ([], "18:00", "general", True, ""),
        ([], "10:00", "recycling", False, "not been due"),
        ([], "10:00", "garden", False, "not been due"),
    ],
)  # fmt: skip
def test_a_report_is_read_against_the_round(
    council: Any, clock: Any, round_: Any, sent: list[Any], clock_at: str, bin_: str, accepted: bool, because: str
) -> None:
    clock.set(f"2026-03-02T{clock_at}")
    for kind, hour, usrn, uprn in sent:
        round_(kind, hour, usrn=usrn, uprn=uprn)
    raised = report(council, bin=bin_)
    assert raised.accepted is accepted
    assert because in raised.because
    if accepted:
        kept = Case.objects.get(id=raised.case_id).answers["record"]
        assert kept["code"] in {"passed", "blocked", "unknown"}
        assert kept["says"]


def test_the_site_says_so_before_anything_is_sent(council: Any, clock: Any, round_: Any, client: Client) -> None:
    clock.set("2026-03-02T10:00")
    round_("not_out", "09:12", uprn=HOME)
    started = client.post("/services/missed-bin/start", follow=True).redirect_chain[-1][0]
    step = client.post(started, {"address": str(HOME), "address-postcode": "LS1 1UR"}, follow=True)
    assert "What our crew recorded" not in step.content.decode()
    step = client.post(step.redirect_chain[-1][0], {"bin": "general"}, follow=True)
    assert "At 9.12am: the crew recorded that the bin was not out when they came." in step.content.decode()
    step = client.post(step.redirect_chain[-1][0], {"out_time": "night_before"}, follow=True)
    assert "What our crew recorded" not in step.content.decode(), "said once"
    rest = {"extent": "only_me", "tag": "no", "assisted": "no", "still_out": "yes", "contact-email": "a@example.com"}
    for answer in ({key: value} for key, value in rest.items()):
        step = client.post(step.redirect_chain[-1][0], answer, follow=True)
    check = step.content.decode()
    assert "Check your answers" in check
    assert "What our crew recorded" in check
    assert "Put it out by 7am on your next collection day." in check


def test_order_and_repetition_leave_the_same_record(council: Any, clock: Any, round_: Any) -> None:
    clock.set("2026-03-02T12:00")
    late = round_("passed_street", "09:05", usrn=MILL)
    event = CabEvent.objects.get()
    again = round_("passed_street", "09:05", usrn=MILL, id_=event.id)
    assert (late.new, again.new, again.known, CabEvent.objects.count()) == (1, 0, 1, 1)
    before = round_("blocked", "08:50", usrn=MILL)
    assert before.new == 1
    assert report(council).accepted


@pytest.mark.parametrize(
    ("kind", "hour", "parts", "why"),
    [
        ("flown", "09:00", {}, "no kind"), ("not_out", "09:00", {}, "send its uprn"),
        ("passed_street", "09:00", {}, "send its usrn"),
        ("finished", "09:00", {"uprn": HOME}, "leave uprn out"), ("finished", "23:00", {}, "still to come"),
        ("finished", "09:00", {"bin_": "glass"}, "no bin glass"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_with_its_reason(
    council: Any, clock: Any, round_: Any, kind: str, hour: str, parts: dict[str, Any], why: str
) -> None:
    taken = round_(kind, hour, **parts)
    assert taken.new == 0
    assert why in taken.refused[0][1]
    with pytest.raises(Refused):
        take_cab_events([], bins=frozenset(), by=ANONYMOUS, at=now())


def test_a_second_miss_is_on_the_crews_sheet_before_the_next_round(council: Any, clock: Any, round_: Any) -> None:
    clock.set("2026-03-02T10:00")
    round_("passed_street", "09:05", usrn=MILL)
    report(council)
    drain()
    assert Flag.objects.count() == 0
    clock.advance(timedelta(hours=1))
    report(council, contact={"name": "Amina Dunn", "email": "a.dunn@example.com"})
    drain()
    drain()
    rounds = council.one(ROUNDS)
    mill, high = crew_sheet("r1", date(2026, 3, 16), rounds=rounds, visible_to=SYSTEM)
    assert (mill.usrn, [(f.uprn, f.kind) for f in mill.flags]) == (MILL, [(HOME, "repeat")])
    assert (high.usrn, high.flags, high.doors) == (HIGH, (), 1)
    assert crew_sheet("r1", date(2026, 4, 13), rounds=rounds, visible_to=SYSTEM)[0].flags == (), (
        "it does not stand there for ever"
    )
    assert Event.objects.filter(name="round.flagged").count() == 1


def test_help_with_bins_that_was_agreed_is_never_forgotten(council: Any, clock: Any, round_: Any) -> None:
    service = council.of(SERVICES)["assisted-collection"]
    answers = {"address": ANSWERS["address"]}
    raised = raise_request(service, answers, pack=council, channel="phone", by=SYSTEM, at=now())
    close_case(case_id=raised.case_id, outcome="agreed-long-term", resolved=True, by=SYSTEM, at=now())
    drain()
    sheet = crew_sheet("r1", date(2027, 3, 1), rounds=council.one(ROUNDS), visible_to=SYSTEM)
    assert [(f.uprn, f.kind) for f in sheet[0].flags] == [(HOME, "assisted")]


def test_a_lorry_that_stops_is_an_event_others_hear_of(council: Any, clock: Any, round_: Any) -> None:
    clock.set("2026-03-02T10:00")
    round_("broken_down", "09:00")
    round_("resumed", "09:30")
    found = Event.objects.filter(name__startswith="round.").order_by("occurred_at")
    assert [event.name for event in found] == ["round.stopped", "round.resumed"]
    assert found[0].data == {"schedule": "r1", "day": MONDAY.isoformat(), "bin": "general"}
