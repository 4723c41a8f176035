"""A report that was written without a signal and kept in a browser: taken once, sent, or opened for what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.core.actors import ANONYMOUS
from moothall.core.idempotency import once
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.documents.rules import FileRefused
from moothall.intake.actions.dialogues import add_file, answer, start_dialogue
from moothall.intake.actions.submitting import NotFinished, submit
from moothall.intake.dialogue import AnswerError
from moothall.places.finding import spot_in
from moothall.reports.pack import public_services

MOST_PHOTOS = 3


class NotHere(ValueError):
    """The report cannot be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class TakenLater:
    """What became of it: a reference where it was sent, else the request it became, with the token to go on with it."""

    reference: str
    dialogue_id: UUID
    token: str


def _placed(place: Any) -> Any:
    """A place that was only described gets the position of the one landmark or street that its words name."""
    if not isinstance(place, Mapping) or place.get("latitude"):
        return place
    meant = spot_in(str(place.get("describe") or ""))
    if meant is None or meant.latitude is None or meant.longitude is None:
        return place
    return {**place, "latitude": meant.latitude, "longitude": meant.longitude}


def take_later(
    key: UUID, service: str, given: Mapping[str, Any], photos: Sequence[bytes], *, at: datetime
) -> TakenLater:
    """Take a kept report, once however often it is sent. What it answers well is kept; if nothing is missing it is sent.

    Raises:
        NotHere: there is no such thing to report from the street.
    """
    if service not in public_services(current_pack()):
        raise NotHere("We don’t take reports of this here any more. Ring us.")

    given = dict(given)

    def do() -> dict[str, Any]:
        dialogue_id, token = start_dialogue(service, channel="web", by=ANONYMOUS, at=at)
        for question in current_pack().services[service].questions:
            if question.type == "place" and question.id in given:
                given[question.id] = _placed(given[question.id])
            if question.id in given and question.type not in {"photo", "file", "payment", "slot"}:
                with suppress(AnswerError, KeyError):  # asked again where she goes on, with what to do about it
                    answer(dialogue_id, token, question=question.id, given=given[question.id], by=ANONYMOUS, at=at)
            elif question.type == "photo":
                for number, photo in enumerate(photos[:MOST_PHOTOS]):
                    with suppress(FileRefused, AnswerError, KeyError):
                        add_file(
                            dialogue_id, token, question=question.id, name=f"{number + 1}.jpg", content=photo,
                            by=ANONYMOUS, at=at,
                        )  # fmt: skip
            if not question.required and question.id not in given:
                with suppress(AnswerError, KeyError):
                    answer(dialogue_id, token, question=question.id, given=None, by=ANONYMOUS, at=at)
        reference = ""
        with suppress(NotFinished):
            raised = submit(dialogue_id, token, by=ANONYMOUS, at=at)
            reference = show_reference(raised.reference) if raised is not None and raised.reference else ""
        return {"reference": reference, "dialogue": str(dialogue_id), "token": token}

    said, _ = once("site.later", str(key), at=at, do=do)
    return TakenLater(said["reference"], UUID(said["dialogue"]), said["token"])
