"""Who is on duty where: at which desk, and for what they may be called in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from moothall.core.access import Refused
from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.core.packs import current_pack
from moothall.reception import events
from moothall.reception.actions.lines import centre_of
from moothall.reception.errors import NotSo
from moothall.reception.models import Duty, Visit, VisitState
from moothall.reception.pack import skills_of
from moothall.reception.queries.duties import duty_row, id_of


def begin_duty(*, centre: str, desk: str = "", skills: Iterable[str] = (), by: Actor, at: datetime) -> Duty:
    """Be on duty at a centre: at a desk, or (without one) to be called in. On duty elsewhere: that ends.

    Raises:
        NotSo: no such desk, somebody else sits there, or neither a desk nor a skill. Refused.
    """
    if not (by.may("contact.take") or by.may("reception.join")):
        raise Refused("Your roles don’t include serving visitors. Ask your team leader or an administrator.")
    place = centre_of(centre)
    known = skills_of(current_pack())
    held = sorted({skill for skill in skills if skill in known})
    if desk and place.desk(desk) is None:
        raise NotSo("desk", "Choose a desk of this centre.")
    if not desk and not held:
        raise NotSo("desk", "Choose your desk, or what you can be called in for.")
    with transaction.atomic():
        _end(by, at)
        row = Duty(id=new_id(), staff_id=id_of(by), centre=centre, desk=desk, skills=held, began_at=at)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as taken:
            raise NotSo("desk", "A colleague is at this desk. Choose another, or ask them to leave it.") from taken
        record([_happening(events.ON_DUTY, row, at)], by=by)
        return row


def end_duty(*, by: Actor, at: datetime) -> None:
    """Go off duty. Nobody may be left called or at the desk; off already is fine.

    Raises:
        NotSo: somebody is at the desk.
    """
    with transaction.atomic():
        _end(by, at)


def _end(by: Actor, at: datetime) -> None:
    row = duty_row(by, locked=True)
    if row is None:
        return
    busy = Visit.objects.filter(staff_id=by.id, state__in=(VisitState.CALLED, VisitState.SERVING)).first()
    if busy is not None:
        raise NotSo("desk", f"{busy.ticket} is with you. Finish the visit or hand them on first.")
    off_duty(row, by=by, at=at)


def off_duty(row: Duty, *, by: Actor, at: datetime) -> None:
    """End a duty, whoever may still be at its desk."""
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    record([_happening(events.OFF_DUTY, row, at)], by=by)


def _happening(name: str, row: Duty, at: datetime) -> Happening:
    return Happening(
        name=name, subject_kind="duty", subject_id=row.id, occurred_at=at, channel="counter",
        data={"centre": row.centre, "desk": row.desk, "skills": list(row.skills)},
    )  # fmt: skip
