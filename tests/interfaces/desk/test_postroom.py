"""The post room at the desk: letters given to their person and case, once, by single keys; papers of value accounted for."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from moothall.cases.models import CaseContact
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.core.references import show_reference
from moothall.customers.actions import create_customer
from moothall.customers.models import Customer
from moothall.documents import storage
from moothall.documents.models import Document
from moothall.inbox.models import Writing
from moothall.intake.actions.raising import Raised
from moothall.intake.posted import file_letter, file_sure
from moothall.intake.posted.filing import NotHers, propose_anew
from moothall.postroom import actions
from moothall.postroom.actions import CannotTake, FiledBefore, ReadSheet
from moothall.postroom.models import Letter, Original, Scan, Sheet
from moothall.promises.models import Promise
from tests.browser import goes_on, looks_right
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import Officer
from tests.interfaces.desk.pages import counting, text_of

pytestmark = [pytest.mark.django_db]
Arrives = Callable[..., list[Letter]]
ADDRESS = "Amina Dunn\n14 Mill Lane\nOtley\nLS21 1AA\n"


def side(shade: int = 250) -> bytes:
    held = io.BytesIO()
    Image.new("L", (413, 585), shade).save(held, "JPEG")
    return held.getvalue()


@pytest.fixture
def clerk(officer: Callable[..., Officer]) -> Officer:
    """An officer of the post room."""
    return officer("post-room-officer", teams=("customer-services",), name="Moira Field")


@pytest.fixture
def her_bin(missed_bin: Callable[..., Raised], amina: Customer) -> Raised:
    """Amina's missed bin."""
    return missed_bin(amina)


@pytest.fixture
def comes(council: Any, clock: MovableClock) -> Arrives:
    """Let a scan be read: `comes("Dear Sir", None, "Second letter")`; None is a separator sheet."""
    number = iter(range(10_000))

    def make(*pages: str | None, channel: str = "post", judged: bool = True) -> list[Letter]:
        at = clock.now()
        content = f"scan {next(number)}".encode()
        scan, fresh = actions.take_scan(
            name="scan.pdf", content=content, channel=channel, source="desk", received_at=at, by=SYSTEM, at=at
        )
        assert fresh
        sheets = [
            ReadSheet(picture=side(n + 100), text=text or "", sure=90, language="en", separator=text is None)
            for n, text in enumerate(pages)
        ]
        made = actions.keep_pages(scan.id, sheets, by=SYSTEM, at=at)
        if judged:
            for one in made:
                propose_anew(one, at=at)
        return [Letter.objects.get(id=one) for one in made]

    return make


def test_a_letter_that_names_case_and_writer_files_itself(
    comes: Arrives, amina: Customer, her_bin: Raised, clock: MovableClock
) -> None:
    (letter,) = comes(f"{ADDRESS}Your reference {show_reference(her_bin.reference)}\nThe bin was not emptied again.")
    clock.advance(timedelta(hours=2))
    file_sure(letter.id, at=clock.now())
    letter.refresh_from_db()
    assert (letter.state, letter.done_by) == ("filed", None)
    writing = Writing.objects.get(id=letter.writing_id)
    assert writing.case_id == her_bin.case_id
    contact = Contact.objects.get(id=writing.contact_id)
    assert (contact.channel, contact.customer_id, contact.received_at) == (
        "post",
        her_bin.customer_id,
        letter.received_at,
    )
    assert CaseContact.objects.filter(contact_id=contact.id, case_id=her_bin.case_id).count() == 1
    kinds = set(Promise.objects.filter(subject_id=contact.id).values_list("kind", flat=True))
    assert {"acknowledgement", "reply"} <= kinds
    names = set(Document.objects.filter(writing_id=writing.id, case_id=her_bin.case_id).values_list("name", flat=True))
    assert names == {"letter.pdf", "page 1.jpg"}
    assert all(storage.get(row.path) for row in Document.objects.filter(writing_id=writing.id))


