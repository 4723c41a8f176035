"""Who wrote to us is asked the way she wrote: by e-mail, alone on a social network, by a line in the letter that answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from moothall.cases.models import Case, Task
from moothall.channels.email.arriving import Outcome, take_mail
from moothall.channels.social.fetching import fetch
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.ids import new_id
from moothall.core.jobs import drain
from moothall.core.models import Event
from moothall.core.packs import Pack
from moothall.core.references import show_reference
from moothall.customers.actions import create_customer
from moothall.feedback.links import ask_token
from moothall.feedback.models import Ask, NotAsked, Rating
from moothall.feedback.rules import asks_no_more, read_figure
from moothall.inbox.models import Writing
from moothall.intake.desk_actions import say_who
from moothall.intake.social import answering
from moothall.intake.written import ArrivedWriting, take_written
from moothall.intake.written.working import answer, finish, preview_answer
from moothall.notifications.actions import stop
from moothall.notifications.adapters.social.twin import Twin
from moothall.notifications.models import Message

from ..channels.social_world import social_networks

pytestmark = pytest.mark.django_db
MAY = frozenset({"contact.view", "contact.take", "inbox.answer", "case.view", "case.work", "customer.search"})
PRIYA = Actor(ActorKind.STAFF, new_id(), "Priya", teams=frozenset({"customer-services"}), permissions=MAY)
TOM = Actor(ActorKind.STAFF, new_id(), "Tom", teams=frozenset({"customer-services"}), permissions=MAY)
PAT = "pat@example.com"


def mail(subject: str, words: str, *, sender: str = PAT, answers: str = "", **headers: str) -> Outcome:
    """An e-mail as it comes over the wire."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, "hello@leeds.example.org", subject
    letter["Message-ID"] = f"<{new_id()}@mail.example.com>"
    if answers:
        letter["In-Reply-To"] = letter["References"] = answers
    for name, value in headers.items():
        letter[name.replace("_", "-")] = value
    letter.set_content(words)
    return take_mail(letter.as_bytes(), received_at=datetime.now(UTC))


def id_of(message: Message) -> str:
    """The Message-ID that our e-mail bears."""
    return f"<{message.id}@leeds.example.org>"


@pytest.fixture
def asked(council: Pack, clock: Any) -> Callable[..., Message]:
    """Somebody wrote about her bin, an officer answered; the e-mail that asks her how that was."""

    def make(text: str = "When are you coming?", **answered: Any) -> Message:
        taken = mail("My bin", text).taken
        assert taken is not None
        answer(taken.writing_id, text="On Friday.", cause="new", by=PRIYA, at=clock.now(), **answered)
        drain()
        return Message.objects.get(template="feedback-asked")

    return make


# -- what an answer says -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("1", ("good", "")), ("2. A bit slow", ("average", "A bit slow")), ("3 - nobody rang", ("poor", "nobody rang")),
        ("3\n\nNobody rang back", ("poor", "Nobody rang back")), ("Good", ("good", "")), ("14 Mill Lane", None),
        ("3/4 of it", None), ("1:30 would suit", None), ("4", None), ("0", None), ("", None), ("Thank you", None),
        ("10", None), ("2nd time I ask", None),
    ],
)  # fmt: skip
def test_a_figure_or_a_word_says_how_it_was(words: str, read: tuple[str, str] | None) -> None:
    assert read_figure(words) == read


@pytest.mark.parametrize(
    ("words", "no_more"),
    [("STOP", True), ("stop.", True), ("Please don’t ask me again", True), ("unsubscribe", True),
     ("Stop the lorry at my house", False), ("3", False), ("", False)],
)  # fmt: skip
def test_somebody_says_that_she_does_not_want_to_be_asked(words: str, no_more: bool) -> None:
    assert asks_no_more(words) is no_more


@given(words=st.text(max_size=200))
def test_whatever_is_answered_it_is_read_or_left_to_a_person(words: str) -> None:
    said = read_figure(words)
    assert said is None or said[0] in {"good", "average", "poor"}


