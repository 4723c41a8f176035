"""The mailbox that people's e-mail comes to, in each kind of trouble for a day: nothing is lost, nothing is taken in twice,
officers see since when nothing comes, and what is promised counts from when it was sent."""

# ruff: noqa: F811 - fixtures are named by the arguments that ask for them

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from moothall.channels import jobs as listening
from moothall.channels.email import imap
from moothall.channels.email.watching import read_mailbox
from moothall.contacts.models import Contact
from moothall.core import jobs
from moothall.documents import storage
from moothall.inbox.models import Feed, Writing
from moothall.notifications.models import Message, Quarantined
from tests.channels.mail_servers import Dovecot, dovecot
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import adviser, officer  # noqa: F401
from tests.outages.line import Line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council"), pytest.mark.long]
NUMBERS = count()
TROUBLES = ("down", "wrong", "garbage", "slow", "cut")


@pytest.fixture(scope="module")
def dove() -> Iterator[Dovecot]:
    with tempfile.TemporaryDirectory(prefix="dove", dir="/tmp") as folder, dovecot(Path(folder)) as running:
        yield running


@pytest.fixture
def line(dove: Dovecot, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Line]:
    """The line to the mailbox, which is empty."""
    monkeypatch.setattr(listening, "LISTENS", 0.0)  # a drained job need not listen for a minute
    settings.MEDIA_ROOT = tmp_path
    port = urlsplit(dove.url).port
    assert port is not None
    with imap.mailbox(dove.url) as box:
        for uid in box.uids("ALL"):
            box.delete([uid])
    made = Line(
        port, mail=True, cut_at=b"COPYUID", patience=lambda seconds: monkeypatch.setattr(imap, "TIMEOUT", seconds)
    )
    settings.IMAP_URL = dove.url.replace(f":{port}/", f":{made.port}/")
    yield made
    made.close()


def sends(dove: Dovecot, name: str, at: datetime, *, answers: str = "", known: str = "") -> None:
    """Somebody's e-mail reaches the mail server at a moment."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Pat <pat@example.com>", "hello@leeds.example.org", name
    message["Message-ID"] = f"<{known or name.replace(' ', '.')}@example.com>"
    if answers:
        message["In-Reply-To"] = f"<{answers}@example.com>"
    message.set_content(f"{name}: the lamp is out.")
    file = f"{int(at.timestamp())}.{next(NUMBERS)}.x"
    dove.deliver(file, message.as_bytes())
    os.utime(dove.new / file, (at.timestamp(), at.timestamp()))


def page(client: Client) -> str:
    return str(client.get("/desk/inbox/").content.decode())


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_day_without_the_mailbox_loses_nothing(
    trouble: str,
    line: Line,
    dove: Dovecot,
    clock: MovableClock,
    adviser: Any,
) -> None:
    clock.set("2026-11-23T10:00:00+00:00")
    sends(dove, "Before", clock.now())
    assert read_mailbox(0) == 1
    line.set(trouble)
    sent = clock.now()
    for name in ("First", "Second"):
        sends(dove, name, sent)
    read_mailbox(0)
    assert "cannot be read since Monday 23 November, 10am" in page(adviser.client), "the officer does not see the wait"
    for _ in range(3):
        clock.advance(hours=8)
        read_mailbox(0)
        jobs.drain(at=clock.now())
        adviser.client.force_login(adviser.staff)
    assert Feed.objects.get().trouble
    assert "since Monday 23 November, 10am" in page(adviser.client), "since the first time, not the last"
    line.set("")
    clock.advance(minutes=1)
    read_mailbox(0)
    sends(dove, "After", clock.now())
    read_mailbox(0)
    jobs.drain(at=clock.now())
    assert sorted(Writing.objects.values_list("subject", flat=True)) == ["After", "Before", "First", "Second"]
    assert not Quarantined.objects.exists()
    assert "cannot be read since" not in page(adviser.client)
    late = Contact.objects.filter(id__in=Writing.objects.filter(subject__in=["First", "Second"]).values("contact_id"))
    assert {one.received_at for one in late} == {sent}, "what we promise counts from when they sent it"
    told = list(Message.objects.filter(template="written-received").values_list("contact_id", flat=True))
    assert len(told) == len(set(told)), "nobody hears twice that we have it"
    with imap.mailbox(dove.url) as box:
        assert box.uids("ALL") == []


def test_while_nothing_can_be_kept_here_it_stays_in_the_mailbox_whole(
    line: Line, dove: Dovecot, clock: MovableClock, adviser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our disk is full: no fault of the e-mail, which is neither cut short nor put aside, nor said to be unreadable."""

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    clock.set("2026-11-23T10:00:00+00:00")
    for name in ("First", "Second"):
        sends(dove, name, clock.now())
    with monkeypatch.context() as broken:
        broken.setattr(storage, "put", full)
        assert read_mailbox(0) == 0
    assert "cannot be read since Monday 23 November, 10am" in page(adviser.client)
    assert Feed.objects.get().trouble == "What it holds cannot be kept here: No space left on device."
    assert not Quarantined.objects.exists()
    assert not Writing.objects.exists()
    clock.advance(minutes=1)
    assert read_mailbox(0) == 2
    assert sorted(Writing.objects.values_list("subject", flat=True)) == ["First", "Second"]
    home = " ".join(adviser.client.get("/desk/").content.decode().split())
    assert "The mailbox for e-mail is back since Monday 23 November, 10.01am" in home, (
        "whoever was told hears that it is back"
    )
    clock.advance(hours=9)
    adviser.client.force_login(adviser.staff)
    assert "is back since" not in adviser.client.get("/desk/").content.decode(), "and not for ever"


def test_twice_and_in_the_wrong_order_it_is_one_exchange(line: Line, dove: Dovecot, clock: MovableClock) -> None:
    clock.set("2026-11-23T10:00:00+00:00")
    sends(dove, "Re: Lamp", clock.now(), answers="lamp", known="answer")
    read_mailbox(0)
    for copy in (1, 2):
        sends(dove, "Lamp", clock.now(), known="lamp")
        read_mailbox(0)
        assert Writing.objects.count() == 2, f"copy {copy}"
    assert Contact.objects.count() == 2
    assert not Quarantined.objects.exists()
