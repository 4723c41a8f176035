"""Calls on the real database: asked by keypad, sent once, put on the way elsewhere, cut off in the middle."""

from __future__ import annotations

from typing import Any

import pytest

from moothall.cases.models import Case, CaseContact, Task
from moothall.contacts.models import Contact, Matter, Outcome
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.references import spell_reference
from moothall.customers.actions import create_customer
from moothall.intake import actions
from moothall.intake.actions.talking.calls import begin_call, end_call, hear_call
from moothall.intake.models import Conversation, Dialogue
from moothall.intake.queries import dialogue_page
from moothall.intake.talking.keypad import keys_of
from moothall.intake.talking.turns import Then
from moothall.intake.tokens import link_of, token_of
from moothall.notifications.models import Message
from moothall.promises.models import Promise

from .conftest import MOBILE, Caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


def test_graffiti_by_keypad_from_the_menu_to_the_reference(clock: Any) -> None:
    clock.set("2026-11-23T07:30:00+00:00")
    caller = Caller(clock)
    assert "advisers are not here now" in caller.turn.words
    assert "Where is the graffiti" in caller.press("1", "1")
    assert "house number" in caller.press(f"{keys_of('LS21 1AA')}#")
    assert "Is it 14 Mill Lane, Otley" in caller.press("14#")
    assert "hateful" in caller.press("1")
    caller.press("2")
    assert "Whose property" in caller.hear("bus shelter")
    caller.hear("council")
    assert "How big" in caller.press("*")
    caller.press("#")
    assert "ends in 1 2 3" in caller.turn.words
    assert "send it, press 1" in caller.press("1")
    said = caller.press("2")
    assert "14 Mill Lane" in said
    assert "Bus shelter" in said
    said = caller.press("1")
    case = Case.objects.get()
    assert spell_reference(case.reference) in said
    assert "by " in said.split("Your reference")[0]
    assert (case.channel, case.service, case.uprn) == ("voice", "graffiti", 72000014)
    assert case.answers["surface"] == "bus"
    contact = Contact.objects.get()
    assert (contact.channel, contact.caller) == ("voice", MOBILE)
    assert Promise.objects.filter(subject_id=case.id, kind="complete").exists()
    caller.press("2")
    assert case.reference[:4] in Message.objects.get(purpose="text-asked").body
    caller.press("5")
    assert caller.turn.then is Then.HANG_UP
    contact.refresh_from_db()
    assert contact.state == "closed"
    assert Matter.objects.get(contact=contact).outcome == Outcome.HANDED_ON


def test_what_cannot_be_said_follows_by_link_and_nothing_is_asked_twice(clock: Any) -> None:
    clock.set("2026-11-23T10:00:00+00:00")
    caller = Caller(clock)
    caller.press("2", "4", f"{keys_of('LS21 1AA')}#", "16#")
    said = caller.press("1")
    assert said
    answered: set[str] = set()
    for _ in range(20):
        if caller.turn.then is not Then.LISTEN:
            break
        done = [one.key for one in caller.turn.choices if one.label == "that is all"]
        caller.press(done[0] if done else caller.turn.choices[0].key if caller.turn.choices else "1#")
        answered = set(Dialogue.objects.get().answers)
    assert "text message with a link" in caller.turn.words
    row = Dialogue.objects.get()
    assert row.link_to == MOBILE
    assert link_of(row.id) in Message.objects.get(template="dialogue-saved").body
    assert Matter.objects.get().outcome == Outcome.SIGNPOSTED
    assert actions.carry_on(row.id, token_of(row.id), channel="web", at=clock.now())
    page = dialogue_page(row.id, token_of(row.id), at=clock.now())
    assert page is not None
    assert page.question.id not in answered
    assert {"address"} <= answered