# -- by e-mail ---------------------------------------------------------------------------------------------------------


@pytest.mark.row("E1")
def test_by_email_and_a_figure_with_why_is_the_rating_of_that_contact(
    asked: Callable[..., Message], clock: Any
) -> None:
    message, contact = asked(), Contact.objects.get()
    assert (message.to, message.contact_id, message.subject) == (PAT, contact.id, "How did we do?")
    assert "Answer this email with a number" in message.body
    assert message.headers["Reply-To"] == "hello@leeds.example.org"
    clock.advance(minutes=10)
    outcome = mail(
        "Re: How did we do?",
        "3 nobody ever rings back\n\nOn 2 March 2026 at 09:40, Leeds <hello@leeds.example.org> wrote:\n> How did we do?",
        answers=id_of(message),
    )
    assert outcome.taken is not None
    row = Rating.objects.get()
    assert (row.score, row.why, row.channel, row.contact_id) == ("poor", "nobody ever rings back", "email", contact.id)
    kept = Writing.objects.get(id=outcome.taken.writing_id)
    assert (kept.state, kept.ended, kept.contact_id) == ("done", "rated", None)
    assert Contact.objects.count() == 1, "it belongs to the contact it is about"
    assert Message.objects.filter(template="written-received").count() == 1, "nobody is told that we have a rating"
    drain()
    task = Task.objects.get(kind="feedback")
    case = Case.objects.get(id=task.case_id)
    assert (task.title, case.contact_id) == ("Not content with us: “nobody ever rings back”", contact.id)


@pytest.mark.row("E1")
def test_by_email_the_link_leads_to_the_same_question(asked: Callable[..., Message], client: Client) -> None:
    (path,) = set(re.findall(r"/feedback/[\w:-]+", asked().body.replace("\\", "")))
    assert "Thank you" in client.post(path, {"score": "good"}).content.decode()
    row = Rating.objects.get()
    assert (row.score, row.channel, row.contact_id) == ("good", "email", Contact.objects.get().id)


def test_the_same_email_again_is_the_same_rating(asked: Callable[..., Message], clock: Any) -> None:
    message = asked()
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = PAT, "hello@leeds.example.org", "Re: How did we do?"
    letter["Message-ID"], letter["In-Reply-To"] = "<once@mail.example.com>", id_of(message)
    letter.set_content("1 thank you")
    for _ in range(2):
        take_mail(letter.as_bytes(), received_at=clock.now())
    assert Rating.objects.count() == Event.objects.filter(name="rating.given").count() == 1
    assert Writing.objects.count() == 2


def test_what_else_is_in_it_is_not_lost(asked: Callable[..., Message], clock: Any) -> None:
    outcome = mail("Re: How did we do?", "1 and when do you collect leaves?", answers=id_of(asked()))
    assert Rating.objects.get().score == "good"
    assert outcome.taken is not None
    assert outcome.taken.contact_id is not None, "somebody reads what was asked, with the promise of an answer"
    assert Writing.objects.get(id=outcome.taken.writing_id).state == "open"


@pytest.mark.parametrize(
    ("words", "more"),
    [
        ("Thank you, that helped", {}),
        ("3 nobody rang", {"sender": "somebody.else@example.com"}),
        ("3 nobody rang", {"Auto_Submitted": "auto-replied"}),
    ],
)
def test_no_rating_is_made_of_anything_else(asked: Callable[..., Message], words: str, more: dict[str, str]) -> None:
    mail("Re: How did we do?", words, answers=id_of(asked()), **more)
    assert not Rating.objects.exists()
    assert Writing.objects.count() == 2


def test_an_answer_to_our_answer_is_no_rating(asked: Callable[..., Message]) -> None:
    asked()
    answered = Message.objects.get(template="written-answer")
    outcome = mail("Re: My bin", "2 bins were out", answers=id_of(answered))
    assert not Rating.objects.exists()
    assert outcome.taken is not None
    assert outcome.taken.contact_id is not None


