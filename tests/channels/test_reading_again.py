"""What was put into quarantine by a limit or a fault of ours is read again once that is mended: once, as of when it came."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from moothall.channels.email import arriving, wire
from moothall.channels.email.arriving import take_mail
from moothall.channels.social import reading
from moothall.channels.social.fetching import fetch
from moothall.contacts.models import Contact
from moothall.core import jobs
from moothall.core.access import Refused
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.ids import new_id
from moothall.core.packs import Pack
from moothall.core.staff import create_staff
from moothall.documents import storage
from moothall.documents.models import Document
from moothall.inbox.models import Writing
from moothall.notifications.actions import quarantine
from moothall.notifications.actions.troubles import CannotReadAgain, read_again, settle_quarantined
from moothall.notifications.models import Message, Quarantined
from moothall.promises.models import Promise
from tests.channels.social_world import social_networks
from tests.channels.test_email_arriving import letter
from tests.conftest import MovableClock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
ADA = Actor(ActorKind.STAFF, new_id(), "Ada", permissions=frozenset({"quarantine.manage"}))
Again = Callable[[], Quarantined]


@pytest.fixture(autouse=True)
def _kept_here(tmp_path: Any, settings: Any, clock: MovableClock) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    clock.set("2026-11-23T10:00:00+00:00")


@pytest.fixture
def again(clock: MovableClock) -> Again:
    """An officer has the one thing in quarantine read again."""
    return lambda: read_again(Quarantined.objects.get().id, by=ADA, at=clock.now())


def stumble(*_: Any, **__: Any) -> None:
    raise ZeroDivisionError


def test_a_fault_of_ours_that_was_mended(clock: MovableClock, again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    came, raw = clock.now(), letter() + b"A long one. " * 120_000
    with monkeypatch.context() as broken:
        broken.setattr(arriving, "read_mail", stumble)
        take_mail(raw, received_at=came, envelope_to=("planning@leeds.example.org",))
        clock.advance(days=1)
        with pytest.raises(
            CannotReadAgain, match=r"It still cannot be read: our reading of it failed \(ZeroDivisionError\)"
        ):
            again()
    assert Quarantined.objects.get().settled_at is None, "it stays where it is"
    assert not Writing.objects.exists()
    assert again().settlement == "Read again and taken in"
    jobs.drain(at=clock.now())
    writing, contact = Writing.objects.get(), Contact.objects.get()
    assert writing.team == "development-management", "where it was delivered is kept"
    original = Document.objects.get(question="original")
    assert storage.get(original.path) == raw, "it is whole: more than the megabyte that is kept of other things"
    assert contact.received_at == came
    promise = Promise.objects.get(subject_id=contact.id, kind="reply")
    assert promise.started_at == came, "what we promise counts from when it came"
    assert Message.objects.filter(template="written-received").count() == 1
    with pytest.raises(CannotReadAgain, match="dealt with before: Read again and taken in"):
        again()
    take_mail(raw, received_at=clock.now())
    assert Writing.objects.count() == 1, "nor does it come in twice by another way"


def test_a_limit_that_was_raised(clock: MovableClock, again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    came = clock.now()
    with monkeypatch.context() as low:
        low.setattr(wire, "MOST_LINES", 3)
        assert take_mail(letter(), received_at=came).reason == "It has more than 3 lines."
        clock.advance(hours=2)
        with pytest.raises(CannotReadAgain, match=r"It still cannot be read\. It has more than 3 lines"):
            again()
    again()
    assert Contact.objects.get().received_at == came


def test_of_what_was_too_large_only_the_beginning_is_here_and_it_is_said_where_the_rest_is(
    clock: MovableClock, again: Again, settings: Any
) -> None:
    settings.EMAIL_LARGEST = 1_000_000
    take_mail(letter() + b"x" * 1_500_000, received_at=clock.now())
    settings.EMAIL_LARGEST = 30_000_000
    with pytest.raises(CannotReadAgain, match="move it back into its inbox, and it is read again"):
        again()


def test_a_post_of_a_network(clock: MovableClock, settings: Any, again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    with social_networks(settings) as twin:
        fetch("mastodon", at=clock.now())
        wrote = clock.now()
        twin.say("The bin in our lane was missed.", network="mastodon", author="miss.may")
        with monkeypatch.context() as broken:
            broken.setitem(reading.READERS, "mastodon", stumble)
            fetch("mastodon", at=clock.now())
        assert not Writing.objects.exists()
        clock.advance(hours=3)
        again()
        fetch("mastodon", at=clock.now())
    assert Writing.objects.get().text == "The bin in our lane was missed."
    assert abs(Contact.objects.get().received_at - wrote) < timedelta(minutes=1)


WORDS = "Could somebody ring my neighbour about her hedge please"
TEXT = {"id": "t-1", "source_number": "447700900123", "destination_number": "447700900999",
        "message": WORDS, "date_received": "2026-11-23T09:00:00Z"}  # fmt: skip
SID = {
    "MessageSid": "SM1",
    "From": "+447700900123",
    "To": "+447700900098",
    "Body": WORDS,
}
CALL = {"id": "e1", "call": "c1", "event": "offered", "at": "2026-11-23T09:59:00Z", "caller": "+447700900123"}


@pytest.mark.parametrize(
    ("source", "told", "channel", "came"),
    [("notify.text", TEXT, "sms", 9), ("twilio.text", SID, "sms", 10), ("calls", CALL, "phone", 9)],
)
def test_what_a_provider_told(
    clock: MovableClock, again: Again, source: str, told: dict[str, str], channel: str, came: int
) -> None:
    quarantine(source=source, reason="A fault of ours.", raw=json.dumps(told).encode(), details={}, at=clock.now())
    clock.advance(hours=5)
    again()
    contact = Contact.objects.get()
    assert (contact.channel, contact.received_at.hour) == (channel, came)
    quarantine(source=source, reason="Not JSON.", raw=b"{", details={}, at=clock.now())
    rubbish = Quarantined.objects.get(settled_at=None)
    with pytest.raises(CannotReadAgain, match="It still cannot be read"):
        read_again(rubbish.id, by=ADA, at=clock.now())
    assert Contact.objects.count() == 1


def test_who_may_not_and_what_nobody_reads(clock: MovableClock, again: Again) -> None:
    row = quarantine(source="open311.waste", reason="Strange.", raw=b"<x/>", details={}, at=clock.now())
    with pytest.raises(CannotReadAgain, match="Say what was done about it instead"):
        again()
    with pytest.raises(Refused):
        read_again(row.id, by=Actor(ActorKind.STAFF, new_id(), "Tom"), at=clock.now())
    settle_quarantined(row.id, by=ADA, at=clock.now(), how="Rang them")
    with pytest.raises(CannotReadAgain, match="dealt with before: Rang them"):
        again()


def test_an_officer_does_it_at_the_console(
    clock: MovableClock, council: Pack, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(
        create_staff(username="ada", name="Ada", roles=["administrator"], pack=council, by=SYSTEM, at=clock.now())
    )
    with monkeypatch.context() as broken:
        broken.setattr(arriving, "read_mail", stumble)
        take_mail(letter(), received_at=clock.now())
    quarantine(source="open311.waste", reason="Strange.", raw=b"<x/>", details={}, at=clock.now())
    page = client.get("/console/quarantine").content.decode()
    assert page.count("Read it again") == 1, "offered only where somebody can"
    held = Quarantined.objects.get(source="email")
    for said in ("It was read and taken in.", "It was dealt with before: Read again and taken in."):
        answer = client.post(f"/console/quarantine/{held.id}", {"do": "again"}, follow=True)
        assert said in answer.content.decode()
    assert Writing.objects.count() == 1
    assert client.post(f"/console/quarantine/{new_id()}", {"do": "again"}).status_code == 404
