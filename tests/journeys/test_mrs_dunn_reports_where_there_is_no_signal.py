"""Mrs Dunn finds a deep hole where there is no signal. Her report waits in her telephone, goes once, and a crew has it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.core import clock as time
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.core.references import show_reference
from moothall.documents.models import Document
from moothall.field.models import Job
from moothall.intake.actions import raise_request
from moothall.places.actions import StreetLine, import_streets
from moothall.services.pack import SERVICES
from tests.browser import looks_right
from tests.field.devices import gives_the_job, join, photo_file

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]
HERE = {"latitude": 53.8001, "longitude": -1.5501, "accuracy": 9}


@pytest.mark.row("D4", "A9", "D14")
def test_sent_once_when_the_network_returns_and_the_crew_has_it(
    council: Pack, clock: Any, new_page: Callable[..., Page], settings: Any, tmp_path: Path,
    desk_of: Callable[..., Page], shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    settings.MEDIA_ROOT, settings.DATA_DIR = tmp_path / "files", tmp_path
    import_streets([StreetLine(12, "Dock Road", "Armley", "w1", [(-1.5500, 53.7980), (-1.5500, 53.8040)])], by=SYSTEM)
    # the crew's day is published before she reports anything
    where = {"where": {"text": "Mill Lane", "latitude": 53.801, "longitude": -1.552}}
    raise_request(council.of(SERVICES)["pothole"], where, pack=council, channel="web", by=SYSTEM, at=time.now())
    jobs.drain(at=time.now())
    gives_the_job(desk_of("Grace Hall", "field-supervisor", teams=("highway-inspectors",)), Job.objects.get())
    crew = new_page(width=360, height=740, has_touch=True)
    join(crew, council)
    expect(crew.locator(".cards > li")).to_have_count(1)

    phone = new_page(width=360, height=740, has_touch=True, geolocation=HERE, permissions=["geolocation"])
    phone.goto("/report")
    expect(phone.get_by_role("heading", name="What is wrong?")).to_be_visible()
    phone.evaluate("navigator.serviceWorker.ready")
    phone.context.set_offline(True)
    phone.goto("/report")
    expect(phone.get_by_role("heading", name="Report it without a signal")).to_be_visible()
    expect(phone.get_by_text("What is it?")).to_be_visible()
    looks_right(phone)
    phone.get_by_label("A pothole or damaged pavement").check()
    phone.get_by_role("button", name="Use where I am now").click()
    expect(phone.get_by_text("Found, to within 9 metres.")).to_be_visible()
    phone.get_by_label("Street, house number or what stands near it").fill("By the bus stop on Dock Road")
    for label in ("Road", "Deeper than 10 cm", "Bin lid"):
        phone.get_by_label(label, exact=True).check()
    phone.get_by_role("group", name="Could it hurt someone today?").get_by_label("Yes").check()
    phone.get_by_role("group", name="Has anyone been hurt").get_by_label("No").check()
    phone.get_by_label("Photos, up to three").set_input_files(photo_file(3))
    expect(phone.get_by_alt_text("Photo 1")).to_be_visible()
    phone.get_by_label("Your name, if you want to hear from us").fill("Alma Dunn")
    phone.get_by_label("Email address").fill("alma.dunn@example.org")
    looks_right(phone)
    shot(phone, "1-written")
    phone.get_by_role("button", name="Keep and send").click()
    expect(phone.get_by_text("kept in this browser")).to_be_visible()
    phone.goto("/report")  # she closes it and opens it again, still without a signal
    expect(phone.get_by_text("kept in this browser")).to_be_visible()
    shot(phone, "2-kept")
    assert Case.objects.count() == 1
    phone.context.set_offline(False)
    phone.evaluate("dispatchEvent(new Event('online')); dispatchEvent(new Event('online'))")
    expect(phone.get_by_text("we have it. Your reference is")).to_be_visible()
    shot(phone, "3-sent")
    case = Case.objects.exclude(reference=Job.objects.get().reference).get()
    assert (case.priority, case.channel, case.latitude) == ("emergency", "web", 53.8001)
    assert "bus stop" in case.place_text + str(case.answers)
    assert Document.objects.get().case_id == case.id
    phone.reload()
    expect(phone.get_by_role("heading", name="What is wrong?")).to_be_visible()
    expect(phone.get_by_text(show_reference(case.reference))).to_be_visible()
    jobs.drain(at=time.now())
    assert Case.objects.count() == 2

    with crew.expect_response("**/field/api/today"):
        crew.evaluate("dispatchEvent(new Event('online'))")
    expect(crew.locator(".cards > li")).to_have_count(2)
    crew.locator(f'a[href="#job/{Job.objects.get(case_id=case.id).id}"]').click()
    expect(crew.get_by_role("heading", name="Take care")).to_be_visible()
    expect(crew.get_by_alt_text("Photo 1 sent with the report")).to_be_visible()
    assert "Dunn" not in crew.content()
    shot(crew, "4-crew")


@pytest.mark.row("D4")
def test_what_is_refused_can_be_changed_and_holds_up_none_of_the_others(
    council: Pack, clock: Any, new_page: Callable[..., Page], settings: Any, tmp_path: Path,
    shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    settings.MEDIA_ROOT, settings.DATA_DIR = tmp_path / "files", tmp_path
    phone = new_page(width=360, height=740, has_touch=True, geolocation=HERE, permissions=["geolocation"])
    said: dict[str, Any] = {}

    def server(route: Any) -> None:
        """The council's server refuses a report about a lamp, and a hotel answers for it on one about a gully."""
        sent = route.request.post_data_buffer.decode("utf-8", "replace")
        trouble = next((how for words, how in said.items() if words in sent), None)
        route.fulfill(**trouble) if trouble else route.continue_()

    phone.route("**/report/later", server)
    said["Lamp 12"] = {"status": 422, "json": {"message": "We don’t take reports of this here any more. Ring us."}}
    said["Gully"] = {"status": 200, "body": "<p>Log in to the hotel"}

    def write(what: str, where: str, photo: Any = None) -> None:
        phone.goto("/report/offline")
        phone.get_by_label(what).check()
        phone.get_by_label("Street, house number or what stands near it").fill(where)
        if photo:
            phone.get_by_label("Photos, up to three").set_input_files(photo)
            expect(phone.get_by_alt_text("Photo 1")).to_be_visible()
        phone.get_by_label("Your name, if you want to hear from us").fill("Alma Dunn")
        phone.get_by_label("Email address").fill("alma.dunn@example.org")
        phone.get_by_role("button", name="Keep and send").click()
        expect(phone.get_by_role("link", name="Report something else")).to_be_visible()

    gully = phone.locator(".later", has_text="drain")
    write("A blocked drain or flooding on a road", "Gully outside 4 Dock Road")
    expect(gully.get_by_text("We try again by ourselves")).to_be_visible()
    write("A faulty street light", "Lamp 12, Mill Lane", photo_file(4))
    lamp = phone.locator(".later", has_text="light")
    expect(lamp.get_by_text("not sent. We don’t take reports of this here any more.")).to_be_visible()
    looks_right(phone)
    shot(phone, "5-refused")

    # what she wrote is all there: to be copied, and to be changed
    lamp.get_by_text("Copy what you wrote").click()
    expect(lamp.get_by_role("textbox", name="What you wrote")).to_have_value(
        re.compile("Lamp 12, Mill Lane.*Alma Dunn", re.S)
    )
    expect(lamp.get_by_role("link", name="Save photo 1")).to_be_visible()
    lamp.get_by_role("link", name="Change it and send it again").click()
    expect(phone.get_by_label("Street, house number or what stands near it")).to_have_value("Lamp 12, Mill Lane")
    expect(phone.get_by_label("Email address")).to_have_value("alma.dunn@example.org")
    expect(phone.get_by_alt_text("Photo 1")).to_be_visible()
    phone.get_by_label("Street, house number or what stands near it").fill("The lamp at 14 Mill Lane")
    phone.get_by_label("Photos, up to three").set_input_files(
        {"name": "hole.jpg", "mimeType": "image/jpeg", "buffer": b"this is no picture"}
    )
    expect(phone.get_by_alt_text("Photo 2")).to_have_count(1)
    phone.get_by_role("button", name="Keep and send").click()
    expect(lamp.get_by_text(re.compile("we have it|we need a little more"))).to_be_visible()
    expect(lamp.get_by_text("Not every photo came with it.")).to_be_visible()
    shot(phone, "6-one-photo-refused")

    said.clear()
    phone.evaluate("dispatchEvent(new Event('online'))")
    expect(gully.get_by_text(re.compile("we have it|we need a little more"))).to_be_visible()
    expect(phone.locator(".later")).to_have_count(2)
