"""A request under way: begun, answered, kept for later, forgotten."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.core.actors import ANONYMOUS, Actor
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.core.limits import TooManyAttempts
from moothall.core.packs import Pack, current_pack, pack_at
from moothall.core.references import show_reference
from moothall.core.zone import council_date
from moothall.documents import actions as documents
from moothall.intake.actions.holding import FIELDS, held_by, link_goes_to, take_over
from moothall.intake.actions.raising import check_channel
from moothall.intake.dialogue import AnswerError, asked_questions, prune, question_after, read_answer
from moothall.intake.dialogue.figures import say_date
from moothall.intake.dialogue.flow import is_required
from moothall.intake.dialogue.people import email_address, phone_number
from moothall.intake.dialogue.reading import LATER, MOST_FILES
from moothall.intake.lookups import answers_now, as_given
from moothall.intake.models import Dialogue, DialogueState
from moothall.intake.slots import check_card, drop_void_slots, hold_slot
from moothall.intake.tokens import code_of, digest_of, link_of, token_of
from moothall.notifications.actions import queue_message
from moothall.notifications.recipients import recipient
from moothall.notifications.unproved import CannotWrite, count_unproved
from moothall.places.finding import spot, spot_in, surroundings
from moothall.places.geometry import on_earth
from moothall.places.queries import address
from moothall.services.pack import SERVICES, Question, Service

KEPT_FOR = timedelta(days=28)
LINKS_AN_HOUR = 5


class NoSuchDialogue(LookupError):
    """There is no such request under way, or the token is another's: the two look the same from outside."""


class AlreadySent(Exception):
    """The request was sent; what was sent can be seen, not changed."""


class Expired(Exception):
    """Too long ago: what was typed is gone, as we said it would be."""

    def __init__(self, service: str) -> None:
        self.service = service
        super().__init__("We kept this for 28 days and then removed it. Start again when you are ready.")


class AnsweredElsewhere(ValueError):
    """The answer was changed in another window since this page was drawn. Both are here; nothing is lost."""

    def __init__(self, current: Any) -> None:
        self.current = current
        super().__init__("You answered this in another window. Look at both answers and save the one you want.")


@dataclass(frozen=True, slots=True)
class Answered:
    """What comes after an answer: the next question's id, or None when all is answered."""

    next_question: str | None
    version: int


def pack_of(row: Dialogue) -> Pack:
    """Return the pack a dialogue was begun under."""
    return pack_at(row.pack_version_id) if row.pack_version_id else current_pack()


def service_of(row: Dialogue) -> Service:
    """Return the service as it stood when the dialogue was begun."""
    return pack_of(row).of(SERVICES)[row.service]


def start_dialogue(
    service: str, *, channel: str, by: Actor, at: datetime, answers: Mapping[str, Any] | None = None,
    contact_id: UUID | None = None, customer_id: UUID | None = None, representation_id: UUID | None = None,
) -> tuple[UUID, str]:  # fmt: skip
    """Begin a request for a service; return the dialogue's id and its token (of which only a digest is kept).

    With ``representation_id`` somebody asks for the customer (``intake.asking_for.start_for`` holds her to her scope).

    Raises:
        KeyError: the pack has no such service, or none for the public.
        NotOnThisChannel: it is asked for otherwise; nothing was begun.
    """
    pack = current_pack()
    wanted = pack.of(SERVICES)[service]
    if wanted.visibility != "public" and by.kind.value in {"anonymous", "customer"}:
        raise KeyError(service)
    check_channel(wanted, channel)
    dialogue_id = new_id()
    token = token_of(dialogue_id)
    Dialogue(
        id=dialogue_id, token_digest=digest_of(token), code=code_of(dialogue_id),
        service=service, pack_version_id=pack.version_id, channel=channel,
        answers=dict(answers or {}), customer_id=customer_id or (by.id if by.kind.value == "customer" else None),
        contact_id=contact_id, representation_id=representation_id,
        staff_id=by.id if by.kind.value == "staff" else None, started_at=at, changed_at=at, expires_at=at + KEPT_FOR,
    ).save(force_insert=True)  # fmt: skip
    return dialogue_id, token


