"""A service's questions as one form at the desk: what was typed word for word, what is known, what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from django.http import QueryDict

from moothall.core.packs import current_pack
from moothall.intake.dialogue import AnswerError, asked_questions, offer
from moothall.intake.dialogue.known import Known
from moothall.intake.dialogue.reading import LATER
from moothall.intake.paying import price_now
from moothall.interfaces.desk.slots import Offered, slots_of
from moothall.interfaces.ui.fields import FieldView, OptionView
from moothall.interfaces.ui.questions import field_of, weekly_field
from moothall.interfaces.ui.questions import given_from as given_to
from moothall.interfaces.ui.words import pence
from moothall.payments.queries.prices import methods_of
from moothall.services.letters import POST, reaches_her
from moothall.services.pack import Question, Service

FOUND: Final = frozenset({"lookup"})
BY_POST: Final = OptionView(POST, "Write to them by post")
SENT_LATER: Final = OptionView(LATER, "They’ll send it later. We ask for it in our message.")


@dataclass(frozen=True, slots=True)
class AskedField:
    """A question ready to draw, and whether these answers raise it: what is not asked stays out of sight."""

    view: FieldView
    asked: bool


def posted_from(fields: Mapping[str, list[str]]) -> QueryDict:
    """Return a draft as the form it was."""
    posted = QueryDict(mutable=True)
    for name, texts in fields.items():
        posted.setlist(name, list(texts))
    return posted


def was_touched(question: Question, posted: QueryDict) -> bool:
    """Say whether the form held this question at all: only then does what was typed win over what is known."""
    return question.id in posted or any(name.startswith(f"{question.id}-") for name in posted)


def given_from(service: Service, posted: QueryDict, known: Known) -> dict[str, Any]:
    """Return what was given to each question, as the dialogue reads it; known answers where the form was never touched."""
    given: dict[str, Any] = {}
    for question in service.questions:
        if question.type in FOUND:
            continue
        value = _given(question, posted) if was_touched(question, posted) else offer(question, known)
        if value not in (None, "", [], {}):
            given[question.id] = value
    return given


def _given(question: Question, posted: QueryDict) -> Any:
    if question.type == "address":
        parts = {key: posted.get(f"{question.id}-{key}", "").strip() for key in ("text", "uprn")}
        if parts["text"] != posted.get(f"{question.id}-of", parts["text"]).strip():
            parts["uprn"] = ""  # another address was typed over the one the number belongs to
        return {key: value for key, value in parts.items() if value} if parts["text"] else None
    if question.type == "place":
        return _place(question.id, posted)
    if question.type in {"multi_choice", "photo", "file"}:
        return [text for text in posted.getlist(question.id) if text]
    return given_to(question, posted)


def _place(name: str, posted: QueryDict) -> dict[str, str] | None:
    """Where it is: words, and what was chosen for them or the point that was shown; gone when other words stand there now."""
    keys = ("search", "describe", "latitude", "longitude", "pick", "of", "near")
    held = {key: posted.get(name if key == "pick" else f"{name}-{key}", "").strip() for key in keys}
    if held["of"] not in {"", held["search"]}:
        held["pick"] = ""
    if held["near"] not in {"", held["search"]} or held["pick"]:
        held["latitude"] = held["longitude"] = ""
    return {key: held[key] for key in keys[:5] if held[key]} or None


def form_of(
    service: Service, channel: str, posted: QueryDict, *, answers: Mapping[str, Any], known: Known, today: date,
    wrong: Mapping[str, AnswerError] | None = None, finds: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> list[AskedField]:  # fmt: skip
    """Return every question of the service for one screen, filled with what was typed or else what is known.

    ``answers`` are those that stand so far: they decide which questions are asked. ``finds`` says where the boxes of a type
    (address, place) look while one types. With ``at`` a question that books offers what is free then, for what is
    answered so far, and how it is paid is asked only where there is something to pay.
    """
    slots = slots_of(service, answers, posted, known, at) if at is not None else {}
    price = price_now(service, answers, pack=current_pack(), at=at) if at is not None else None
    asked = {question.id for question in asked_questions(service, answers, today, channel)}
    if price is not None and price.free:
        asked -= {question.id for question in service.questions if question.type == "payment"}
    errors = wrong or {}
    return [
        AskedField(
            _view(
                q,
                service,
                channel,
                posted,
                known,
                today,
                errors.get(q.id),
                (finds or {}).get(q.type, ""),
                slots.get(q.id),
                pence(price.pence) if price is not None else "The price follows from the answers",
            ),
            q.id in asked,
        )
        for q in service.questions
        if q.type not in FOUND and channel not in q.skip_on
    ]


def _view(
    question: Question, service: Service, channel: str, posted: QueryDict, known: Known, today: date,
    error: AnswerError | None, finds: str, offered: Offered | None = None, price: str = "",
) -> FieldView:  # fmt: skip
    touched = was_touched(question, posted)
    held = None if touched else offer(question, known)
    said = question.label_on(channel)
    view = field_of(
        question, service=service, channel=channel, today=today, value=held, error=error,
        typed=_given(question, posted) if touched else None,
        known="From their record." if held is not None else "", say="" if said == question.label else said,
        slots=offered.choices if offered is not None else None, price=price, ways=methods_of(service.code, current_pack()),
    )  # fmt: skip
    view = replace(view, label=question.label)
    if offered is not None:
        view = replace(view, parts=offered.fields, body=offered.said)
        return weekly_field(view, offered.weeks, _given(question, posted) if touched else held)
    if question.type == "address":
        text = view.part_value("text")
        return replace(view, parts=(), options=(), value={"text": text, "uprn": view.part_value("uprn")}, finds=finds)
    if question.type == "place":
        return replace(view, parts=(), finds=finds)
    if reaches_her(question):
        tick = FieldView(
            id=f"{question.id}-by",
            type="multi_choice",
            label="By post",
            options=(BY_POST,),
            value=(view.part_value("by"),),
        )
        return replace(view, parts=(*view.parts, tick))
    if question.type in {"photo", "file"}:
        return replace(view, type="multi_choice", options=(SENT_LATER,), value=tuple(posted.getlist(question.id)))
    return view
