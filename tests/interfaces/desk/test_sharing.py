"""Helped with the web journey by a shared link: both go on with one request, nothing asked twice, recorded by whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from moothall.cases.models import Case, CaseContact
from moothall.contacts.models import Contact, Matter
from moothall.core.actors import SYSTEM
from moothall.core.models import Event
from moothall.customers.actions import create_customer
from moothall.customers.models import Customer
from moothall.intake.models import Dialogue
from moothall.intake.tokens import code_of, link_of
from moothall.notifications.models import Message
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import Officer
from tests.interfaces.desk.test_calls import FILLED, begin, text_of

pytestmark = [pytest.mark.django_db]

HERS = "+447700900123"
HALF = {key: value for key, value in FILLED.items() if not key.startswith(("contact", "extent", "tag", "still"))}
SEND = {"share-do": "send", "share-to": HERS, "share-because": "not_confident"}


@pytest.fixture
def call(adviser: Officer, amina: Customer, on_the_line: Callable[..., Contact]) -> Contact:
    """A call of hers, not checked yet."""
    contact = on_the_line("07700 900123")
    adviser.client.post(f"/desk/contacts/{contact.id}/who", {"customer": str(amina.id)})
    return contact


def share(adviser: Officer, matter: Matter, **typed: str) -> Any:
    return adviser.client.post(f"/desk/contacts/{matter.contact_id}/matters/{matter.id}/share", typed)


def page_of(adviser: Officer, matter: Matter) -> str:
    return text_of(adviser.client.get(f"/desk/contacts/{matter.contact_id}/?matter={matter.id}"))


def path_of(link: str) -> str:
    return link[link.index("/return/") :]


def at_home(row: Dialogue) -> Client:
    """She opens the link on her own device."""
    hers = Client()
    assert hers.get(path_of(link_of(row.id, row.link_number))).status_code == 302
    return hers


def answers(hers: Client, row: Dialogue, question: str, **given: str) -> None:
    took = hers.post(f"/requests/{row.id}/{question}", given)
    assert took.status_code == 302, text_of(took)


def finish(hers: Client, row: Dialogue) -> None:
    """Answer what is left and send it."""
    answers(hers, row, "extent", extent="only_me")
    answers(hers, row, "tag", tag="no")
    answers(hers, row, "still_out", still_out="yes")
    answers(hers, row, "contact", **{"contact-name": "Amina Dunn", "contact-phone": "07700 900123"})
    assert hers.post(f"/requests/{row.id}/send").status_code == 302


@pytest.mark.row("A17")
def test_she_goes_on_at_home_where_the_adviser_stopped_and_it_says_that_she_was_helped(
    adviser: Officer, call: Contact
) -> None:
    matter = begin(adviser, call)
    assert share(adviser, matter, **HALF, **SEND).status_code == 303
    row = Dialogue.objects.get()
    (message,) = Message.objects.all()
    assert (message.template, message.channel, message.to) == ("dialogue-saved", "sms", HERS)
    assert Event.objects.get(name="dialogue.shared").data == {"because": "not_confident"}
    assert "They have the link too" in page_of(adviser, matter)
    hers = at_home(row)
    here = hers.get(f"/requests/{row.id}", follow=True)
    assert here.redirect_chain[-1][0] == f"/requests/{row.id}/extent", "what was told is not asked again"
    finish(hers, row)
    case = Case.objects.get()
    assert case.answers["bin"] == "general"
    sent = Contact.objects.get(channel="web")
    assert (sent.assisted, sent.helped_because, sent.helped_by) == (True, "not_confident", adviser.staff.id)
    assert set(CaseContact.objects.filter(case=case).values_list("contact_id", flat=True)) == {sent.id, call.id}
    matter.refresh_from_db()
    assert (matter.outcome, matter.case_id) == ("handed_on", case.id)
    again = adviser.client.post(f"/desk/contacts/{call.id}/matters/{matter.id}/send", FILLED | {"matter-do": "send"})
    assert again.status_code == 303
    assert Case.objects.count() == 1
    seen = text_of(adviser.client.get(f"/desk/contacts/{sent.id}/"))
    assert "Helped by" in seen
    assert "Priya Shah" in seen


def test_both_go_on_and_neither_writes_over_what_she_has_not_seen(adviser: Officer, call: Contact) -> None:
    matter = begin(adviser, call)
    share(adviser, matter, **HALF, **SEND)
    row = Dialogue.objects.get()
    seen = str(row.version)
    hers = at_home(row)
    answers(hers, row, "bin", bin="recycling")
    page = page_of(adviser, matter)
    assert "They have answered since you looked" in page
    blocked = share(adviser, matter, **HALF, **SEND, **{"shared-seen": seen})
    assert blocked.status_code == 422
    assert "See what they said first" in text_of(blocked)
    assert share(adviser, matter, **HALF, **{"share-do": "theirs", "shared-seen": seen}).status_code == 303
    page = page_of(adviser, matter)
    assert 'value="recycling" checked' in page or 'value="recycling" selected' in page, "hers is in the form now"
    assert "They have answered since" not in page
    row.refresh_from_db()
    mine = HALF | {"bin": "recycling", "extent": "street", "shared-seen": str(row.version)}
    assert share(adviser, matter, **mine, **SEND).status_code == 303
    assert hers.get(f"/requests/{row.id}", follow=True).redirect_chain[-1][0] == f"/requests/{row.id}/tag"


def test_the_rest_is_left_to_her_and_its_case_comes_back_to_the_call(adviser: Officer, call: Contact) -> None:
    matter = begin(adviser, call)
    early = share(adviser, matter, **HALF, **{"share-do": "leave"})
    assert early.status_code == 422
    share(adviser, matter, **HALF, **SEND)
    assert share(adviser, matter, **{"share-do": "leave"}).status_code == 303
    assert "They finish it themselves, by the link you sent" in page_of(adviser, matter)
    done = adviser.client.post(f"/desk/contacts/{call.id}/finish", {"cause": "new"})
    assert done.status_code == 303
    call.refresh_from_db()
    assert call.done_in_one is False, "it was not finished in this contact"
    row = Dialogue.objects.get()
    finish(at_home(row), row)
    matter.refresh_from_db()
    assert matter.case_id == Case.objects.get().id


def test_until_she_is_checked_it_goes_only_where_her_record_says(adviser: Officer, call: Contact) -> None:
    matter = begin(adviser, call)
    elsewhere = {"share-do": "send", "share-to": "other", "share-other": "new@example.com", "share-because": "language"}
    refused = share(adviser, matter, **HALF, **elsewhere)
    assert refused.status_code == 422
    assert "Until you have checked who they are" in text_of(refused)
    assert not Dialogue.objects.exists()
    assert not Message.objects.exists()
    adviser.client.post(f"/desk/contacts/{call.id}/speaking/check", {"how": "facts"})
    assert share(adviser, matter, **HALF, **elsewhere).status_code == 303
    assert Message.objects.get().to == "new@example.com"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"share-because": ""}, "Choose why you help them"),
        ({"share-to": ""}, "Choose where the link goes"),
        ({"share-to": "here"}, "nothing open yet"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_sent(
    typed: dict[str, str], says: str, adviser: Officer, call: Contact
) -> None:
    matter = begin(adviser, call)
    answer = share(adviser, matter, **HALF, **(SEND | typed))
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert "general" in text_of(answer), "what was typed stays"
    assert not Dialogue.objects.exists()


def test_what_is_private_or_not_online_or_spoken_for_is_not_sent_by_link(adviser: Officer, call: Contact) -> None:
    private = begin(adviser, call, "safeguarding-child")
    refused = share(adviser, private, **SEND)
    assert refused.status_code == 422
    assert "too private" in text_of(refused)
    adviser.client.post(f"/desk/contacts/{call.id}/speaking/for", {"speaker": "Dev Dunn", "speaks_as": "family"})
    assert "Somebody speaks for them" in text_of(share(adviser, begin(adviser, call), **HALF, **SEND))
    assert not Dialogue.objects.exists()


def test_what_she_began_on_the_web_is_gone_on_with_by_both_from_her_code(
    adviser: Officer, client: Client, on_the_line: Callable[..., Contact]
) -> None:
    here = client.post("/services/missed-bin/start")["Location"]
    row = Dialogue.objects.get()
    client.post(f"{here}/address?by=hand", {"address-line1": "14 Mill Lane", "address-town": "Otley",
                                            "address-postcode": "LS21 1AA"})  # fmt: skip
    contact = on_the_line("")
    code = code_of(row.id)
    adviser.client.post(f"/desk/contacts/{contact.id}/carry", {"code": code, "second": "LS21 1AA"})
    matter = Matter.objects.get(contact=contact)
    row.refresh_from_db()
    page = page_of(adviser, matter)
    assert "They have this open too" in page
    assert "which bin" in page.lower(), "the step she is at"
    given = HALF | {
        "share-do": "send",
        "share-to": "here",
        "share-because": "site_failed",
        "shared-seen": str(row.version),
    }
    assert share(adviser, matter, **given).status_code == 303
    assert not Message.objects.exists(), "she has it before her"
    assert client.get(f"/requests/{row.id}", follow=True).redirect_chain[-1][0] == f"/requests/{row.id}/extent"
    finish(client, row)
    assert Contact.objects.get(channel="web").helped_because == "site_failed"


def test_a_link_that_has_run_out_says_what_to_do_to_both(adviser: Officer, call: Contact, clock: MovableClock) -> None:
    matter = begin(adviser, call)
    share(adviser, matter, **HALF, **SEND)
    row = Dialogue.objects.get()
    clock.advance(days=29)
    gone = Client().get(path_of(link_of(row.id, row.link_number)))
    assert gone.status_code == 410
    assert "Start again" in text_of(gone)
    assert "The link has run out" in page_of(adviser, matter)


def link_to(address: str) -> str:
    """The link in the newest message to somebody."""
    body = Message.objects.filter(to=address, template="dialogue-saved").latest("created_at", "id").body
    found = re.search(r"/return/[0-9a-f-]+/[0-9a-f]+", body.replace("\\", ""))
    assert found, body
    return found[0]


def opened(link: str) -> Client:
    browser = Client()
    assert browser.get(link).status_code == 302
    return browser


def sees_nothing(browser: Client, link: str, row: Dialogue) -> None:
    for path in (link, *(f"/requests/{row.id}{part}" for part in ("", "/contact", "/check", "/sent", "/keep"))):
        answer = browser.get(path, follow=True)
        assert answer.status_code == 404, path
        assert "Nothing is lost" in answer.content.decode()
        assert "Dunn" not in answer.content.decode()
    assert browser.post(f"/requests/{row.id}/bin", {"bin": "food"}).status_code == 404
    for case in Case.objects.all():
        assert browser.get(f"/track/{case.id}").status_code != 200


def stranger_and_call(adviser: Officer, on_the_line: Callable[..., Contact]) -> tuple[Matter, Client, str]:
    """Nobody is named, and the caller has the form sent to an address of his own, and opens it."""
    contact = on_the_line("")
    matter = begin(adviser, contact)
    assert (
        share(adviser, matter, **HALF, **SEND | {"share-to": "other", "share-other": "mal@example.org"}).status_code
        == 303
    )
    matter.refresh_from_db()
    link = link_to("mal@example.org")
    return matter, opened(link), link


def test_a_link_shared_before_she_was_named_shows_nothing_of_her_once_she_is(
    adviser: Officer, amina: Customer, on_the_line: Callable[..., Contact]
) -> None:
    matter, stranger, link = stranger_and_call(adviser, on_the_line)
    row = Dialogue.objects.get()
    adviser.client.post(f"/desk/contacts/{matter.contact_id}/who", {"customer": str(amina.id)})
    sees_nothing(stranger, link, row)
    row.refresh_from_db()
    again = HALF | SEND | {"shared-seen": str(row.version), "contact-name": "Amina Dunn", "contact-phone": HERS}
    assert share(adviser, matter, **again).status_code == 303
    sees_nothing(stranger, link, row)
    hers = opened(link_to(HERS))
    assert "Amina Dunn" in hers.get(f"/requests/{row.id}/contact").content.decode(), "she is not asked twice"
    assert adviser.client.post(
        f"/desk/contacts/{matter.contact_id}/matters/{matter.id}/send", {**FILLED, "matter-do": "send"}
    ).status_code in {302, 303}
    assert Case.objects.count() == 1
    sees_nothing(stranger, link, row)
    assert hers.get(f"/requests/{row.id}/sent").status_code == 200, "her own link shows her what became of it"


def test_what_is_sent_at_the_desk_does_not_open_to_a_link_that_went_out_before_she_was_named(
    adviser: Officer, on_the_line: Callable[..., Contact]
) -> None:
    matter, stranger, link = stranger_and_call(adviser, on_the_line)
    adviser.client.post(f"/desk/contacts/{matter.contact_id}/matters/{matter.id}/send", {**FILLED, "matter-do": "send"})
    assert Case.objects.get().customer_id is not None, "the answers named her"
    sees_nothing(stranger, link, Dialogue.objects.get())


def test_when_somebody_else_is_named_what_is_shared_is_another_request(
    adviser: Officer, call: Contact, clock: MovableClock
) -> None:
    matter = begin(adviser, call)
    share(adviser, matter, **HALF, **SEND)
    hers, link = opened(link_to(HERS)), link_to(HERS)
    first = Dialogue.objects.get()
    named_first = first.customer_id
    other = create_customer(
        given_name="Beth", family_name="Gray", contact_points=[("email", "beth@example.org")], by=SYSTEM, at=clock.now()
    )
    adviser.client.post(f"/desk/contacts/{call.id}/who", {"customer": str(other.id)})
    sees_nothing(hers, link, first)
    assert share(adviser, matter, **HALF, **SEND | {"share-to": "beth@example.org"}).status_code == 303
    second = Dialogue.objects.exclude(id=first.id).get()
    first.refresh_from_db()
    assert (first.customer_id, second.customer_id) == (named_first, other.id)
    assert opened(link_to("beth@example.org")).get(f"/requests/{second.id}", follow=True).status_code == 200


def test_from_a_record_nothing_goes_into_what_somebody_unchecked_holds_open(
    adviser: Officer, amina: Customer, client: Client, on_the_line: Callable[..., Contact]
) -> None:
    client.post("/services/missed-bin/start")
    row = Dialogue.objects.get()
    contact = on_the_line("")
    adviser.client.post(f"/desk/contacts/{contact.id}/carry", {"code": code_of(row.id), "second": ""})
    matter = Matter.objects.get(contact=contact)
    adviser.client.post(f"/desk/contacts/{contact.id}/who", {"customer": str(amina.id)})
    given = FILLED | SEND | {"shared-seen": str(row.version), "contact-name": "Amina Dunn"}
    assert share(adviser, matter, **given).status_code == 303
    row.refresh_from_db()
    assert row.answers["bin"] == "general"
    assert "contact" not in row.answers
    assert "address" not in row.answers
    adviser.client.post(f"/desk/contacts/{contact.id}/matters/{matter.id}/send", {**FILLED, "matter-do": "send"})
    assert Case.objects.get().customer_id == amina.id
    assert client.get(f"/requests/{row.id}/sent").status_code == 404, "it is hers, and nobody made sure who has it open"
