"""Requests under way on the real database: kept, continued, sent once, forgotten on the day we said."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from moothall.cases.models import Case
from moothall.contacts.models import Contact, Matter
from moothall.core.actors import ANONYMOUS
from moothall.intake import actions
from moothall.intake.actions import AlreadySent, AnsweredElsewhere, Expired, NoSuchDialogue, NotFinished
from moothall.intake.dialogue import AnswerError
from moothall.intake.jobs import forget_unfinished
from moothall.intake.models import Dialogue, DialogueState
from moothall.intake.queries import check_answers, confirmation, dialogue_page
from moothall.notifications.models import Message
from moothall.promises.models import Promise

from .test_raising import MISSED_BIN


def begin(clock: Any, answers: dict[str, Any] | None = None) -> Any:
    return actions.start_dialogue(
        "missed-bin", channel="web", by=ANONYMOUS, at=clock.now(), answers=MISSED_BIN if answers is None else answers
    )


@pytest.mark.django_db
def test_each_answer_is_kept_and_the_next_question_asked(council: Any, clock: Any) -> None:
    dialogue, token = begin(clock, {})
    given = dict(MISSED_BIN) | {"tag": "yes", "tag_reason": ""}
    order = []
    page = dialogue_page(dialogue, token, at=clock.now())
    while page is not None:
        order.append(page.question.id)
        actions.answer(
            dialogue, token, question=page.question.id, given=given[page.question.id], by=ANONYMOUS, at=clock.now()
        )
        page = dialogue_page(dialogue, token, at=clock.now())
    assert order == ["address", "bin", "out_time", "extent", "tag", "tag_reason", "assisted", "still_out", "contact"]
    assert check_answers(dialogue, token, at=clock.now()).missing is None


@pytest.mark.django_db
def test_only_the_tokens_digest_is_kept(council: Any, clock: Any) -> None:
    dialogue, token = begin(clock)
    assert token not in str(Dialogue.objects.filter(id=dialogue).values().get())
    for wrong in ("", "0" * 64, token[:-1], token.upper()):
        with pytest.raises(NoSuchDialogue):
            dialogue_page(dialogue, wrong, at=clock.now())
        with pytest.raises(NoSuchDialogue):
            actions.submit(dialogue, wrong, by=ANONYMOUS, at=clock.now())


@pytest.mark.django_db
def test_a_request_not_finished_is_not_sent_and_says_what_is_missing(council: Any, clock: Any) -> None:
    dialogue, token = begin(clock, {"bin": "food"})
    with pytest.raises(NotFinished) as left:
        actions.submit(dialogue, token, by=ANONYMOUS, at=clock.now())
    assert left.value.question == "address"
    assert Contact.objects.count() == 0
    with pytest.raises(AnswerError):
        actions.answer(dialogue, token, question="bin", given="green", by=ANONYMOUS, at=clock.now())
    with pytest.raises(KeyError):
        actions.answer(dialogue, token, question="tag_reason", given="heavy", by=ANONYMOUS, at=clock.now())


@pytest.mark.django_db
def test_sent_is_sent(council: Any, clock: Any) -> None:
    dialogue, token = begin(clock)
    assert confirmation(dialogue, token, at=clock.now()) is None
    raised = actions.submit(dialogue, token, by=ANONYMOUS, at=clock.now())
    assert raised is not None
    assert actions.submit(dialogue, token, by=ANONYMOUS, at=clock.now()) is None
    with pytest.raises(AlreadySent):
        actions.answer(dialogue, token, question="bin", given="food", by=ANONYMOUS, at=clock.now())
    clock.advance(days=400)  # what was sent can be looked at as long as the case is there
    shown = confirmation(dialogue, token, at=clock.now())
    assert shown is not None
    assert shown.case is not None
    assert shown.case.case.reference == raised.reference


@pytest.mark.django_db
def test_two_windows(council: Any, clock: Any) -> None:
    dialogue, token = begin(clock)
    page = dialogue_page(dialogue, token, question="bin", at=clock.now())
    assert page is not None
    actions.answer(dialogue, token, question="bin", given="food", seen=page.seen, by=ANONYMOUS, at=clock.now())
    actions.answer(dialogue, token, question="bin", given="food", seen=page.seen, by=ANONYMOUS, at=clock.now())
    with pytest.raises(AnsweredElsewhere) as other:
        actions.answer(dialogue, token, question="bin", given="sack", seen=page.seen, by=ANONYMOUS, at=clock.now())
    assert other.value.current == "food"


@pytest.mark.django_db
def test_after_28_days_nothing_is_left_of_it(council: Any, clock: Any) -> None:
    dialogue, token = begin(clock)
    sent, sent_token = begin(clock)
    actions.submit(sent, sent_token, by=ANONYMOUS, at=clock.now())
    clock.advance(days=27)
    saved, _ = begin(clock)
    clock.advance(days=1)
    with pytest.raises(Expired, match="28 days"):
        check_answers(dialogue, token, at=clock.now())
    forget_unfinished()
    rows = {row.id: row for row in Dialogue.objects.all()}
    assert (rows[dialogue].state, rows[dialogue].answers) == (DialogueState.EXPIRED, {})
    assert rows[saved].answers
    assert rows[sent].state == DialogueState.SENT


@pytest.mark.django_db(transaction=True)
def test_the_button_pressed_in_eight_places_at_once_is_one_case(council: Any, clock: Any) -> None:
    dialogue, token = begin(clock)
    start, came = threading.Barrier(8), []

    def press() -> None:
        start.wait()
        try:
            came.append(actions.submit(dialogue, token, by=ANONYMOUS, at=clock.now()))
        finally:
            connection.close()

    pressing = [threading.Thread(target=press) for _ in range(8)]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    assert len(came) == 8
    assert sum(one is not None for one in came) == 1
    assert Case.objects.count() == Contact.objects.count() == Matter.objects.count() == 1
    assert Promise.objects.count() == 2


@pytest.mark.django_db
def test_what_fails_half_way_leaves_nothing_half_done(
    council: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialogue, token = begin(clock)

    def breaks(*args: Any, **more: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("moothall.intake.actions.submitting._close", breaks)
        with pytest.raises(OSError, match="full"):
            actions.submit(dialogue, token, by=ANONYMOUS, at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM core_event WHERE name IN ('case.opened', 'contact.received', 'promise.made')"
        )
        assert cursor.fetchone()[0] == 0
    assert (Case.objects.count(), Contact.objects.count(), Promise.objects.count(), Message.objects.count()) == (
        0,
        0,
        0,
        0,
    )
    assert actions.submit(dialogue, token, by=ANONYMOUS, at=clock.now()) is not None