def test_too_late_it_is_a_writing_like_any_other(asked: Callable[..., Message], clock: Any) -> None:
    message = asked()
    clock.advance(days=8)
    outcome = mail("Re: How did we do?", "3 too slow", answers=id_of(message))
    assert not Rating.objects.exists()
    assert outcome.taken is not None
    assert outcome.taken.contact_id is not None


@pytest.mark.parametrize("how", ["by email", "on the page"])
def test_who_asks_not_to_be_asked_is_not_asked_again(
    asked: Callable[..., Message], client: Client, clock: Any, how: str
) -> None:
    message = asked()
    if how == "by email":
        mail("Re: How did we do?", "STOP", answers=id_of(message))
    else:
        path = f"/feedback/{ask_token(Ask.objects.get().id)}"
        assert "Do not ask me again" in client.get(path).content.decode()
        assert "We will not ask you again" in client.post(path, {"no-more": "yes"}).content.decode()
    assert NotAsked.objects.exists()
    assert not Rating.objects.exists()
    clock.advance(days=90)
    taken = mail("My other bin", "And this one?").taken
    assert taken is not None
    answer(taken.writing_id, text="Tomorrow.", cause="new", by=PRIYA, at=clock.now())
    assert Message.objects.filter(template="feedback-asked").count() == 1
    assert Message.objects.filter(template="written-answer").count() == 2, "she still has her answers"


def test_never_more_often_than_the_pack_says_and_not_when_the_officer_says_no(council: Pack, clock: Any) -> None:
    for number, ask in enumerate((False, True, True, True)):
        taken = mail(f"Bin {number}", "Where are you").taken
        assert taken is not None
        answer(taken.writing_id, text="Here.", cause="new", by=PRIYA, at=clock.now(), ask=ask)
        answer(taken.writing_id, text="Here.", cause="new", by=PRIYA, at=clock.now(), ask=ask)
        clock.advance(hours=1)
    assert Message.objects.filter(template="feedback-asked").count() == 2


def test_who_stopped_our_messages_is_answered_and_not_asked(council: Pack, clock: Any) -> None:
    stop(PAT, channel="email", how="link", by=SYSTEM, at=clock.now())
    taken = mail("My bin", "Where are you").taken
    assert taken is not None
    answer(taken.writing_id, text="Here.", cause="new", by=PRIYA, at=clock.now())
    assert Message.objects.filter(template="written-answer").count() == 1
    assert not Ask.objects.exists()


def test_nobody_is_asked_who_needed_no_answer(council: Pack, clock: Any) -> None:
    taken = mail("Thank you", "All is well").taken
    assert taken is not None
    finish(taken.writing_id, cause="new", by=PRIYA, at=clock.now())
    assert not Ask.objects.exists()


# -- alone on a social network -----------------------------------------------------------------------------------------


@pytest.fixture
def twin(settings: Any, clock: Any, council: Pack) -> Iterator[Twin]:
    clock.set("2026-11-23T10:00:00+00:00")
    with social_networks(settings) as running:
        yield running


@pytest.mark.row("E1")
@pytest.mark.parametrize("network", ["mastodon", "bluesky", "facebook"])
def test_alone_where_she_wrote_to_us_alone(twin: Twin, clock: Any, network: str) -> None:
    twin.say("My bin was missed", network=network, private=True)
    fetch(network, at=clock.now())
    writing = Writing.objects.get()
    answering.answer(writing.id, text="On Friday.", cause="new", by=PRIYA, at=clock.now())
    drain()
    first, last = twin.ours(network)[-2:]
    assert "On Friday." in first["text"]
    assert "How did we do?" in last["text"]
    assert last["private"]
    clock.advance(minutes=5)
    twin.say("Poor, I asked twice", network=network, private=True, answers=last["number"])
    fetch(network, at=clock.now())
    row = Rating.objects.get()
    assert (row.score, row.why, row.channel, row.contact_id) == ("poor", "I asked twice", "social", writing.contact_id)
    said = Writing.objects.exclude(id=writing.id).get()
    assert (said.state, said.ended, said.contact_id) == ("done", "rated", None)


