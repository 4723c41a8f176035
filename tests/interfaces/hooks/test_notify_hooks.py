"""GOV.UK Notify calls back: receipts in any order and any number, texts that are contacts, rubbish that is kept apart."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from moothall.cases import actions as cases
from moothall.cases.models import CaseContact, Note
from moothall.contacts.models import Contact
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.ids import new_id
from moothall.core.models import ApiClient
from moothall.core.references import new_reference, show_reference
from moothall.core.staff.actor import token_digest
from moothall.notifications import queries
from moothall.notifications.models import Message, Quarantined, Receipt, Stopped
from tests.notifications.conftest import mrs_dunn, opened, person, twin  # noqa: F401
from tests.notifications.test_telling import OFFICER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
TOKEN = "a-token-for-notify"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
PHONE = "+447700900123"
OFFICER_ALL = replace(OFFICER, permissions=OFFICER.permissions | {"quarantine.manage"})


@pytest.fixture(autouse=True)
def notify(clock):
    ApiClient.objects.create(
        id=new_id(), name="Notify", token_digest=token_digest(TOKEN), scopes=["hook.messages"], created_at=clock.now()
    )  # fmt: skip


def call(client, path, body, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body)
    return client.post(f"/hooks/notify/{path}", raw, content_type="application/json", headers=HEADERS | headers)


def receipt(message, status, *, at="2026-03-02T09:00:05.000000Z", attempt=1, **more):
    return {
        "id": message.provider_id, "reference": f"{message.id}.{attempt}", "to": message.to, "status": status,
        "created_at": "2026-03-02T09:00:00.000000Z", "completed_at": at, "sent_at": at, "notification_type": "email",
        "template_id": str(uuid4()), "template_version": 1, **more,
    }  # fmt: skip


def a_text(words, *, sender="447700900123", id_=None):
    return {
        "id": id_ or str(uuid4()), "source_number": sender, "destination_number": "07700900099", "message": words,
        "date_received": "2026-03-02T09:01:00.000000Z",
    }  # fmt: skip


@pytest.fixture
def sent(clock, mrs_dunn, twin):  # noqa: F811
    opened(clock, mrs_dunn.id, promised=False)
    jobs.drain()
    return Message.objects.get()


def test_without_our_token_nothing_is_taken(client, sent):
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer another"}):
        assert call(client, "receipt", receipt(sent, "delivered"), **headers).status_code in {401, 403}
    assert not Receipt.objects.exists()


def test_a_receipt_again_and_again_is_one_receipt(client, sent):
    for _ in range(3):
        assert call(client, "receipt", receipt(sent, "delivered")).status_code == 204
    sent.refresh_from_db()
    assert (sent.state, Receipt.objects.count()) == ("delivered", 1)


def test_receipts_in_the_wrong_order_end_where_they_should(client, sent):
    call(client, "receipt", receipt(sent, "delivered"))
    call(client, "receipt", receipt(sent, "sending", at="2026-03-02T09:00:02.000000Z"))
    sent.refresh_from_db()
    assert sent.state == "delivered"


def test_a_mailbox_that_is_not_there_makes_it_go_by_text(client, sent):
    call(client, "receipt", receipt(sent, "permanent-failure"))
    jobs.drain()
    assert [(m.channel, m.state) for m in Message.objects.order_by("created_at", "id")] == [
        ("email", "failed"),
        ("sms", "sent"),
    ]
    call(client, "receipt", receipt(sent, "permanent-failure"))
    call(client, "receipt", receipt(sent, "temporary-failure", at="2026-03-02T09:10:00.000000Z"))
    jobs.drain()
    assert Message.objects.count() == 2


def test_a_fault_of_notifys_own_makes_it_go_again_and_a_late_word_about_the_first_try_changes_nothing(
    client, clock, sent
):
    call(client, "receipt", receipt(sent, "technical-failure"))
    clock.advance(minutes=1)
    jobs.drain()
    sent.refresh_from_db()
    assert (sent.state, sent.attempts) == ("sent", 2)
    call(client, "receipt", receipt(sent, "permanent-failure", attempt=1, at="2026-03-02T09:09:00.000000Z"))
    sent.refresh_from_db()
    assert sent.state == "sent"
    call(client, "receipt", receipt(sent, "delivered", attempt=2))
    sent.refresh_from_db()
    assert sent.state == "delivered"


@pytest.mark.parametrize("path", ["receipt", "text"])
@pytest.mark.parametrize(
    "raw",
    [
        b"", b"not json", b"\xff\xfe\x00", b"[]", b"null", b"{}", b'{"id": 5, "status": {}}', b'"' + b"a" * 200_000 + b'"',
        b"[" * 100_000,
        b'{"id": "a", "reference": "b", "status": "delivered", "completed_at": "yesterday", "created_at": "x"}',
        b'{"id":"a","source_number":"elsewhere","destination_number":"0","message":"x","date_received":"2026-03-02T09:00:00Z"}',
    ],
)  # fmt: skip
def test_rubbish_is_kept_apart_answered_and_blocks_nothing(client, sent, path, raw):
    assert call(client, path, raw).status_code == 202
    (line,) = queries.quarantine(visible_to=OFFICER_ALL).rows
    assert line.source == f"notify.{path}"
    assert not Contact.objects.exists()
    assert call(client, "receipt", receipt(sent, "delivered")).status_code == 204


def test_a_receipt_for_nobody_and_a_status_nobody_knows_wait_for_a_person(client, sent):
    stranger = receipt(sent, "delivered") | {"id": str(uuid4()), "reference": f"{uuid4()}.1"}
    assert call(client, "receipt", stranger).status_code == 202
    assert call(client, "receipt", receipt(sent, "eaten-by-dog")).status_code == 202
    assert Quarantined.objects.count() == 2
    from moothall.notifications.actions import settle_quarantined

    (newest, _) = queries.quarantine(visible_to=OFFICER_ALL).rows
    settle_quarantined(newest.id, by=OFFICER_ALL, at=sent.created_at, how="Looked at it")
    assert len(queries.quarantine(visible_to=OFFICER_ALL).rows) == 1


def replies() -> list[tuple[str, str]]:
    rows = Message.objects.filter(template__startswith="text-").order_by("created_at", "id")
    return [(m.template, m.body) for m in rows]


@pytest.mark.row("A7")
def test_a_text_with_the_reference_joins_the_case_and_is_answered_once(client, clock, mrs_dunn, twin):  # noqa: F811
    case = opened(clock, mrs_dunn.id)
    payload = a_text(f"{show_reference(case.reference)} the bin is behind the gate now, code 4412")
    for _ in range(3):
        assert call(client, "text", payload).status_code == 204
    jobs.drain()
    contact = Contact.objects.get()
    assert (contact.channel, contact.customer_id, contact.caller) == ("sms", mrs_dunn.id, PHONE)
    assert CaseContact.objects.get(contact_id=contact.id).role == "added"
    assert "behind the gate" in Note.objects.get(case=case).text
    ((template, body),) = replies()
    assert template == "text-joined"
    assert "by Wednesday 4 March" in body


def test_a_text_that_only_asks_is_chasing_and_is_told_how_it_stands(client, clock, mrs_dunn, twin):  # noqa: F811
    case = opened(clock, mrs_dunn.id)
    call(client, "text", a_text(f"any news of {case.reference.lower()}?"))
    assert CaseContact.objects.get().role == "chased"
    assert not Note.objects.exists()
    ((template, body),) = replies()
    assert template == "text-status"
    assert "We have it" in body


def test_a_stranger_with_the_reference_learns_nothing_and_no_more_than_with_a_wrong_one(client, clock, mrs_dunn, twin):  # noqa: F811
    case = opened(clock, mrs_dunn.id)
    call(client, "text", a_text(f"any news of {case.reference}?", sender="447700900777"))
    call(client, "text", a_text(f"any news of {new_reference()}?", sender="447700900888"))
    said = [(template, body.split("Reference")[0]) for template, body in replies()]
    assert said[0] == said[1]
    assert said[0][0] == "text-received"


def test_an_answer_to_the_one_case_that_waits_needs_no_reference(client, clock, mrs_dunn, twin):  # noqa: F811
    case = opened(clock, mrs_dunn.id)
    cases.wait_for(case.id, reason="blocked_access", by=SYSTEM, at=clock.now())
    call(client, "text", a_text("The road is clear again"))
    case.refresh_from_db()
    assert case.state == "open"


def test_a_text_about_nothing_we_know_waits_for_a_person(client, clock, twin):  # noqa: F811
    call(client, "text", a_text("My bin was not emptied at 5 Elm Road", sender="447700900555"))
    contact = Contact.objects.get()
    assert (contact.state, contact.note) == ("open", "My bin was not emptied at 5 Elm Road")
    assert replies()[0][0] == "text-received"


def test_stop_ends_texts_to_the_number_for_good_and_start_brings_them_back(client, clock, twin):  # noqa: F811
    woman = person(clock, preferred_channel="sms", contact_points=[("phone", "07700 900123")])
    call(client, "text", a_text("STOP"))
    jobs.drain()
    assert Stopped.objects.get().value == PHONE
    (last_word,) = twin.taken.values()
    assert "no more texts to this number" in last_word["body"]
    opened(clock, woman.id, promised=False)
    jobs.drain()
    assert Message.objects.get(template="case-opened").state == "suppressed"
    call(client, "text", a_text("HELP"))
    jobs.drain()
    assert len(twin.taken) == 1
    call(client, "text", a_text("start"))
    opened(clock, woman.id, promised=False)
    jobs.drain()
    assert Message.objects.filter(template="case-opened", state="sent").count() == 1


def test_two_machines_do_not_talk_for_ever(client, clock, twin):  # noqa: F811
    for n in range(30):
        call(client, "text", a_text(f"Your message number {n} was received."))
    assert len(replies()) == 6
    assert Contact.objects.count() == 30
    clock.advance(timedelta(hours=2))
    call(client, "text", a_text("Hello?"))
    assert len(replies()) == 7


def test_the_twin_calls_back_over_real_http(clock, mrs_dunn, twin, live_server, transactional_db):  # noqa: F811
    twin.callback, twin.token = f"{live_server.url}/hooks/notify/receipt", TOKEN
    twin.inbound = f"{live_server.url}/hooks/notify/text"
    opened(clock, mrs_dunn.id, promised=False)
    jobs.drain()
    (taken,) = twin.taken.values()
    assert twin.tell(taken["id"], "delivered") == 204
    assert Message.objects.get().state == "delivered"
    assert twin.text_in("447700900123", "Thank you") == 204
    assert Contact.objects.get().note == "Thank you"
    twin.token = "wrong"
    assert twin.text_in("447700900123", "Thank you") in {401, 403}
