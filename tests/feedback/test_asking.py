"""Asked how we did by the channel just used: once in a while, tied to what it is about, looked into when it was not good."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from moothall.cases.actions import close_case
from moothall.cases.models import Case, Task
from moothall.contacts.models import Contact
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.jobs import drain
from moothall.core.models import Event
from moothall.core.packs import Pack
from moothall.feedback.actions import About, TooLateToSay, answer_ask, ask, forget_asks
from moothall.feedback.links import ask_token, mark_of_person, read_ask_token
from moothall.feedback.models import Ask, Rating
from moothall.feedback.rules import may_ask, read_said
from moothall.notifications.models import Message
from moothall.services.pack import SERVICES

from ..intake.every_channel.answers import HERS, wanted_for
from ..intake.every_channel.desk import an_adviser
from ..intake.every_channel.pages import Browser, form_on
from ..intake.talking.conftest import Caller, Texter, premises

pytestmark = [pytest.mark.django_db]
__all__ = ["premises"]


# -- how often ---------------------------------------------------------------------------------------------------------


@given(
    asked=st.lists(st.integers(0, 200), max_size=8),
    most=st.integers(1, 4),
    days=st.integers(1, 90),
    now=st.integers(0, 200),
)
def test_nobody_is_asked_more_than_the_most_in_any_days(asked: list[int], most: int, days: int, now: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    moments = [start + timedelta(days=one) for one in asked if one <= now]
    at = start + timedelta(days=now)
    within = [one for one in moments if (at - one) < timedelta(days=days)]
    assert may_ask(moments, most=most, days=days, at=at) is (len(within) < most)


def test_who_was_asked_is_known_again_by_any_number_or_address(council: Pack, clock: Any) -> None:
    for contact, people, may in (
        (uuid4(), {"Amina@example.com", "+447700900123"}, True),
        (uuid4(), {"+447700900123"}, True),
        (uuid4(), {"amina@example.com"}, False),
        (uuid4(), {"+447700900123", "new@example.com"}, False),
        (uuid4(), {"jo@example.com"}, True),
        (uuid4(), set(), False),
    ):
        made = ask(About(contact_id=contact), people=people, channel="web", by=ANONYMOUS, at=clock.now())
        assert (made is not None) is may, people
    clock.advance(days=31)
    assert ask(About(contact_id=uuid4()), people={"amina@example.com"}, channel="sms", by=ANONYMOUS, at=clock.now())
    assert forget_asks(at=clock.now()) == 3
    held = [column for row in Ask.objects.values_list("people", flat=True) for column in row]
    assert held == [mark_of_person("AMINA@example.com ")]


def test_about_one_contact_nobody_is_asked_twice(council: Pack, clock: Any) -> None:
    about = About(contact_id=uuid4(), service="missed-bin", standard="standard")
    first, again = (ask(about, people={HERS}, channel="web", by=ANONYMOUS, at=clock.now()) for _ in range(2))
    assert first is not None
    assert again is not None
    assert first.id == again.id
    assert Event.objects.filter(name="rating.asked").count() == 1
    given_ = answer_ask(first.id, score="poor", why="Slow", by=ANONYMOUS, at=clock.now())
    assert (given_.contact_id, given_.service, given_.channel, given_.standard) == (
        about.contact_id, "missed-bin", "web", "standard",
    )  # fmt: skip
    clock.advance(days=8)
    with pytest.raises(TooLateToSay):
        answer_ask(first.id, score="good", why="", by=ANONYMOUS, at=clock.now())


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("GOOD", ("good", "")), ("ok, a bit slow", ("average", "a bit slow")),
        ("Poor. Nobody rang back", ("poor", "Nobody rang back")),
        ("very good thanks", ("good", "thanks")), ("1", None), ("goodness knows", None), ("", None), ("my bin", None),
    ],
)  # fmt: skip
def test_a_few_words_say_how_it_was(words: str, read: tuple[str, str] | None) -> None:
    assert read_said(words) == read


def test_a_link_of_ours_opens_and_another_does_not() -> None:
    one = uuid4()
    assert read_ask_token(ask_token(one)) == one
    assert read_ask_token(ask_token(one)[:-2] + "xx") is None
    assert read_ask_token("nothing") is None


# -- by the channel just used -------------------------------------------------------------------------------------------


@pytest.mark.row("E1")
@pytest.mark.parametrize("under", ["", "/kiosk"])
def test_on_the_page_after_sending(under: str, council: Pack, premises: None, clock: Any) -> None:
    service, here = council.of(SERVICES)["graffiti"], Browser(under)
    here.begin(service)
    here.answer(service, wanted_for(service, 0, clock))
    case = here.send()
    assert case is not None
    page = here.page()
    assert "How was asking for this?" in page
    form = form_on(page, "rate")
    wrong = here.client.post(form.action, {"score": "", "why": "Hm"})
    assert (wrong.status_code, "Choose good, average or poor" in wrong.content.decode()) == (400, True)
    done = here.client.post(form.action, {"score": form.offers("score", "poor"), "why": "Too many questions"})
    assert done.status_code == 302
    after = here.client.get(done["Location"]).content.decode()
    assert "Thank you" in after
    assert "How was asking for this?" not in after
    row = Rating.objects.get()
    assert (row.score, row.service, row.channel, row.case_id, row.team) == (
        "poor", "graffiti", "kiosk" if under else "web", case.id, case.team,
    )  # fmt: skip
    drain()
    task = Task.objects.get(case_id=case.id, kind="feedback")
    assert (task.team, task.title) == (case.team, "Not content with us: “Too many questions”")


@pytest.mark.row("E1")
def test_by_text_in_the_last_answer_and_by_reply(council: Pack, texter: Texter, clock: Any) -> None:
    last = ""
    for words in ("graffiti", "1", "14 LS21 1AA", "1", "1", "1", "1", "1", "yes", "skip", "skip", "SEND"):
        last = texter.text(words)
        if "Reply SEND" in last:
            last = texter.text("SEND")
        if "How did we do?" in last:
            break
    assert last.endswith("How did we do? Reply GOOD, OK or POOR, and why."), last
    before = Contact.objects.count()
    assert texter.text("Poor, you asked too much") == "Thank you for telling us."
    row = Rating.objects.get()
    assert (row.score, row.why, row.channel, row.service) == ("poor", "you asked too much", "sms", "graffiti")
    assert Contact.objects.count() == before, "it belongs to the contact it is about"


@pytest.mark.row("E1")
def test_by_a_key_at_the_end_of_a_call(council: Pack, premises: None, clock: Any) -> None:
    caller = Caller(clock)
    _report_by_keys(caller)
    assert "How did we do? For good, press 4." in caller.turn.words
    assert "Thank you for telling us" in caller.press("6")
    row = Rating.objects.get()
    assert (row.score, row.channel, row.contact_id) == ("poor", "voice", Contact.objects.get(channel="voice").id)


def _report_by_keys(caller: Caller) -> None:
    words = caller.turn.words
    for _ in range(60):
        if "Your reference is" in words:
            return
        labels = {choice.label.lower(): choice.key for choice in caller.turn.choices}
        if "To send it, press 1" in words:
            words = caller.press("1")
        elif any("street" in label for label in labels) and caller.turn.service == "" and "graffiti" not in str(labels):
            words = caller.press(next(key for label, key in labels.items() if "street" in label))
        elif any("graffiti" in label for label in labels):
            words = caller.press(next(key for label, key in labels.items() if "graffiti" in label))
        elif "postcode" in words.lower():
            words = caller.press("5721122")
        elif "house" in words.lower() and not labels:
            words = caller.press("14")
        else:
            words = caller.press(next(iter(labels.values()), "#"))
    raise AssertionError(words)


@pytest.fixture
def over_the_telephone(council: Pack, clock: Any) -> Callable[..., Contact]:
    """A call that an adviser took and ended, with somebody's bins answered."""

    def take(**posted: str) -> Contact:
        adviser = an_adviser(clock)
        here = adviser.post("/desk/contacts/begin", {"channel": "phone", "number": HERS})["Location"]
        assert "Don’t ask them how we did" in adviser.get(here).content.decode()
        matter = adviser.post(f"{here}matters", {"service": "missed-bin"})["Location"].rsplit("=", 1)[1]
        adviser.post(f"{here}matters/{matter}/end", {"how": "answered"})
        assert adviser.post(f"{here}finish", {"cause": "new"} | posted).status_code == 303
        return Contact.objects.get()

    return take