def test_a_doubtful_letter_is_left_to_a_person(comes: Arrives, amina: Customer, clock: MovableClock) -> None:
    (letter,) = comes("Dear Council\nThe bin was not emptied again.\nYours, A. Dunn")
    file_sure(letter.id, at=clock.now())
    letter.refresh_from_db()
    assert letter.state == "waiting"
    assert not Writing.objects.exists()


def test_filed_twice_is_filed_once_and_the_post_room_keeps_nothing_of_it(
    comes: Arrives, amina: Customer, clerk: Officer, clock: MovableClock
) -> None:
    (letter,) = comes(f"{ADDRESS}Please cut the hedge.")
    first = file_letter(letter.id, customer_id=amina.id, case_id=None, by=clerk.actor, at=clock.now())
    with pytest.raises(FiledBefore):
        file_letter(letter.id, customer_id=amina.id, case_id=None, by=clerk.actor, at=clock.now())
    assert Writing.objects.get().id == first.writing_id
    assert not Sheet.objects.exclude(text="", path="").exists()
    assert not Scan.objects.exclude(path="", name="").exists()


def test_a_case_of_somebody_else_is_refused(
    comes: Arrives, amina: Customer, her_bin: Raised, clerk: Officer, clock: MovableClock
) -> None:
    (letter,) = comes("Dear Sir")
    other = create_customer(given_name="Omar", family_name="Said", by=SYSTEM, at=clock.now())
    with pytest.raises(NotHers):
        file_letter(letter.id, customer_id=other.id, case_id=her_bin.case_id, by=clerk.actor, at=clock.now())
    assert Letter.objects.get(id=letter.id).state == "waiting"


def test_stacks_are_parted_joined_and_parted_again(comes: Arrives, clerk: Officer, clock: MovableClock) -> None:
    one, two = comes("First", "its second page", None, "Second letter")
    assert [one.sheets.count(), two.sheets.count()] == [2, 1]
    actions.merge(one.id, two.id, by=clerk.actor, at=clock.now())
    assert not Letter.objects.filter(id=two.id).exists()
    assert list(one.sheets.order_by("place").values_list("place", flat=True)) == [1, 2, 3]
    new = actions.split(one.id, before=3, by=clerk.actor, at=clock.now())
    assert Sheet.objects.get(letter_id=new).text == "Second letter"
    for wrong in (0, 1, 9):
        with pytest.raises(CannotTake):
            actions.split(one.id, before=wrong, by=clerk.actor, at=clock.now())


def test_a_cheque_is_in_the_safe_until_it_is_banked_and_holds_its_letter(
    comes: Arrives, amina: Customer, clerk: Officer, clock: MovableClock
) -> None:
    (letter,) = comes("Here is the money")
    for pounds in ("", "14,50", "x", "0"):
        answer = clerk.client.post(f"/desk/post/{letter.id}/", {"do": "original", "kind": "cheque", "pounds": pounds})
        assert answer.status_code == 400
    clerk.client.post(f"/desk/post/{letter.id}/", {"do": "original", "kind": "cheque", "pounds": "£14.50"})
    original = Original.objects.get()
    assert (original.pence, original.state) == (1450, "held")
    with pytest.raises(CannotTake):
        actions.set_aside(letter.id, why="junk", by=clerk.actor, at=clock.now())
    file_letter(letter.id, customer_id=amina.id, case_id=None, by=clerk.actor, at=clock.now())
    assert "Not filed yet" not in text_of(clerk.client.get("/desk/post/register"))
    assert clerk.client.post("/desk/post/register", {"original": original.id, "state": "passed_on"}).status_code == 400
    clerk.client.post("/desk/post/register", {"original": original.id, "state": "banked", "how": "Slip 7"})
    clerk.client.post("/desk/post/register", {"original": original.id, "state": "returned"})
    original.refresh_from_db()
    assert (original.state, original.how, original.customer_id) == ("banked", "Slip 7", amina.id)


