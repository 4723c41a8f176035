"""What became of reports that other systems have of us: asked every few minutes, and told by their webhook at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db.models import F

from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.partners.actions.answering import Heard, Said, note_answer
from moothall.partners.adapters.open311.reading import NotReadable, read_rows, text_of, their_state
from moothall.partners.adapters.registry import sender_of
from moothall.partners.models import Referral, ReferralState
from moothall.partners.pack import PARTNERS, WHOSE_JOB, Meaning
from moothall.partners.protocols import CannotSend, NotTaken, Sender, TheirState
from moothall.partners.rules import closing_means

MOST_ASKED: Final = 500
FOLLOWED: Final = (ReferralState.SENT, ReferralState.ACCEPTED)
NOT_KNOWN: Final = "It does not know this number."


def ask_partners(*, at: datetime) -> int:
    """Ask each Open311 partner where our open reports stand and take it in. Returns how many were heard of.

    Those asked longest ago come first, so that however many there are each has its turn. A partner that cannot be reached
    is asked again next time and holds up no other; nor does a number that it does not know.
    """
    heard = 0
    for partner in current_pack().of(PARTNERS).values():
        sender = sender_of(partner)
        if sender is None:
            continue
        rows = list(
            Referral.objects.filter(partner=partner.code, way="open311", state__in=FOLLOWED).order_by(
                F("asked_at").asc(nulls_first=True), "id"
            )[:MOST_ASKED]
        )
        Referral.objects.filter(id__in=[row.id for row in rows]).update(asked_at=at)
        try:
            _take_numbers(sender, rows)
            known = [row.their_reference for row in rows if row.their_reference]
            states = sender.states(known) if known else []
        except (CannotSend, NotTaken) as wrong:
            Referral.objects.filter(id__in=[row.id for row in rows]).update(trouble=str(wrong)[:300])
            continue
        heard += take_states(partner.code, states, at=at)
        lost = set(known).difference(state.reference for state in states)
        Referral.objects.filter(partner=partner.code, their_reference__in=lost, state__in=FOLLOWED).update(
            trouble=NOT_KNOWN
        )
    return heard


def _take_numbers(sender: Sender, rows: Iterable[Referral]) -> None:
    for row in rows:
        if not row.their_reference and row.their_token:
            row.their_reference = sender.reference_of(row.their_token)[:120]
            if row.their_reference:
                row.save(update_fields=["their_reference"])


def take_told(partner: str, body: bytes, content_type: str, *, at: datetime) -> int:
    """Take in what a partner's webhook says: rows of requests, or of updates (whose note is ``description``).

    Raises:
        NotReadable: neither, or not readable at all.
    """
    rows = read_rows(body, content_type, "request_update") or read_rows(body, content_type, "request")
    told = [
        row if text_of(row, "status_notes") else {**row, "status_notes": text_of(row, "description")} for row in rows
    ]
    states = [state for row in told if (state := their_state(row)) is not None]
    if not states:
        raise NotReadable("There is no request in it with a service_request_id and a status.")
    return take_states(partner, states, at=at)


def take_states(partner: str, states: Iterable[TheirState], *, at: datetime) -> int:
    """Take in where reports stand with a partner: asked for, or told by its webhook. The same again changes nothing.

    Returns how many were of reports of ours.
    """
    told = {state.reference: state for state in states}
    rows = Referral.objects.filter(partner=partner, their_reference__in=list(told), state__in=FOLLOWED)
    count = 0
    for row in rows.order_by("id"):
        state = told[row.their_reference]
        count += 1
        if row.trouble:
            Referral.objects.filter(id=row.id).update(trouble="")
        note_answer(row.id, _heard(state, row), by=SYSTEM, at=at)
    return count


def _heard(state: TheirState, row: Referral) -> Heard:
    if state.status == "open":
        said = "accepted" if row.state == ReferralState.SENT else "news"
        return Heard(said, state.notes, state.reference, state.changed_at, state.expected_at)  # type: ignore[arg-type]
    pack = current_pack()
    means = closing_means(state.notes, pack.of(PARTNERS).get(row.partner), pack.one(WHOSE_JOB))
    return Heard(_ENDS[means], state.notes, state.reference, state.changed_at)


_ENDS: Final[Mapping[Meaning | None, Said]] = {
    "done": "done", "not_done": "closed", "not_found": "not_found", "not_ours": "refused", None: "unclear",
}  # fmt: skip
