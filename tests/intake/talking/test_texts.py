"""Conversations by text: begun, answered, sent, stopped, resumed; twice and out of order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core import jobs
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.references import show_reference
from moothall.intake import actions
from moothall.intake.jobs import rest_conversations
from moothall.intake.models import Conversation, Dialogue
from moothall.intake.queries import dialogue_page
from moothall.intake.talking.keypad import keys_of
from moothall.intake.tokens import link_of, token_of
from moothall.notifications.models import Message, Stopped
from moothall.rounds.actions import CabReport, import_collections, import_stops, take_cab_events
from moothall.rounds.pack import BINS

from .conftest import MOBILE, Caller, Texter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


def test_graffiti_by_text_to_the_reference(clock: Any, texter: Texter) -> None:
    asked = texter.text("Report graffiti")
    assert "Where is the graffiti?" in asked
    assert "Is it 14 Mill Lane" in texter.text("14 LS21 1AA")
    assert "hateful" in texter.text("yes")
    asked = texter.text("No thanks")
    assert "\n1 Wall or building" in asked
    assert "Reply with a number" in texter.text("a tower")
    assert "Whose property" in texter.text("Bus shelter")
    texter.text("skip")
    texter.text("SKIP")
    assert "keep you up to date" in texter.text("skip")
    said = texter.text("Yes")
    assert "Bus shelter" in said
    assert "SEND" in said
    said = texter.text("send")
    case = Case.objects.get()
    assert show_reference(case.reference) in said
    assert (case.channel, case.uprn, case.answers["surface"]) == ("sms", 72000014, "bus")
    assert case.answers["contact"]["phone"] == MOBILE
    assert Contact.objects.count() == 1
    row = Conversation.objects.get()
    assert (row.ended, row.held) == ("sent", {})


def test_the_same_text_twice_is_one_answer(clock: Any, texter: Texter) -> None:
    texter.text("graffiti", id_="a")
    texter.text("14 LS21 1AA", id_="b")
    texter.text("14 LS21 1AA", id_="b")
    assert Conversation.objects.get().turns == 2
    assert Message.objects.filter(to=MOBILE).count() == 2


def test_a_text_from_before_the_last_one_answers_nothing(clock: Any, texter: Texter) -> None:
    texter.text("graffiti")
    before = clock.now() - timedelta(minutes=5)
    texter.text("14 LS21 1AA")
    texter.text("16 LS21 1AA", sent_at=before)
    assert Conversation.objects.get().turns == 2
    assert Contact.objects.filter(state="open", note__startswith="16").exists()


def test_stop_is_honoured_for_ever_until_start(clock: Any, texter: Texter) -> None:
    texter.text("graffiti")
    assert "STOP" not in texter.text("14 LS21 1AA")
    texter.text("Stop.")
    assert Conversation.objects.get().ended == "stopped"
    sent = Message.objects.filter(to=MOBILE, state="queued").count()
    clock.advance(days=400)
    texter.text("graffiti")
    assert Conversation.objects.count() == 1
    jobs.drain()
    assert Message.objects.filter(to=MOBILE, state="sent").count() <= sent
    assert Stopped.objects.filter(value=MOBILE).exists()
    texter.text("start")
    assert "Where is the graffiti" in texter.text("graffiti")


def test_a_stop_that_comes_after_the_start_it_was_sent_before_stops_nothing(clock: Any, texter: Texter) -> None:
    texter.text("stop")
    before = clock.now()
    clock.advance(minutes=5)
    texter.text("start")
    texter.text("STOP", sent_at=before + timedelta(seconds=1))
    assert not Stopped.objects.filter(value=MOBILE).exists()


def test_help_in_the_middle_says_the_question_again(clock: Any, texter: Texter) -> None:
    texter.text("graffiti")
    assert "LINK to go on online" in texter.text("help")
    assert "Where is the graffiti" in texter.last()


def test_silence_sends_the_way_on_and_the_web_asks_nothing_twice(clock: Any, texter: Texter) -> None:
    texter.text("graffiti")
    texter.text("14 LS21 1AA")
    texter.text("1")
    clock.advance(minutes=121)
    rest_conversations()
    assert Conversation.objects.get().ended == "silent"
    row = Dialogue.objects.get()
    assert link_of(row.id) in texter.last()
    actions.carry_on(row.id, token_of(row.id), channel="web", at=clock.now())
    page = dialogue_page(row.id, token_of(row.id), at=clock.now())
    assert page is not None
    assert page.question.id == "offensive"


def test_looked_at_on_the_web_and_gone_on_with_by_text(clock: Any, texter: Texter) -> None:
    texter.text("graffiti")
    texter.text("14 LS21 1AA")
    texter.text("1")
    row = Dialogue.objects.get()
    actions.carry_on(row.id, token_of(row.id), channel="web", at=clock.now())
    actions.answer(row.id, token_of(row.id), question="offensive", given="no", by=ANONYMOUS, at=clock.now())
    texter.text("back")
    texter.text("yes")
    row.refresh_from_db()
    assert (row.channel, row.answers["offensive"]) == ("sms", "yes")


def test_what_nobody_understands_waits_for_a_person(clock: Any, texter: Texter) -> None:
    for words in ("Hiya is the library open on Saturday? Alma", "zzz qqq", "🦊🦊"):
        texter.text(words)
    assert Conversation.objects.count() == 0
    assert Contact.objects.filter(state="open").count() == 3


def test_long_and_unicode_words_are_kept_whole(clock: Any, texter: Texter) -> None:
    texter.text("make a complaint")
    while "What happened" not in texter.last() and Conversation.objects.filter(ended_at=None).exists():
        last = texter.last()
        words = "skip" if "reference of your earlier" in last else "Łukasz – naïve café 🦊 " * 3
        texter.text("1" if "1 " in last else words)
    words = "Dłuższa wiadomość – zażółć gęślą jaźń 🦊 " * 20
    texter.text(words)
    assert any(str(value).startswith("Dłuższa") for value in Dialogue.objects.get().answers.values())


def test_an_ambiguous_word_offers_a_choice(clock: Any, texter: Texter) -> None:
    asked = texter.text("bin")
    if "Which of these" not in asked:
        pytest.fail(asked)
    assert "\n1 " in asked
    assert "0 None of these" in asked
    assert "Reference" in texter.text("0")
    assert Contact.objects.get().state == "open"


def on_a_round(clock: Any, council: Any) -> None:
    """It is Monday at ten, and the crew wrote at 9.12am that the bin of number 14 was not out."""
    clock.set("2026-03-02T10:00")
    import_stops([(72000014, "r1", 101)], by=SYSTEM)
    import_collections([("r1", date(2026, 3, 2), "general")], by=SYSTEM)
    seen = datetime(2026, 3, 2, 9, 12, tzinfo=UTC)
    report = CabReport(uuid4(), "r1", date(2026, 3, 2), "general", "not_out", seen, None, 72000014)
    take_cab_events([report], bins=frozenset(council.of(BINS)), by=SYSTEM, at=clock.now())


def test_a_missed_bin_is_answered_from_the_cabs_record_and_can_be_disputed(
    clock: Any, council: Any, texter: Texter
) -> None:
    on_a_round(clock, council)
    texter.text("Report a missed bin")
    texter.text("14 LS21 1AA")
    texter.text("yes")
    asked = texter.text("General rubbish")
    assert "At 9.12am: the crew recorded that the bin was not out when they came." in asked
    assert "Is that right?" in asked
    said = texter.text("yes")
    assert "Put it out by 7am on your next collection day." in said
    assert "SEND" not in said, "there is nothing to check"
    assert Conversation.objects.get().ended == "sent"
    assert Case.objects.count() == 0
    for words in ("Report a missed bin", "14 LS21 1AA", "yes", "General rubbish"):
        texter.text(words)
    assert "When did you put it out?" in texter.text("no")
    for words in ("The night before", "Only my bin", "no", "no", "yes"):
        texter.text(words)
    assert "SEND" in texter.text("yes")
    texter.text("send")
    case = Case.objects.get()
    assert (case.team, case.answers["record_right"]) == ("round-supervisors", "no")


def test_a_call_about_a_missed_bin_ends_with_what_to_do(clock: Any, council: Any) -> None:
    on_a_round(clock, council)
    caller = Caller(clock)
    caller.press("2", "1")
    caller.press(f"{keys_of('LS21 1AA')}#", "14#", "1")
    assert "not out when they came" in caller.hear("general rubbish")
    said = caller.press("1")
    assert "Put it out by 7am on your next collection day." in said
    assert "send it, press 1" not in said