def test_never_in_public(twin: Twin, clock: Any) -> None:
    twin.say("My bin was missed")
    fetch("mastodon", at=clock.now())
    writing = Writing.objects.get()
    answering.answer(writing.id, text="On Friday.", cause="new", by=PRIYA, at=clock.now())
    answering.agree(writing.id, by=TOM, at=clock.now())
    drain()
    assert len(twin.ours()) == 1
    assert not Ask.objects.exists()


def test_somebody_else_in_the_conversation_rates_nothing(twin: Twin, clock: Any) -> None:
    twin.say("My bin was missed", private=True)
    fetch("mastodon", at=clock.now())
    answering.answer(Writing.objects.get().id, text="On Friday.", cause="new", by=PRIYA, at=clock.now())
    drain()
    clock.advance(minutes=5)
    twin.say("Poor", author="nosy", private=True, answers=twin.ours()[-1]["number"])
    fetch("mastodon", at=clock.now())
    assert not Rating.objects.exists()


# -- by a line in the letter that answers ------------------------------------------------------------------------------


@pytest.fixture
def letter(council: Pack, clock: Any) -> Writing:
    """A letter of somebody whose address we hold."""
    amina = create_customer(
        given_name="Amina", family_name="Dunn", address_text="14 Mill Lane, Otley, LS21 1AA", by=SYSTEM, at=clock.now()
    )
    arrived = ArrivedWriting(
        channel="post", external_id="scan-1", received_at=clock.now(), sender="Amina Dunn", answer_to="14 Mill Lane",
        subject="A letter: my bin", text="My bin was missed.",
    )  # fmt: skip
    taken = take_written(arrived, at=clock.now())
    assert taken.contact_id is not None
    say_who(taken.contact_id, customer_id=amina.id, by=PRIYA, at=clock.now())
    return Writing.objects.get()


@pytest.mark.row("E1")
def test_by_a_line_in_the_letter_and_the_code_is_typed(letter: Writing, client: Client, clock: Any) -> None:
    assert preview_answer(letter.id, text="On Friday.", by=PRIYA, at=clock.now()).startswith(b"%PDF")
    assert not Ask.objects.exists(), "a look at the letter asks nobody"
    answer(letter.id, text="On Friday.", cause="new", by=PRIYA, at=clock.now())
    (message,) = Message.objects.filter(template="letter-answer")
    code = show_reference(Ask.objects.get().code)
    assert f"/feedback with the code {code}" in message.body.replace("\\", "")
    assert not Message.objects.filter(template="feedback-asked").exists(), "no letter goes out to ask alone"
    clock.advance(days=10)
    page = client.get("/feedback").content.decode()
    assert "Our letter to you ends with a code" in page
    wrong = client.post("/feedback", {"code": "4HTK-7W2D"})
    assert (wrong.status_code, "We could not find that code" in wrong.content.decode()) == (400, True)
    assert client.post("/feedback", {"code": ""}).status_code == 400
    right = client.post("/feedback", {"code": code.lower().replace("-", " ")})
    assert client.post(right["Location"], {"score": "average", "why": "Slow"}).status_code == 200
    row = Rating.objects.get()
    assert (row.score, row.channel, row.contact_id) == ("average", "post", letter.contact_id)
    clock.advance(days=20)
    assert client.post("/feedback", {"code": code}).status_code == 400, "its weeks are over"


def test_codes_are_not_to_be_guessed(council: Pack, client: Client) -> None:
    answers = [client.post("/feedback", {"code": "4HTK-7W2C"}).status_code for _ in range(12)]
    assert answers[-1] in {400, 429}


def test_the_officer_may_say_that_a_letter_is_no_place_to_ask(letter: Writing, clock: Any) -> None:
    answer(letter.id, text="We are sorry for your loss.", cause="new", by=PRIYA, at=clock.now(), ask=False)
    assert "How did we do" not in Message.objects.get(template="letter-answer").body
    assert not Ask.objects.exists()
