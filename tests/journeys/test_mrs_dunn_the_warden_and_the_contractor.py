"""Mrs Dunn sees a deep hole where there is no signal. A neighbour follows what she reported, the warden comes with a device
and hands it to the contractor, whose system is told by Open311, mends it and says so: both hear.

By the keyboard alone, on a small screen; with her position, a photo and the map, and with none of the three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.core.references import show_reference
from moothall.documents.models import Document
from moothall.field.models import Job
from moothall.notifications.models import Message
from moothall.partners.adapters.open311.twin import KEY, Twin
from moothall.partners.models import Referral
from moothall.places.actions import AreaShape, StreetLine, import_landmarks, import_shapes, import_streets
from moothall.places.basemap import build_basemap
from moothall.reports.models import Report
from tests.browser import goes_on, keys, looks_right, tab_to
from tests.field.devices import gives_the_job, join, photo_file
from tests.interfaces.desk.conftest import Officer, officer, sits_at
from tests.journeys.by_keyboard import pick, press, write

__all__ = ["officer", "sits_at"]
pytestmark = [
    pytest.mark.journey, pytest.mark.long, pytest.mark.row("A9", "D4", "D14", "A11"), pytest.mark.django_db(transaction=True),
]  # fmt: skip
HERE = {"latitude": 53.8001, "longitude": -1.5501, "accuracy": 9}
DUNN, NEIGHBOUR = "alma.dunn@example.org", "+447700900123"
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def contractor(settings: Any, clock: Any, live_server: Any) -> Iterator[Twin]:
    """The surfacing contractor's system."""
    running = Twin(callback=f"{live_server.url}/hooks/open311/{{code}}").start()
    settings.PARTNER_ADDRESSES, settings.PARTNER_KEYS = {"*": running.url}, {"*": KEY}
    yield running
    running.stop()


