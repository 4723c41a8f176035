"""Contractors who work for us by Open311: told at once, or when a crew on the spot or an officer hands a case to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from moothall.cases.actions import close_case
from moothall.cases.models import Case, Note, Task
from moothall.core import clock as time
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.ids import new_id
from moothall.documents.actions import keep_upload
from moothall.documents.models import Document
from moothall.field.actions import give_job, publish_day
from moothall.field.models import Job
from moothall.intake.whose import referral_standard
from moothall.partners.actions import Heard, contract_missing, hand_over, note_answer, refer_case
from moothall.partners.actions.following import ask_partners
from moothall.partners.adapters.open311 import Open311
from moothall.partners.adapters.open311.twin import KEY, Twin
from moothall.partners.models import Referral
from moothall.partners.pack import PARTNERS
from moothall.partners.protocols import NotTaken, OutReport
from moothall.partners.telling import report_of
from moothall.promises.models import Promise
from moothall.reports.actions import mark_photos, review_photo
from tests.field.conftest import Phone, member, phone
from tests.field.devices import photo_file
from tests.partners.conftest import OURS, TRUNK

__all__ = ["member", "phone"]
pytestmark = [pytest.mark.django_db]


@pytest.fixture
def twin(settings: Any, clock: Any, tmp_path: Path) -> Iterator[Twin]:
    """The contractors' system, which is asked and tells nothing by itself."""
    running = Twin(keep=tmp_path / "kept.json").start()
    settings.PARTNER_ADDRESSES, settings.PARTNER_KEYS = {"*": running.url}, {"*": KEY}
    yield running
    running.stop()


@pytest.fixture
def out(town: None, clock: Any) -> Callable[[Case], Job]:
    """Give the case's job to a crew that is out today."""

    def make(case: Case) -> Job:
        today = time.now().astimezone(time.LONDON).date()
        give_job(Job.objects.get(case_id=case.id).id, crew="highways-1", day=today, by=SYSTEM, at=time.now())
        publish_day(today, by=SYSTEM, at=time.now())
        return Job.objects.get(case_id=case.id)

    return make


@pytest.mark.row("A11")
def test_it_is_told_at_once_of_what_it_works_on_where_its_system_is_connected(
    twin: Twin, theirs: None, report: Callable[..., Case], settings: Any
) -> None:
    lamp = report(*OURS, service="street-light", fault="out", email="osei@example.org")
    (held,) = twin.held.values()
    assert (held["contractor"], held["service_code"]) == ("lighting-contractor", "street-light")
    assert "osei" not in str(held)
    assert Referral.objects.get().case_id == lamp.id
    assert not Job.objects.filter(state="waiting").exists(), "no crew of ours goes there as well"
    report(*TRUNK, service="street-light", fault="out")
    assert len(twin.held) == 1, "another's lamp is theirs alone"
    settings.PARTNER_ADDRESSES = {}
    near = report(OURS[0] + 0.01, OURS[1], service="street-light", fault="out")
    assert not Referral.objects.filter(case_id=near.id).exists(), "not connected: our own crew has it"
    assert Job.objects.get(case_id=near.id).state == "waiting"
    settings.PARTNER_ADDRESSES = {"*": twin.url}
    assert contract_missing(most=10, by=SYSTEM, at=time.now()) == 1, "what was open before is told once it is"
    jobs.drain(at=time.now())
    assert len(twin.held) == 2
    assert contract_missing(most=10, by=SYSTEM, at=time.now()) == 0


def test_a_crew_hands_it_over_and_our_promise_stands(
    twin: Twin, report: Callable[..., Case], out: Callable[[Case], Job], phone: Callable[..., Phone], clock: Any
) -> None:
    case = report(*OURS, email="alma.dunn@example.org")
    assert not twin.held
    job = out(case)
    assert phone().say("not_done", job, reason="for-contractor").verdict == "taken"
    row = Referral.objects.get()
    assert (row.partner, row.purpose, row.state) == ("surfacing-contractor", "for_us", "sent")
    assert [one.text for one in Note.objects.filter(case_id=case.id)] == [
        "We came on Monday 2 March, 9am. It needs a bigger machine than our crew has. It goes to our contractor now. You"
        " don’t have to do anything."
    ]
    assert not Task.objects.filter(case_id=case.id, done_at=None).exists(), "nothing is left for anybody here to do"
    promise = Promise.objects.get(subject_id=case.id, kind="complete")
    assert promise.state == "running"

    twin.say(row.their_reference, "not-ours")
    clock.advance(minutes=20)
    ask_partners(at=clock.now())
    jobs.drain(at=clock.now())
    row.refresh_from_db()
    assert row.state == "refused"
    again = Job.objects.get(case_id=case.id, state="waiting")
    assert again.id != job.id, "it comes back to our own crews"

    hand_over(case.id, at=clock.now())
    jobs.drain(at=clock.now())
    row.refresh_from_db()
    assert len(twin.held) == 2, "sent again it is a report of its own"
    clock.advance(hours=1)
    twin.say(row.their_reference, "closed")
    ask_partners(at=clock.now())
    jobs.drain(at=clock.now())
    case.refresh_from_db()
    assert (case.state, case.outcome, case.resolved) == ("closed", "done-by-partner", True)
    assert hand_over(case.id, at=clock.now()) is None, "what is over goes nowhere"


