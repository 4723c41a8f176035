"""Break-glass: a sealed record opened in need, said why, told at once, looked into by somebody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moothall.core import limits
from moothall.core.access import Refused, require
from moothall.core.actors import Actor, ActorKind
from moothall.core.events import Happening, record
from moothall.core.packs import current_pack
from moothall.customers.privacy.models import Opening
from moothall.customers.privacy.pack import PRIVACY, Privacy
from moothall.customers.privacy.queries.seeking import Sought, behind_the_seal

SHORTEST = 20
"""Letters a reason must have: enough for a sentence somebody else can judge."""
MOST_SOUGHT = 5
"""People an officer may look for behind a seal in an hour."""


class NeedsReason(ValueError):
    """What was said does not do; the message says what to enter."""


def break_glass(
    *, kind: str, reason: str, customer_id: UUID | None = None, case_id: UUID | None = None, by: Actor, at: datetime
) -> Opening:
    """Open what is sealed under one restricted kind, of one case or one person, for the pack's `break_glass_minutes`.

    The same officer asking again while it is open gets the same opening, so that a form sent twice opens once. Whether
    there is anything behind the seal is not said here.

    Raises:
        NeedsReason: there is no reason, or it is too short to be judged.
        Refused: the actor may not open sealed records, or not of this kind.
    """
    told, staff = _checked(kind, by)
    reason = _judgeable(reason)
    with transaction.atomic():
        same = Opening.objects.select_for_update().filter(
            staff_id=staff, kind=kind, customer_id=customer_id, case_id=case_id, until__gt=at, closed_at=None
        )
        found = same.order_by("-opened_at").first()
        if found is not None:
            return found
        row = Opening.objects.create(
            staff_id=staff, customer_id=customer_id, case_id=case_id, kind=kind, reason=reason, opened_at=at,
            until=at + timedelta(minutes=told.break_glass_minutes),
        )  # fmt: skip
        _say("glass.broken", row, by=by.because("break-glass"), at=at, minutes=told.break_glass_minutes)
    return row


def seek(sought: Sought, *, kind: str, reason: str, by: Actor, at: datetime) -> Opening:
    """Look behind a seal for somebody whom only a restricted system knows, and open what there is of her under that kind.

    Whether somebody is found or not (``nobody``), it is kept with the reason and told the data-protection officer at once: so
    nobody can try names quietly. The same form sent again while it is open gets the same opening.

    Raises:
        NeedsReason: it is too short to be judged, or does not name somebody exactly.
        limits.TooManyAttempts: this officer has looked too often. Refused: as `break_glass`.
    """
    told, staff = _checked(kind, by)
    reason = _judgeable(reason)
    if not sought.whole:
        raise NeedsReason("Enter both names, and the date of birth or the address with its postcode.")
    same = Opening.objects.filter(staff_id=staff, kind=kind, sought=sought.words, until__gt=at, closed_at=None)
    if (found := same.order_by("-opened_at").first()) is not None:
        return found
    limits.count("glass.seek", {f"staff:{staff}": MOST_SOUGHT}, at=at, minutes=60)
    with transaction.atomic():
        customer_id = behind_the_seal(sought, kind, actor=by)
        row = Opening.objects.create(
            staff_id=staff, customer_id=customer_id, kind=kind, reason=reason, sought=sought.words,
            nobody=customer_id is None, opened_at=at, until=at + timedelta(minutes=told.break_glass_minutes),
        )  # fmt: skip
        data = {"minutes": told.break_glass_minutes, "sought": True, "nobody": row.nobody}
        _say("glass.broken", row, by=by.because("break-glass"), at=at, **data)
    return row


def _checked(kind: str, by: Actor) -> tuple[Privacy, UUID]:
    """The pack's settings, and who opens."""
    require(by, "glass.break")
    told = current_pack().one(PRIVACY)
    if by.kind is not ActorKind.STAFF or by.id is None or kind not in {one.code for one in told.sealed}:
        raise Refused("Records of this kind are never opened this way. Ask the data-protection officer.")
    return told, by.id


def _judgeable(reason: str) -> str:
    reason = " ".join(reason.split())[:500]
    if len(reason) < SHORTEST:
        raise NeedsReason("Say in a sentence why you must see it now. The data-protection officer reads it.")
    return reason


def close_opening(opening_id: UUID, *, by: Actor, at: datetime) -> None:
    """Close it early; over or closed already is fine.

    Raises:
        LookupError: no such opening of this officer's.
    """
    with transaction.atomic():
        row = Opening.objects.select_for_update().filter(id=opening_id).first()
        if row is None or row.staff_id != by.id:
            raise LookupError("There is no such opening of yours.")
        if row.closed_at is None and row.until > at:
            row.closed_at = at
            row.save(update_fields=["closed_at"])
            _say("glass.closed", row, by=by.because("break-glass"), at=at)


def review_opening(opening_id: UUID, *, justified: bool, finding: str, by: Actor, at: datetime) -> None:
    """Say whether it was justified, and what was found. The first review stands.

    Raises:
        NeedsReason: it was not justified and nothing was written.
        Refused: no right to, or it was their own opening. LookupError.
    """
    require(by, "glass.review")
    finding = " ".join(finding.split())[:500]
    if not justified and not finding:
        raise NeedsReason("Write what you found and what happens next.")
    with transaction.atomic():
        row = Opening.objects.select_for_update().filter(id=opening_id).first()
        if row is None:
            raise LookupError("There is no such opening.")
        if row.staff_id == by.id:
            raise Refused("Somebody else has to look into what you opened yourself.")
        if row.reviewed_at is not None:
            return
        row.reviewed_at, row.reviewed_by, row.justified, row.finding = at, by.id, justified, finding
        row.save(update_fields=["reviewed_at", "reviewed_by", "justified", "finding"])
        _say("glass.reviewed", row, by=by, at=at, justified=justified)


def _say(name: str, row: Opening, *, by: Actor, at: datetime, **data: int | bool) -> None:
    record(
        [
            Happening(
                name=name, subject_kind="opening", subject_id=row.id, occurred_at=at, case_id=row.case_id,
                customer_id=row.customer_id, data={"kind": row.kind, **data},
            )
        ],
        by=by,
    )  # fmt: skip
