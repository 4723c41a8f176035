"""A filled paper form that came back: what it answers, what a person must confirm, and the request made of it, once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import together
from moothall.core.packs import Pack, current_pack, pack_at
from moothall.core.zone import council_date
from moothall.documents.actions import keep_for_case
from moothall.intake.actions.dialogues import known_address
from moothall.intake.actions.raising import NotOnThisChannel, Raised, raise_request
from moothall.intake.dialogue import AnswerError, read_all
from moothall.intake.paper import Box, Found, Mark, asked_on_paper, boxes_of, given_of
from moothall.intake.paper.boxes import CHANNEL
from moothall.intake.posted.filing import as_pdf, propose_anew
from moothall.intake.queries.looking import Looking
from moothall.intake.slots import unknown_cards
from moothall.postroom import actions as postroom
from moothall.postroom.queries import LetterView, pictures_of, printed_form
from moothall.postroom.queries import letter as letter_view
from moothall.services.pack import SERVICES, Question, Service

_CODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b", re.IGNORECASE)
_HOUSE = re.compile(r"\b\d+[A-Za-z]?\b")


class FormNotWhole(ValueError):
    """The form does not answer what must be known; ``wrong`` says by question what to do."""

    def __init__(self, wrong: Mapping[str, AnswerError]) -> None:
        self.wrong = wrong
        super().__init__("Look at what is marked, beside the form itself.")


class FormRefused(ValueError):
    """A rule of the service answers it with no; nothing was raised. The message says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One question of a filled form: its boxes with what was found in each, and what they answer together."""

    question: Question
    number: int
    boxes: tuple[tuple[Box, Mark], ...]
    found: Found


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A filled form as it was read. ``doubtful``: how many answers a person must confirm."""

    service: Service
    pack: Pack
    lines: tuple[Line, ...]

    @property
    def doubtful(self) -> int:
        """How many answers a person must confirm."""
        return sum(line.found.doubtful for line in self.lines)


def form_in(view: LetterView, marks: Mapping[str, Mark] | None = None) -> FilledForm | None:
    """Return a letter as the filled form it is, or ``None`` for any other. ``marks`` are what a person saw, instead."""
    printed = printed_form(view.form) if view.form else None
    if printed is None:
        return None
    pack = pack_at(printed.pack_version_id) if printed.pack_version_id else current_pack()
    service = pack.of(SERVICES).get(printed.service)
    if service is None:
        return None
    held = marks if marks is not None else _marks_read(view)
    lines = []
    for number, question in enumerate(asked_on_paper(service), 1):
        boxes = tuple((box, held.get(box.key, Mark())) for box in boxes_of(question))
        lines.append(Line(question, number, boxes, given_of(question, held)))
    return FilledForm(service, pack, tuple(lines))


def send_form(
    letter_id: UUID, *, marks: Mapping[str, Mark], customer_id: UUID | None, by: Actor, at: datetime
) -> Raised:  # fmt: skip
    """Raise the request that a filled form asks for, with what a person saw in its boxes; its pages go with the case.

    It counts from the day the post came. ``customer_id`` is whose it is where that is known; else she is taken down from
    the answers, as on the web. Sent before by anybody: nothing happens twice.

    Raises:
        FormNotWhole: something is missing or cannot be. FormRefused: a rule says no. NoSuchLetter, FiledBefore, Refused.
    """
    with transaction.atomic(), together():
        letter = postroom.take(letter_id, by=by)
        view = letter_view(letter_id, visible_to=by)
        form = form_in(view, {key: replace(mark, sure=True) for key, mark in marks.items()}) if view else None
        if form is None:
            raise postroom.NoSuchLetter("This letter is no form of ours.")
        answers = _answers(form, at=at)
        try:
            raised = raise_request(
                form.service, answers, pack=form.pack, channel=CHANNEL, by=by, at=at, customer_id=customer_id,
                received_at=letter.received_at, external_id=str(letter.id),
            )  # fmt: skip
        except NotOnThisChannel as refused:
            raise FormRefused(str(refused)) from refused
        if raised.case_id is None:
            raise FormRefused(raised.because or "This cannot be taken on.")
        keep_for_case(
            name="form.pdf", content=as_pdf(pictures_of(letter_id)), part="form", case_id=raised.case_id,
            customer_id=raised.customer_id, at=at,
        )  # fmt: skip
        postroom.filed(
            letter, writing_id=None, contact_id=raised.contact_id, customer_id=raised.customer_id, case_id=raised.case_id,
            by=by, at=at,
        )  # fmt: skip
        return raised


def send_sure_form(letter_id: UUID, *, at: datetime) -> bool:
    """Look at a letter that was just read: a filled form with nothing in doubt is sent. Says whether it is a form of ours.

    What is written by hand is always in doubt; a form that was filled on a screen and sent as a document is not.
    """
    view = letter_view(letter_id, visible_to=SYSTEM)
    form = form_in(view) if view is not None and view.state == "waiting" else None
    if view is None or form is None:
        return False
    proposal = propose_anew(letter_id, at=at)
    judged = proposal.judgement
    if form.doubtful:
        return True
    try:
        send_form(
            letter_id, marks=_marks_read(view), by=SYSTEM, at=at,
            customer_id=judged.best.person.id if judged.sure and judged.best else None,
        )  # fmt: skip
    except (FormNotWhole, FormRefused, postroom.FiledBefore):
        pass  # a person sees what is missing, or answers it
    return True


def _marks_read(view: LetterView) -> dict[str, Mark]:
    found: dict[str, Mark] = {}
    for sheet in view.sheets:
        for key, held in dict(sheet.filled.get("boxes", {})).items():
            found[str(key)] = Mark(str(held.get("text", "")), bool(held.get("ticked")), bool(held.get("sure")))
    return found


def _answers(form: FilledForm, *, at: datetime) -> dict[str, Any]:
    given: dict[str, Any] = {}
    early: dict[str, AnswerError] = {}
    for line in form.lines:
        if line.found.why and line.found.given is None and line.found.doubtful:
            early[line.question.id] = AnswerError(line.found.why)
            continue
        try:
            looked = _where(form.service, line.question, line.found.given, at)
            given[line.question.id] = known_address(line.question, looked)
        except AnswerError as amiss:
            early[line.question.id] = amiss
    answers, wrong = read_all(form.service, given, today=council_date(at), channel=CHANNEL)
    wrong = {**unknown_cards(form.service, answers, on=council_date(at)), **wrong}
    wrong = {key: early.get(key, error) for key, error in wrong.items()}
    wrong |= {key: error for key, error in early.items() if key in answers}
    if wrong:
        raise FormNotWhole(wrong)
    return answers


def _where(service: Service, question: Question, given: Any, at: datetime) -> Any:
    """An address or place written down, as the one we hold where exactly one has this number at this postcode."""
    if question.type not in {"address", "place"} or not isinstance(given, dict):
        return given
    said = " ".join(str(given.get(part, "")) for part in ("line1", "search", "postcode"))
    code = _CODE.search(said)
    house = _HOUSE.search(said[: code.start()]) if code else None
    if code is None or house is None:
        return given
    there = Looking(service, {}, at).addresses("".join(code.groups()).upper(), house[0])
    if len(there) != 1:
        return given
    uprn = there[0][0]
    if question.type == "address":
        return {"uprn": uprn}
    return {"pick": f"uprn:{uprn}"} | ({"describe": given["describe"]} if given.get("describe") else {})