def test_only_the_post_room_works_there(comes: Arrives, waste: Officer) -> None:
    (letter,) = comes("Dear Sir")
    sheet = letter.sheets.get()
    for path in (
        "/desk/post/",
        f"/desk/post/{letter.id}/",
        f"/desk/post/pages/{sheet.id}",
        "/desk/post/register",
        "/desk/post/separator",
    ):
        assert waste.client.get(path).status_code == 403, path
    assert waste.client.post("/desk/post/bring", {}).status_code == 403


def test_lists_cost_the_same_for_one_and_for_many(comes: Arrives, amina: Customer, clerk: Officer) -> None:
    letter, _ = comes(ADDRESS, None, ADDRESS)
    with counting() as one:
        clerk.client.get("/desk/post/")
    with counting() as page:
        clerk.client.get(f"/desk/post/{letter.id}/")
    for _ in range(8):
        comes(ADDRESS, ADDRESS)
    with counting() as many:
        clerk.client.get("/desk/post/")
    with counting() as again:
        clerk.client.get(f"/desk/post/{letter.id}/")
    assert many.number == one.number <= 16, many.kinds
    assert again.number == page.number <= 16, again.kinds


def test_scans_are_brought_in_at_the_desk_once(clerk: Officer, council: Any) -> None:
    def sent() -> io.BytesIO:
        held = io.BytesIO(b"%PDF-1.4 a scan")
        held.name = "monday.pdf"
        return held

    for _ in range(2):
        answer = clerk.client.post("/desk/post/bring", {"scans": sent(), "channel": "fax", "received": "2020-01-06"})
        assert answer.status_code == 303
    scan = Scan.objects.get()
    assert (scan.channel, scan.received_at.date().isoformat()) == ("fax", "2020-01-06")
    assert clerk.client.post("/desk/post/bring", {"channel": "post"}).status_code == 400


@pytest.mark.row("A6")
@pytest.mark.long
def test_a_letter_is_filed_by_one_key_and_read_at_the_desk(
    page: Page,
    live_server: Any,
    sits_at: Callable[..., None],
    officer: Callable[..., Officer],
    comes: Arrives,
    amina: Customer,
    her_bin: Raised,
) -> None:
    first, second = comes(f"{ADDRESS}The bin again.", None, "An unknown hand", "more of it")
    window = page
    sits_at(officer("post-room-officer", "adviser", teams=("customer-services",), name="Moira Field"), window)
    window.goto(f"{live_server.url}/desk/post/")
    expect(window.get_by_role("heading", name="Post room")).to_be_visible()
    looks_right(window)
    window.get_by_role("row").nth(1).get_by_role("link").click()
    expect(window.get_by_role("heading", name="Whose letter is it?")).to_be_visible()
    expect(window.get_by_role("region", name="Amina Dunn").first).to_be_visible()
    looks_right(window)
    window.keyboard.press("a")
    expect(window.get_by_text("An unknown hand")).to_be_visible()
    window.get_by_label("Somebody else").fill("Dunn LS21")
    with goes_on(window):
        window.keyboard.press("Enter")
    expect(window.get_by_label("Somebody else")).to_have_value("Dunn LS21")
    window.keyboard.press("n")
    expect(window.get_by_text("No letter waits")).to_be_visible()
    writing = Writing.objects.get(id=Letter.objects.get(id=first.id).writing_id)
    window.goto(f"{live_server.url}/desk/inbox/{writing.id}/")
    picture = window.get_by_alt_text("Page 1 of the letter")
    expect(picture).to_be_visible()
    assert picture.evaluate("(one) => one.decode().then(() => one.naturalWidth)") == 413
    window.goto(f"{live_server.url}/desk/post/register")
    expect(window.get_by_role("heading", name="Cheques and originals")).to_be_visible()
    looks_right(window)
    window.goto(f"{live_server.url}/desk/post/separator")
    expect(window.get_by_role("heading", name="The next letter begins")).to_be_visible()
    looks_right(window)
    assert isinstance(second.id, UUID)
