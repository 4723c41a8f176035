"""What devices report: once each, by our clock, and with something sensible for everything two crews can do to one job."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import given as generated
from hypothesis import strategies as st
from PIL import Image

from moothall.cases.actions import close_case
from moothall.cases.models import Case, Note, Task
from moothall.core import clock as time
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.models import Event, Staff
from moothall.core.packs import current_pack
from moothall.core.staff import change_staff
from moothall.field.actions import cut_off, drop_in, keep_photo, take_reports
from moothall.field.models import DeviceReport, Job, JobState, ReportKind, Verdict
from moothall.field.queries import device_of, feed
from moothall.field.rules import Standing, corrected, judge
from moothall.notifications.models import Message
from moothall.reports.queries import photos_waiting, published_photos

from .conftest import Phone, fresh

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
hours = st.floats(-48, 48).map(lambda n: timedelta(hours=n))


@generated(out=hours, ago=st.floats(0, 20).map(lambda n: timedelta(hours=n)))
def test_a_clock_that_is_out_by_the_same_all_day_is_put_right(out: timedelta, ago: timedelta) -> None:
    happened = NOON - ago
    assert abs(corrected(happened - out, out, received_at=NOON) - happened) < timedelta(milliseconds=1)


@generated(
    device=st.datetimes(timezones=st.just(UTC)), skew=st.timedeltas(), before=hours, own=st.none() | st.timedeltas()
)
def test_whatever_a_clock_says_it_is_never_later_than_now_nor_before_what_came_before(
    device: datetime, skew: timedelta, before: timedelta, own: timedelta | None
) -> None:
    after = NOON + before
    at = corrected(device, skew, received_at=NOON, after=after, then=own)
    assert at <= NOON
    assert at >= min(after, NOON)


def test_a_clock_that_was_set_right_in_between_is_told_by_what_fits() -> None:
    hour = timedelta(hours=1)
    assert corrected(NOON - hour, 3 * hour, received_at=NOON, then=timedelta()) == NOON - hour
    # it thought it was three hours behind; with that, the report would come from the future
    assert corrected(NOON - hour, timedelta(), received_at=NOON, then=3 * hour) == NOON - hour


MINE = Standing("waiting", "a", "Crew A")
OURS = Standing("waiting", "b", "Crew B")


@pytest.mark.parametrize(
    ("job", "kind", "verdict", "told"),
    [
        (None, "done", "refused", "We don’t know this job"),
        (None, "fault", "taken", ""),
        (MINE, "started", "taken", ""),
        (Standing("started", "a", "Crew A"), "started", "beside", "Your crew had started it"),
        (OURS, "started", "beside", "It is Crew B’s now. Agree"),
        (OURS, "done", "taken", "off their list"),
        (OURS, "not_done", "beside", "stays with them"),
        (Standing("done", "b", "Crew B", "b", "Crew B"), "done", "beside", "Crew B had reported it done"),
        (Standing("done", "a", "Crew A", "a", "Crew A"), "done", "beside", "Your crew had reported it done"),
        (Standing("done", "b", "Crew B", "b", "Crew B"), "not_done", "beside", "The office has both"),
        (Standing("not_done", "b", "Crew B", "b", "Crew B"), "done", "taken", "It counts as done now"),
        (Standing("withdrawn", "a", "Crew A"), "done", "beside", "The office had taken this job back"),
        (Standing("done", "a", "Crew A", "a"), "paused", "beside", ""),
    ],
)
def test_what_a_report_does_to_a_job(job: Standing | None, kind: str, verdict: str, told: str) -> None:
    found = judge(job, ReportKind(kind), crew="a")
    assert found.verdict == verdict
    assert told in found.told


@pytest.mark.row("D14")
@pytest.mark.django_db
def test_a_job_from_the_case_to_the_photo_of_it_done(
    raised: Callable[..., Job], given: Callable[..., Job], phone: Callable[..., Phone], clock: Any
) -> None:
    job = given(raised("pothole", surface="road", depth="deep", injury="no", danger="no", size="door",
                       contact={"name": "Alma Dunn", "email": "alma.dunn@example.org"}))  # fmt: skip
    one = phone()
    shown = feed(one.device.id, at=time.now())["jobs"]
    assert [each["id"] for each in shown] == [str(job.id)]
    assert {"asked": "About how deep?", "said": "Deeper than 10 cm"} in shown[0]["know"]
    assert "Dunn" not in str(shown), "the crew does not meet her: it needs no name"

    assert one.say("going", job).verdict == "taken"
    clock.advance(minutes=10)
    assert one.say("started", job).verdict == "taken"
    assert Case.objects.get(id=job.case_id).status == "in_progress"
    clock.advance(minutes=30)
    assert one.say("done", job).verdict == "taken"
    case = Case.objects.get(id=job.case_id)
    assert (case.state, case.outcome, case.resolved) == ("closed", "repaired", True)
    assert fresh(job).ended_by == "highways-1"
    assert Task.objects.get(case=case, kind="visit").outcome == "done"
    assert {"case-progress", "case-closed-done"} <= {row.template for row in Message.objects.all()}
    assert not Message.objects.filter(template="crew-on-its-way").exists()


@pytest.mark.django_db
def test_sent_twice_and_out_of_order_it_happens_once(
    raised: Callable[..., Job], given: Callable[..., Job], phone: Callable[..., Phone], clock: Any
) -> None:
    job, one = given(raised()), phone()
    one.ahead = timedelta(hours=5)
    began = time.now()
    lot = [one.write("started", job)]
    clock.advance(minutes=40)
    lot.append(one.write("done", job))
    clock.advance(hours=6)
    first = one.send(*reversed(lot))
    events = Event.objects.count()
    again = one.send(*lot, *lot)
    assert [told.verdict for told in first] == ["taken", "taken"]
    assert [(told.verdict, told.new) for told in again] == [("taken", False)] * 4
    assert Event.objects.count() == events
    assert DeviceReport.objects.count() == 2
    assert (fresh(job).started_at, fresh(job).ended_at) == (began, began + timedelta(minutes=40))


@pytest.mark.django_db(transaction=True)
def test_the_same_call_at_the_same_moment_counts_once(
    raised: Callable[..., Job], given: Callable[..., Job], phone: Callable[..., Phone], clock: Any
) -> None:
    job, one = given(raised()), phone()
    lot = [one.write("started", job), one.write("done", job)]
    ready, found = Barrier(4), []

    def send() -> None:
        try:
            ready.wait()
            found.append(take_reports(one.device.id, lot, skew=timedelta(), by=one.actor, at=time.now()))
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [[told.verdict for told in answer] for answer in found] == [["taken", "taken"]] * 4
    assert DeviceReport.objects.count() == 2
    assert Event.objects.filter(name="job.done").count() == 1
    assert Event.objects.filter(name="case.closed").count() == 1


@pytest.mark.django_db
def test_two_devices_on_one_job_and_one_that_says_otherwise(
    raised: Callable[..., Job], given: Callable[..., Job], phone: Callable[..., Phone]
) -> None:
    job, one, other = given(raised()), phone("highways-1"), phone("highways-2")
    assert one.say("done", job).verdict == "taken"
    second = other.say("done", job)
    assert (second.verdict, second.told) == (
        "beside", "Highways crew 1 had reported it done. Yours is kept too; it counts once.",
    )  # fmt: skip
    otherwise = other.say("not_done", job, reason="no-access")
    assert otherwise.verdict == "beside"
    assert "The office has both" in otherwise.told
    assert Task.objects.get(kind="crews_differ").title == "Highways crew 2 reports otherwise: could not be done"
    assert DeviceReport.objects.filter(job_id=job.id).count() == 3
    assert Event.objects.filter(name="case.closed").count() == 1


@pytest.mark.django_db
def test_closed_by_the_office_meanwhile(
    raised: Callable[..., Job], given: Callable[..., Job], phone: Callable[..., Phone], clock: Any
) -> None:
    job, one = given(raised()), phone()
    late = one.write("done", job)
    close_case(job.case_id, outcome="duplicate", resolved=False, by=SYSTEM, at=time.now())
    jobs.drain(at=time.now())
    assert fresh(job).state == JobState.WITHDRAWN
    told = one.send(late)[0]
    assert (told.verdict, told.told) == (
        Verdict.BESIDE, "The office had taken this job back. What you reported is kept with it.",
    )  # fmt: skip


@pytest.mark.django_db
def test_whoever_asked_sees_when_the_crew_comes(
    raised: Callable[..., Job], given: Callable[..., Job], clock: Any, client: Any
) -> None:
    who = {"name": "Alma Dunn", "email": "alma.dunn@example.org"}
    job = raised("pothole", danger="no", depth="medium", injury="no", contact=who)
    proof = {"reference": job.reference, "second": who["email"]}
    page = client.post("/track", proof, follow=True).content.decode()
    assert "A crew comes" not in page, "nothing is said that is not planned"
    given(job)
    assert "A crew comes on Monday 2 March" in client.get(f"/track/{job.case_id}").content.decode()


@pytest.mark.django_db
def test_nobody_comes_again_on_a_bank_holiday(
    raised: Callable[..., Job], given: Callable[..., Job], phone: Callable[..., Phone], clock: Any
) -> None:
    clock.set("2026-04-02T10:00")  # the Thursday before Easter
    job = given(raised("pothole", danger="no", depth="medium", injury="no"))
    assert phone().say("not_done", job, reason="parked-cars").verdict == "taken"
    assert fresh(job).from_day.isoformat() == "2026-04-07"


@pytest.mark.row("C3")
@pytest.mark.django_db
def test_it_cannot_be_done_and_she_is_told_why_and_when(
    raised: Callable[..., Job], given: Callable[..., Job], phone: Callable[..., Phone], clock: Any
) -> None:
    who = {"name": "Alma Dunn", "email": "alma.dunn@example.org"}
    calm = given(raised("pothole", danger="no", depth="medium", injury="no", contact=who))
    one = phone()
    assert one.say("not_done", calm, reason="parked-cars").verdict == "taken"
    note = Note.objects.get(case_id=calm.case_id)
    assert note.text == (
        "We came on Monday 2 March, 9am. Parked cars were in the way. We’ll come again, on Tuesday 3 March or as soon"
        " after it as we can."
    )
    assert "Parked cars" in Message.objects.get(template="case-note").body
    after = fresh(calm)
    assert (after.state, after.crew, after.from_day.isoformat(), after.tries) == ("waiting", "", "2026-03-03", 1)

    pressing = given(raised("pothole", danger="yes", depth="deep", injury="no", contact=who))
    clock.set("2026-03-03T11:00")  # its promise: by the end of Tuesday
    assert one.say("not_done", pressing, reason="weather").verdict == "taken"
    told = Message.objects.get(template="promise-new-date").body
    assert "Weather makes it unsafe" in told
    assert "Wednesday 4 March" in told
    assert Message.objects.filter(template="case-note", case_id=pressing.case_id).count() == 0, "told once"

    bigger = given(raised("pothole", at=(53.81, -1.53)))
    assert one.say("not_done", bigger, reason="bigger-job").verdict == "taken"
    assert fresh(bigger).state == "not_done"
    assert "Decide what happens next" in Task.objects.get(kind="visit_failed").title


@pytest.mark.django_db
def test_a_fault_that_a_crew_finds_becomes_a_case_once(phone: Callable[..., Phone], council: Any, clock: Any) -> None:
    one = phone()
    found = one.write("fault", service="fly-tipping", words="Mattresses by the wall", latitude=53.8, longitude=-1.55)
    one.send(found)
    one.send(found)
    case = Case.objects.get()
    assert (case.service, case.channel, case.latitude) == ("fly-tipping", "field", 53.8)
    assert "Mattresses by the wall" in case.place_text + str(case.answers)
    assert Job.objects.get().case_id == case.id
    assert DeviceReport.objects.get().case_id == case.id
    wrong = one.say("fault", service="fly-tipping", words=" ")
    assert (wrong.verdict, wrong.told) == ("refused", "It doesn’t say where. Ring the office.")


def _jpeg() -> bytes:
    held = BytesIO()
    Image.linear_gradient("L").convert("RGB").save(held, "JPEG")
    return held.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("photo_first", [True, False])
def test_the_photo_of_a_fault_waits_to_be_looked_at_before_anyone_sees_it(
    phone: Callable[..., Phone], council: Any, clock: Any, photo_first: bool
) -> None:
    one = phone()
    found = one.write("fault", service="fly-tipping", words="Mattresses by the wall", latitude=53.8, longitude=-1.55)

    def photograph() -> None:
        keep_photo(
            uuid4(), device_id=one.device.id, report_id=found.id, content=_jpeg(), by=one.actor, at=time.now()
        )  # fmt: skip
        jobs.drain(at=time.now())

    for step in (photograph, lambda: one.send(found))[:: 1 if photo_first else -1]:
        step()
    case = Case.objects.get()
    assert [line.state for line, report in photos_waiting(visible_to=SYSTEM) if report.case_id == case.id] == [
        "waiting"
    ]
    assert published_photos(case.id) == []


@pytest.mark.django_db
def test_a_device_that_is_cut_off_is_told_to_forget_and_let_in_no_more(
    phone: Callable[..., Phone], client: Any, council: Any, clock: Any
) -> None:
    one = phone()
    with_token = {"headers": {"Authorization": f"Bearer {one.token}"}}
    assert client.get("/field/api/today", **with_token).status_code == 200
    cut_off(one.device.id, by=SYSTEM, at=time.now())
    answer = client.get("/field/api/today", **with_token)
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (401, "cut_off")
    one.device.refresh_from_db()
    assert one.device.told_at == time.now()
    body = {"sent_at": time.now().isoformat(), "reports": []}
    assert client.post("/field/api/reports", body, content_type="application/json", **with_token).status_code == 401
    nobody = client.get("/field/api/today", headers={"Authorization": "Bearer mth_nothing"})
    assert nobody.json()["problems"][0]["code"] == "no_device"
    carried = device_of(one.token)
    assert carried is not None
    assert carried.actor is None


@pytest.mark.django_db
def test_a_device_gives_up_its_crews_jobs_when_its_bearer_changes_team(
    raised: Callable[..., Job], given: Callable[..., Job], phone: Callable[..., Phone]
) -> None:
    job, one = given(raised()), phone()
    held = feed(one.device.id, at=time.now())
    assert (held["device"]["moved"], [each["id"] for each in held["jobs"]]) == (False, [str(job.id)])
    done = one.write("done", job)  # without a signal, while it was theirs
    staff = Staff.objects.get(id=one.actor.id)
    change_staff(
        staff_id=staff.id, name=staff.name, email="", roles=["field-worker"], teams=["street-cleansing"],
        pack=current_pack(), by=SYSTEM, at=time.now(),
    )  # fmt: skip
    held = feed(one.device.id, at=time.now())
    assert (held["device"]["moved"], held["published"], held["jobs"], held["streets"]) == (True, False, [], [])
    assert one.send(done)[0].verdict == "taken", "what was done is not lost"


@pytest.mark.django_db
def test_an_urgent_case_reaches_a_device_by_itself(
    raised: Callable[..., Job], given: Callable[..., Job], phone: Callable[..., Phone]
) -> None:
    given(raised("pothole", danger="no", depth="medium", injury="no"))
    one = phone()
    urgent = raised("pothole", danger="yes", depth="deep", injury="no")
    assert urgent.priority == "emergency"
    assert (urgent.crew, urgent.pinned) == ("highways-1", False)
    assert str(urgent.id) in {job["id"] for job in feed(one.device.id, at=time.now())["jobs"]}
    assert not drop_in(urgent.id, by=SYSTEM, at=time.now()), "it has its crew"