def test_where_no_contractor_takes_it_the_office_decides(
    twin: Twin, report: Callable[..., Case], council: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = report(*OURS)
    for code, partner in council.of(PARTNERS).items():
        changed = partner.model_copy(update={"takes_over": (), "works_on": ()})
        monkeypatch.setitem(council._values["partners"], code, changed)
    assert hand_over(case.id, at=time.now()) is None
    assert "Decide what happens next" in Task.objects.get(case_id=case.id, kind="visit_failed").title
    assert not twin.held


def test_an_officer_hands_it_over_too(twin: Twin, report: Callable[..., Case], council: Any) -> None:
    case = report(*OURS)
    standard = referral_standard(council, "pothole", on=time.now().date())
    row = refer_case(case.id, partner="surfacing-contractor", standard=standard, by=SYSTEM, at=time.now())
    jobs.drain(at=time.now())
    case.refresh_from_db()
    assert (row.purpose, case.status) == ("for_us", "in_progress")
    kinds = {one.kind: one.state for one in Promise.objects.filter(subject_id=case.id)}
    assert kinds["complete"] == "running"
    assert "referral" not in kinds
    close_case(case.id, outcome="repaired", resolved=True, by=SYSTEM, at=time.now())


def test_the_played_system_speaks_the_standard_in_both_formats_and_keeps_what_it_took(twin: Twin, clock: Any) -> None:
    here = Open311(twin.address("lighting-contractor"), key=KEY)
    sent = here.send(OutReport("k1", "street-light", "Out <b>&", *OURS, address="Mill Lane"))
    assert here.send(OutReport("k1", "street-light", "Out <b>&", *OURS)).reference == sent.reference
    twin.tokens = True
    token = here.send(OutReport("k2", "street-light", "Out", *OURS)).token
    assert here.reference_of(token) == "C00002"
    assert {one["service_code"] for one in here.services()} == {"street-light"}
    assert requests.get(f"{twin.address('surfacing-contractor')}/requests.json", timeout=5).json() == []
    as_json = requests.get(f"{twin.address('lighting-contractor')}/requests/{sent.reference}.json", timeout=5).json()
    assert as_json[0]["description"] == "Out <b>&"
    with pytest.raises(NotTaken, match="api_key"):
        Open311(twin.address("lighting-contractor"), key="x").send(OutReport("k3", "street-light", "", *OURS))
    twin.refuses = "Not in our contract"
    with pytest.raises(NotTaken, match="Not in our contract"):
        here.send(OutReport("k4", "street-light", "", *OURS))
    page = requests.get(twin.url, timeout=5).text
    assert "Out &lt;b&gt;&amp;" in page
    pressed = requests.post(twin.url, {"number": sent.reference, "kind": "closed"}, timeout=5)
    assert pressed.status_code == 200
    twin.press({"number": sent.reference, "kind": "open"})
    (state,) = here.states([sent.reference])
    assert (state.status, state.notes) == ("closed", "Mended"), "what has ended stays so"
    again = Twin(keep=twin.keep).start()
    assert set(again.held) == set(twin.held)
    again.stop()


def test_the_contractor_sees_the_photo_by_a_link_of_its_own_and_never_one_that_was_kept_back(
    twin: Twin, report: Callable[..., Case], council: Any, client: Any, clock: Any, settings: Any, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settings.MEDIA_ROOT = tmp_path
    case = report(*OURS, service="street-light", fault="out")
    kept = keep_upload(
        name="lamp.jpg", content=photo_file(1)["buffer"], photo=True, dialogue_id=new_id(), question="photo", most=3,
        by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    Document.objects.update(case_id=case.id)
    mark_photos(case.id, at=clock.now())
    row = Referral.objects.get(case_id=case.id)
    told = report_of(row, case, council.of(PARTNERS)["lighting-contractor"])
    where = told.media_url.removeprefix(settings.PUBLIC_URL)
    assert client.get(where).status_code == 200
    assert client.get(where.replace(str(row.id), str(case.id))).status_code == 404
    assert client.get(f"{where[:-8]}0000.jpg").status_code == 404
    review_photo(kept.id, case_id=case.id, publish=False, reason="face", by=SYSTEM, at=clock.now())
    assert client.get(where).status_code == 404, "an officer kept it back"
    review_photo(kept.id, case_id=case.id, publish=True, by=SYSTEM, at=clock.now())
    assert client.get(where).status_code == 200
    note_answer(row.id, Heard("done", "Mended"), by=SYSTEM, at=clock.now())
    clock.advance(days=29)
    assert client.get(where).status_code == 404, "its work was over four weeks ago"
    others = council.of(PARTNERS)["lighting-contractor"].model_copy(update={"sees_photos": False})
    assert report_of(row, case, others).media_url == ""