def test_begun_by_voice_finished_on_the_web_is_one_case_with_both_contacts(clock: Any) -> None:
    clock.set("2026-11-23T10:00:00+00:00")
    caller = Caller(clock)
    caller.press("1", "1", f"{keys_of('LS21 1AA')}#", "14#", "1", "2")
    end_call("call-1", how="hung_up", at=clock.now())
    end_call("call-1", how="hung_up", at=clock.now())
    row = Dialogue.objects.get()
    assert Message.objects.filter(template="dialogue-saved").count() == 1
    token = token_of(row.id)
    actions.carry_on(row.id, token, channel="web", at=clock.now())
    page = dialogue_page(row.id, token, at=clock.now())
    while page is not None:
        given = page.question.options[0].value if page.question.options and page.question.required else None
        actions.answer(row.id, token, question=page.question.id, given=given, by=ANONYMOUS, at=clock.now())
        page = dialogue_page(row.id, token, at=clock.now())
    raised = actions.submit(row.id, token, by=ANONYMOUS, at=clock.now())
    assert raised is not None
    links = {link.contact_id for link in CaseContact.objects.filter(case__reference=raised.reference)}
    channels = set(Contact.objects.filter(id__in=links).values_list("channel", flat=True))
    assert channels == {"web", "voice"}


def test_a_turn_sent_again_is_answered_as_before(clock: Any) -> None:
    first = begin_call("call-1", line="test", caller=MOBILE, at=clock.now())
    assert begin_call("call-1", line="test", caller=MOBILE, at=clock.now()) == first
    second = hear_call("call-1", number=1, words="1", at=clock.now())
    assert hear_call("call-1", number=1, words="1", at=clock.now()) == second
    assert hear_call("call-1", number=7, words="1", at=clock.now()) == second
    assert Contact.objects.count() == 1
    assert Conversation.objects.get().turns == 2


def test_nothing_heard_three_times_offers_somebody(clock: Any) -> None:
    clock.set("2026-11-23T10:00:00+00:00")
    caller = Caller(clock)
    assert "did not hear" in caller.press("")
    assert "not one of the choices" in caller.press("9")
    assert "called back" in caller.press("")


def test_a_call_back_is_promised_in_place_of_waiting(clock: Any) -> None:
    clock.set("2026-11-23T10:00:00+00:00")
    waiting = Caller(clock, call_id="before", number="+447700900999")
    assert "press 1" in waiting.press("0")
    caller = Caller(clock)
    caller.press("1", "1", f"{keys_of('LS21 1AA')}#", "14#", "1", "0", "2")
    said = caller.press("1")
    assert "We will call you by" in said
    case = Case.objects.get()
    assert (case.service, case.uprn) == ("graffiti", 72000014)
    task = Task.objects.get(case=case)
    assert task.kind == "call_back"
    assert "07700 900123" in task.title
    assert Promise.objects.filter(subject_id=case.id).exists() or Promise.objects.filter(kind="call_back").exists()


def test_my_request_is_told_only_after_the_postcode(clock: Any) -> None:
    clock.set("2026-11-23T10:00:00+00:00")
    create_customer(
        given_name="Mary", family_name="Jones", address_text="14 Mill Lane, Otley, LS21 1AA",
        contact_points=[("phone", "07700 900123")], by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    caller = Caller(clock)
    said = caller.press("3")
    assert "postcode" in said
    assert "Jones" not in said
    assert "not the postcode" in caller.press("9999999#")
    assert "no request under way" in caller.press(f"{keys_of('LS21 1AA')}#")
    stranger = Caller(clock, call_id="call-2", number="+447700900555")
    assert "do not know the number" in stranger.press("3")


def test_a_service_that_takes_no_calls_says_where_instead(clock: Any, council: Any) -> None:
    from moothall.intake.actions.raising import NotOnThisChannel

    with pytest.raises(NotOnThisChannel, match="by telephone"):
        actions.start_dialogue("safeguarding-child", channel="voice", by=ANONYMOUS, at=clock.now())
