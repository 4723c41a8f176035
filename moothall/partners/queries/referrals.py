"""What was sent on and where it stands, for officers and for whoever asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import Pack, current_pack
from moothall.core.references import show_reference
from moothall.core.tokens import opens
from moothall.partners.models import OPEN, Referral, ReferralState
from moothall.partners.pack import PARTNERS
from moothall.partners.telling import PHOTO

LINK_DAYS = 28
"""Days after the work is over in which a contractor's links to photos still open: for its own checks."""


@dataclass(frozen=True, slots=True)
class ReferralLine:
    """One thing sent on. ``says`` is where it stands in words, ``quoted`` what they were told to
    quote where that is no reference of ours to her, ``open`` whether an answer may still come."""

    id: UUID
    case_id: UUID
    partner: str
    name: str
    phone: str
    web: str
    purpose: str
    state: str
    says: str
    open: bool
    waits_for_us: bool
    quoted: str
    their_reference: str
    their_status: str
    trouble: str
    because: str
    made_at: datetime
    sent_at: datetime | None
    expected_at: datetime | None


def referrals_of(case_id: UUID, *, visible_to: Actor) -> list[ReferralLine]:
    """Return what of a case was sent on, newest first. One query. Raises Refused."""
    require(visible_to, "case.view")
    pack = current_pack()
    return [_line(row, pack) for row in Referral.objects.filter(case_id=case_id).order_by("-made_at", "id")]


def referrals_open(*, visible_to: Actor, limit: int = 100) -> list[ReferralLine]:
    """Return what waits for an answer of others, oldest first. One query. Raises Refused."""
    require(visible_to, "case.view")
    pack = current_pack()
    return [_line(row, pack) for row in Referral.objects.filter(state__in=OPEN).order_by("made_at", "id")[:limit]]


def case_of_photo(referral_id: UUID, document_id: UUID, token: str, *, at: datetime) -> UUID | None:
    """Return whose photo a contractor's private link shows; ``None`` for one that is not, or no longer, good. One query.

    It is good while the contractor has the work and for `LINK_DAYS` after, as long as the pack lets it see photos.
    """
    if not opens(token, PHOTO, f"{referral_id}:{document_id}"):
        return None
    row = Referral.objects.filter(id=referral_id).first()
    partner = current_pack().of(PARTNERS).get(row.partner) if row else None
    if row is None or partner is None or not partner.sees_photos:
        return None
    over = row.ended_at is not None and row.ended_at < at - timedelta(days=LINK_DAYS)
    return None if over else row.case_id


def _line(row: Referral, pack: Pack) -> ReferralLine:
    partner = pack.of(PARTNERS).get(row.partner)
    return ReferralLine(
        id=row.id, case_id=row.case_id, partner=row.partner, name=partner.title if partner else row.partner,
        phone=(partner.phone if partner else "") or "", web=(partner.web if partner else "") or "", purpose=row.purpose,
        state=row.state, says=ReferralState(row.state).label, open=row.state in OPEN,
        waits_for_us=row.state == ReferralState.STUCK, quoted=show_reference(row.reference) if row.reference else "",
        their_reference=row.their_reference,
        their_status=row.their_status, trouble=row.trouble, because=row.because, made_at=row.made_at,
        sent_at=row.sent_at, expected_at=row.expected_at,
    )  # fmt: skip
