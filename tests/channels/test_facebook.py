"""What Facebook calls, and what is its own: the signed webhook, old comment threads, once privately, late by Messenger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from moothall.channels.social.fetching import fetch
from moothall.core.actors import Actor, ActorKind
from moothall.core.ids import new_id
from moothall.core.jobs import drain
from moothall.core.models import Job
from moothall.inbox.models import Feed, Writing
from moothall.intake.social import answering
from moothall.notifications.adapters.social import facebook
from moothall.notifications.adapters.social.twin import Fault, Twin
from moothall.notifications.adapters.social.twin_facebook import KEY, PAGE, webhook
from moothall.notifications.models import Message, Quarantined
from tests.channels.social_world import social_networks
from tests.conftest import MovableClock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
MAY = frozenset({"contact.view", "contact.take", "inbox.answer", "case.view", "case.work", "customer.search"})
PRIYA = Actor(ActorKind.STAFF, new_id(), "Priya", teams=frozenset({"customer-services"}), permissions=MAY)
TOM = Actor(ActorKind.STAFF, new_id(), "Tom", teams=frozenset({"customer-services"}), permissions=MAY)
HOOK = "/hooks/facebook"


@pytest.fixture
def twin(settings: Any, clock: MovableClock) -> Iterator[Twin]:
    clock.set("2026-11-23T10:00:00+00:00")
    with social_networks(settings) as running:
        yield running


def said(twin: Twin, text: str, **more: Any) -> int:
    return twin.say(text, network="facebook", name="Miss May", **more)


def read(clock: MovableClock) -> list[Writing]:
    fetch("facebook", at=clock.now())
    return list(Writing.objects.order_by("received_at", "id"))


def called(client: Client, raw: bytes, headers: dict[str, str]) -> int:
    return client.post(HOOK, raw, content_type="application/json", headers=headers).status_code


def test_the_address_is_shown_to_be_ours_by_a_word_that_was_agreed(twin: Twin, client: Client) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "twin-word"}
    answer = client.get(HOOK, asked)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (
        200,
        b"1158201444",
        "text/plain; charset=utf-8",
    )
    for wrong in ({"hub.verify_token": "guessed"}, {"hub.verify_token": ""}, {"hub.mode": "unsubscribe"}):
        assert client.get(HOOK, asked | wrong).status_code == 403


def test_where_no_page_is_set_up_there_is_no_such_address(client: Client, settings: Any) -> None:
    settings.SOCIAL_ADDRESSES = {}
    assert client.get(HOOK).status_code == client.post(HOOK, b"{}", content_type="application/json").status_code == 404


def test_a_call_is_looked_into_and_twice_late_or_forged_is_all_one(
    twin: Twin, clock: MovableClock, client: Client
) -> None:
    first = said(twin, "Is the tip open?")
    answered = said(twin, "I ask too", answers=first, author="irfan")
    direct = said(twin, "And my bin?", private=True)
    for raw, headers in [webhook(twin, number) for number in (answered, direct, first, answered)]:
        assert called(client, raw, {"X-Hub-Signature-256": headers["X-Hub-Signature-256"][:-2] + "zz"}) == 403
        assert called(client, raw, {}) == 403
        assert called(client, raw + b" ", headers) == 403
    assert not Job.objects.filter(name__startswith="social.").exists(), "not even looked into"
    for raw, headers in [webhook(twin, number) for number in (first, direct, answered, first, answered)]:
        assert called(client, raw, headers) == 200
    drain()
    rows = read(clock)
    assert sorted(one.text for one in rows) == ["And my bin?", "I ask too", "Is the tip open?"]
    posts = {one.text: one for one in rows}
    assert posts["I ask too"].thread_id == posts["Is the tip open?"].thread_id
    assert not Quarantined.objects.exists()


@pytest.mark.long
def test_a_comment_under_a_post_of_long_ago_is_read_by_its_call(
    twin: Twin, clock: MovableClock, client: Client
) -> None:
    old = said(twin, "Long ago")
    clock.advance(hours=1)
    for number in range(60):
        said(twin, f"Since then {number}", author=f"p{number}")
    clock.advance(hours=1)
    said(twin, "Newest")
    read(clock)
    clock.advance(days=40)
    late = said(twin, "Still nobody came", answers=old)
    assert read(clock)[-1].text != "Still nobody came", "it stands under a post far down the page"
    raw, headers = webhook(twin, late)
    assert called(client, raw, headers) == 200
    drain()
    assert Writing.objects.latest("received_at").text == "Still nobody came"


def test_a_signed_call_nobody_can_read_is_kept_for_a_person(twin: Twin, client: Client) -> None:
    import hashlib
    import hmac

    for number, raw in enumerate((b"{", b"[]", json.dumps({"entry": [{"changes": [{"field": "feed"}]}]}).encode()), 1):
        signature = hmac.new(b"twin-secret", raw, hashlib.sha256).hexdigest()
        assert called(client, raw, {"X-Hub-Signature-256": f"sha256={signature}"}) == 200
        assert Quarantined.objects.filter(source="social:facebook").count() == number


def test_what_was_told_is_not_told_again_and_our_own_words_are_not_read(twin: Twin, clock: MovableClock) -> None:
    post = said(twin, "When do you collect leaves?")
    writing = read(clock)[0]
    answering.answer(writing.id, text="From Monday.", cause="new", by=PRIYA, at=clock.now())
    answering.agree(writing.id, by=TOM, at=clock.now())
    drain()
    assert twin.ours()[0]["answers"] == post
    for _ in range(3):
        clock.advance(minutes=4)
        assert len(read(clock)) == 1
    assert len(Feed.objects.get(network="facebook").places["posts"]["told"]) == 1, (
        "no more than the last minutes' things"
    )


def test_privately_about_a_comment_once_and_late_by_messenger_with_its_tag(
    twin: Twin, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(twin, "Why?")
    public = read(clock)[0]
    answering.take_private(public.id, text="", by=PRIYA, at=clock.now())
    drain()
    assert {one["private"] for one in twin.ours()} == {True, False}
    clock.advance(hours=1)
    said(twin, "It is me", private=True)
    private = read(clock)[-1]
    assert private.thread_id == public.thread_id
    clock.advance(hours=70)  # a weekend
    bodies: list[dict[str, Any]] = []
    call = facebook.Facebook._call
    monkeypatch.setattr(
        facebook.Facebook, "_call", lambda self, *a, **kw: (bodies.append(kw.get("json", {})), call(self, *a, **kw))[1]
    )
    answering.answer(private.id, text="Good morning.", cause="new", by=PRIYA, at=clock.now())
    drain()
    assert [(one["messaging_type"], one.get("tag")) for one in bodies if one] == [("MESSAGE_TAG", "HUMAN_AGENT")]
    assert twin.ours()[-1]["text"].endswith("Good morning.")


@pytest.mark.parametrize(
    ("code", "sub", "state"),
    [(551, 0, "dead"), (10, 2018278, "dead"), (190, 0, "queued"), (613, 0, "queued"), (2, 0, "sending")],
)
def test_its_own_codes_say_what_never_goes_what_goes_later_and_what_may_have_gone(
    twin: Twin, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, code: int, sub: int, state: str
) -> None:
    said(twin, "Hm", private=True)
    writing = read(clock)[0]
    from moothall.notifications.adapters.social import twin_facebook

    no = twin_facebook._no(code, "In trouble", sub=sub)
    monkeypatch.setattr(twin_facebook, "_send", lambda *a: no)
    answering.answer(writing.id, text="Yes.", cause="new", by=PRIYA, at=clock.now())
    drain()
    assert Message.objects.get(template="social-answer").state == state


def test_who_hides_her_name_is_still_answered_under_what_she_wrote(twin: Twin, clock: MovableClock) -> None:
    from moothall.channels.social.reading import read_facebook

    told = {"kind": "comment", "id": "12_34", "message": "Hello", "created_time": "2026-11-23T10:00:00+0000"}
    post = read_facebook(told, "graph.facebook.com")
    assert (post.author, post.author_name) == ("Somebody (Facebook of 12_34)", "Somebody")
    assert post.refs == {"object": "12_34", "kind": "comment"}
    assert post.answers == f"facebook:{PAGE}_12"


def test_a_key_that_is_not_whole_lets_nobody_in() -> None:
    half = facebook.Key.read("100:token")
    assert not half.signed(b"{}", "sha256=")
    assert not half.may_subscribe("")
    assert facebook.Key.read(KEY).page == PAGE


def test_a_page_that_wants_us_to_wait_is_left_alone(
    twin: Twin, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(clock)
    twin.faults = [Fault("status", code=429)]
    read(clock)
    said(twin, "While we stayed away")
    assert read(clock) == []
    clock.advance(minutes=15)
    assert [one.text for one in read(clock)] == ["While we stayed away"]
