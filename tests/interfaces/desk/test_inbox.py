"""The inbox at the desk: one list of every written channel, and a writing worked with on the screen of its contact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core.ids import new_id
from moothall.customers.models import Customer
from moothall.documents.models import Document
from moothall.inbox.models import Writing
from moothall.intake.desk_sending import send_matter
from moothall.intake.written import ArrivedFile, ArrivedWriting, take_written
from moothall.notifications.models import Message
from tests.browser import looks_right
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import BIN, Officer
from tests.interfaces.desk.pages import counting, text_of

pytestmark = [pytest.mark.django_db]
Arrives = Callable[..., Writing]


@pytest.fixture
def arrives(council: Any, clock: MovableClock) -> Arrives:
    """Let something arrive: `arrives("My bin", channel="post")`."""

    def make(subject: str = "My bin", **more: Any) -> Writing:
        fields: dict[str, Any] = {
            "channel": "email", "external_id": str(new_id()), "received_at": clock.now(), "subject": subject,
            "sender": "amina.dunn@example.com", "sender_name": "Amina Dunn", "sent_to": ("hello@leeds.example.org",),
            "text": "The brown bin at 14 Mill Lane was not emptied on Friday. Can you send the lorry back?",
            "whole": "The brown bin at 14 Mill Lane was not emptied on Friday. Can you send the lorry back?\n\n-- \nAmina",
        }  # fmt: skip
        return Writing.objects.get(id=take_written(ArrivedWriting(**fields | more), at=clock.now()).writing_id)

    return make


def test_every_written_channel_is_in_one_list_and_filters(adviser: Officer, arrives: Arrives) -> None:
    arrives()
    arrives("A letter", channel="post")
    arrives("Out of office", machine="notice")
    page = text_of(adviser.client.get("/desk/inbox/"))
    assert "My bin" in page
    assert "A letter" in page
    assert "Out of office" not in page
    assert "A letter" not in text_of(adviser.client.get("/desk/inbox/", {"channel": "email"})).split("<tbody>")[1]
    assert "Out of office" in text_of(adviser.client.get("/desk/inbox/", {"box": "machines"}))


def test_the_list_costs_the_same_for_one_and_for_many(adviser: Officer, arrives: Arrives) -> None:
    arrives()
    with counting() as one:
        adviser.client.get("/desk/inbox/")
    for n in range(12):
        arrives(f"Number {n}", sender=f"p{n}@example.com")
    with counting() as many:
        adviser.client.get("/desk/inbox/")
    assert many.number == one.number <= 12, many.kinds


@pytest.mark.row("A5")
def test_read_taken_raised_and_answered_on_one_screen(adviser: Officer, arrives: Arrives, amina: Customer) -> None:
    writing = arrives(files=(ArrivedFile("bin.txt", b"the bin"),))
    address = f"/desk/contacts/{writing.contact_id}/"
    page = text_of(adviser.client.get(address))
    for words in (
        "was not emptied on Friday",
        "bin.txt",
        "This address belongs to",
        "Report a missed bin",
        "No answer needed",
    ):
        assert words in page, words
    assert "Wrap" not in page
    to = f"/desk/inbox/{writing.id}"
    assert adviser.client.post(f"{to}/take").status_code == 303
    adviser.client.post(f"{address}who", {"customer": str(amina.id)})
    adviser.client.post(f"{address}matters", {"service": "missed-bin"})
    refused = adviser.client.post(f"{to}/answer", {"text": "We come tomorrow.", "cause": "new"})
    assert refused.status_code == 422
    assert "We come tomorrow." in text_of(refused)
    matter = Contact.objects.get().matters.get()
    send_matter(matter.contact_id, matter_id=matter.id, given=BIN, by=adviser.actor, at=writing.received_at)
    sent = adviser.client.post(f"{to}/answer", {"text": "We come tomorrow.", "cause": "new"})
    assert sent.headers["Location"] == "/desk/inbox/?done=1"
    writing.refresh_from_db()
    assert (writing.state, writing.ended, writing.case_id) == ("done", "answered", Case.objects.get().id)
    assert Message.objects.get(template="written-answer").case_id == writing.case_id
    assert "We come tomorrow." in text_of(adviser.client.get(address))


def test_what_a_mail_cannot_tell_is_asked_at_a_link(adviser: Officer, arrives: Arrives) -> None:
    writing = arrives("Our old sofa")
    address = f"/desk/contacts/{writing.contact_id}/"
    adviser.client.post(f"/desk/inbox/{writing.id}/take")
    adviser.client.post(f"{address}matters", {"service": "bulky-waste"})
    page = text_of(adviser.client.get(address))
    assert "Send them a link to the rest" in page
    assert f"{writing.sender}, where they wrote from" in page
    assert "Why do you help them?" not in page
    matter = Contact.objects.get().matters.get()
    share = f"{address}matters/{matter.id}/share"
    assert adviser.client.post(share, {"share-do": "send", "share-to": writing.sender}).status_code == 303
    message = Message.objects.get(template="dialogue-saved")
    assert message.to == writing.sender
    assert "They finish it themselves" in text_of(adviser.client.get(f"{address}?matter={matter.id}"))
    assert adviser.client.post(share, {"share-do": "leave"}).status_code == 303
    matter.refresh_from_db()
    assert matter.outcome == "handed_on"
    contact = Contact.objects.get()
    assert (contact.assisted, contact.helped_because) == (False, ""), "she wrote to us; nobody helped her online"


def test_an_officer_of_a_service_answers_what_she_was_asked(waste: Officer, adviser: Officer, arrives: Arrives) -> None:
    writing = arrives()
    to = f"/desk/inbox/{writing.id}"
    assert adviser.client.post(f"{to}/ask", {"team": "refuse-collection", "text": "Did it go by?"}).status_code == 303
    assert "My bin" in text_of(waste.client.get("/desk/inbox/"))
    page = text_of(waste.client.get(f"/desk/contacts/{writing.contact_id}/"))
    assert "Did it go by?" in page
    waste.client.post(f"{to}/tell", {"text": "It broke down."})
    assert "It broke down." in text_of(adviser.client.get(f"/desk/contacts/{writing.contact_id}/"))


def test_what_was_written_to_another_team_is_listed_without_its_words(
    waste: Officer, adviser: Officer, arrives: Arrives
) -> None:
    writing = arrives("About my illness")
    theirs = text_of(waste.client.get("/desk/inbox/", {"team": writing.team}))
    assert "Amina Dunn" in theirs
    assert "Not your team’s. It opens when you say why." in theirs
    for words in ("illness", "brown bin"):
        assert words not in theirs
        assert words in text_of(adviser.client.get("/desk/inbox/")), "it is their own"
    assert (
        adviser.client.post(f"/desk/inbox/{writing.id}/ask", {"team": "refuse-collection", "text": "?"}).status_code
        == 303
    )
    assert "illness" in text_of(waste.client.get("/desk/inbox/", {"team": writing.team})), "they are asked about it"


def test_what_a_machine_wrote_has_a_page_and_may_be_a_persons(adviser: Officer, arrives: Arrives) -> None:
    writing = arrives(machine="spam")
    page = text_of(adviser.client.get(f"/desk/inbox/{writing.id}/"))
    assert "Marked as spam" in page
    answer = adviser.client.post(f"/desk/inbox/{writing.id}/person")
    assert answer.status_code == 303
    assert adviser.client.get(answer.headers["Location"]).status_code == 303
    assert Contact.objects.get().channel == "email"


def test_a_file_is_saved_never_opened_and_only_through_its_own_writing(adviser: Officer, arrives: Arrives) -> None:
    one, two = arrives(files=(ArrivedFile("<b>.html", b"<script>alert(1)</script>"),)), arrives("Other")
    document = Document.objects.get(writing_id=one.id)
    answer = adviser.client.get(f"/desk/inbox/{one.id}/files/{document.id}")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert adviser.client.get(f"/desk/inbox/{two.id}/files/{document.id}").status_code == 404


def test_what_was_written_is_words_and_nothing_else(adviser: Officer, arrives: Arrives) -> None:
    writing = arrives("<img src=x onerror=alert(1)>", text="<script>alert(2)</script>", sender_name="<b>Pat</b>")
    page = adviser.client.get(f"/desk/contacts/{writing.contact_id}/").content.decode()
    for markup in ("<img src=x", "<script>alert", "<b>Pat"):
        assert markup not in page, markup


def test_the_wrap_up_of_a_call_cannot_put_a_writing_away(adviser: Officer, arrives: Arrives) -> None:
    writing = arrives()
    answer = adviser.client.post(f"/desk/contacts/{writing.contact_id}/finish", {"cause": "new", "note": ""})
    assert answer.status_code == 422
    assert Contact.objects.get().state == "open"


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_inbox_and_a_writing_in_a_real_browser(
    page: Page, adviser: Officer, arrives: Arrives, amina: Customer, sits_at: Any, clock: MovableClock, shot: Any
) -> None:
    arrives("Planning at the end of our road", sender="r.marsh@example.net", sender_name="Rosa Marsh",
            text="What is to be built there, and where can I see the plans?",
            verdicts={"spf": "pass", "dmarc": "pass"})  # fmt: skip
    spoofed = arrives(
        verdicts={"spf": "fail", "dkim": "none", "dmarc": "fail"}, remarks=("An invitation to a meeting came with it.",),
        files=(ArrivedFile("bin at the gate.txt", b"x" * 4000),),
    )  # fmt: skip
    notice = arrives("Your digest", machine="list")
    clock.advance(hours=2)
    sits_at(adviser, page)
    for name, address, words in (
        ("inbox", "/desk/inbox/", "Planning at the end"),
        ("writing", f"/desk/contacts/{spoofed.contact_id}/", "It may not come from this address"),
        ("machine", f"/desk/inbox/{notice.id}/", "Mailing list"),
    ):
        page.goto(address)
        expect(page.get_by_text(words).first).to_be_visible()
        looks_right(page)
        shot(page, f"inbox-{name}")
        page.set_viewport_size({"width": 320, "height": 640})
        shot(page, f"inbox-{name}-phone")
        page.set_viewport_size({"width": 1280, "height": 900})
    assert timedelta(hours=2) == clock.now() - spoofed.received_at
