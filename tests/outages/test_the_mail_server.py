"""The council's mail server hands over by LMTP while we are in trouble: it hears "later" and keeps it, what it hands over
again is one writing, and what is promised counts from when it reached the council."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import OperationalError, connections

from moothall.channels.email import arriving
from moothall.channels.email.lmtp import Door, Handler
from moothall.contacts.models import Contact
from moothall.core import jobs
from moothall.documents import storage
from moothall.inbox.models import Writing
from moothall.notifications.models import Message, Quarantined
from tests.conftest import MovableClock
from tests.ports import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("council"), pytest.mark.long]
TROUBLES = ("down", "wrong", "full", "cut")


class _Lmtp(Controller):
    def factory(self) -> Door:
        return Door(self.handler, enable_SMTPUTF8=True)


def mail(subject: str, at: datetime, *, answers: str = "") -> bytes:
    """An e-mail as the mail server hands it over: its own station on top."""
    head = [
        "Received: from mx.example.com by mail.leeds.example.org",
        f"\twith ESMTPS id 4; {format_datetime(at)}",
        "From: Pat <pat@example.com>", "To: hello@leeds.example.org", f"Subject: {subject}",
        f"Message-ID: <{subject.replace(' ', '.').lower()}@example.com>",
        *([f"In-Reply-To: <{answers}@example.com>"] if answers else []),
    ]  # fmt: skip
    return "\r\n".join([*head, "", f"{subject}: it is out.", ""]).encode()


class MailServer:
    """The council's own: it keeps what it could not hand over, and tries all of it again, the newest first."""

    def __init__(self, port: int) -> None:
        self.port, self.queue, self.heard = port, list[bytes](), list[int]()

    def tries(self, patience: float = 60) -> None:
        for raw in reversed(list(self.queue)):
            with (
                suppress(OSError, smtplib.SMTPException),
                smtplib.LMTP("127.0.0.1", self.port, timeout=patience) as line,
            ):
                line.ehlo_or_helo_if_needed()
                line.mail("pat@example.com")
                line.rcpt("hello@leeds.example.org")
                code, _ = line.data(raw)
                self.heard.append(code)
                if code == 250:
                    self.queue.remove(raw)


@pytest.fixture
def server(clock: MovableClock, settings: Any, tmp_path: Any) -> Iterator[MailServer]:
    clock.set("2026-11-23T10:00:00+00:00")
    settings.MEDIA_ROOT = tmp_path
    door = _Lmtp(Handler(), hostname="127.0.0.1", port=free_port())
    door.start()
    yield MailServer(door.port)
    door.stop()


def away(*_: Any, **__: Any) -> None:
    raise OperationalError


def full(*_: Any, **__: Any) -> None:
    raise OSError(28, "No space left on device")


def in_trouble(trouble: str, broken: pytest.MonkeyPatch) -> None:
    """down: nobody answers at the database's door; wrong: it fails in the middle; full: the disk is; cut: the e-mail is kept,
    and the word that it is kept is lost."""
    take = arriving.take_written

    def and_then_away(*given: Any, **named: Any) -> None:
        take(*given, **named)
        raise OperationalError

    if trouble == "down":
        broken.setitem(connections.databases["default"], "PORT", str(free_port()))
    elif trouble == "full":
        broken.setattr(storage, "put", full)
    else:
        broken.setattr(arriving, "take_written", away if trouble == "wrong" else and_then_away)


def test_a_day_in_trouble_loses_nothing_and_takes_nothing_twice(
    server: MailServer, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for trouble in TROUBLES:
        sent = clock.now()
        server.queue, server.heard = [mail(f"First {trouble}", sent), mail(f"Second {trouble}", sent)], []
        with monkeypatch.context() as broken:
            in_trouble(trouble, broken)
            for _ in range(3):
                server.tries()
                clock.advance(hours=8)
        assert server.heard == [451] * 6, f"{trouble}: later, each time"
        assert len(server.queue) == 2, "the mail server has them still"
        server.tries()
        assert server.queue == [], trouble
        came = Contact.objects.filter(id__in=Writing.objects.filter(subject__endswith=trouble).values("contact_id"))
        assert list(came.values_list("received_at", flat=True)) == [sent] * 2, "a day late is not a day younger"
    jobs.drain(at=clock.now())
    assert not Quarantined.objects.exists()
    told = list(Message.objects.filter(template="written-received").values_list("contact_id", flat=True))
    assert len(told) == len(set(told)) <= 8, "nobody hears twice that we have it"


def test_slow_the_mail_server_gives_up_and_hands_over_again(
    server: MailServer, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its patience ends while we keep it: the same again is the same writing."""
    may_go_on, take = threading.Event(), arriving.take_written

    def slowly(*given: Any, **named: Any) -> Any:
        may_go_on.wait(60)
        return take(*given, **named)

    monkeypatch.setattr(arriving, "take_written", slowly)
    server.queue = [mail("First", clock.now())]
    server.tries(patience=0.2)
    assert (server.heard, len(server.queue)) == ([], 1)
    may_go_on.set()
    server.tries()
    assert server.queue == []
    assert Writing.objects.count() == Contact.objects.count() == 1


def test_twice_and_an_answer_before_what_it_answers(server: MailServer, clock: MovableClock) -> None:
    first, answer = mail("Lamp", clock.now()), mail("Re: Lamp", clock.now(), answers="lamp")
    server.queue = [first, answer, first]
    server.tries()
    server.queue = [answer, first]
    server.tries()
    assert server.heard == [250] * 5
    assert sorted(Writing.objects.values_list("subject", flat=True)) == ["Lamp", "Re: Lamp"]
    assert Contact.objects.count() == 2
