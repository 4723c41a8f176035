"""A missed bin is checked against the crew's own record while the customer is still typing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from moothall.cases.actions import close_case
from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.clock import now
from moothall.core.jobs import drain
from moothall.core.models import Event
from moothall.core.references import show_reference
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.rounds.actions import end_flags, flag_door, import_collections, take_cab_events
from moothall.rounds.models import CabEvent, Flag, FlagKind
from moothall.rounds.pack import ROUNDS
from moothall.rounds.queries import crew_sheet
from moothall.services.pack import SERVICES

from ..interfaces.api.conftest import machine_with  # noqa: F401 - a fixture
from .conftest import FAR, HIGH, HOME, MILL, MONDAY, NEIGHBOUR

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


def to_the_bin(client: Client, bin_: str = "general") -> Any:
    """Say which address and which bin on the site; return the page that follows."""
    started = client.post("/services/missed-bin/start", follow=True).redirect_chain[-1][0]
    step = client.post(started, {"address": str(HOME), "address-postcode": "LS1 1UR"}, follow=True)
    assert "What our crew recorded" not in step.content.decode()
    return client.post(step.redirect_chain[-1][0], {"bin": bin_}, follow=True)


def go_on(client: Client, step: Any, *answers: dict[str, str]) -> Any:
    """Answer one page after another; return the last."""
    for answer in answers:
        step = client.post(step.redirect_chain[-1][0], answer, follow=True)
    return step


REST = (
    {"out_time": "night_before"}, {"extent": "only_me"}, {"tag": "no"}, {"assisted": "no"}, {"still_out": "yes"},
    {"contact-email": "a@example.com"},
)  # fmt: skip


def test_what_the_crew_recorded_is_said_and_no_more_is_asked(
    council: Any, clock: Any, round_: Any, client: Client
) -> None:
    clock.set("2026-03-02T10:00")
    round_("not_out", "09:12", uprn=HOME)
    step = to_the_bin(client)
    page = step.content.decode()
    assert "At 9.12am: the crew recorded that the bin was not out when they came." in page
    assert "Is that right?" in page
    step = go_on(client, step, {"record_right": "yes"})
    check = step.content.decode()
    assert "You need not send this" in check
    assert "Put it out by 7am on your next collection day." in check
    assert "Send it" not in check
    done = client.post(re.findall(r'action="([^"]*/send)"', check)[0], follow=True).content.decode()
    assert "We’ve noted that you asked" in done
    assert "/dispute" in done, "a way to say that it is wrong"
    assert Case.objects.count() == 0
    assert Contact.objects.get().service == "missed-bin"


def test_whoever_says_the_record_is_wrong_is_believed_until_somebody_has_looked(
    council: Any, clock: Any, round_: Any, client: Client
) -> None:
    clock.set("2026-03-02T10:00")
    round_("not_out", "09:12", uprn=HOME)
    step = go_on(client, to_the_bin(client), {"record_right": "yes"})
    wrong = re.findall(r'href="([^"]*/record_right\?change=1)">That is not right', step.content.decode())[0]
    step = client.post(wrong, {"record_right": "no"}, follow=True)
    assert "When did you put it out?" in step.content.decode()
    check = go_on(client, step, *REST).content.decode()
    assert "We can’t take this" not in check
    client.post(re.findall(r'action="([^"]*/send)"', check)[0], follow=True)
    case = Case.objects.get()
    assert (case.team, case.answers["record"]["code"], case.answers["record_right"]) == (
        "round-supervisors", "not_out", "no",
    )  # fmt: skip


def test_it_was_wrong_but_it_was_out_too_late(council: Any, clock: Any, round_: Any, client: Client) -> None:
    clock.set("2026-03-02T10:00")
    round_("not_out", "09:12", uprn=HOME)
    step = go_on(client, to_the_bin(client), {"record_right": "no"}, {"out_time": "after_start"}, *REST[1:])
    assert "It was put out after the round had started." in step.content.decode()


def test_what_cannot_be_disputed_ends_the_questions(council: Any, clock: Any, round_: Any, client: Client) -> None:
    clock.set("2026-03-02T08:00")
    check = to_the_bin(client).content.decode()
    assert "You need not send this" in check
    assert "we expect it by 9am" in check
    assert 'href="/contact">If you think that is wrong' in check


@pytest.mark.parametrize("sent_first", [True, False])
def test_not_its_day_can_be_disputed_before_and_after_it_was_answered(
    council: Any, clock: Any, round_: Any, client: Client, sent_first: bool
) -> None:
    clock.set("2026-03-02T10:00")
    step = to_the_bin(client, "recycling")
    page = step.content.decode()
    assert "That bin has not been due in the last few days." in page
    assert "Its next collection is Monday 9 March." in page
    if sent_first:
        check = go_on(client, step, {"record_right": "yes"}).content.decode()
        done = client.post(re.findall(r'action="([^"]*/send)"', check)[0], follow=True).content.decode()
        action = re.findall(r'action="([^"]*/dispute)"', done)[0]
        client.post(action)
        step = client.post(action, follow=True)
    else:
        step = go_on(client, step, {"record_right": "no"})
    assert "When did you put it out?" in step.content.decode(), "neither the address nor the bin is asked again"
    check = go_on(client, step, *REST).content.decode()
    done = client.post(re.findall(r'action="([^"]*/send)"', check)[0], follow=True).content.decode()
    case = Case.objects.get()
    assert show_reference(case.reference) in done
    assert (case.team, case.answers["record"]["code"], case.answers["record_right"]) == (
        "round-supervisors", "not_its_day", "no",
    )  # fmt: skip
    if sent_first:
        again = client.post(action, follow=True).content.decode()
        assert show_reference(case.reference) in again, "what became a case is shown, not opened again"
        assert Case.objects.count() == 1


def test_only_who_holds_it_and_only_what_was_found_can_be_disputed(
    council: Any, clock: Any, round_: Any, client: Client
) -> None:
    clock.set("2026-03-02T08:00")
    check = to_the_bin(client).content.decode()
    done = client.post(re.findall(r'action="([^"]*/send)"', check)[0], follow=True)
    assert "/dispute" not in done.content.decode(), "a lorry that is still to come"
    address = done.redirect_chain[-1][0].replace("/sent", "/dispute")
    assert client.post(address).status_code == 404
    assert Client().post(address).status_code == 404


def test_over_the_wire_a_record_can_be_disputed(
    council: Any, clock: Any, round_: Any, machine_with: Callable[..., Any]  # noqa: F811
) -> None:  # fmt: skip
    clock.set("2026-03-02T10:00")
    round_("contaminated", "09:12", uprn=HOME)
    wire = machine_with("api.cases.write")

    def ask(key: str, answers: dict[str, Any]) -> Any:
        return wire.post("/cases", {"service": "missed-bin", "channel": "api", "answers": answers}, key=key)

    short = {"address": ANSWERS["address"], "bin": "general"}
    assert "answers.record_right" in ask("a", short).content.decode()
    refused = ask("b", short | {"record_right": "yes"}).json()
    assert refused["accepted"] is False, "no more is missed: the record answers it"
    taken = ask("c", ANSWERS | {"record_right": "no"}).json()
    assert (taken["accepted"], taken["team"]) == (True, "round-supervisors")


def test_the_lorry_comes_while_she_writes_and_the_rest_is_asked(
    council: Any, clock: Any, round_: Any, client: Client
) -> None:
    clock.set("2026-03-02T08:00")
    check = to_the_bin(client)
    assert "You need not send this" in check.content.decode()
    clock.set("2026-03-02T10:00")
    round_("passed_street", "09:05", usrn=MILL)
    again = client.get(check.redirect_chain[-1][0], follow=True).content.decode()
    assert "When did you put it out?" in again


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


def test_another_bin_and_what_was_no_miss_are_not_missed_before(council: Any, clock: Any, round_: Any) -> None:
    clock.set("2026-03-02T10:00")
    round_("passed_street", "09:05", usrn=MILL)
    import_collections([("r1", MONDAY, "food")], by=SYSTEM)
    round_("passed_street", "09:05", usrn=MILL, bin_="food")
    first = report(council)
    report(council, bin="food", contact={"email": "b@example.com"})
    drain()
    assert Flag.objects.count() == 0, "the food caddy is another bin"
    assert first.case_id
    close_case(first.case_id, outcome="not-a-miss-not-presented", resolved=False, by=SYSTEM, at=now())
    report(council, contact={"email": "c@example.com"})
    drain()
    assert Flag.objects.count() == 0, "it was not out: that was no miss"
    report(council, contact={"email": "d@example.com"})
    drain()
    assert Flag.objects.get().kind == FlagKind.REPEAT


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


def test_not_out_is_no_answer_where_the_crew_fetches_the_bins_and_the_help_is_not_told(
    council: Any, clock: Any, round_: Any, client: Client
) -> None:
    flag_door(HOME, FlagKind.ASSISTED, begins=date(2026, 1, 5), ends=None, case_id=None, by=SYSTEM, at=now())
    clock.set("2026-03-02T10:00")
    round_("not_out", "09:12", uprn=HOME)
    round_("not_out", "09:13", uprn=NEIGHBOUR)
    step = to_the_bin(client)
    page = step.content.decode()
    assert "The crew came at 9.12am and did not take it." in page
    assert "Is that right?" not in page
    check = go_on(client, step, *REST).content.decode()
    said = check.partition("<main")[2].partition("</main>")[0].lower().replace("do you have help with putting", "")
    assert "help" not in said
    client.post(re.findall(r'action="([^"]*/send)"', check)[0], follow=True)
    case = Case.objects.get()
    assert (case.priority, case.team, case.answers["record"]["code"]) == ("high", "round-supervisors", "not_fetched")
    hers = report(council, record_right="no")
    other = report(council, address=ANSWERS["address"] | {"uprn": str(NEIGHBOUR)}, record_right="yes")
    assert (hers.accepted, other.accepted) == (True, False), "next door it was to be put out"


def test_help_that_is_agreed_counts_whether_or_not_she_says_so_and_ends_when_it_ends(
    council: Any, clock: Any, round_: Any
) -> None:
    clock.set("2026-03-02T10:00")
    round_("passed_street", "09:05", usrn=MILL)
    flag_door(HOME, FlagKind.ASSISTED, begins=date(2026, 1, 5), ends=None, case_id=None, by=SYSTEM, at=now())
    urgent = report(council)
    assert Case.objects.get(id=urgent.case_id).priority == "high"
    end_flags(HOME, FlagKind.ASSISTED, last=date(2026, 3, 1), by=SYSTEM)
    Case.objects.all().update(service="bin-day")  # no second miss: only the help is to speak
    assert Case.objects.get(id=report(council).case_id).priority == "normal"


def test_a_lorry_that_stops_is_an_event_others_hear_of(council: Any, clock: Any, round_: Any) -> None:
    clock.set("2026-03-02T10:00")
    round_("broken_down", "09:00")
    round_("resumed", "09:30")
    found = Event.objects.filter(name__startswith="round.").order_by("occurred_at")
    assert [event.name for event in found] == ["round.stopped", "round.resumed"]
    assert found[0].data == {"schedule": "r1", "day": MONDAY.isoformat(), "bin": "general"}
