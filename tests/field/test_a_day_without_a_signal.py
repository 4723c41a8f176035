"""A whole day without a network: forty jobs, eighty photos, a full device, a clock that is out, a second device on one job.

Nothing is lost and nothing happens twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from moothall.cases.models import Case
from moothall.core import clock as time
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.models import Event
from moothall.core.packs import Pack
from moothall.documents.models import Document
from moothall.field.actions import publish_day
from moothall.field.models import DeviceReport, Job, JobPhoto
from moothall.intake.actions import raise_request
from moothall.services.pack import SERVICES
from tests.browser import looks_right

from .devices import join, photo_file

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey, pytest.mark.long]
JOBS, HOURS_OUT = 40, 3
NO_SLOTS = """() => new Promise(done => { const asked = indexedDB.open('moothall-field'); asked.onsuccess = () => {
  const lot = asked.result.transaction('meta', 'readwrite')
  for (let n = 0; n < 6; n++) lot.objectStore('meta').delete(`slot:${n}`)
  lot.oncomplete = () => { asked.result.close(); done() } } })"""
SKEWED = f"""(() => {{ const Machine = Date; const out = {HOURS_OUT * 3_600_000};
  globalThis.Date = class extends Machine {{
    constructor (...given) {{ if (given.length) super(...given); else super(Machine.now() + out) }}
    static now () {{ return Machine.now() + out }} }} }})()"""


def settle(page: Page, words: str) -> None:
    expect(page.locator("#strip")).to_contain_text(words, timeout=120_000)


def do(page: Page, job: Job, seed: int, *, photos: int = 2) -> None:
    """Start a job and report it done with photos, by the app's own pages."""
    page.evaluate(f"location.hash = 'job/{job.id}'")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("link", name="Done", exact=True)).to_be_visible()
    page.get_by_role("link", name="Done", exact=True).click()
    expect(page.get_by_role("button", name="It is done")).to_be_visible()
    page.locator("#photo").set_input_files([photo_file(seed * 2 + n) for n in range(photos)])
    expect(page.get_by_alt_text(f"Photo {photos}")).to_be_visible()
    page.get_by_role("button", name="It is done").click()
    expect(page.get_by_role("heading", name="Jobs today")).to_be_visible()


@pytest.fixture
def day(council: Pack, clock: Any, settings: Any, tmp_path: Any) -> list[Job]:
    """Forty gullies for one crew today, published. The clock runs: the browser's own does too."""
    settings.MEDIA_ROOT = tmp_path
    settings.CLOCK_FILE = None
    at = time.now()
    service = council.of(SERVICES)["blocked-gully"]
    for n in range(JOBS):
        where = {"text": f"Gully {n + 1}", "latitude": 53.8 + n * 0.0004, "longitude": -1.55 + (n % 7) * 0.0005}
        raise_request(service, {"where": where, "what": "blocked"}, pack=council, channel="web", by=SYSTEM, at=at)
    jobs.drain(at=time.now())
    today = at.astimezone(time.LONDON).date()
    Job.objects.update(crew="highways-1", day=today)
    for place, job in enumerate(Job.objects.order_by("made_at", "id"), start=1):
        Job.objects.filter(id=job.id).update(place=place)
    publish_day(today, by=SYSTEM, at=at)
    return list(Job.objects.order_by("place"))