def test_after_a_call_by_message_answered_by_its_link(
    over_the_telephone: Callable[..., Contact], client: Client, clock: Any
) -> None:
    contact = over_the_telephone()
    sent = Message.objects.get(template="feedback-asked")
    assert (sent.channel, sent.to, sent.contact_id) == ("sms", HERS, contact.id)
    assert "how did we do with Report a missed bin?" in sent.body
    (path,) = re.findall(r"/feedback/\S+", sent.body)
    page = client.get(path).content.decode()
    assert "How did we do?" in page
    assert client.post(path, {"score": "superb"}).status_code == 400
    assert "Thank you" in client.post(path, {"score": "poor", "why": "I was cut off"}).content.decode()
    row = Rating.objects.get()
    assert (row.contact_id, row.channel, row.case_id) == (contact.id, "phone", None)
    drain()
    task = Task.objects.get(kind="feedback")
    case = Case.objects.get(id=task.case_id)
    assert (case.service, case.source, case.contact_id) == ("comment", "feedback", contact.id)
    clock.advance(days=8)
    late = client.post(path, {"score": "good"})
    assert (late.status_code, "too long ago" in late.content.decode()) == (410, True)
    assert client.get("/feedback/nothing").status_code == 404


def test_after_a_call_by_message_answered_by_text(over_the_telephone: Callable[..., Contact], texter: Texter) -> None:
    contact = over_the_telephone()
    assert texter.text("good") == "Thank you for telling us."
    assert Rating.objects.get().contact_id == contact.id
    drain()
    assert not Task.objects.filter(kind="feedback").exists(), "nobody need look into what was good"


