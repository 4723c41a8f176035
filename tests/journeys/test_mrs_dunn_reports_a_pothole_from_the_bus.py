"""Mrs Dunn sees a pothole from the bus and reports it with her position and a photo; a neighbour follows it; both are told.

The same without a map, a position or a script, and by the keyboard alone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image
from playwright.sync_api import Page, expect

from moothall.cases.actions import close_case, set_status
from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.references import show_reference
from moothall.documents import storage
from moothall.documents.models import Document
from moothall.intake.models import Dialogue
from moothall.notifications.models import Message
from moothall.places.actions import AreaShape, StreetLine, import_landmarks, import_shapes, import_streets
from moothall.places.basemap import build_basemap
from moothall.reports.actions import review_photo
from moothall.reports.models import Photo, Report
from tests.browser import keys, looks_right, tab_to

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]
HERE = {"latitude": 53.8001, "longitude": -1.5501, "accuracy": 9}


@pytest.fixture
def town(council: Any, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    lanes = [
        StreetLine(11, "Mill Lane", "Armley", "w1", [(-1.5520, 53.8000), (-1.5480, 53.8000)]),
        StreetLine(12, "Dock Road", "Armley", "w1", [(-1.5500, 53.7980), (-1.5500, 53.8040)], "main"),
    ]
    import_streets(lanes, by=SYSTEM)
    square = {
        "type": "Polygon",
        "coordinates": [[[-1.6, 53.7], [-1.5, 53.7], [-1.5, 53.9], [-1.6, 53.9], [-1.6, 53.7]]],
    }
    import_shapes([AreaShape("w1", "Armley", square)], by=SYSTEM)
    import_landmarks([("armley-library", "Armley Library", "library", 53.8010, -1.5490)], by=SYSTEM)
    build_basemap()


def choose(page: Page, words: str, then: str) -> None:
    page.get_by_label(words, exact=True).check()
    page.get_by_role("button", name="Carry on").click()
    expect(page.get_by_role("heading", name=then)).to_be_visible()


def answer(page: Page) -> None:
    expect(page.get_by_role("heading", name="What is damaged?")).to_be_visible()
    choose(page, "Road", "About how deep?")
    choose(page, "Deeper than 10 cm", "About how wide?")
    choose(page, "Bin lid", "Could it hurt someone today?")
    choose(page, "No", "Has anyone been hurt or a vehicle damaged?")
    choose(page, "No", "What kind of road?")
    page.get_by_role("button", name="Carry on").click()
    expect(page.get_by_role("heading", name="Can you add a photo safely?")).to_be_visible()


@pytest.mark.row("D4", "A9")
def test_with_her_position_and_a_photo_and_a_neighbour_follows_it(
    town: None, clock: Any, new_page: Callable[..., Page], shot: Callable[[Page, str], object], tmp_path: Path
) -> None:
    phone = new_page(width=360, height=740, has_touch=True, geolocation=HERE, permissions=["geolocation"])
    phone.goto("/report")
    expect(phone.get_by_role("heading", name="What is wrong?")).to_be_visible()
    looks_right(phone)
    phone.get_by_role("link", name="Report a pothole").click()
    expect(phone.get_by_role("heading", name="Report a pothole")).to_be_visible()
    phone.get_by_role("button", name="Start now").click()
    expect(phone.get_by_role("heading", name="Where is the damage?")).to_be_visible()
    expect(phone.locator("[data-map=pin]")).to_have_attribute("data-drawn", "1")
    looks_right(phone)
    shot(phone, "1-where")
    phone.get_by_role("button", name="Use where I am now").click()
    expect(phone.get_by_text("Near Dock Road, Armley")).to_be_visible()
    expect(phone.locator("[data-map=pin]")).to_have_attribute("data-drawn", "1")
    looks_right(phone)
    shot(phone, "2-here")
    phone.get_by_label("Exactly where?").fill("By the bus stop")
    phone.get_by_role("button", name="Carry on").click()
    expect(phone.get_by_role("heading", name="What is damaged?")).to_be_visible()
    answer(phone)
    held = io.BytesIO()
    Image.effect_noise((640, 480), 80).convert("RGB").save(held, "JPEG")
    phone.get_by_label("Can you add a photo safely?").set_input_files(
        {"name": "hole.jpg", "mimeType": "image/jpeg", "buffer": held.getvalue()}
    )
    phone.get_by_role("button", name="Carry on").click()
    expect(phone.get_by_role("heading", name="How should we keep you up to date?")).to_be_visible()
    phone.get_by_label("Your name").fill("Alma Dunn")
    phone.get_by_label("Email address").fill("alma.dunn@example.org")
    phone.get_by_role("button", name="Carry on").click()
    expect(phone.get_by_role("heading", name="Check your answers")).to_be_visible()
    shot(phone, "3-check")
    phone.get_by_role("button", name="Send it").click()
    expect(phone.get_by_role("heading", name="We have it")).to_be_visible()
    case, document = Case.objects.get(), Document.objects.get()
    assert (case.area, document.case_id) == ("w1", case.id)
    jobs.drain(at=clock.now())
    assert Photo.objects.get().state == "waiting"
    review_photo(document.id, case_id=case.id, publish=True, by=SYSTEM, at=clock.now())

    neighbour = new_page(width=360, height=740, has_touch=True)
    neighbour.goto("/reports")
    expect(neighbour.get_by_role("link", name="Pothole or damaged pavement", exact=True)).to_be_visible()
    expect(neighbour.locator("[data-map=reports]")).to_have_attribute("data-drawn", "1")
    looks_right(neighbour)
    shot(neighbour, "4-reports")
    tab_to(neighbour, neighbour.get_by_role("link", name="Skip the map: the list says the same"))
    keys(neighbour, "Enter")
    expect(neighbour.locator("#list")).to_be_focused()
    expect(neighbour.get_by_text("1 report on the map.")).to_be_visible()
    single = neighbour.get_by_role("link", name="Pothole or damaged pavement, open")
    tab_to(neighbour, single)  # a mark on the map is a link like any other
    neighbour.get_by_role("link", name="List what the map shows").click()
    expect(neighbour.get_by_role("heading", name="In the part of the map you chose")).to_be_visible()
    neighbour.get_by_role("link", name="Pothole or damaged pavement", exact=True).click()
    expect(neighbour.get_by_role("heading", name="Near Dock Road, Armley")).to_be_visible()
    expect(neighbour.get_by_alt_text("Photo 1 of what was reported")).to_be_visible()
    expect(neighbour.locator("[data-map=one]")).to_have_attribute("data-drawn", "1")
    looks_right(neighbour)
    shot(neighbour, "5-report")
    assert "Dunn" not in neighbour.content()
    neighbour.get_by_label("Your email address or mobile number").fill("07700 900123")
    neighbour.get_by_role("button", name="Keep me told").click()
    expect(neighbour.get_by_text("You follow this report")).to_be_visible()

    clock.advance(hours=3)
    set_status(case.id, status="in_progress", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    clock.advance(hours=20)
    close_case(case.id, outcome="repaired", resolved=True, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    neighbour.reload()
    expect(neighbour.get_by_text("Fixed: Repaired")).to_be_visible()
    told = {(one.template, one.to) for one in Message.objects.all()}
    assert {("case-closed-done", "alma.dunn@example.org"), ("follow-closed", "+447700900123"),
            ("case-progress", "alma.dunn@example.org"), ("follow-progress", "+447700900123")} <= told  # fmt: skip
    assert Message.objects.filter(template="follow-closed").count() == 1


@pytest.mark.row("D4", "C1")
def test_by_the_keyboard_without_a_map_or_a_script_and_already_reported_is_said(
    town: None, clock: Any, new_page: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    page = new_page(java_script_enabled=False)

    def where(search: str, pick: str) -> None:
        page.goto("/services/pothole")
        tab_to(page, page.get_by_role("button", name="Start now"))
        keys(page, "Enter")
        expect(page.get_by_role("heading", name="Where is the damage?")).to_be_visible()
        tab_to(page, page.get_by_label("Street, postcode or somewhere near it"))
        page.keyboard.type(search)
        tab_to(page, page.get_by_role("button", name="Find it"))
        keys(page, "Enter")
        expect(page.get_by_label(pick)).to_be_visible()
        tab_to(page, page.get_by_label(pick))
        keys(page, "Space")
        tab_to(page, page.get_by_role("button", name="Carry on"))
        keys(page, "Enter")
        expect(page.get_by_role("heading", name="What is damaged?")).to_be_visible()
        answer(page)
        page.get_by_role("button", name="Carry on").click()
        expect(page.get_by_role("heading", name="How should we keep you up to date?")).to_be_visible()
        page.get_by_role("button", name="Carry on").click()
        expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()

    where("near the library", "Near Armley Library")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", name="We have it")).to_be_visible()
    jobs.drain(at=clock.now())
    clock.advance(hours=5)
    where("armley library", "Near Armley Library")
    expect(page.get_by_role("heading", name="Is it one of these?")).to_be_visible()
    shot(page, "1-already")
    page.get_by_role("button", name="It is this one: me too").click()
    expect(page.get_by_role("heading", name="The same here? Me too")).to_be_visible()
    page.get_by_label("Your email address or mobile number").fill("second@example.com")
    page.get_by_role("button", name="Me too: keep me told").click()
    expect(page.get_by_text("You follow this report")).to_be_visible()
    row = Report.objects.get()
    assert (row.followers, Case.objects.count()) == (0, 1)
    assert show_reference(row.reference) in page.url
    first = Message.objects.get(template="follow-started", to="second@example.com").body.replace("\\", "")
    page.goto(re.findall(r"/reports/follow/[\w-]+/\w+", first)[0])
    page.get_by_role("button", name="Count me").click()
    expect(page.get_by_role("heading", name="We’ve counted you")).to_be_visible()
    shot(page, "2-counted")
    row.refresh_from_db()
    assert row.followers == 1


@pytest.mark.row("D4")
def test_by_the_photos_own_position_and_by_the_list_of_streets_on_a_telephone(
    town: None, clock: Any, new_page: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    phone = new_page(width=360, height=740, has_touch=True)

    def begin() -> None:
        phone.goto("/services/pothole")
        phone.get_by_role("button", name="Start now").click()
        expect(phone.get_by_role("heading", name="Where is the damage?")).to_be_visible()

    begin()
    exif = Image.Exif()
    exif[ExifTags.IFD.GPSInfo] = {1: "N", 2: (53.0, 48.0, 0.36), 3: "W", 4: (1.0, 33.0, 0.36)}
    held = io.BytesIO()
    Image.effect_noise((640, 480), 80).convert("RGB").save(held, "JPEG", exif=exif)
    phone.get_by_label("A photo taken there").set_input_files(
        {"name": "hole.jpg", "mimeType": "image/jpeg", "buffer": held.getvalue()}
    )
    phone.get_by_role("button", name="Use the photo’s place").click()
    expect(phone.get_by_text("Near Dock Road, Armley")).to_be_visible()
    looks_right(phone)
    shot(phone, "photo-place")
    phone.get_by_role("button", name="Carry on").click()
    expect(phone.get_by_role("heading", name="What is damaged?")).to_be_visible()
    kept = Dialogue.objects.get().answers["where"]
    assert (kept["latitude"], kept["longitude"]) == (pytest.approx(53.8001), pytest.approx(-1.5501))
    assert b"Exif" not in storage.get(Document.objects.get().path)

    phone.context.clear_cookies()
    begin()
    phone.get_by_role("link", name="Choose from the list of streets").click()
    expect(phone.get_by_text("Choose the letter the street begins with.")).to_be_visible()
    phone.get_by_role("link", name="M", exact=True).click()
    expect(phone.get_by_label("Mill Lane, Armley")).to_be_visible()
    looks_right(phone)
    shot(phone, "street-list")
    phone.get_by_label("Mill Lane, Armley").check()
    phone.get_by_label("Exactly where?").fill("Outside number 14")
    phone.get_by_role("button", name="Carry on").click()
    expect(phone.get_by_role("heading", name="What is damaged?")).to_be_visible()
    kept = Dialogue.objects.order_by("started_at", "id").last().answers["where"]  # type: ignore[union-attr]
    assert (kept["usrn"], kept["text"]) == (11, "Outside number 14, Mill Lane, Armley")
