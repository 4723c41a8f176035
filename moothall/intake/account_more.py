"""What else is hers in "my account": what she owes and paid, what she booked, what she agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.bookings.queries import BookingView
from moothall.bookings.queries.person import bookings_until
from moothall.core.actors import SYSTEM
from moothall.customers.accounts.queries import Holder, claimed_cases
from moothall.customers.queries import CustomerCard
from moothall.intake.account_queries import Slot, register_account_slot
from moothall.payments.links import pay_path
from moothall.payments.queries import Bill, bills_of
from moothall.permits.links import permit_path
from moothall.permits.queries import permits_of

MOST = 50
MOST_ON_HOME = 3
TO_COME = frozenset({"held", "confirmed"})


@dataclass(frozen=True, slots=True)
class OwnBookings:
    """Her bookings: those to come, soonest first, and those that are over, newest first."""

    coming: tuple[BookingView, ...]
    over: tuple[BookingView, ...]


def own_bills(holder: Holder, card: CustomerCard) -> tuple[list[Bill], list[Bill]]:
    """Return what is to be paid now and what is settled, each newest first, of what she has claimed too. Four queries."""
    found = bills_of(card.ids, visible_to=SYSTEM, limit=MOST, case_ids=claimed_cases(holder.account_id))
    return [one for one in found if one.payable], [one for one in found if not one.payable]


def own_bookings(holder: Holder, card: CustomerCard, *, at: datetime) -> OwnBookings:
    """Return her bookings, of what she has claimed too. Two queries."""
    claimed = claimed_cases(holder.account_id)
    found = [one.shown for one in bookings_until(card.ids, until=None, limit=MOST, case_ids=claimed)]
    coming = [one for one in found if one.state in TO_COME and one.ends_at > at]
    over = [one for one in found if one not in coming]
    return OwnBookings(
        tuple(sorted(coming, key=lambda one: one.starts_at)),
        tuple(sorted(over, key=lambda one: one.starts_at, reverse=True)),
    )


def _to_pay(ids: Sequence[UUID], claimed: Sequence[UUID], at: datetime) -> Slot | None:
    """What is to be paid, on the first page. Three queries."""
    found = [one for one in bills_of(ids, visible_to=SYSTEM, limit=MOST, case_ids=claimed) if one.payable]
    lines = tuple((f"{one.says} for {one.what}", one.state_words, pay_path(one.id)) for one in found[:MOST_ON_HOME])
    return Slot("To pay", lines, "/account/payments", "All payments") if found else None


def _coming(ids: Sequence[UUID], claimed: Sequence[UUID], at: datetime) -> Slot | None:
    """What is booked, on the first page. One query."""
    found = [one.shown for one in bookings_until(ids, until=None, limit=MOST, case_ids=claimed)]
    coming = sorted((one for one in found if one.state in TO_COME and one.ends_at > at), key=lambda one: one.starts_at)
    lines = tuple((one.what, _when_and_where(one), "") for one in coming[:MOST_ON_HOME])
    return Slot("Coming up", lines, "/account/bookings", "All bookings") if coming else None


def _when_and_where(one: BookingView) -> str:
    said = f"{one.when}, {one.where}" if one.where else one.when
    return f"{said}. We’re keeping this for you until it is paid" if one.state == "held" and one.owes_pence else said


def _held(ids: Sequence[UUID], claimed: Sequence[UUID], at: datetime) -> Slot | None:
    """What she holds, on the first page. Two queries; one where she holds nothing."""
    found = [one for one in permits_of(ids, visible_to=SYSTEM, at=at) if one.standing in {"coming", "in_force"}]
    lines = tuple(
        (f"{one.name} {one.number}", f"{one.what}. {one.says}" if one.what else one.says, permit_path(one.id))
        for one in found[:MOST_ON_HOME]
    )
    return Slot("Permits and licences", lines, "/account/permits", "All permits and licences") if found else None


register_account_slot("bills", _to_pay)
register_account_slot("bookings", _coming)
register_account_slot("permits", _held)
