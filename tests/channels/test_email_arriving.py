"""E-mail in: the corpus and the hostile through the whole of it, delivery reports, and real servers that bring it."""

# ruff: noqa: E501 - mail is shown as it comes

from __future__ import annotations

import smtplib
import tempfile
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner
from django.db import DataError, OperationalError

from moothall.channels.email import arriving
from moothall.channels.email.arriving import take_mail
from moothall.channels.email.imap import MailboxAway, fetch, mailbox, wait
from moothall.channels.email.lmtp import Door, Handler
from moothall.contacts.models import Contact
from moothall.core.ids import new_id
from moothall.documents import storage
from moothall.documents.models import Document
from moothall.inbox.models import Writing
from moothall.interfaces.cli.main import root
from moothall.notifications.actions import queue_message
from moothall.notifications.models import Message, MessageState, Quarantined
from moothall.notifications.recipients import Recipient
from moothall.notifications.rules import Address
from tests.channels.hostile_mail import HEAD, HOSTILE, hostile
from tests.channels.mail_servers import Dovecot, dovecot
from tests.channels.test_email_parsing import HUGE, corpus, outlook_with_a_zero_inside
from tests.conftest import MovableClock
from tests.ports import free_port

pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _kept_here(council: Any, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def letter(subject: str = "The lamp", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Pat <pat@example.com>", "hello@leeds.example.org", subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("It is out.\n\n-- \nPat")
    return message.as_bytes()


@pytest.mark.row("A5")
def test_every_message_of_the_corpus_is_taken_in_or_put_aside_with_a_reason(clock: MovableClock) -> None:
    outcomes = [take_mail(path.read_bytes(), received_at=clock.now()) for path in corpus()]
    taken = [one.taken for one in outcomes if one.taken]
    assert len(outcomes) == 103
    assert all(one.reason for one in outcomes if not one.taken)
    assert len(taken) >= 102
    assert Writing.objects.count() == len({one.writing_id for one in taken})
    assert Message.objects.exclude(template="written-received").count() == 0


def test_hostile_mail_blocks_nothing_and_is_answered_never(clock: MovableClock) -> None:
    for name in sorted(set(HOSTILE) - HUGE):
        outcome = take_mail(hostile(name), received_at=clock.now())
        assert (outcome.taken is None) == bool(outcome.reason), name
    assert take_mail(letter(), received_at=clock.now()).taken is not None
    assert Quarantined.objects.filter(source="email").count() >= 3


def test_the_original_is_kept_as_it_came(clock: MovableClock) -> None:
    raw = letter()
    take_mail(raw, received_at=clock.now())
    take_mail(b"Received: from elsewhere\r\n" + raw, received_at=clock.now())
    document = Document.objects.get()
    assert storage.get(document.path) == raw
    assert Writing.objects.get().text == "It is out."


def test_what_our_own_reading_stumbles_over_is_put_aside(clock: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(arriving, "read_mail", stumble)
    outcome = take_mail(letter(), received_at=clock.now())
    assert outcome.reason == "Our reading of it failed: ZeroDivisionError."
    assert bytes(Quarantined.objects.get().raw) == letter()


def test_what_the_database_refuses_of_one_mail_is_put_aside_and_is_no_reason_to_try_for_ever(
    clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert take_mail(outlook_with_a_zero_inside(), received_at=clock.now()).taken is not None
    assert Writing.objects.get().text == "The lamp is out"

    def refuses(*_: Any, **__: Any) -> None:
        raise DataError

    monkeypatch.setattr(arriving, "take_written", refuses)
    assert take_mail(letter(), received_at=clock.now()).reason == "Our reading of it failed: DataError."


def test_what_is_too_large_is_put_aside_by_its_head(clock: MovableClock, settings: Any) -> None:
    settings.EMAIL_LARGEST = 1_000_000
    outcome = take_mail(HEAD + b"\r\n" + b"x" * 1_500_000, received_at=clock.now())
    assert outcome.reason == "It has 1 MB; we take 1."
    assert len(bytes(Quarantined.objects.get().raw)) == 200_000


def sent(clock: MovableClock) -> Message:
    """A message of ours that is on its way."""
    message = queue_message(
        key=str(new_id()), template="written-received", values={"reference": "4HTK-7W2C", "promise": ""}, at=clock.now(),
        to=Recipient(addresses=(Address("email", "gone@example.com"),)),
    )  # fmt: skip
    Message.objects.filter(id=message.id).update(state=MessageState.SENT, attempts=1)
    return message


def report(message_id: str, action: str, status: str) -> bytes:
    """A delivery report as mail servers write it (RFC 3464), with the head of what came back."""
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.com\r\nTo: no-reply@example.org\r\n"
        "Subject: Delivery Status Notification\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n\r\n--r\r\n\r\nIt did not go.\r\n'
        f"--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        f"Final-Recipient: rfc822; gone@example.com\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--r\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{message_id}@example.org>\r\nSubject: Hi\r\n\r\n--r--\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("action", "status", "state"),
    [("failed", "5.1.1", {"failed", "dead"}), ("delayed", "4.4.1", {"sent"}), ("delivered", "2.0.0", {"delivered"})],
)
def test_a_delivery_report_goes_to_the_message_it_is_about(
    clock: MovableClock, action: str, status: str, state: set[str]
) -> None:
    message = sent(clock)
    take_mail(report(str(message.id), action, status), received_at=clock.now())
    assert Message.objects.get(id=message.id).state in state
    assert Contact.objects.count() == 0
    assert Writing.objects.get().state == "done"
    assert Message.objects.count() == 1


def test_a_report_about_nothing_of_ours_changes_nothing(clock: MovableClock) -> None:
    message = sent(clock)
    take_mail(report(str(new_id()), "failed", "5.1.1"), received_at=clock.now())
    assert Message.objects.get(id=message.id).state == "sent"


# -- servers ----------------------------------------------------------------------------------------------------------


class _Lmtp(Controller):
    def factory(self) -> Door:
        return Door(self.handler, data_size_limit=200_000, enable_SMTPUTF8=True)


@pytest.fixture
def door() -> Iterator[Callable[[], smtplib.LMTP]]:
    """Our own LMTP server, listening; each call is a mail server that connects."""
    server = _Lmtp(Handler(), hostname="127.0.0.1", port=free_port())
    server.start()
    yield lambda: smtplib.LMTP("127.0.0.1", server.port)
    server.stop()


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_hands_over_and_hears_that_we_have_it(
    clock: MovableClock, door: Callable[[], smtplib.LMTP], monkeypatch: pytest.MonkeyPatch
) -> None:
    with door() as line:
        line.sendmail("pat@example.com", ["planning@leeds.example.org"], letter())
        line.sendmail("", ["hello@leeds.example.org"], letter("Undeliverable: your mail"))
    assert set(Writing.objects.values_list("team", "machine")) == {
        ("development-management", ""),
        ("customer-services", "bounce"),
    }
    with door() as line, pytest.raises(smtplib.SMTPException, match="552"):
        line.sendmail("pat@example.com", ["hello@leeds.example.org"], letter() + b"x" * 300_000)

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(arriving, "take_written", away)
    with door() as line, pytest.raises(smtplib.SMTPException, match="451"):
        line.sendmail("pat@example.com", ["hello@leeds.example.org"], letter("Another"))
    assert Quarantined.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_hears_one_answer_for_each_of_two_addresses(
    clock: MovableClock, door: Callable[[], smtplib.LMTP]
) -> None:
    """RFC 2033: whoever gets one answer for two waits for the second, and hands over again."""
    with door() as line:
        for content, code in ((letter(), 250), (letter("Large") + b"too much\r\n" * 30_000, 552)):
            line.ehlo_or_helo_if_needed()
            line.mail("pat@example.com")
            for to in ("planning@leeds.example.org", "hello@leeds.example.org"):
                assert line.rcpt(to)[0] == 250
            assert line.data(content)[0] == code
            assert line.getreply()[0] == code
            assert line.noop()[0] == 250, "and no third"
        line.sendmail("pat@example.com", ["hello@leeds.example.org"], letter("One more"))
    assert sorted(Writing.objects.values_list("subject", flat=True)) == ["One more", "The lamp"]


@pytest.fixture
def dove() -> Iterator[Dovecot]:
    """A real mail server; its folder's name is short, for its sockets have to fit."""
    with tempfile.TemporaryDirectory(prefix="dove", dir="/tmp") as folder, dovecot(Path(folder)) as running:
        yield running


@pytest.mark.row("A5")
def test_a_mailbox_of_a_real_server_is_emptied_and_a_bad_mail_holds_up_nobody(
    clock: MovableClock, dove: Dovecot, settings: Any
) -> None:
    settings.EMAIL_LARGEST = 100_000
    dove.deliver("1.a", letter("First"))
    dove.deliver("2.b", b"\x00\x01 this is no mail at all\n\n")
    dove.deliver("3.c", letter("Large") + b"x" * 200_000)
    dove.deliver("4.d", letter("Last"))
    with mailbox(dove.url) as box:
        assert fetch(box) == 4
        assert fetch(box) == 0
    assert sorted(Writing.objects.values_list("subject", flat=True))[:2] == ["First", "Last"]
    assert any("MB" in one or "no headers" in one for one in Quarantined.objects.values_list("reason", flat=True))
    with mailbox(dove.url) as box:
        box.folder.set("Moothall")
        assert len(box.uids("ALL")) == 4
        box.move(box.uids("ALL"), "INBOX")
        box.folder.set("INBOX")
        before = Writing.objects.count()
        assert fetch(box) == 4
    assert Writing.objects.count() == before


def test_what_the_server_does_not_hand_over_stays_and_holds_up_nobody(
    clock: MovableClock, dove: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n, name in enumerate(("First", "Kept back", "Gone", "Last"), 1):
        dove.deliver(f"{n}.{n}", letter(name))
    with mailbox(dove.url) as box:
        asked, answers = box.client.uid, {"2": ("NO", [b"[SERVERBUG] try later"]), "3": ("OK", [None])}

        def uid(command: str, *rest: str) -> Any:
            refused = command == "fetch" and "BODY" in rest[1] and answers.get(rest[0])
            return refused or asked(command, *rest)

        monkeypatch.setattr(box.client, "uid", uid)
        with pytest.raises(MailboxAway, match="does not hand over an e-mail, which stays in"):
            fetch(box)
        assert sorted(Writing.objects.values_list("subject", flat=True)) == ["First", "Last"]
        assert Quarantined.objects.count() == 0
        monkeypatch.undo()
        assert fetch(box) == 2
    assert Writing.objects.count() == 4


def test_what_arrives_while_we_listen_is_noticed_at_once(clock: MovableClock, dove: Dovecot) -> None:
    with mailbox(dove.url) as box:
        assert fetch(box) == 0
        later = threading.Timer(0.5, dove.deliver, ("5.e", letter("Just now")))
        later.start()
        assert wait(box, 60)
        later.join()
        assert fetch(box) == 1
    assert Writing.objects.get().subject == "Just now"


def test_a_mailbox_that_cannot_be_reached_is_named_with_its_setting_and_never_the_password(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moothall.interfaces.cli.support.close_connections", lambda: None)  # we are in a transaction
    port = free_port()
    settings.IMAP_URL = f"imap://hello:hush@127.0.0.1:{port}/INBOX?tls=none"
    told = CliRunner().invoke(root, ["mail", "fetch"])
    said = f"The mailbox at 127.0.0.1:{port} cannot be read: Connection refused. MOOTHALL_IMAP_URL says where it is."
    assert (told.exit_code, told.stderr.strip()) == (1, said)
    settings.IMAP_URL = ""
    told = CliRunner().invoke(root, ["mail", "fetch"])
    said = "There is no mailbox to read. MOOTHALL_IMAP_URL says where it is."
    assert (told.exit_code, told.stderr.strip()) == (1, said)


@pytest.mark.long
def test_a_mailbox_that_is_not_there_or_lets_nobody_in_says_so(dove: Dovecot) -> None:
    for url in (f"imap://hello:x@127.0.0.1:{free_port()}/INBOX?tls=none", dove.url.replace("secret", "wrong")):
        with pytest.raises(MailboxAway), mailbox(url):
            pass
