"""Social media by the networks' own wire: what arrives, what goes back, who checks it, what is done about abuse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from moothall.cases.actions import NewCase, open_case
from moothall.cases.models import Case
from moothall.channels.social.fetching import fetch
from moothall.contacts import actions as contacts
from moothall.contacts.models import Contact
from moothall.core.access import Refused
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.ids import new_id
from moothall.core.jobs import drain
from moothall.core.references import show_reference
from moothall.core.twin_server import Fault
from moothall.customers.actions import create_customer
from moothall.inbox.models import Feed, Measure, Writing
from moothall.inbox.post_actions import NotYours
from moothall.intake.social import answering
from moothall.intake.social.guard import NotProved
from moothall.intake.written import working
from moothall.intake.written.working import CannotAnswer
from moothall.notifications.adapters.social.bluesky import key_of
from moothall.notifications.adapters.social.twin import Twin
from moothall.notifications.models import Message, Quarantined
from moothall.promises.models import Promise
from tests.channels.social_world import social_networks
from tests.conftest import MovableClock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
MAY = frozenset({"contact.view", "contact.take", "inbox.answer", "case.view", "case.work", "customer.search"})
PRIYA = Actor(ActorKind.STAFF, new_id(), "Priya", teams=frozenset({"customer-services"}), permissions=MAY)
TOM = Actor(ActorKind.STAFF, new_id(), "Tom", teams=frozenset({"customer-services"}), permissions=MAY | {"social.mute"})
BOTH = pytest.mark.parametrize("network", ["mastodon", "bluesky", "facebook"])


@pytest.fixture
def twin(settings: Any, clock: MovableClock) -> Iterator[Twin]:
    clock.set("2026-11-23T10:00:00+00:00")
    with social_networks(settings) as running:
        yield running


def read(clock: MovableClock, network: str = "mastodon") -> list[Writing]:
    """Read a network; return all writings, oldest first."""
    fetch(network, at=clock.now())
    return list(Writing.objects.order_by("received_at", "id"))


@BOTH
def test_a_mention_is_a_contact_with_one_working_day_and_only_once(
    twin: Twin, clock: MovableClock, network: str
) -> None:
    twin.say("The bin in our lane was missed. 5 < 6 & more", network=network, author="miss.may", name="Miss May")
    read(clock, network)
    writing = read(clock, network)[0]
    assert Writing.objects.count() == 1
    assert writing.text == "The bin in our lane was missed. 5 < 6 & more"
    assert writing.sender_name == "Miss May"
    assert writing.post.network == network  # type: ignore[attr-defined]
    assert not writing.post.private  # type: ignore[attr-defined]
    contact = Contact.objects.get()
    assert contact.channel == "social"
    assert contact.customer_id is None
    promise = Promise.objects.get(subject_id=contact.id, kind="reply")
    assert promise.due_at is not None
    assert promise.due_at - clock.now() < timedelta(days=2)
    assert not twin.ours()  # nothing is said in public by a machine


@pytest.mark.long
@BOTH
def test_more_than_a_page_arrives_whole_and_in_order(twin: Twin, clock: MovableClock, network: str) -> None:
    twin.say("First", network=network)
    read(clock, network)
    for number in range(130):
        twin.say(f"Number {number}", network=network, author=f"somebody{number}")
    assert [one.text for one in read(clock, network)][1:] == [f"Number {number}" for number in range(130)]


@pytest.mark.long
@BOTH
def test_a_day_of_silence_loses_nothing_and_says_since_when(twin: Twin, clock: MovableClock, network: str) -> None:
    twin.say("Before", network=network)
    read(clock, network)
    twin.down = True
    began = clock.now()
    for hour in range(24):
        clock.advance(hours=1)
        twin.say(f"Hour {hour}", network=network)
        read(clock, network)
    feed = Feed.objects.get(network=network)
    assert feed.trouble
    assert feed.trouble_since == began + timedelta(hours=1)
    twin.down = False
    clock.advance(hours=1)
    assert [one.text for one in read(clock, network)] == ["Before", *(f"Hour {hour}" for hour in range(24))]
    assert Feed.objects.get(network=network).trouble == ""


def test_it_is_left_alone_for_as_long_as_it_asks(twin: Twin, clock: MovableClock) -> None:
    read(clock)
    twin.faults = [Fault("status", code=429)]
    read(clock)
    twin.say("While we stayed away")
    assert read(clock) == []
    assert Feed.objects.get().again_at is not None
    clock.advance(minutes=10)
    assert [one.text for one in read(clock)] == ["While we stayed away"]


@BOTH
def test_garbage_moves_nothing_and_one_bad_post_blocks_none(twin: Twin, clock: MovableClock, network: str) -> None:
    read(clock, network)
    twin.faults = [Fault("garbage", path="feed" if network == "facebook" else "otifications")]
    twin.say("One", network=network)
    assert read(clock, network) == []
    bad = twin.say("Bad", network=network)
    twin.posts[bad - 1]["at"] = twin.posts[bad - 1]["at"] if network != "mastodon" else "yesterday"
    if network != "mastodon":
        twin.posts[bad - 1]["text"] = "x" * 30_000
    twin.say("Two", network=network)
    clock.advance(minutes=5)
    assert [one.text for one in read(clock, network)] == ["One", "Two"]
    assert Quarantined.objects.get().source == f"social:{network}"


def test_a_bot_waits_for_nobody_and_followers_only_is_private(twin: Twin, clock: MovableClock) -> None:
    twin.say("I repeat everything", author="echo", bot=True)
    twin.say("Only for those who follow", author="shy", visibility="private")
    bot, shy = read(clock)
    assert bot.contact_id is None
    assert bot.machine == "notice"
    assert shy.post.private  # type: ignore[attr-defined]


@pytest.mark.row("A8")
@BOTH
def test_a_public_answer_goes_out_once_somebody_else_checked_it(twin: Twin, clock: MovableClock, network: str) -> None:
    twin.say("When do you collect leaves?", network=network)
    writing = read(clock, network)[0]
    assert answering.answer(writing.id, text="From Monday.", cause="new", by=PRIYA, at=clock.now()) == "waiting"
    drain()
    assert not twin.ours()
    with pytest.raises(NotYours, match="Somebody else"):
        answering.agree(writing.id, by=PRIYA, at=clock.now())
    with pytest.raises(CannotAnswer, match="A colleague checks"):
        working.answer(writing.id, text="From Tuesday.", cause="new", by=PRIYA, at=clock.now())
    clock.advance(hours=1)
    assert answering.agree(writing.id, by=TOM, at=clock.now())
    assert not answering_again(writing, clock)
    drain()
    (posted,) = twin.ours()
    assert posted["text"].endswith("From Monday.")
    assert not posted["private"]
    assert posted["answers"] == 1
    writing.refresh_from_db()
    assert (writing.state, writing.ended) == ("done", "answered")
    assert Promise.objects.get(kind="reply").state == "met"


def answering_again(writing: Writing, clock: MovableClock) -> bool:
    try:
        return answering.agree(writing.id, by=TOM, at=clock.now())
    except ValueError:
        return False


def test_an_answer_sent_back_is_written_again(twin: Twin, clock: MovableClock) -> None:
    twin.say("When do you collect leaves?")
    writing = read(clock)[0]
    answering.answer(writing.id, text="Soon.", cause="new", by=PRIYA, at=clock.now())
    with pytest.raises(ValueError, match="waits to be checked"):
        answering.answer(writing.id, text="Soon!", cause="new", by=TOM, at=clock.now())
    with pytest.raises(ValueError, match="what should change"):
        answering.send_back(writing.id, why=" ", by=TOM, at=clock.now())
    answering.send_back(writing.id, why="Say the day.", by=TOM, at=clock.now())
    assert answering.agree(writing.id, by=TOM, at=clock.now()) is False
    answering.answer(writing.id, text="From Monday 30 November.", cause="new", by=PRIYA, at=clock.now())
    answering.agree(writing.id, by=TOM, at=clock.now())
    drain()
    assert [one["text"] for one in twin.ours()] == ["@miss.may@town.example From Monday 30 November."]


def hers(clock: MovableClock) -> Case:
    amina = create_customer(
        given_name="Amina", family_name="Dunn", address_text="14 Mill Lane, Otley", by=SYSTEM, at=clock.now()
    )
    fields = {"service": "missed-bin", "channel": "web", "team": "refuse-collection", "customer_id": amina.id}
    return open_case(NewCase(**fields), by=SYSTEM, at=clock.now())  # type: ignore[arg-type]


@pytest.mark.row("A8")
@pytest.mark.long
@BOTH
def test_taken_private_proved_put_with_her_case_and_answered(twin: Twin, clock: MovableClock, network: str) -> None:
    case = hers(clock)
    reference = show_reference(case.reference)
    first = twin.say(f"What about {reference}?", network=network)
    public = read(clock, network)[0]
    assert public.case_id is None  # everyone could have written that
    assert "not put with it" in public.remarks[-1]
    assert answering.take_private(public.id, text="", by=PRIYA, at=clock.now())
    assert not answering.take_private(public.id, text="", by=TOM, at=clock.now())
    drain()
    said = {one["private"]: one["text"] for one in twin.ours(network)}
    assert reference not in said[False]
    assert "direct message" in said[False]
    assert len(twin.ours(network)) == 2
    clock.advance(hours=1)
    ours = next(one["number"] for one in twin.ours(network) if one["private"])
    twin.say(f"It is {reference}, 14 Mill Lane.", network=network, private=True, answers=ours)
    private = read(clock, network)[-1]
    assert first != private.id
    assert private.thread_id == public.thread_id
    assert private.case_id is None
    with pytest.raises(CannotAnswer, match="Check who they are first"):
        working.attach_to_case(private.id, case_id=case.id, by=PRIYA, at=clock.now())
    with pytest.raises(NotProved, match="Check who they are first"):
        answering.answer(private.id, text=f"{reference} is with the crew.", cause="new", by=PRIYA, at=clock.now())
    assert private.contact_id is not None
    assert case.customer_id is not None
    contacts.identify_contact(private.contact_id, customer_id=case.customer_id, by=PRIYA, at=clock.now())
    contacts.check_identity(private.contact_id, how="facts", by=PRIYA, at=clock.now())
    working.attach_to_case(private.id, case_id=case.id, by=PRIYA, at=clock.now())
    text = f"{reference} is with the crew: tomorrow."
    said = answering.answer(private.id, text=text, cause="progress_chasing", ask=False, by=PRIYA, at=clock.now())
    assert said == "sent"
    drain()
    assert twin.ours(network)[-1]["text"].endswith(text)
    assert twin.ours(network)[-1]["private"]
    assert {row.state for row in Writing.objects.all()} == {"done"}
    assert {row.state for row in Promise.objects.filter(kind="reply")} == {"met"}
    clock.advance(hours=1)
    last = twin.ours(network)[-1]["number"]
    twin.say("Thank you!", network=network, private=True, answers=last)
    thanks = read(clock, network)[-1]
    assert thanks.case_id == case.id  # from the account that was proved, in answer to what we wrote to it
    assert thanks.sure


def test_another_account_in_the_same_exchange_proves_nothing(twin: Twin, clock: MovableClock) -> None:
    case = hers(clock)
    twin.say("Mine?", private=True)
    writing = read(clock)[0]
    assert writing.contact_id is not None
    assert case.customer_id is not None
    contacts.identify_contact(writing.contact_id, customer_id=case.customer_id, by=PRIYA, at=clock.now())
    contacts.check_identity(writing.contact_id, how="facts", by=PRIYA, at=clock.now())
    working.attach_to_case(writing.id, case_id=case.id, by=PRIYA, at=clock.now())
    answering.answer(writing.id, text="It is with the crew.", cause="new", by=PRIYA, at=clock.now())
    drain()
    clock.advance(minutes=5)
    twin.say("And what of it?", author="nosy", private=True, answers=twin.ours()[-1]["number"])
    other = read(clock)[-1]
    assert other.thread_id == writing.thread_id
    assert other.case_id is None
    with pytest.raises(CannotAnswer):
        working.attach_to_case(other.id, case_id=case.id, by=PRIYA, at=clock.now())


@pytest.mark.long
@BOTH
@pytest.mark.parametrize("private", [False, True])
def test_a_line_that_dies_after_posting_never_posts_twice(
    twin: Twin, clock: MovableClock, settings: Any, network: str, private: bool
) -> None:
    settings.SEND_LEASE_SECONDS = 5
    twin.say("When?", network=network, private=private)
    writing = read(clock, network)[0]
    public = {"mastodon": "/statuses", "bluesky": "createRecord", "facebook": "/comments"}
    direct = {"mastodon": "/statuses", "bluesky": "sendMessage", "facebook": "/messages"}
    path = (direct if private else public)[network]
    twin.faults = [Fault("swallow", path=path)]
    answering.answer(writing.id, text="On Friday.", cause="new", ask=False, by=PRIYA, at=clock.now())
    if not private:
        answering.agree(writing.id, by=TOM, at=clock.now())
    drain()
    message = Message.objects.get()
    assert message.state == "sending"
    assert len(twin.ours()) == 1
    from moothall.notifications.actions.delivering import resolve

    assert resolve(message.id) == "sent"
    assert len(twin.ours()) == 1


def test_who_takes_no_direct_messages_is_seen_in_trouble(twin: Twin, clock: MovableClock) -> None:
    twin.say("Why?", network="bluesky")
    twin.closed = {"miss.may"}
    writing = read(clock, "bluesky")[0]
    answering.take_private(writing.id, text="", by=PRIYA, at=clock.now())
    drain()
    dead = Message.objects.get(template="social-direct")
    assert dead.state == "dead"
    assert "MessagesDisabled" in dead.error
    assert "If it has not reached you" in twin.ours()[0]["text"]


def test_a_session_that_ran_out_is_renewed(twin: Twin, clock: MovableClock) -> None:
    twin.say("One", network="bluesky")
    read(clock, "bluesky")
    twin.expired = True
    twin.say("Two", network="bluesky")
    assert [one.text for one in read(clock, "bluesky")] == ["One", "Two"]


def test_a_record_has_the_same_key_each_time_and_a_later_one_sorts_later() -> None:
    one, two = new_id(), new_id()
    assert key_of(one) == key_of(one)
    assert len(key_of(one)) == 13
    assert key_of(one) != key_of(two)


def test_abuse_is_folded_away_with_its_reason_and_its_author_told(twin: Twin, clock: MovableClock) -> None:
    twin.say("You lot should be shot. And my bin was missed.")
    writing = read(clock)[0]
    with pytest.raises(answering.NotThere):
        answering.hide(writing.id, reason="because", by=PRIYA, at=clock.now())
    answering.hide(writing.id, reason="threat", by=PRIYA, at=clock.now())
    drain()
    (told,) = twin.ours()
    assert told["private"]
    assert "it threatens somebody" in told["text"]
    writing.refresh_from_db()
    assert writing.state == "open"  # the bin is still to be dealt with
    assert Promise.objects.get(kind="reply").state == "running"


def test_a_muted_account_is_kept_told_and_heard_again(twin: Twin, clock: MovableClock) -> None:
    twin.say("Idiots")
    writing = read(clock)[0]
    with pytest.raises(Refused):
        answering.mute(writing.id, reason="flood", by=PRIYA, at=clock.now())
    answering.mute(writing.id, reason="flood", by=TOM, at=clock.now())
    drain()
    assert "posted again and again" in twin.ours()[0]["text"]
    clock.advance(hours=1)
    twin.say("Idiots again. My neighbour has fallen!")
    muted = read(clock)[-1]
    assert (muted.machine, muted.state, muted.contact_id) == ("muted", "open", None)
    saved = working.by_a_person(muted.id, by=PRIYA, at=clock.now())
    assert saved.contact_id is not None  # an officer looks, and it counts from when it came
    answering.unmute(Measure.objects.get(kind="muted").id, by=TOM, at=clock.now())
    clock.advance(hours=1)
    twin.say("Sorry")
    assert read(clock)[-1].contact_id is not None


def test_it_is_said_how_long_an_answer_may_be(twin: Twin, clock: MovableClock) -> None:
    twin.say("Hm", network="bluesky")
    writing = read(clock, "bluesky")[0]
    with pytest.raises(ValueError, match="may have 2"):
        answering.answer(writing.id, text="x" * 301, cause="new", by=PRIYA, at=clock.now())
