"""Whose job is it? By lamp, road, land and what it is; not ours is sent on, told and tracked, and may come back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moothall.cases.models import Case, Task
from moothall.contacts.models import Matter
from moothall.core import jobs
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.references import show_reference
from moothall.documents.queries import photos_of_case
from moothall.intake.actions import raise_request
from moothall.intake.desk_preview import preview
from moothall.intake.place import Where
from moothall.intake.whose import referral_standard, whose_job
from moothall.notifications.models import Message
from moothall.partners.actions import AlreadySentOn, Heard, mark_sent, note_answer, refer_case
from moothall.partners.models import Referral
from moothall.partners.queries import referrals_of
from moothall.promises.models import Promise
from moothall.reports.actions import follow
from moothall.reports.queries.finding import report_of_case
from tests.interfaces.desk.conftest import Officer, officer
from tests.partners.conftest import ESTATE, LAMP, OURS, TRUNK

__all__ = ["officer"]
pytestmark = [pytest.mark.django_db]


@pytest.mark.parametrize(
    ("service", "point", "answers", "partner"),
    [
        ("pothole", OURS, {}, None),
        ("pothole", TRUNK, {}, "national-highways"),
        ("street-light", LAMP, {}, "parish-council"),
        ("street-light", (53.8500, -1.5501), {}, "national-highways"),  # the lamp is nobody else's: the road decides
        ("fly-tipping", ESTATE, {}, "housing-association"),
        ("fly-tipping", (53.7796, -1.5510), {}, None),  # in the hole of the estate
        ("fly-tipping", (53.7815, -1.5500), {}, None),  # just beyond its edge
        ("blocked-gully", OURS, {"what": "sewage"}, "water-company"),
        ("blocked-gully", OURS, {"what": "blocked"}, None),
        ("graffiti", OURS, {"surface": "utility"}, "phone-company"),
        ("missed-bin", TRUNK, {}, None),
        ("pothole", None, {}, None),
    ],
)
def test_things_roads_land_and_kind_decide(
    theirs: None,
    council: Any,
    service: str,
    point: tuple[float, float] | None,
    answers: dict[str, str],
    partner: str | None,
) -> None:
    where = Where(latitude=point[0], longitude=point[1]) if point else Where()
    with CaptureQueriesContext(connection) as asked:
        found = whose_job(council.services[service], answers, where, council)
    assert (found.partner.code if found else None) == partner
    assert len(asked) <= 4
    if found:
        assert found.partner.name in found.says


def said_to(template: str) -> list[Message]:
    return list(Message.objects.filter(template=template))


@pytest.mark.row("A11", "D4")
def test_not_ours_is_sent_on_with_a_promise_of_its_own_and_the_customer_told(
    theirs: None, report: Callable[..., Case], clock: Any
) -> None:
    case = report(*TRUNK, email="alma.dunn@example.org")
    row = Referral.objects.get()
    assert (row.partner, row.state, row.purpose) == ("national-highways", "sent", "theirs")
    assert (case.status, case.team) == ("passed_on", "customer-services")
    kinds = {one.kind: one for one in Promise.objects.filter(subject_id=case.id)}
    assert set(kinds) == {"acknowledge", "referral"}, "we promise what we can keep: the answer, not their work"
    sent = said_to("referral-out")[0]
    assert sent.to == "reports@trunkroads.example.org"
    assert "Deeper than 10 cm" in sent.body
    assert "dunn" not in sent.body.lower()
    told = said_to("case-passed-on")[0]
    assert told.to == "alma.dunn@example.org"
    assert "This road is looked after by National Highways" in told.body
    shown = report_of_case(case.id)
    assert shown is not None
    assert shown.says == "Passed on to National Highways, whose job it is"
    follow(case.id, address="second@example.com", by=ANONYMOUS, at=clock.now())
    clock.advance(days=2)
    heard = Heard("accepted", "Gang booked for Tuesday", "NH-5512")
    for _ in range(2):
        note_answer(row.id, heard, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    kinds["referral"].refresh_from_db()
    assert kinds["referral"].state == "met"
    notes = said_to("case-note")
    assert len(notes) == 1
    assert "5512" in notes[0].body
    clock.advance(days=3)
    note_answer(row.id, Heard("done", "Filled", changed_at=clock.now()), by=SYSTEM, at=clock.now())
    note_answer(
        row.id, Heard("refused", "too late", changed_at=clock.now() + timedelta(hours=1)), by=SYSTEM, at=clock.now()
    )
    jobs.drain(at=clock.now())
    case.refresh_from_db()
    assert (case.state, case.outcome, case.resolved) == ("closed", "done-by-partner", True)
    assert {one.to for one in said_to("follow-closed")} == {"second@example.com"}
    shown = report_of_case(case.id)
    assert shown is not None
    assert shown.says == "Fixed"


def test_refused_comes_back_with_the_promise_of_our_own_work(
    theirs: None, report: Callable[..., Case], clock: Any
) -> None:
    case = report(*TRUNK, email="alma.dunn@example.org")
    clock.advance(days=1)
    note_answer(Referral.objects.get().id, Heard("refused", "Ours ends at the bridge"), by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    case.refresh_from_db()
    assert (case.state, case.status) == ("open", "checking")
    assert Promise.objects.get(subject_id=case.id, kind="complete").state == "running"
    shown = report_of_case(case.id)
    assert shown is not None
    assert not shown.with_partner
    assert "not theirs" in said_to("case-note")[0].body


def test_what_cannot_be_sent_by_machine_is_a_task_and_a_case_can_be_sent_on_later(
    theirs: None, report: Callable[..., Case], council: Any, clock: Any
) -> None:
    answers = {"where": {"text": "Lamp 1", "latitude": LAMP[0], "longitude": LAMP[1]}, "fault": "out"}
    raised = raise_request(
        council.services["street-light"], answers, pack=council, channel="phone", by=SYSTEM, at=clock.now()
    )
    jobs.drain(at=clock.now())
    row = Referral.objects.get()
    task = Task.objects.get(case_id=raised.case_id)
    assert (row.state, task.kind, task.team) == ("stuck", "pass_on", "customer-services")
    assert "01632 960360" in task.title
    mark_sent(row.id, reference="P-1", by=SYSTEM, at=clock.now())
    assert referrals_of(row.case_id, visible_to=SYSTEM)[0].says == "Sent, no answer yet"
    with pytest.raises(LookupError):
        mark_sent(row.id, by=SYSTEM, at=clock.now())

    ours = report(*OURS)
    standard = referral_standard(council, "pothole", on=clock.now().date())
    refer_case(ours.id, partner="water-company", standard=standard, by=SYSTEM, at=clock.now())
    with pytest.raises(AlreadySentOn):
        refer_case(ours.id, partner="water-company", standard=standard, by=SYSTEM, at=clock.now())
    assert Promise.objects.get(subject_id=ours.id, kind="complete").state == "withdrawn"
    jobs.drain(at=clock.now())
    assert Referral.objects.get(case_id=ours.id).state == "sent"
    assert not photos_of_case(ours.id)


def test_it_is_said_before_sending_on_the_web_and_at_the_desk(
    theirs: None, council: Any, client: Client, clock: Any
) -> None:
    where = {"text": "By the services", "latitude": TRUNK[0], "longitude": TRUNK[1]}
    answers = {"where": where, "surface": "road", "depth": "deep", "size": "plate", "danger": "no", "injury": "no"}
    seen = preview(council.services["pothole"], answers, pack=council, at=clock.now())
    assert seen.team == "customer-services"
    assert seen.length == "10 working days"
    assert any("looked after by National Highways" in words for words in seen.say)

    here = str(client.post("/services/pothole/start", follow=True).redirect_chain[-1][0])
    client.post(here, {"where-latitude": str(TRUNK[0]), "where-longitude": str(TRUNK[1])})
    base = here.rsplit("/", 1)[0]
    for key in ("surface", "depth", "size", "danger", "injury"):
        client.post(f"{base}/{key}", {key: answers[key]})
    for key in ("route", "photo", "contact"):
        client.post(f"{base}/{key}", {})
    page = client.get(f"{base}/check").content.decode()
    assert "This road is looked after by National Highways" in page
    assert "We send it to them for you" in page
    assert "020 7946 0311" in page
    assert "we tell you what they say by" in page
    done = client.post(f"{base}/send", follow=True).content.decode()
    assert "We’ll tell you what they say by" in done
    assert show_reference(Case.objects.get().reference) in done
    assert Matter.objects.get().case_id == Case.objects.get().id


def test_officers_send_on_write_down_answers_join_and_take_out_at_the_desk(
    theirs: None, report: Callable[..., Case], officer: Callable[..., Officer], clock: Any
) -> None:
    first, double = report(*OURS, email="one@example.org"), report(OURS[0] + 0.0001, OURS[1], email="two@example.org")
    client = officer("team-leader", teams=("highway-inspectors", "customer-services")).client
    page = client.get(f"/desk/cases/{double.id}/").content.decode()
    assert "May be the same" in page
    assert "Send it on" in page

    def act(case: Case, name: str, **more: str) -> None:
        case.refresh_from_db()
        answer = client.post(f"/desk/cases/{case.id}/{name}", {"version": str(case.version)} | more)
        assert answer.status_code == 303, answer.content.decode()[:3000]
        jobs.drain(at=clock.now())

    act(double, "join", into=first.reference)
    assert "Joined to this one" in client.get(f"/desk/cases/{first.id}/").content.decode()
    act(first, "split", joined=str(double.id))
    double.refresh_from_db()
    assert double.state == "open"
    act(first, "refer", partner="national-highways", service="pothole")
    row = Referral.objects.get()
    assert "sent, no answer yet" in client.get(f"/desk/cases/{first.id}/").content.decode()
    act(first, "answer", referral=str(row.id), said="accepted", their_reference="NH-1", their_words="On Friday")
    assert "NH-1" in client.get(f"/desk/cases/{first.id}/").content.decode()
    assert client.post(f"/desk/cases/{first.id}/answer", {"referral": str(row.id), "said": ""}).status_code == 422
    assert client.post(f"/desk/cases/{double.id}/answer", {"referral": str(row.id), "said": "done"}).status_code == 422
    act(first, "hide", hide="yes")
    assert client.get(f"/reports/{show_reference(first.reference)}").status_code == 404
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/desk/cases/{double.id}/")
        counted.append(len(asked))
        report(OURS[0] + 0.0002, OURS[1])
    assert counted[0] == counted[1]