@pytest.mark.row("D14", "A9")
def test_nothing_is_lost_and_nothing_happens_twice(
    day: list[Job], council: Pack, new_page: Callable[..., Page]
) -> None:
    page = new_page(width=390, height=780, has_touch=True)
    page.add_init_script(SKEWED)
    join(page, council)
    expect(page.locator(".cards > li")).to_have_count(JOBS)
    page.evaluate("navigator.serviceWorker.ready")
    second = new_page(width=390, height=780, has_touch=True)
    join(second, council, name="crew.two")
    expect(second.locator(".cards > li")).to_have_count(JOBS)
    began = time.now()

    context: BrowserContext = page.context
    context.set_offline(True)
    for n, job in enumerate(day[: JOBS // 2]):
        do(page, job, n)
    settle(page, "No signal. 40 reports and 40 photos waiting to send")
    page.reload()  # the battery was changed: the app opens without a signal, and holds all of it
    expect(page.get_by_role("heading", name=f"Finished: {JOBS // 2}")).to_be_visible()
    settle(page, "No signal. 40 reports and 40 photos waiting to send")
    page.close()
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.add_init_script(SKEWED)
    page.goto("/field/")
    for n, job in enumerate(day[JOBS // 2 :], start=JOBS // 2):
        do(page, job, n)
    settle(page, "No signal. 80 reports and 80 photos waiting to send")

    second.evaluate(
        f"location.hash = 'job/{day[0].id}'"
    )  # the other device of the crew, with a signal, did the first one
    expect(second.get_by_role("button", name="Start", exact=True)).to_be_visible()
    do(second, day[0], 500, photos=1)
    settle(second, "Everything is sent")

    with page.expect_response("**/field/api/photos/**"):  # the signal comes, goes in the middle of it, and comes again
        context.set_offline(False)
    context.set_offline(True)
    expect(page.locator("#strip")).to_contain_text("No signal")
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    settle(page, "Everything is sent")
    ended = time.now()
    page.reload()
    expect(page.get_by_text("Your crew had reported it done. Yours is kept too; it counts once.")).to_be_visible()
    jobs.drain(at=time.now())

    assert DeviceReport.objects.count() == 2 * JOBS + 2
    assert JobPhoto.objects.count() == 2 * JOBS + 1
    assert Document.objects.filter(question="crew").exclude(case_id=None).count() == 2 * JOBS + 1
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    assert set(Case.objects.values_list("state", flat=True)) == {"closed"}
    for name in ("job.done", "case.closed"):
        counted = Counter(Event.objects.filter(name=name).values_list("case_id", flat=True))
        assert set(counted.values()) == {1}, name
        assert len(counted) == JOBS
    beside = DeviceReport.objects.exclude(verdict="taken")
    assert {row.job_id for row in beside} == {day[0].id}
    out = [row.device_at - row.occurred_at for row in DeviceReport.objects.filter(device__name__contains="tablet")]
    assert sum(gap > timedelta(hours=HOURS_OUT - 0.1) for gap in out) == 2 * JOBS
    assert all(began - timedelta(minutes=1) <= row.occurred_at <= ended for row in DeviceReport.objects.all())


def no_room_for(page: Page, *stores: str) -> None:
    """Let the browser refuse to keep anything more in these stores, as a phone does that others have filled."""
    page.evaluate(
        """names => { const put = (window.usual ??= IDBObjectStore.prototype.put)
        IDBObjectStore.prototype.put = function (...given) {
          if (names.includes(this.name)) throw new DOMException('full', 'QuotaExceededError')
          return put.apply(this, given) } }""",
        list(stores),
    )


def open_done(page: Page, job: Job) -> None:
    page.evaluate(f"location.hash = 'job/{job.id}'")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("link", name="Done", exact=True)).to_be_visible()
    page.get_by_role("link", name="Done", exact=True).click()
    expect(page.get_by_role("button", name="It is done")).to_be_visible()


def test_a_full_device_says_so_before_the_shutter_and_loses_nothing(
    day: list[Job], council: Pack, new_page: Callable[..., Page], tmp_path: Path,
    shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    page = new_page(width=390, height=780, has_touch=True)
    join(page, council)
    settle(page, "Everything is sent")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.storage.estimate().then(told => told.usage > 4_000_000)")  # room is held by now
    page.context.set_offline(True)
    do(page, day[0], 1)
    settle(page, "2 reports and 2 photos waiting to send")
    do(page, day[1], 9, photos=1)
    no_room_for(page, "meta")  # others have filled the phone, and the room that was held for photos is used up
    page.evaluate(NO_SLOTS)

    open_done(page, day[2])  # full: said before anybody takes a photo
    expect(page.locator("[data-room]")).to_have_text(
        "No room for more photos. Words are still kept. 3 photos must be sent first: find a signal."
    )
    expect(page.get_by_text("Take a photo", exact=True)).to_be_hidden()
    looks_right(page)
    shot(page, "full")
    page.get_by_role("button", name="It is done").click()
    expect(page.get_by_text("Take a photo that shows it is done. If you can’t, say why.")).to_be_visible()
    page.get_by_label("Anything to add? If you can’t take a photo, say why.").fill("No room for a photo.")
    page.get_by_role("button", name="It is done").click()
    expect(page.get_by_role("heading", name="Finished: 3")).to_be_visible()

    no_room_for(page)
    for job, seed in ((day[3], 60), (day[4], 70)):  # the phone fills up while the photo is taken: it is not lost
        open_done(page, job)
        expect(page.locator("[data-taken][data-shown='0']")).to_have_count(1)
        expect(page.get_by_text("Take a photo", exact=True)).to_be_visible()
        no_room_for(page, "photos")
        page.locator("#photo").set_input_files(photo_file(seed, (1600, 1600)))
        expect(page.get_by_text("No room for photo 1. Save it to this phone.")).to_be_visible()
        shot(page, f"in-hand-{job.place}")
        page.get_by_role("button", name="It is done").click()
        expect(
            page.get_by_text("1 photo has no room here. Save it to this phone or leave it out, then press again.")
        ).to_be_visible()
        with page.expect_download() as saved:
            page.get_by_role("link", name="Save to this phone").click()
        saved.value.save_as(tmp_path / f"{job.place}.jpg")
        expect(page.get_by_text("Photo 1 is on this phone. It is sent as soon as there is room.")).to_be_visible()
        page.get_by_role("button", name="It is done").click()
        expect(page.get_by_role("heading", name=f"Finished: {job.place}")).to_be_visible()
        if job == day[3]:  # there is room again while the app is open: it goes by itself
            no_room_for(page)
            page.context.set_offline(False)
            page.evaluate("dispatchEvent(new Event('online'))")
            expect(page.locator("#strip")).to_have_text("Everything is sent", timeout=60_000)
            page.evaluate("location.hash = 'sent'")
            expect(page.get_by_role("heading", name="Sent and waiting")).to_be_visible()
            expect(page.get_by_text("only on this phone")).to_have_count(0)
            page.context.set_offline(True)
            settle(page, "No signal")

    no_room_for(page, "reports", "photos", "meta")  # not a byte: words still find a place
    page.evaluate(f"location.hash = 'job/{day[5].id}'")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    settle(page, "4 reports waiting to send")
    assert page.evaluate("Object.keys(JSON.parse(localStorage.getItem('moothall-field-aside'))).length") == 2
    page.reload()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    settle(page, "4 reports waiting to send")

    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    settle(page, "Everything is sent")
    page.evaluate("location.hash = 'sent'")  # the photo that was saved comes back from the phone
    expect(page.get_by_text("1 photo of this is only on this phone.")).to_be_visible()
    with page.expect_response("**/field/api/photos/**"):
        page.locator("[data-owed]").set_input_files(tmp_path / f"{day[4].place}.jpg")
    expect(page.get_by_text("only on this phone")).to_have_count(0)
    settle(page, "Everything is sent")
    reports = DeviceReport.objects.order_by("number")
    assert [row.kind for row in reports] == [*["started", "done"] * 5, "started", "paused"]
    assert [row.number for row in reports] == list(range(1, 13))
    photos = Counter(JobPhoto.objects.values_list("report_id", flat=True))
    assert [photos[row.id] for row in reports if row.kind == "done"] == [2, 1, 0, 1, 1]
    assert page.evaluate("localStorage.getItem('moothall-field-aside')") in ("{}", None)


def test_a_photo_is_kept_the_moment_it_is_taken(day: list[Job], council: Pack, new_page: Callable[..., Page]) -> None:
    page = new_page(width=390, height=780, has_touch=True)
    join(page, council)
    settle(page, "Everything is sent")
    page.evaluate("navigator.serviceWorker.ready")
    page.context.set_offline(True)
    open_done(page, day[0])
    page.locator("#photo").set_input_files([photo_file(n) for n in range(3)])
    expect(page.get_by_alt_text("Photo 3")).to_be_visible()
    page.get_by_role("button", name="Leave out photo 2").click()
    expect(page.get_by_alt_text("Photo 3")).to_have_count(0)
    page.reload()  # the battery was changed before anything was pressed
    expect(page.get_by_alt_text("Photo 2")).to_be_visible()
    page.get_by_role("link", name="Jobs", exact=True).click()
    expect(
        page.get_by_text("Not finished: Blocked drain or flooding on a road, Gully 1. 2 photos are kept for it.")
    ).to_be_visible()
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    settle(page, "Not everything is finished")
    assert JobPhoto.objects.count() == 0, "not before the crew says what they are of"
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_alt_text("Photo 2")).to_be_visible()
    page.get_by_role("button", name="It is done").click()
    expect(page.get_by_role("heading", name="Finished: 1")).to_be_visible()
    settle(page, "Everything is sent")
    assert JobPhoto.objects.count() == 2
    assert {row.kind for row in DeviceReport.objects.all()} == {"started", "done"}
