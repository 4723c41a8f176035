"""Anna Kowalska writes in Polish. Her letter is filed on day five, and she hears in Polish, by letter, that we have it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from moothall.channels.post.codes import codes_on
from moothall.channels.post.paper import can_draw
from moothall.channels.post.reading import read_scan
from moothall.channels.post.words import installed
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.core.zone import LONDON
from moothall.customers.actions import create_customer
from moothall.inbox.models import Writing
from moothall.notifications import senders
from moothall.notifications.models import Message
from moothall.notifications.protocols import Accepted, Envelope
from moothall.postroom.actions import take_scan
from moothall.postroom.models import Letter
from moothall.promises.models import Promise
from tests.browser import axe, looks_right
from tests.channels.post.test_reading import letter as written
from tests.conftest import MovableClock

pytestmark = [
    pytest.mark.django_db(transaction=True), pytest.mark.row("A6"), pytest.mark.long,
    pytest.mark.skipif("pol" not in installed(), reason="Tesseract has no Polish here"),
    pytest.mark.skipif(not can_draw(), reason="Pango is not installed here"),
]  # fmt: skip
LINES = (
    "Anna Kowalska", "Szanowni Państwo,",
    "piszę w sprawie zasiłku mieszkaniowego. Nie otrzymałam jeszcze",
    "decyzji i nie wiem, czy mam zapłacić czynsz.",
    "Proszę o odpowiedź, bo nie mogę dłużej czekać.", "Z poważaniem", "Anna Kowalska",
)  # fmt: skip


class Printer:
    """Takes letters as a printer does, and keeps what was printed."""

    name = "printer"
    can_ask = False

    def __init__(self) -> None:
        self.printed: list[Envelope] = []

    def send(self, envelope: Envelope) -> Accepted:
        self.printed.append(envelope)
        return Accepted(provider_id=str(len(self.printed)))

    def find(self, reference: str) -> Accepted | None:
        return None


def test_anna_hears_in_polish_on_day_five(
    council: Any, desk_of: Callable[..., Page], clock: MovableClock, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    printer = Printer()
    senders.use("post", printer)
    try:
        _told(desk_of, clock, printer)
    finally:
        senders.use("post", None)


def _told(desk_of: Callable[..., Page], clock: MovableClock, printer: Printer) -> None:
    clock.set(datetime(2026, 3, 2, 9, 30, tzinfo=LONDON))  # a Monday
    came = clock.now()
    anna = create_customer(
        given_name="Anna", family_name="Kowalska", address_text="14 Mill Lane, Otley, LS21 1AA", by=SYSTEM, at=came
    )
    held = io.BytesIO()
    written(*LINES).save(held, "PDF", resolution=150)
    scan, _ = take_scan(
        name="monday.pdf",
        content=held.getvalue(),
        channel="post",
        source="folder",
        received_at=came,
        by=SYSTEM,
        at=came,
    )
    (letter_id,) = read_scan(scan.id, at=came)
    letter = Letter.objects.get(id=letter_id)
    assert letter.language == "pl"
    assert letter.state == "waiting", "a name alone is not enough for a machine"

    clock.set(datetime(2026, 3, 6, 10, 0, tzinfo=LONDON))  # the Friday: day five
    clerk = desk_of("Moira Field", "post-room-officer", "adviser", teams=("customer-services",))
    clerk.goto(f"/desk/post/{letter_id}/")
    expect(clerk.get_by_role("heading", name="Whose letter is it?")).to_be_visible()
    expect(clerk.get_by_role("region", name="Anna Kowalska").first).to_be_visible()
    clerk.keyboard.press("a")
    expect(clerk.get_by_text("No letter waits")).to_be_visible()
    drain()

    (acknowledged,) = printer.printed
    message = Message.objects.get(id=acknowledged.message_id)
    assert (message.template, message.channel, message.language) == ("letter-received", "post", "pl")
    assert "Otrzymaliśmy Państwa list" in acknowledged.subject
    assert "Odpowiemy do dnia 16/03/2026" in acknowledged.text
    document: Any = pypdfium2.PdfDocument(acknowledged.pdf)
    words = document[0].get_textpage().get_text_bounded()
    assert "Szanowni Państwo" in words
    assert "Anna Kowalska" in words
    contact = Contact.objects.get(channel="post")
    assert contact.customer_id == anna.id
    kept = Promise.objects.get(subject_id=contact.id, kind="acknowledgement")
    assert kept.state == "met"
    assert kept.ended_at is not None
    assert kept.due_at is not None
    assert kept.ended_at <= kept.due_at
    picture = document[0].render(scale=200 / 72, grayscale=True).to_pil().convert("L")
    (code,) = codes_on(picture)
    assert code.reference == contact.reference, "if she sends it back, we know it"

    writing = Writing.objects.get()
    clerk.goto(f"/desk/inbox/{writing.id}/")
    expect(clerk.get_by_text("It is written in Polish.")).to_be_visible()
    clerk.goto(f"/desk/messages/{message.id}/")
    expect(clerk.get_by_alt_text("Page 1 of the letter")).to_be_visible()
    expect(clerk.get_by_text("Polish").first).to_be_visible()
    axe(clerk)
    looks_right(clerk)