def test_an_officer_can_say_that_it_is_no_moment_to_ask(over_the_telephone: Callable[..., Contact]) -> None:
    over_the_telephone(**{"no-ask": "yes"})
    assert not Message.objects.filter(template="feedback-asked").exists()
    assert not Ask.objects.exists()


@pytest.fixture
def texter(council: Pack, clock: Any) -> Texter:
    """Somebody who texts."""
    return Texter(clock, number=HERS)


def test_when_a_case_is_closed_the_message_asks_unless_she_was_asked_enough(
    council: Pack, premises: None, clock: Any
) -> None:
    service = council.of(SERVICES)["graffiti"]
    asked = []
    for _ in range(2):
        here = Browser()
        here.begin(service)
        here.answer(service, wanted_for(service, 0, clock))
        case = here.send()
        assert case is not None
        clock.advance(hours=2)
        close_case(case.id, outcome=service.closings[0].code, resolved=True, by=SYSTEM, at=clock.now())
        drain()
        told = Message.objects.filter(case_id=case.id, template="case-closed-done").get()
        asked.append(bool(told.values.get("rate")))
        clock.advance(hours=2)
    assert asked == [True, False]
    assert Ask.objects.count() == 2, "two in thirty days, whatever the channels"


def test_what_is_restricted_is_not_asked_about(council: Pack, premises: None, clock: Any) -> None:
    service = council.of(SERVICES)["safeguarding-adult"]
    assert service.restricted
    here = Browser()
    here.begin(service)
    here.answer(service, wanted_for(service, 0, clock))
    here.send()
    assert "How was asking for this?" not in here.page()
    assert not Ask.objects.exists()
