"""The crew's app in a real browser: every page clean for axe and fitting at 320 px, and a job done by the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.core import clock as time
from moothall.core.actors import SYSTEM
from moothall.core.models import Staff
from moothall.core.packs import Pack
from moothall.core.staff import change_staff
from moothall.field.actions import cut_off
from moothall.field.models import Device, DeviceReport, Job
from tests.browser import axe, fits, keys, looks_right, tab_to

from .devices import join, photo_file, small_targets

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey, pytest.mark.long]


def test_a_day_by_the_keyboard(
    page: Page, council: Pack, clock: Any, raised: Callable[..., Job], given: Callable[..., Job], settings: Any,
    tmp_path: Any, shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    settings.MEDIA_ROOT = tmp_path
    first = given(raised("pothole", surface="road", depth="deep", danger="no", injury="no"))
    given(raised("blocked-gully", at=(53.805, -1.54)))
    page.set_viewport_size({"width": 320, "height": 640})
    join(page, council)
    expect(page.get_by_role("heading", name="Jobs today")).to_be_visible()
    expect(page.get_by_text("Everything is sent")).to_be_visible()
    looks_right(page)
    shot(page, "1-jobs")
    for where, heading in (("map", "Map"), ("fault", "Found a fault"), ("sent", "Sent and waiting")):
        with page.expect_event("framenavigated"):
            page.evaluate(f"location.hash = '{where}'")
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        looks_right(page)
        assert small_targets(page) == []
        shot(page, f"2-{where}")
    page.get_by_role("link", name="Jobs", exact=True).click()
    expect(page.get_by_role("heading", name="Jobs today")).to_be_visible()
    tab_to(page, page.get_by_role("link").filter(has_text="Pothole"))
    keys(page, "Enter")
    expect(page.get_by_role("heading", name="Take care")).to_be_visible()
    looks_right(page)
    assert small_targets(page) == []
    shot(page, "3-job")
    tab_to(page, page.get_by_role("button", name="Start"))
    keys(page, "Enter")
    expect(page.get_by_text("Under way")).to_be_visible()
    tab_to(page, page.get_by_role("link", name="Can’t do it"))
    keys(page, "Enter")
    expect(page.get_by_role("heading", name="Why can’t it be done?")).to_be_visible()
    looks_right(page)
    assert small_targets(page) == []
    shot(page, "4-cannot")
    page.go_back()
    expect(page.get_by_role("heading", name="Take care")).to_be_visible()
    tab_to(page, page.get_by_role("link", name="Done", exact=True))
    keys(page, "Enter")
    expect(page.get_by_role("heading", name="Done", level=1)).to_be_visible()
    tab_to(page, page.get_by_role("button", name="It is done"))
    keys(page, "Enter")
    expect(page.get_by_text("Take a photo that shows it is done.")).to_be_visible()
    page.locator("#photo").set_input_files(photo_file())
    expect(page.get_by_alt_text("Photo 1")).to_be_visible()
    expect(page.get_by_text("Take a photo that shows it is done.")).to_have_count(0)  # what was wrong is put right
    axe(page)
    fits(page)
    shot(page, "5-done")
    tab_to(page, page.get_by_role("button", name="It is done"))
    keys(page, "Enter")
    expect(page.get_by_role("heading", name="Finished: 1")).to_be_visible()
    expect(page.get_by_text("Everything is sent")).to_be_visible()
    shot(page, "6-after")
    assert [row.kind for row in DeviceReport.objects.order_by("number")] == ["started", "done"]
    assert Job.objects.get(id=first.id).state == "done"
    assert page.evaluate("navigator.serviceWorker.ready.then(() => caches.keys())")[0].startswith("field-")

    staff = Staff.objects.get(username="crew.one")
    change_staff(
        staff_id=staff.id, name=staff.name, email="", roles=["field-worker"], teams=["street-cleansing"], pack=council,
        by=SYSTEM, at=time.now(),
    )  # fmt: skip
    page.reload()
    expect(page.get_by_role("heading", name="Your crew has changed")).to_be_visible()
    expect(page.get_by_role("link", name="Join your crew")).to_be_visible()
    looks_right(page)
    shot(page, "7-moved")
    cut_off(Device.objects.get().id, by=SYSTEM, at=time.now())
    page.reload()
    expect(page.get_by_text("This device was cut off by the office.")).to_be_visible()
    assert page.evaluate("indexedDB.databases()") == []
    assert page.evaluate("caches.keys()") == []
    axe(page)
