"""Rosa Marsh writes about her bin: she hears at once by when she has an answer; her answer back finds her case."""

from __future__ import annotations

import email
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.models import Case, CaseContact, Note
from moothall.channels.email.arriving import take_mail
from moothall.contacts.models import Matter
from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.inbox.models import Writing
from moothall.intake.desk_sending import send_matter
from moothall.notifications import senders
from moothall.notifications.adapters.smtp import compose
from moothall.notifications.protocols import Accepted, Envelope
from tests.browser import axe
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import BIN

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("A5"), pytest.mark.long]


class Post:
    """Carries our e-mail as a mail server would, and keeps what went, as it went over the wire."""

    name = "post"
    can_ask = False

    def __init__(self) -> None:
        self.gone: list[EmailMessage] = []

    def send(self, envelope: Envelope) -> Accepted:
        self.gone.append(email.message_from_bytes(compose(envelope).as_bytes(), policy=default))  # type: ignore[arg-type]
        return Accepted(provider_id=str(len(self.gone)))

    def find(self, reference: str) -> Accepted | None:
        return None


def test_rosas_bin(
    council: Any, desk_of: Callable[..., Page], clock: MovableClock, live_server: Any, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT, settings.PUBLIC_URL = tmp_path, live_server.url
    post = Post()
    senders.use("email", post)
    try:
        _told(desk_of("Priya Shah", "adviser", teams=("customer-services",)), clock, post)
    finally:
        senders.use("email", None)


def _told(desk: Page, clock: MovableClock, post: Post) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"] = "Rosa Marsh <rosa.marsh@example.com>", "hello@leeds.example.org"
    letter["Subject"], letter["Message-ID"] = "Our bin was not emptied", "<bin-1@mail.example.com>"
    letter.set_content(
        "Dear council,\n\nThe bin at 14 Mill Lane was not emptied on Friday.\n\nKind regards\nRosa Marsh"
    )
    take_mail(letter.as_bytes(), received_at=clock.now())
    drain()
    acknowledged = post.gone[-1]
    assert acknowledged["To"] == "rosa.marsh@example.com"
    assert acknowledged["In-Reply-To"] == "<bin-1@mail.example.com>"
    assert acknowledged["Auto-Submitted"] == "auto-replied"
    assert "We’ll answer by Thursday 12 March" in acknowledged.get_body(("plain",)).get_content()  # type: ignore[union-attr]

    clock.advance(minutes=40)
    desk.goto("/desk/inbox/")
    desk.get_by_role("link", name="Our bin was not emptied").click()
    expect(desk.get_by_role("heading", name="Our bin was not emptied")).to_be_visible()
    expect(desk.locator("#writing-text")).to_contain_text("was not emptied on Friday")
    expect(desk.locator("#writing-text")).not_to_contain_text("Kind regards")
    axe(desk)
    desk.get_by_role("button", name="Take it", exact=True).click()
    expect(desk.get_by_text("With Priya Shah, Customer services")).to_be_visible()
    desk.get_by_role("region", name="It may be about").get_by_role("button", name="Report a missed bin").click()
    expect(desk.locator("#matter-form")).to_be_visible()
    address = desk.url
    case = _raise(clock)
    desk.goto(address.partition("?")[0])
    expect(desk.locator("#answer-text")).to_be_visible()
    desk.locator("#answer-text").fill("The lorry comes back. Is it the tall bin or the short one?")
    desk.locator("#finish-cause").check(force=True)
    desk.get_by_role("button", name="Send the answer").click()
    expect(desk.get_by_text("Dealt with.")).to_be_visible()
    drain()
    answered = next(one for one in post.gone if one["Subject"].startswith("Re: Our bin"))
    assert answered["In-Reply-To"] == "<bin-1@mail.example.com>"
    assert "tall bin or the short one" in answered.get_body(("plain",)).get_content()  # type: ignore[union-attr]

    clock.advance(hours=3)
    back = EmailMessage()
    back["From"], back["To"], back["Subject"] = "rosa.marsh@example.com", answered["Reply-To"], answered["Subject"]
    back["In-Reply-To"] = back["References"] = answered["Message-ID"]
    back.set_content(
        "The tall one.\n\nOn 2 March 2026 at 09:40, Leeds <hello@leeds.example.org> wrote:\n> Is it the tall bin?"
    )
    outcome = take_mail(back.as_bytes(), received_at=clock.now())
    assert outcome.taken is not None
    assert outcome.taken.case_id == case.id
    assert CaseContact.objects.filter(case=case, contact_id=outcome.taken.contact_id).exists()
    assert "The tall one." in Note.objects.get(case=case).text
    assert Writing.objects.latest("received_at").text == "The tall one."
    desk.goto(f"/desk/cases/{case.id}/")
    expect(desk.get_by_text("The tall one.").first).to_be_visible()

    asked = next(one for one in post.gone if one["Subject"] == "How did we do?")
    assert asked["In-Reply-To"] == "<bin-1@mail.example.com>"
    rated = EmailMessage()
    rated["From"], rated["To"], rated["Subject"] = "rosa.marsh@example.com", asked["Reply-To"], "Re: How did we do?"
    rated["In-Reply-To"] = rated["References"] = asked["Message-ID"]
    rated.set_content("3 You asked what you could have looked up.")
    take_mail(rated.as_bytes(), received_at=clock.now())
    drain()
    desk.goto(f"/desk/cases/{case.id}/")
    expect(desk.get_by_text("Not content with us: “You asked what you could have looked up.”").first).to_be_visible()


def _raise(clock: MovableClock) -> Case:
    """Send what was asked to its team. How the form is filled in, by keyboard, is Mrs Jones's story."""
    matter = Matter.objects.get()
    sent = send_matter(matter.contact_id, matter_id=matter.id, given=BIN, by=SYSTEM, at=clock.now())
    return Case.objects.get(id=sent.case_id)
