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
from moothall.reports.actions import refresh_report
from moothall.reports.pack import public_services

MOST_PHOTOS = 3


class NotHere(ValueError):
    """The report cannot be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class TakenLater:
    """What became of it: a reference where it was sent, else the request it became, with the token to go on with it.

    ``refused``: why a photo could not be taken, a sentence for each.
    """

    reference: str
    dialogue_id: UUID
    token: str
    refused: tuple[str, ...] = ()


def take_later(
    key: UUID, service: str, given: Mapping[str, Any], photos: Sequence[tuple[str, bytes]], *, at: datetime
) -> TakenLater:
    """Take a kept report, once however often it is sent. What it answers well is kept; if nothing is missing it is sent.

    ``photos``: the name and content of each. One that cannot be kept holds up nothing, and is told.

    Raises:
        NotHere: there is no such thing to report from the street.
    """
    if service not in public_services(current_pack()):
        raise NotHere("We don’t take reports of this here any more. Ring us.")

    refused: list[str] = []

    def do() -> dict[str, Any]:
        dialogue_id, token = start_dialogue(service, channel="web", by=ANONYMOUS, at=at)
        for question in current_pack().services[service].questions:
            if question.id in given and question.type not in {"photo", "file", "payment", "slot"}:
                with suppress(AnswerError, KeyError):  # asked again where she goes on, with what to do about it
                    answer(dialogue_id, token, question=question.id, given=given[question.id], by=ANONYMOUS, at=at)
            elif question.type == "photo":
                for name, photo in photos[:MOST_PHOTOS]:
                    try:
                        add_file(
                            dialogue_id, token, question=question.id, name=name, content=photo, by=ANONYMOUS, at=at
                        )
                    except (FileRefused, AnswerError) as why:
                        refused.append(str(why))
                    except KeyError:  # not asked after these answers
                        refused.append(f"We don’t take photos of this. “{name}” was left out.")
            if not question.required and question.id not in given:
                with suppress(AnswerError, KeyError):
                    answer(dialogue_id, token, question=question.id, given=None, by=ANONYMOUS, at=at)
        reference = case = ""
        with suppress(NotFinished):
            raised = submit(dialogue_id, token, by=ANONYMOUS, at=at)
            reference = show_reference(raised.reference) if raised is not None and raised.reference else ""
            case = str(raised.case_id) if raised is not None and raised.case_id else ""
        return {
            "reference": reference, "case": case, "dialogue": str(dialogue_id), "token": token, "refused": list(refused),
        }  # fmt: skip

    said, _ = once("site.later", str(key), at=at, do=do)
    if case := said.get("case"):
        refresh_report(UUID(case), at=at)  # its page is there for whoever follows the link at once
    return TakenLater(said["reference"], UUID(said["dialogue"]), said["token"], tuple(said.get("refused", ())))