def take(dialogue_id: UUID, token: str, *, at: datetime, looks: bool = False) -> Dialogue:
    """Lock a dialogue for change. Whoever changes it by the newest link holds it from then on, unless she only ``looks``.

    Raises:
        NoSuchDialogue, AlreadySent, Expired.
    """
    row = Dialogue.objects.select_for_update().filter(id=dialogue_id).first()
    number = held_by(row, token) if row is not None else None
    if row is None or number is None:
        raise NoSuchDialogue
    if row.state == DialogueState.EXPIRED or (row.state == DialogueState.OPEN and row.expires_at <= at):
        raise Expired(row.service)
    if row.state == DialogueState.SENT:
        raise AlreadySent
    if not looks:
        take_over(row, number, at=at)
    return row


def asked_now(row: Dialogue, at: datetime) -> list[Question]:
    """Return the questions that a request under way raises, by its answers and what can be found about them now."""
    service = service_of(row)
    answers = answers_now(service, row.answers, channel=row.channel, at=at)
    return asked_questions(service, answers, council_date(at), row.channel)


def mark_of(value: Any) -> str:
    """Return a short mark of an answer, to tell whether it is still the one a page was drawn with."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]


def answer(
    dialogue_id: UUID, token: str, *, question: str, given: Any, by: Actor, at: datetime, seen: str | None = None
) -> Answered:
    """Keep the answer to one question, forget answers it makes needless, and say what is asked next.

    ``seen`` is the mark of the answer the page showed. The same answer again is fine.

    Raises:
        AnswerError: it cannot be kept; the message says what to do.
        AnsweredElsewhere: it changed since the page was drawn.
        NoSuchDialogue, AlreadySent, Expired; KeyError for a question that is not asked.
    """
    with transaction.atomic():
        row = take(dialogue_id, token, at=at)
        service, today = service_of(row), council_date(at)
        asked = {q.id: q for q in asked_now(row, at)}
        if question not in asked:
            raise KeyError(question)
        one = asked[question]
        if one.type in {"photo", "file"}:
            given = given or row.answers.get(question)
        value = read_answer(
            one,
            known_address(one, given),
            today=today,
            channel=row.channel,
            required=is_required(one, service, row.channel),
        )
        current = row.answers.get(question)
        if seen is not None and seen != mark_of(current) and current != value and question in row.answers:
            raise AnsweredElsewhere(current)
        if one.type == "slot":
            value = hold_slot(
                service,
                one,
                value,
                row.answers,
                for_kind="dialogue",
                for_id=row.id,
                customer_id=row.customer_id,
                by=by,
                at=at,
            )
        check_card(service, question, value, row.answers, on=today)
        held = prune(
            service,
            answers_now(service, row.answers | {question: value}, channel=row.channel, at=at),
            today,
            row.channel,
        )
        held = drop_void_slots(service, row.answers, held, changed=question, for_id=row.id, by=by, at=at)
        following = question_after(service, held, question, today, row.channel)
        row.answers = as_given(service, held)
        row.at_question = following.id if following else ""
        _save(row, at)
        return Answered(row.at_question or None, row.version)


def known_address(question: Question, given: Any) -> Any:
    """Fill in an address that was chosen by its UPRN from the list. One query, only then."""
    if question.type == "place" and isinstance(given, Mapping):
        return _known_place(given)
    if question.type != "address" or not isinstance(given, Mapping) or not given.get("uprn"):
        return given
    text = str(given["uprn"])
    found = address(int(text)) if text.isascii() and text.isdigit() and len(text) <= 12 else None
    if found is None:
        raise AnswerError("Choose the address again, or enter it yourself.", "uprn")
    return {"uprn": found.uprn, "text": found.text, "postcode": found.postcode}


def _placed(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """A place that was only described gets the position of the one landmark, street or home that its words name."""
    said = [str(given[key]) for key in ("describe", "search", "street", "text") if given.get(key)]
    meant = spot_in(" ".join(said)) if said else None
    if meant is None or meant.latitude is None:
        return given
    return {**given, "usrn": given.get("usrn") or meant.usrn, "latitude": meant.latitude, "longitude": meant.longitude}


def _known_place(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fill in a place that was chosen from a list (``pick``), or name a point by what it is near."""
    held = {key: given.get(key) for key in ("describe", "search", "street", "text") if given.get(key)}
    if given.get("pick"):
        chosen = spot(str(given["pick"]))
        if chosen is None:
            raise AnswerError("Choose the place again, or describe it in words.", "describe")
        held |= {"search": chosen.text, "postcode": chosen.postcode, "usrn": chosen.usrn, "uprn": chosen.uprn}
        return held | {"latitude": chosen.latitude, "longitude": chosen.longitude}
    latitude, longitude = given.get("latitude"), given.get("longitude")
    try:
        point = (float(str(latitude)), float(str(longitude))) if latitude and longitude else None
    except ValueError:
        point = None
    if point is None and not (latitude or longitude):
        return _placed(given)
    if point is None or not on_earth(*point):
        return given
    here = surroundings(*point)
    if not held:
        held["search"] = here.text
    return {**given, **held, "usrn": given.get("usrn") or here.usrn, "latitude": point[0], "longitude": point[1]}


