"""Whether a request under way may be sent by who sends it: what its service needs, and what is missing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.cases.actions import add_task
from moothall.core.actors import SYSTEM, Actor
from moothall.core.zone import council_date
from moothall.customers.accounts.queries import Holder
from moothall.customers.accounts.rules.levels import Proof, enough
from moothall.customers.rules.writing import can_take_texts
from moothall.intake.actions.dialogues import pack_of, service_of
from moothall.intake.actions.raising import Raised
from moothall.intake.actions.submitting import NotFinished, submit
from moothall.intake.asking_for import check_asking_for
from moothall.intake.dialogue import first_unanswered, prune, read_all
from moothall.intake.dialogue.known import known_from_answers
from moothall.intake.lookups import answers_now, found_in
from moothall.intake.models import DialogueState
from moothall.intake.queries.dialogues import open_row
from moothall.services.pack import SERVICES


@dataclass(frozen=True, slots=True)
class ProofWanted:
    """What is missing before a request may be sent: ``level`` (contact or verified), the service, and the addresses given in
    the answers that a code can go to. ``why`` says it in the customer's words."""

    level: str
    service: str
    code: str
    addresses: tuple[tuple[str, str], ...]


class NotYours(Exception):
    """A colleague began this request for herself, and it is not she who is signed in."""


def check_sender(dialogue_id: UUID, token: str, *, holder: Holder | None, by: Actor, at: datetime) -> None:
    """Let a request through unless it is asked for another by somebody who may not (any more). One query; two for another.

    Raises:
        OutsideScope, NotAsking: in words for whoever asks. NotYours: a colleague's own. NoSuchDialogue, Expired.
    """
    row = open_row(dialogue_id, token, at)
    if row.staff_id is not None and row.state != DialogueState.SENT and by.id != row.staff_id:
        raise NotYours
    if row.representation_id is not None and row.state != DialogueState.SENT:
        check_asking_for(
            row.representation_id, service_of(row), customer_id=holder.customer_id if holder else None, by=by, at=at
        )


def proof_wanted(
    dialogue_id: UUID, token: str, *, holder: Holder | None, confirmed: Collection[tuple[str, str]], at: datetime
) -> ProofWanted | None:
    """Return what must be shown before this request is sent, or ``None`` when nothing is.

    A service that needs a contact is content with an account, or with one address of the answers that this browser has
    shown is hers; and with none where the answers hold none: who has neither email nor telephone is answered by post. One
    that needs a proved identity needs an account whose owner's identity is proved, in a session begun with more than a code.

    Raises:
        NotFinished: something is to be answered first. NoSuchDialogue, Expired.
    """
    row = open_row(dialogue_id, token, at)
    if row.state == DialogueState.SENT:
        return None
    service = service_of(row)
    if row.staff_id is not None:
        return None  # her sign-in as a colleague is proof enough, and checked before this
    held = holder.proof if holder else Proof.NONE
    if enough(held, service.proof):
        return None
    today = council_date(at)
    answers = prune(service, answers_now(service, row.answers, channel=row.channel, at=at), today, row.channel)
    left = first_unanswered(service, answers, today, row.channel)
    if left is not None:
        raise NotFinished(left.id)
    found = found_in(service, answers)
    for question, wrong in read_all(service, answers, today=today, channel=row.channel, found=found)[1].items():
        raise NotFinished(question, wrong)  # what does not stand any more is put right before anything is proved
    known = known_from_answers(service.by_question, answers)
    given = [("email", known.email.lower())] if known.email else []
    if known.phone and can_take_texts(known.phone):
        given.append(("phone", known.phone))
    if service.proof == "contact" and (not given or set(given) & set(confirmed)):
        return None
    return ProofWanted(service.proof, service.name, service.code, tuple(given))


def send_unproved(
    dialogue_id: UUID, token: str, *, helped_because: str = "", language: str = "", by: Actor, at: datetime
) -> Raised | None:
    """Send a request whose service needs a proved identity before it is proved: it is taken, and its team sees a task to
    check who asked before anything is given. Twice is once.

    Raises:
        NotFinished, NotOnThisChannel, NoSuchDialogue, Expired.
    """
    row = open_row(dialogue_id, token, at)
    team = pack_of(row).of(SERVICES)[row.service].team
    raised = submit(dialogue_id, token, helped_because=helped_because, language=language, by=by, at=at)
    if raised is not None and raised.case_id is not None:
        add_task(
            raised.case_id, title="Check who asked before you give anything out: their identity is not proved", team=team,
            kind="check", by=SYSTEM, at=at,
        )  # fmt: skip
    return raised
