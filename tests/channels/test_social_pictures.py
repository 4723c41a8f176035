"""Pictures of posts and messages: they reach the contact, made anew; what cannot be had is said; nothing inside is called."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from moothall.channels.again import read_post_again
from moothall.channels.social.fetching import fetch
from moothall.core.jobs import drain
from moothall.core.models import Job
from moothall.core.twin_server import Fault
from moothall.documents import storage
from moothall.documents.models import Document
from moothall.inbox.models import Writing
from moothall.notifications.adapters.social.twin import Twin
from moothall.notifications.adapters.social.twin_pictures import sample
from tests.channels.social_world import social_networks
from tests.conftest import MovableClock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
HOLE = "A deep hole beside the bus stop"
EVERY = [(code, private) for code in ("mastodon", "facebook") for private in (False, True)] + [("bluesky", False)]


@pytest.fixture
def twin(settings: Any, clock: MovableClock) -> Iterator[Twin]:
    clock.set("2026-11-23T10:00:00+00:00")
    with social_networks(settings) as running:
        yield running


def came(clock: MovableClock, network: str = "mastodon") -> Writing:
    """Read a network, and fetch what is due."""
    fetch(network, at=clock.now())
    drain()
    return Writing.objects.latest("received_at", "id")


def pictures(writing: Writing) -> list[Document]:
    return list(Document.objects.filter(writing_id=writing.id, question="picture").order_by("name"))


@pytest.mark.parametrize(("network", "private"), EVERY)
def test_a_photo_reaches_the_contact_on_each_network(
    twin: Twin, clock: MovableClock, network: str, private: bool
) -> None:
    twin.say("Look at this", network=network, private=private, pictures=[(sample(), HOLE)])
    writing = came(clock, network)
    kept = pictures(writing)
    assert [one.media_type for one in kept] == ["image/jpeg"]
    assert writing.contact_id is not None
    with Image.open(io.BytesIO(storage.get(kept[0].path))) as shown:
        assert shown.size == (640, 480)
        assert not shown.getexif()
    if network != "facebook":
        assert writing.remarks == [f"Picture 1 shows, they say: {HOLE}"]
    else:
        assert writing.remarks == []  # Facebook tells of no description
    came(clock, network)
    assert len(pictures(writing)) == 1


@pytest.mark.parametrize("network", ["mastodon", "facebook"])
def test_several_come_in_order(twin: Twin, clock: MovableClock, network: str) -> None:
    twin.say("Two", network=network, pictures=[(sample(), "one"), (_of_colour("green"), "two")])
    assert [one.name for one in pictures(came(clock, network))] == ["picture 1.jpg", "picture 2.jpg"]


@pytest.mark.parametrize("address", [
    "http://127.0.0.1:9/secret", "https://127.0.0.1/a.jpg", "https://localhost/a.jpg", "http://169.254.169.254/latest/",
    "file:///etc/passwd", "https://[::1]/a.jpg", "not an address",
])  # fmt: skip
def test_an_address_that_leads_inside_is_not_called(twin: Twin, clock: MovableClock, address: str) -> None:
    twin.say("Look", pictures=[(address, "")])
    writing = came(clock)
    assert pictures(writing) == []
    assert writing.remarks == ["Picture 1 could not be fetched. See it on Mastodon."]
    assert writing.text == "Look"


@pytest.mark.parametrize(("content", "why"), [
    (b"MZ\x90\x00 a program", "is not a kind of file we can open"),
    (b"%PDF-1.7 a paper", "is not a kind of file we can open"),
    (b"<svg onload=alert(1)>", "is not a kind of file we can open"),
    (b"\xff\xd8\xff\xe0 begins like a photo, and is none", "cannot be opened"),
    (b"", "is empty"),
])  # fmt: skip
def test_what_is_no_photo_is_not_kept_and_the_reader_is_told(
    twin: Twin, clock: MovableClock, content: bytes, why: str
) -> None:
    twin.say("Look", pictures=[(content, "A hole"), (sample(), "")])
    writing = came(clock)
    assert [one.name for one in pictures(writing)] == ["picture 2.jpg"]
    assert writing.remarks[0].startswith("Picture 1 was not kept.")
    assert why in writing.remarks[0]


def test_one_that_is_too_large_is_left(twin: Twin, clock: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moothall.channels.social.pictures.LARGEST", 500)
    twin.say("Look", pictures=[(sample(), "")])
    writing = came(clock)
    clock.advance(days=2)
    drain()
    writing.refresh_from_db()
    assert (pictures(writing), len(writing.remarks)) == ([], 1)


def test_a_host_in_trouble_holds_up_no_words_and_is_asked_again(twin: Twin, clock: MovableClock) -> None:
    twin.faults = [
        Fault("status", path="/media/", times=2),
        Fault("swallow", path="/media/"),
        Fault("drop", path="/media/"),
    ]
    twin.say("The road by the school has sunk", pictures=[(sample(), "")])
    writing = came(clock)
    assert (writing.text, pictures(writing)) == ("The road by the school has sunk", [])
    assert writing.remarks == ["Picture 1 came with it. We are fetching it."]
    for _ in range(5):
        clock.advance(minutes=30)
        drain()
    writing.refresh_from_db()
    assert (len(pictures(writing)), writing.remarks) == (1, [])
    assert not Job.objects.filter(name="social.picture").exists()


def test_away_for_longer_than_a_day_it_is_said(twin: Twin, clock: MovableClock) -> None:
    twin.say("Look", pictures=[(sample(), "")])
    fetch("mastodon", at=clock.now())
    twin.down = True
    for _ in range(14):
        clock.advance(hours=2)
        drain()
    writing = Writing.objects.get()
    assert writing.remarks == ["Picture 1 could not be fetched. See it on Mastodon."]
    assert not Job.objects.filter(name="social.picture").exists()


def test_gone_meanwhile_nothing_of_it_comes_back(twin: Twin, clock: MovableClock) -> None:
    twin.say("Look", pictures=[(sample(), "")])
    fetch("mastodon", at=clock.now())
    Writing.objects.all().delete()
    drain()
    assert not Document.objects.filter(question="picture").exists()


def test_what_was_put_aside_and_is_read_again_has_its_pictures(twin: Twin, clock: MovableClock) -> None:
    import json

    twin.say("Look", pictures=[(sample(), HOLE)])
    told = _told(clock)
    read_post_again(json.dumps(told).encode(), clock.now() - timedelta(days=3), {"network": "mastodon"})
    drain()
    assert len(pictures(Writing.objects.get())) == 1


def _told(clock: MovableClock) -> Any:
    from moothall.notifications.adapters.social import network

    there = network("mastodon")
    assert there is not None
    return next(iter(there.news({}, since=clock.now() - timedelta(days=1)))).items[0]


def _of_colour(colour: str) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(held, "PNG")
    return held.getvalue()