def add_file(
    dialogue_id: UUID, token: str, *, question: str, name: str, content: bytes, by: Actor, at: datetime
) -> None:
    """Keep a file in answer to a question; the same file twice is one.

    Raises:
        FileRefused: not a kind we take, too large, too many. AnswerError, NoSuchDialogue, AlreadySent, Expired, KeyError.
    """
    with transaction.atomic():
        row = take(dialogue_id, token, at=at)
        one = {q.id: q for q in asked_now(row, at)}[question]
        kept = documents.keep_upload(
            name=name, content=content, photo=one.type == "photo", dialogue_id=row.id, question=question,
            most=one.max_files or MOST_FILES, by=by, at=at,
        )  # fmt: skip
        marks = [mark for mark in row.answers.get(question) or [] if mark.get("value") != LATER]
        if str(kept.id) not in {mark.get("id") for mark in marks}:
            marks.append({"id": str(kept.id), "name": kept.name, "size": str(kept.size)})
        row.answers[question] = marks
        _save(row, at)


def remove_file(dialogue_id: UUID, token: str, *, question: str, document_id: UUID, by: Actor, at: datetime) -> None:
    """Take a file out of an answer. Gone already is fine."""
    with transaction.atomic():
        row = take(dialogue_id, token, at=at)
        marks = [mark for mark in row.answers.get(question) or [] if mark.get("id") != str(document_id)]
        if question in row.answers:
            row.answers[question] = marks
            if not marks:
                del row.answers[question]
            documents.take_away(document_id, dialogue_id=row.id, by=by, at=at)
            _save(row, at)


