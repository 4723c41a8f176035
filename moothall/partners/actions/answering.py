"""What a partner answers, however it came (an officer, Open311, its webhook), becomes where the case stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from django.db import transaction

from moothall.cases.actions import add_task, close_case, note_case, set_status
from moothall.cases.models import Case, CaseState
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record, together
from moothall.core.packs import current_pack
from moothall.partners import events
from moothall.partners.models import OPEN, Purpose, Referral, ReferralState
from moothall.partners.pack import PARTNERS, WHOSE_JOB
from moothall.promises.actions import NewPromise, make_promises, meet_promises
from moothall.promises.pack import standards_of_service

DONE: Final = "done-by-partner"
CLOSED: Final = "closed-by-partner"
NOT_DONE: Final = "not-done-by-contractor"
NOT_FOUND: Final = "not-found-by-contractor"
Said = Literal["accepted", "news", "done", "closed", "not_found", "unclear", "refused"]


@dataclass(frozen=True, slots=True)
class Heard:
    """What they said. ``text`` is theirs, for the customer to read.

    ``closed`` is closed and not done, ``unclear`` closed in words that do not say whether it is done: a person finds out.
    """

    said: Said
    text: str = ""
    reference: str = ""
    changed_at: datetime | None = None
    expected_at: datetime | None = None


def note_answer(referral_id: UUID, heard: Heard, *, by: Actor, at: datetime) -> Referral:
    """Take in what a partner says: the customer is told, our promise to say so is kept, an end of theirs ends the case.

    Refused: it comes back to us with the promise of our own work. The same words again, older ones and words about one
    that has ended change nothing. Raises LookupError.
    """
    with transaction.atomic(), together():
        row = Referral.objects.select_for_update().filter(id=referral_id).first()
        if row is None:
            raise LookupError("Nothing was sent on here.")
        if row.state not in OPEN or _old(row, heard):
            return row
        partner = current_pack().of(PARTNERS).get(row.partner)
        name = partner.title if partner else row.partner
        row.their_reference = (heard.reference or row.their_reference)[:120]
        row.their_status, row.their_change = heard.text[:400], heard.changed_at or at
        row.expected_at = heard.expected_at or row.expected_at
        first = row.state != ReferralState.ACCEPTED
        row.state = _STATES[heard.said]
        row.ended_at = at if row.state not in OPEN else None
        row.save(update_fields=["their_reference", "their_status", "their_change", "expected_at", "state", "ended_at"])
        if row.purpose == Purpose.THEIRS:
            meet_promises(row.case_id, kinds=["referral"], by=by, at=at)
        case = Case.objects.get(id=row.case_id)
        if case.state in (CaseState.OPEN, CaseState.WAITING):
            _case(row, case, heard, name, first=first, by=by, at=at)
        record([events.happening(_EVENTS[row.state], row, at)], by=by)
        return row


_STATES: Final = {
    "accepted": ReferralState.ACCEPTED, "news": ReferralState.ACCEPTED, "done": ReferralState.DONE,
    "closed": ReferralState.CLOSED, "not_found": ReferralState.CLOSED, "unclear": ReferralState.CLOSED,
    "refused": ReferralState.REFUSED,
}  # fmt: skip
_EVENTS: Final = {
    ReferralState.ACCEPTED: events.ACCEPTED, ReferralState.DONE: events.DONE, ReferralState.CLOSED: events.CLOSED,
    ReferralState.REFUSED: events.REFUSED,
}  # fmt: skip


def _old(row: Referral, heard: Heard) -> bool:
    if heard.changed_at is None:
        return (
            heard.said in ("accepted", "news")
            and row.state == ReferralState.ACCEPTED
            and heard.text == row.their_status
        )
    if row.their_change is None:
        return False
    same = heard.changed_at == row.their_change and heard.text[:400] == row.their_status
    return heard.changed_at < row.their_change or (same and heard.said in ("accepted", "news"))


def _case(row: Referral, case: Case, heard: Heard, name: str, *, first: bool, by: Actor, at: datetime) -> None:
    number = f" Their reference is {row.their_reference}." if row.their_reference and first else ""
    said = f" They say: {heard.text}" if heard.text else ""
    match heard.said:
        case "accepted" | "news":
            if row.purpose == Purpose.THEIRS:
                _tell(case, f"{name} has it.{number}{said}" if first else f"{name}:{said}", by, at)
            elif case.status != "in_progress":
                set_status(case.id, status="in_progress", by=SYSTEM, at=at)
        case "done" | "closed" | "not_found":
            if said:
                note_case(case.id, text=f"{name}:{said}", visible_to_customer=False, by=SYSTEM, at=at)
            close_case(case.id, outcome=_outcome(row, heard), resolved=heard.said == "done", by=SYSTEM, at=at)
        case "unclear":
            _find_out(row, case, name, said, at=at)
        case "refused":
            set_status(case.id, status="checking", by=SYSTEM, at=at)
            if row.purpose == Purpose.THEIRS:
                _ours_again(case, by=by, at=at)
                _tell(case, f"{name} told us that this is not theirs to do, so we are dealing with it.{said}", by, at)
            else:
                note_case(case.id, text=f"{name} will not do this.{said}", visible_to_customer=False, by=SYSTEM, at=at)


def _outcome(row: Referral, heard: Heard) -> str:
    if heard.said == "done":
        return DONE
    if row.purpose == Purpose.THEIRS:
        return CLOSED
    return NOT_FOUND if heard.said == "not_found" else NOT_DONE


def _find_out(row: Referral, case: Case, name: str, said: str, *, at: datetime) -> None:
    """Nobody is told that it is done on words that do not say so: the case stays open until somebody has found out."""
    note_case(
        case.id,
        text=f"{name} has closed it.{said or ' They gave no reason.'}",
        visible_to_customer=False,
        by=SYSTEM,
        at=at,
    )
    title = f"{name} has closed it and does not say whether it is done. Find out, then close it or send it again."
    team = current_pack().one(WHOSE_JOB).team if row.purpose == Purpose.THEIRS else case.team
    add_task(case.id, title=title[:200], team=team, kind="pass_on", by=SYSTEM, at=at)


def _tell(case: Case, text: str, by: Actor, at: datetime) -> None:
    note_case(case.id, text=text[:2000], visible_to_customer=True, by=SYSTEM, at=at)


def _ours_again(case: Case, *, by: Actor, at: datetime) -> None:
    """It is ours after all: the promise of our own work begins now."""
    service = current_pack().services.get(case.service)
    standard = (
        standards_of_service(service.code, service.promises[0], "complete") if service and service.promises else None
    )
    if standard is not None:
        make_promises(
            [
                NewPromise(
                    kind="complete", standard=standard, subject_kind="case", subject_id=case.id, received_at=at,
                    customer_id=case.customer_id, service=case.service, channel=case.channel, team=case.team,
                    area=case.area, pack_version_id=case.pack_version_id,
                )
            ],
            by=by, at=at,
        )  # fmt: skip
