"""A case of the street beside its work: what everyone sees of it, what may be the same, and what was sent on to others."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.cases.actions import split_case
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.intake.whose import referral_standard
from moothall.interfaces.desk.screen import read_id
from moothall.interfaces.policy import Request
from moothall.partners.actions import Heard, mark_sent, note_answer, refer_case
from moothall.partners.pack import PARTNERS
from moothall.partners.queries import referrals_of
from moothall.reports.actions import hide_report
from moothall.reports.queries import street_side

ANSWERS = (
    ("accepted", "They have it"), ("done", "They say it is done"), ("closed", "They closed it without doing it"),
    ("refused", "They say it is not theirs"),
)  # fmt: skip


def beside(request: Request, service: str, case_id: UUID, *, at: datetime) -> dict[str, Any]:
    """Return what the case page shows of the street and of others. At most eight queries."""
    partners = current_pack().of(PARTNERS).values()
    return {
        "street": street_side(case_id, visible_to=request.actor, at=at),
        "referrals": referrals_of(case_id, visible_to=request.actor),
        "partners": [(one.code, one.title) for one in partners if one.kind != "contractor" or one.does_for_us(service)],
        "partner_answers": ANSWERS,
    }


def refer(case_id: UUID, request: Request, at: datetime) -> None:
    """Send a case on to whoever looks after it."""
    partner = request.POST.get("partner", "")
    if partner not in current_pack().of(PARTNERS):
        raise ValueError("Choose who looks after this.")
    service = request.POST.get("service", "")
    standard = referral_standard(current_pack(), service, on=council_date(at))
    refer_case(case_id, partner=partner, standard=standard, by=request.actor, at=at, version=_version(request))


def answered(case_id: UUID, request: Request, at: datetime) -> None:
    """Write down what a partner said, or that it was passed on by hand."""
    row = _referral(case_id, request)
    said, reference = request.POST.get("said", ""), request.POST.get("their_reference", "")[:120]
    if said == "sent":
        mark_sent(row, reference=reference, by=request.actor, at=at)
    elif said in dict(ANSWERS):
        words = request.POST.get("their_words", "")[:400].strip()
        note_answer(row, Heard(said, words, reference), by=request.actor, at=at)  # type: ignore[arg-type]
    else:
        raise ValueError("Choose what they said.")


def part_again(case_id: UUID, request: Request, at: datetime) -> None:
    """Take a case out of the one it was joined to."""
    joined = read_id(request.POST.get("joined"))
    street = street_side(case_id, visible_to=request.actor, at=at)
    if joined is None or street is None or joined not in {one.case_id for one in street.joined}:
        raise ValueError("That report is not joined to this one any more.")
    split_case(joined, by=request.actor, at=at)


def hide(case_id: UUID, request: Request, at: datetime) -> None:
    """Take a report off the public pages, or put it back."""
    hide_report(case_id, hidden=request.POST.get("hide") == "yes", by=request.actor, at=at)


def _version(request: Request) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _referral(case_id: UUID, request: Request) -> UUID:
    wanted = read_id(request.POST.get("referral"))
    known = {one.id for one in referrals_of(case_id, visible_to=request.actor)}
    if wanted is None or wanted not in known:
        raise ValueError("That was not sent on from this case.")
    return wanted