def save_for_later(
    dialogue_id: UUID, token: str, *, to: str, by: Actor, at: datetime, sender: str = "", language: str = "",
    shared: bool = False,
) -> datetime:  # fmt: skip
    """Keep the request for 28 days from now and send the way back to it; return until when.

    ``to`` is an e-mail address or a mobile number; ``sender`` the network address that asks, where it is known;
    ``language`` the one its pages open in. ``shared``: an officer sends it. The link is another one for each address, and
    never the key of the browser that asks.

    Raises:
        AnswerError: ``to`` is neither, or has had several. NoSuchDialogue, AlreadySent, Expired.
    """
    label = "Email address or mobile number"
    where = email_address(to, label, "to") if "@" in to else phone_number(to, label, "to")
    if not where:
        raise AnswerError("Enter an email address or a mobile number to send the link to.", "to")
    where = where.lower()
    try:
        count_unproved(where, kind="dialogue", most=LINKS_AN_HOUR, sender=sender, at=at)
    except CannotWrite as no:
        raise AnswerError(str(no), "to") from no
    except TooManyAttempts as wait:
        raise AnswerError("We have sent several links there already. Look for them, or wait an hour.", "to") from wait
    with transaction.atomic():
        row = take(dialogue_id, token, at=at)
        row.expires_at = at + KEPT_FOR
        link_goes_to(row, where, shared=shared)
        _save(row, at)
        link = link_of(row.id, row.link_number) + (f"?lang={language}" if language else "")
        values = {
            "service": service_of(row).name, "link": link, "until": say_date(council_date(row.expires_at)),
            "code": show_reference(row.code) if row.code else "",
        }  # fmt: skip
        by_email = "@" in where
        queue_message(
            key=f"dialogue-saved:{row.id}:{row.version}", template="dialogue-saved", channel="email" if by_email else "sms",
            to=recipient(None, email=where if by_email else "", phone="" if by_email else where), values=values, at=at, by=by,
        )  # fmt: skip
        record(
            [
                Happening(
                    name="dialogue.saved", subject_kind="dialogue", subject_id=row.id, occurred_at=at, service=row.service,
                    channel=row.channel, customer_id=row.customer_id, data={"version": row.version},
                )
            ],
            by=by,
        )  # fmt: skip
    return row.expires_at


def carry_on(dialogue_id: UUID, token: str, *, channel: str, at: datetime, contact_id: UUID | None = None) -> bool:
    """Go on with a request on another channel: its answers stay, what the first one left out is asked. Says if it moved.

    On a channel that does not take the service it stays where it was. Sent or expired already is fine: nothing moves.
    """
    with transaction.atomic():
        try:
            row = take(dialogue_id, token, at=at, looks=True)
        except (AlreadySent, Expired):
            return False
        if row.channel == channel or service_of(row).channel(channel).level == "no":
            return False
        before, row.channel, row.contact_id = row.channel, channel, contact_id
        row.save(update_fields=["channel", "contact_id"])
        _save(row, at)
        record([carried(row, before, channel, contact_id=contact_id, at=at)], by=ANONYMOUS)
        return True


def carried(row: Dialogue, before: str, channel: str, *, contact_id: UUID | None, at: datetime) -> Happening:
    """Return what is recorded when a request goes on on another channel."""
    return Happening(
        name="dialogue.carried", subject_kind="dialogue", subject_id=row.id, occurred_at=at, service=row.service,
        channel=channel, contact_id=contact_id, customer_id=row.customer_id, data={"from": before},
    )  # fmt: skip


def adopt(dialogue_id: UUID, token: str, *, customer_id: UUID, at: datetime) -> None:
    """Make a request under way the one of somebody whose record we know: she signed in while asking. Its own stays.

    Raises:
        NoSuchDialogue, AlreadySent, Expired.
    """
    with transaction.atomic():
        row = take(dialogue_id, token, at=at)
        if row.customer_id is None:
            row.customer_id = customer_id
            row.save(update_fields=["customer_id"])


def expire_dialogues(*, at: datetime, limit: int = 1000) -> int:
    """Empty requests that were never sent and have passed their date. Returns how many."""
    old = list(
        Dialogue.objects.filter(state=DialogueState.OPEN, expires_at__lte=at).values_list("id", flat=True)[:limit]
    )
    return Dialogue.objects.filter(id__in=old, state=DialogueState.OPEN).update(
        state=DialogueState.EXPIRED, answers={}, changed_at=at
    )


def _save(row: Dialogue, at: datetime) -> None:
    row.version += 1
    row.changed_at = at
    row.save(update_fields=["answers", "at_question", "version", "changed_at", "expires_at", *FIELDS])