@pytest.fixture
def town(council: Pack, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.DATA_DIR = tmp_path / "files", tmp_path
    import_streets(
        [StreetLine(12, "Dock Road", "Armley", "w1", [(-1.5500, 53.7980), (-1.5500, 53.8040)], "main")], by=SYSTEM
    )
    corners = [[-1.6, 53.7], [-1.5, 53.7], [-1.5, 53.9], [-1.6, 53.9], [-1.6, 53.7]]
    import_shapes([AreaShape("w1", "Armley", {"type": "Polygon", "coordinates": [corners]})], by=SYSTEM)
    import_landmarks([("armley-library", "Armley Library", "library", 53.8010, -1.5490)], by=SYSTEM)
    build_basemap()


def go(page: Page, control: str, then: Locator, *, link: bool = False) -> None:
    """Reach a control of a page that changes in place, press it, and see what comes of it."""
    tab_to(page, page.get_by_role("link" if link else "button", name=control, exact=True))
    keys(page, "Enter")
    expect(then).to_be_visible()


def writes_without_a_signal(phone: Page, *, position: bool) -> None:
    """Open the page that needs no network, fill it in, keep it, and come back into the network."""
    phone.goto("/report")
    phone.evaluate("navigator.serviceWorker.ready")
    phone.context.set_offline(True)
    phone.goto("/report")
    expect(phone.get_by_role("heading", name="Report it without a signal")).to_be_visible()
    pick(phone, "A pothole or damaged pavement")
    if position:
        go(phone, "Use where I am now", phone.get_by_text("Found, to within 9 metres."))
    write(
        phone,
        "Street, house number or what stands near it",
        "By the bus stop" if position else "The stop by Armley Library",
    )
    for words in ("Road", "Deeper than 10 cm", "Bin lid"):
        pick(phone, words)
    for group, words in (("Could it hurt someone today?", "No"), ("Has anyone been hurt", "No")):
        pick(phone, words, within=phone.get_by_role("group", name=group))
    if position:
        tab_to(phone, phone.get_by_label("Photos, up to three"))
        phone.get_by_label("Photos, up to three").set_input_files(photo_file(3))
        expect(phone.get_by_alt_text("Photo 1")).to_be_visible()
    write(phone, "Your name, if you want to hear from us", "Alma Dunn")
    write(phone, "Email address", DUNN)
    looks_right(phone)
    go(phone, "Keep and send", phone.get_by_text("kept in this browser"))
    assert not Case.objects.exists()
    phone.context.set_offline(False)
    phone.evaluate("dispatchEvent(new Event('online')); dispatchEvent(new Event('online'))")


def follows(neighbour: Page, *, by_map: bool) -> None:
    """Find the report by its mark on the map, or in the list, and follow it."""
    neighbour.goto("/reports")
    expect(neighbour.get_by_role("link", name="Pothole or damaged pavement", exact=True)).to_be_visible()
    if by_map:
        expect(neighbour.locator("[data-map=reports]")).to_have_attribute("data-drawn", "1")
        mark = neighbour.get_by_role("link", name="Pothole or damaged pavement, open")
        tab_to(neighbour, mark)
        with goes_on(neighbour):
            keys(neighbour, "Enter")
    else:
        press(neighbour, "Pothole or damaged pavement")
    expect(neighbour.get_by_role("heading", name="Near")).to_be_visible()
    assert "Dunn" not in neighbour.content()
    if by_map:
        looks_right(neighbour)  # which asks the page itself, and so its script
    write(neighbour, "Your email address or mobile number", "07700 900123")
    press(neighbour, "Keep me told")
    expect(neighbour.get_by_text("You follow this report")).to_be_visible()


@pytest.mark.parametrize("equipped", [True, False], ids=["position-photo-and-map", "none-of-them"])
def test_from_the_bus_to_the_contractor_and_back(
    equipped: bool, town: None, contractor: Twin, council: Pack, clock: Any, new_page: Callable[..., Page],
    shot: Callable[[Page, str], object], officer: Callable[..., Officer], sits_at: Callable[[Officer, Page], None],
) -> None:  # fmt: skip
    able: dict[str, Any] = {"geolocation": HERE, "permissions": ["geolocation"]} if equipped else {}
    phone = new_page(**PHONE, **able)
    writes_without_a_signal(phone, position=equipped)
    expect(phone.get_by_text("we have it. Your reference is")).to_be_visible()
    shot(phone, "1-sent")
    jobs.drain(at=clock.now())
    case = Case.objects.get()
    assert Document.objects.filter(case_id=case.id).exists() is equipped
    assert case.latitude is not None

    neighbour = new_page(**PHONE, java_script_enabled=equipped)
    follows(neighbour, by_map=equipped)
    shot(neighbour, "2-followed")

    board = new_page(width=1280, height=900)
    sits_at(officer("field-supervisor", teams=("highway-inspectors",)), board)
    gives_the_job(board, Job.objects.get())
    shot(board, "3-board")
    warden = new_page(**PHONE)
    join(warden, council)
    expect(warden.locator(".cards > li")).to_have_count(1)
    tab_to(warden, warden.locator(".cards a").first)
    keys(warden, "Enter")
    expect(warden.get_by_role("heading", name="Take care")).to_be_visible()
    assert "Dunn" not in warden.content()
    if equipped:
        expect(warden.get_by_alt_text("Photo 1 sent with the report")).to_be_visible()
    go(warden, "Start", warden.get_by_role("button", name="Pause"))
    go(warden, "Can’t do it", warden.get_by_role("heading", name="Why can’t it be done?"), link=True)
    pick(warden, "One for the contractor")
    shot(warden, "4-warden")
    go(warden, "Send", warden.get_by_text("All done for today."))
    expect(warden.locator("#strip")).to_contain_text("Everything is sent")
    jobs.drain(at=clock.now())

    row = Referral.objects.get()
    assert (row.partner, row.purpose, row.state, row.case_id) == ("surfacing-contractor", "for_us", "sent", case.id)
    theirs = contractor.held[row.their_reference]
    assert len(contractor.held) == 1
    assert theirs["service_code"] == "pothole"
    assert theirs["lat"]
    assert "Deeper than 10 cm" in theirs["description"]
    assert "Dunn" not in str(theirs)
    assert DUNN not in str(theirs)

    theirs_page = new_page(**PHONE)
    theirs_page.goto(contractor.url)
    for button, said in (("Take it on", "In our programme for this week"), ("Done", "Mended")):
        clock.advance(hours=2)
        control = theirs_page.get_by_role("button", name=button)
        tab_to(theirs_page, control)
        with goes_on(theirs_page):
            keys(theirs_page, "Enter")
        expect(theirs_page.get_by_text(f"pothole: {said}")).to_be_visible()
        jobs.drain(at=clock.now())
        case.refresh_from_db()
        if button == "Take it on":
            assert (case.state, case.status) == ("open", "in_progress")
    assert contractor.answered == [200, 200]
    assert (case.state, case.resolved, case.outcome) == ("closed", True, "done-by-partner")
    told = {(one.template, one.to) for one in Message.objects.all()}
    assert {("case-closed-done", DUNN), ("follow-closed", NEIGHBOUR)} <= told
    assert Message.objects.filter(template="follow-closed").count() == 1
    assert Report.objects.get().followers == 0, "the neighbour opened no link of ours"
    neighbour.goto(f"/reports/{show_reference(case.reference)}")
    expect(neighbour.get_by_text("Fixed").first).to_be_visible()
    shot(neighbour, "5-fixed")
