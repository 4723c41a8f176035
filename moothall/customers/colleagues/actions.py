"""The only writers of colleagues as customers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import Happening, record
from moothall.core.models import Staff
from moothall.customers.actions import create_customer
from moothall.customers.colleagues.models import Colleague

MOST_WARDS = 10


def customer_of_staff(staff_id: UUID, *, at: datetime) -> UUID:
    """Return the customer record of somebody with a staff account; the first time it is made from her name. Once, however
    often it is asked at a time.

    Raises:
        LookupError: there is no such account.
    """
    return _colleague(staff_id, at).customer_id


def seat(staff_id: UUID, *, wards: Iterable[str], by: Actor, at: datetime) -> None:
    """Say for which wards a councillor sits; none: for none any more.

    Raises:
        ValueError: too many. Refused, LookupError.
    """
    require(by, "staff.manage")
    wanted = sorted(set(wards))
    if len(wanted) > MOST_WARDS:
        raise ValueError(f"Choose up to {MOST_WARDS} wards.")
    with transaction.atomic():
        row = _colleague(staff_id, at)
        if row.wards == wanted:
            return
        row.wards = wanted
        row.save(update_fields=["wards"])
        happened = Happening(
            name="councillor.seated", subject_kind="staff", subject_id=staff_id, occurred_at=at, data={"wards": wanted}
        )
        record([happened], by=by)


def _colleague(staff_id: UUID, at: datetime) -> Colleague:
    with transaction.atomic():
        staff = Staff.objects.select_for_update().filter(pk=staff_id).first()  # two windows at once make one record
        if staff is None:
            raise LookupError("There is no such account.")
        row = Colleague.objects.select_for_update().filter(staff_id=staff_id).first()
        if row is None:
            given, _, family = staff.name.rpartition(" ")
            person = create_customer(
                given_name=given or family, family_name=family if given else "", proof="verified",
                contact_points=[("email", staff.email)] if staff.email else [], by=SYSTEM, at=at,
            )  # fmt: skip
            row = Colleague.objects.create(staff_id=staff_id, customer=person, made_at=at)
        return row
