"""The dialogue asked in a conversation: the next question, an answer taken, the request sent or its rest sent on by link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moothall.core.actors import ANONYMOUS, Actor, customer_actor
from moothall.core.lists import say_all
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.rules.writing import can_take_texts
from moothall.intake.actions.dialogues import (
    KEPT_FOR,
    answer,
    asked_now,
    carry_on,
    save_for_later,
    service_of,
    start_dialogue,
)
from moothall.intake.actions.holding import FIELDS, link_goes_to
from moothall.intake.actions.raising import Raised
from moothall.intake.actions.submitting import NotFinished, submit
from moothall.intake.actions.talking.languages import hers
from moothall.intake.actions.waiting import wait_for_slot
from moothall.intake.dialogue import AnswerError, lines_of
from moothall.intake.dialogue.figures import say_date
from moothall.intake.dialogue.flow import is_required
from moothall.intake.lookups import answers_now, as_given, found_in, is_settled
from moothall.intake.models import Conversation, Dialogue
from moothall.intake.pack import sentence
from moothall.intake.queries.looking import Looking
from moothall.intake.queries.slots import filter_from
from moothall.intake.talking.asking import ask
from moothall.intake.talking.hearing import hear
from moothall.intake.talking.reach import left_over, next_question, sends_here, takes, words_of
from moothall.intake.talking.shapes import SKIP_WORDS, Line, More, Prompt, Waits
from moothall.intake.talking.short import short
from moothall.intake.talking.tongue import meant
from moothall.intake.tokens import link_of, token_of
from moothall.notifications.deciding import led_in
from moothall.promises.rules import say_moment
from moothall.services.pack import Question, Service
from moothall.services.stops import stop_in


@dataclass(frozen=True, slots=True)
class Asked:
    """What comes next in a dialogue: a prompt with what was found out on the way, or nothing more to ask here.

    ``settled``: what was found answers the request, so there is nothing to check before it is noted.
    """

    prompt: Prompt | None = None
    found: tuple[str, ...] = ()
    stop: str = ""
    settled: bool = False


def whom(conversation: Conversation) -> Actor:
    """Return who acts: the customer whose number a text came from, else somebody nobody knows."""
    hers = conversation.channel == "sms" and conversation.customer_id
    return customer_actor(conversation.customer_id) if hers else ANONYMOUS


def begin(conversation: Conversation, service: str, *, at: datetime) -> None:
    """Begin a request in this conversation. Raises NotOnThisChannel, KeyError."""
    dialogue_id, _ = start_dialogue(
        service, channel=conversation.channel, by=whom(conversation), at=at, contact_id=conversation.contact_id
    )
    conversation.dialogue_id, conversation.held = dialogue_id, {}


def row_of(conversation: Conversation) -> Dialogue:
    """Return the request of a conversation."""
    if conversation.dialogue_id is None:
        raise LookupError("Nothing is asked for in this conversation yet.")
    return Dialogue.objects.get(id=conversation.dialogue_id)


def next_asked(conversation: Conversation, *, at: datetime) -> Asked:
    """Return how the next question is put, and keep with the conversation what its answer will be read by."""
    row = row_of(conversation)
    service, today = service_of(row), council_date(at)
    if conversation.held.get("waits"):
        return Asked(stop=sentence(current_pack(), "waits"))
    stop = stop_in(service, row.answers)
    if stop is not None:
        return Asked(stop=stop.says)
    answers = answers_now(service, row.answers, channel=conversation.channel, at=at)
    question = next_question(service, answers, today, conversation.channel, speech=conversation.speech)
    found = _found(service, answers, question)
    if question is None:
        return Asked(found=found, settled=is_settled(service, answers, at=at))
    if conversation.held.get("question") != question.id:
        conversation.held = {"question": question.id, "of": {}}
    return Asked(_prompt(conversation, service, row.answers, question, at), found)


def take(conversation: Conversation, words: str, *, at: datetime) -> None:
    """Take what was said in answer to the question that was put, or a piece of it.

    Raises:
        AnswerError: it cannot be kept; its message is short.
    """
    row = row_of(conversation)
    service = service_of(row)
    asked = {q.id: q for q in asked_now(row, at)}
    question = asked.get(str(conversation.held.get("question", "")))
    if question is None:
        return
    prompt = _prompt(conversation, service, row.answers, question, at)
    if (book := hers(conversation.language)) is not None:
        words = meant(book, prompt, words)
    if prompt.optional and not prompt.part and words.strip().lower().strip(" .!") in SKIP_WORDS | {""}:
        _keep(conversation, question, None, at)
        return
    try:
        heard = hear(question, _line(conversation, service, row.answers, at), prompt, words)
        if isinstance(heard, Waits):
            _wait(conversation, question, heard.wanted, at)
            return
        if isinstance(heard, More):
            conversation.held = {"question": question.id, "of": dict(heard.held)}
            return
        _keep(conversation, question, heard.value, at)
    except AnswerError as wrong:
        if conversation.held["of"].get("part") in {"house", "phone"}:
            raise AnswerError(short(wrong.message)) from wrong
        conversation.held = {
            "question": question.id,
            "of": {k: v for k, v in conversation.held["of"].items() if k != "page"},
        }
        raise AnswerError(short(wrong.message)) from wrong


def _wait(conversation: Conversation, question: Question, wanted: Mapping[str, str], at: datetime) -> None:
    """Put her on the waiting list, to be told on the number she talks from; then there is nothing more to ask.

    Raises:
        AnswerError: no text can go there, or too many have.
    """
    row = row_of(conversation)
    wait_for_slot(
        row.id, key_of(row), question=question.id, wanted=filter_from(wanted), to=conversation.caller,
        by=whom(conversation), at=at,
    )  # fmt: skip
    conversation.held = {"waits": True}


def asks_words(conversation: Conversation, said: str) -> bool:
    """Say whether what is asked now could be answered by these words as they stand, whatever else they mean."""
    question = service_of(row_of(conversation)).by_question.get(str(conversation.held.get("question", "")))
    if question is None:
        return False
    named = any(said.casefold() in option.label.casefold() for option in question.options)
    return named or question.type in {"text", "long_text", "person", "items"}


def back(conversation: Conversation, *, at: datetime) -> None:
    """Forget the last answer, so that its question is put again."""
    row = row_of(conversation)
    answered = [
        q.id
        for q in asked_now(row, at)
        if q.id in row.answers and takes(q, conversation.channel, speech=conversation.speech)
    ]
    if answered:
        row.answers = {key: value for key, value in row.answers.items() if key != answered[-1]}
        row.version, row.changed_at = row.version + 1, at
        row.save(update_fields=["answers", "version", "changed_at"])
    conversation.held = {}


def answers_said(conversation: Conversation, *, at: datetime) -> list[str]:
    """Return the answers so far in words, to be heard or read before sending."""
    row = row_of(conversation)
    service = service_of(row)
    answers = answers_now(service, row.answers, channel=conversation.channel, at=at)
    return [
        f"{line.label.rstrip('?:. ')}: {' '.join(line.words.split())}."
        for line in lines_of(service, answers, council_date(at), conversation.channel)
        if line.answered and line.question in row.answers
    ]


def rest_of(conversation: Conversation, *, at: datetime) -> str:
    """Return what must follow elsewhere, in words; empty: nothing, it can be sent from here."""
    row = row_of(conversation)
    service = service_of(row)
    answers = answers_now(service, row.answers, channel=conversation.channel, at=at)
    left = left_over(service, answers, council_date(at), conversation.channel)
    shows = [] if sends_here(service, conversation.channel) else ["showing who you are"]
    return say_all([*words_of(left), *shows])


def send(conversation: Conversation, *, at: datetime) -> Raised | None:
    """Send the request. None: it was sent before. Raises NotFinished with the question to ask again."""
    row = row_of(conversation)
    _leave_out(row, conversation, at)
    try:
        return submit(row.id, key_of(row), by=whom(conversation), at=at, language=_on_record(conversation))
    except NotFinished as left:
        kept = {key: value for key, value in row.answers.items() if key != left.question}
        Dialogue.objects.filter(id=row.id).update(answers=kept)
        conversation.held = {}
        raise


def _on_record(conversation: Conversation) -> str:
    """The language of a conversation for her record and her pages; empty for ours."""
    return conversation.language if hers(conversation.language) is not None else ""


def _leave_out(row: Dialogue, conversation: Conversation, at: datetime) -> None:
    """What may be left out and cannot be said on this line (a photo) is left out, so that the rest can be sent."""
    answers = dict(row.answers)
    for question in asked_now(row, at):
        if question.id not in answers and not question.required:
            answers[question.id] = None
    if answers != row.answers:
        Dialogue.objects.filter(id=row.id).update(answers=answers)


def refusal_said(raised: Raised | None) -> str:
    """Return why a request was answered by rule, and what to do instead; empty where it was sent before."""
    return " ".join((raised.because, *raised.course.say)) if raised else ""


def promise_said(raised: Raised, *, at: datetime) -> str:
    """Return what was promised of a request just sent, as one sentence; empty where nothing was."""
    for kind, words in (("complete", "We’ll do this by"), ("referral", "They answer by"), ("reply", "We’ll reply by")):
        due = next((one.due_at for one in raised.promises if one.kind == kind and one.due_at), None)
        if due is not None:
            return f"{words} {say_moment(due, council_date(at))}."
    return ""


def send_link(conversation: Conversation, to: str, *, at: datetime) -> str:
    """Text the way back to the request; return until when it is kept, in words. AnswerError: no text can go there."""
    row = row_of(conversation)
    if not can_take_texts(to):
        raise AnswerError("We cannot send a text message there. Give a mobile number.")
    until = save_for_later(row.id, key_of(row), to=to, by=whom(conversation), at=at, language=_on_record(conversation))
    return say_date(council_date(until))


def keep_for(conversation: Conversation, to: str, *, at: datetime) -> str:
    """Keep the request for its 28 days from now, note where the way back to it goes, and return that link."""
    row = row_of(conversation)
    link_goes_to(row, to)
    row.expires_at, row.changed_at = at + KEPT_FOR, at
    row.save(update_fields=["expires_at", "changed_at", *FIELDS])
    link = link_of(row.id, row.link_number)
    return str(led_in(current_pack(), _on_record(conversation), {"link": link})["link"])


def key_of(row: Dialogue) -> str:
    """Return the key by which a call or texts go on with what they began, wherever it was gone on with in between."""
    return token_of(row.id, row.held_number)


def moves_here(conversation: Conversation, *, at: datetime) -> None:
    """Bring the request back to this line, where it was looked at elsewhere in between."""
    if conversation.dialogue_id:
        carry_on(
            conversation.dialogue_id, key_of(row_of(conversation)), channel=conversation.channel, at=at,
            contact_id=conversation.contact_id,
        )  # fmt: skip


def _keep(conversation: Conversation, question: Question, value: Any, at: datetime) -> None:
    row = row_of(conversation)
    answer(row.id, key_of(row), question=question.id, given=value, by=whom(conversation), at=at)
    conversation.held = {}


def _line(conversation: Conversation, service: Service, answers: Mapping[str, Any], at: datetime) -> Line:
    return Line(
        conversation.channel, council_date(at), Looking(service, answers, at), caller=conversation.caller,
        speech=conversation.speech, held=dict(conversation.held.get("of", {})),
    )  # fmt: skip


def _prompt(
    conversation: Conversation, service: Service, answers: Mapping[str, Any], question: Question, at: datetime
) -> Prompt:
    line = _line(conversation, service, answers, at)
    return ask(question, line, required=is_required(question, service, conversation.channel))


def _found(service: Service, answers: Mapping[str, Any], coming: Question | None) -> tuple[str, ...]:
    """What was looked up since the last question: said once, just before the next."""
    found = found_in(service, answers)
    if not found:
        return ()
    places = {question.id: number for number, question in enumerate(service.questions)}
    upto = places[coming.id] if coming else len(places)
    asked = [places[key] for key in as_given(service, answers) if key in places and places[key] < upto]
    since = max(asked, default=-1)
    return tuple(str(one["says"]) for key, one in found.items() if since < places[key] < upto)
