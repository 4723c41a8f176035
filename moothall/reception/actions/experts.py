"""An expert is called in to a desk: all on duty with the skill are asked, the first to say so comes, the contact with her."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moothall.contacts.actions import hand_contact
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import record
from moothall.core.ids import new_id
from moothall.core.packs import current_pack
from moothall.reception import events
from moothall.reception.actions.lines import take_visit
from moothall.reception.errors import NotSo
from moothall.reception.models import AskState, Duty, ExpertAsk, Visit, VisitState
from moothall.reception.pack import skills_of
from moothall.reception.queries.duties import id_of
from moothall.reception.queries.experts import could_come

JOIN = "reception.join"
BUSY_FOR = timedelta(minutes=10)
GOING = (AskState.RINGING, AskState.COMING)


def ask_expert(visit_id: UUID, *, skill: str, by: Actor, at: datetime) -> ExpertAsk:
    """Ask whoever is on duty with a skill to come to this desk. Asked already: that is returned.

    Raises:
        NotSo: no such skill, nobody with it is here, or nobody is at the desk. LookupError, Refused.
    """
    require(by, "contact.take")
    if skill not in skills_of(current_pack()):
        raise NotSo("skill", "Choose what the expert should know.")
    with transaction.atomic():
        row, _ = take_visit(visit_id)
        if row.state != VisitState.SERVING:
            raise NotSo("skill", "Sit down with them first.")
        under_way = ExpertAsk.objects.filter(visit=row, state__in=GOING).first()
        if under_way is not None:
            return under_way
        if not could_come(row.centre, skill, but=by.id, at=at):
            raise NotSo(
                "skill", "Nobody with this skill is free here now. Hand them on to the queue, or promise a call."
            )
        ask = ExpertAsk(id=new_id(), visit=row, skill=skill, asked_by=by.id, asked_at=at)
        ask.save(force_insert=True)
        record([events.happening(events.ASKED, row, at, skill=skill, ask=str(ask.id))], by=by)
        return ask


def answer_ask(ask_id: UUID, *, comes: bool, by: Actor, at: datetime) -> ExpertAsk:
    """Say “I am coming” or “I am busy”. The first to come is the one; when all are busy the desk is told so at once.

    Raises:
        NotSo: a colleague is on her way, or it is over. LookupError, Refused.
    """
    require(by, JOIN)
    with transaction.atomic():
        ask = ExpertAsk.objects.select_for_update().select_related("visit").filter(id=ask_id).first()
        if ask is None:
            raise LookupError("Nobody asks.")
        if ask.state == AskState.COMING and ask.staff_id == by.id:
            return ask
        if ask.state != AskState.RINGING:
            raise NotSo(
                "ask",
                "A colleague is on the way." if ask.state == AskState.COMING else "They do not need you any more.",
            )
        waited = round((at - ask.asked_at).total_seconds())
        if comes:
            ask.state, ask.staff_id, ask.answered_at = AskState.COMING, by.id, at
            record([events.happening(events.COMING, ask.visit, at, skill=ask.skill, waited=waited)], by=by)
        else:
            if by.id is not None and by.id not in ask.busy:
                ask.busy.append(by.id)
            Duty.objects.filter(staff_id=id_of(by), ended_at=None).update(busy_until=at + BUSY_FOR)
            if not could_come(ask.visit.centre, ask.skill, but=ask.asked_by, at=at):
                ask.state, ask.answered_at = AskState.NOBODY, at
            record([events.happening(events.BUSY, ask.visit, at, skill=ask.skill, waited=waited)], by=by)
        ask.save()
        return ask


def take_over(visit_id: UUID, *, by: Actor, at: datetime) -> Visit:
    """The expert goes on with the visit herself: the contact with all its matters is hers, nothing is asked again.

    Raises:
        NotSo: she was not asked to come. LookupError, Refused.
    """
    require(by, "contact.take")
    with transaction.atomic():
        row, _ = take_visit(visit_id)
        ask = ExpertAsk.objects.select_for_update().filter(visit=row, state=AskState.COMING, staff_id=by.id).first()
        if ask is None:
            if row.staff_id == by.id:
                return row
            raise NotSo("visit", "You can take over once you have said that you are coming.")
        before, row.staff_id = row.staff_id, by.id
        row.handed += 1
        row.save(update_fields=["staff_id", "handed"])
        ask.state = AskState.OVER
        ask.save(update_fields=["state"])
        hand_contact(row.contact_id, staff_id=by.id, by=by, at=at)
        said = {"before": row.queue, "expert": True, "from_staff": str(before) if before else None}
        record([events.happening(events.HANDED, row, at, **said)], by=by)
        return row


def stop_asking(visit_id: UUID, *, by: Actor, at: datetime) -> None:
    """The expert is not needed any more, or has gone again. Nothing asked is fine.

    Raises:
        LookupError, NotSo, Refused.
    """
    require(by, "contact.take")
    with transaction.atomic():
        row, _ = take_visit(visit_id)
        end_asks(row, by=by, at=at)


def end_asks(row: Visit, *, by: Actor, at: datetime) -> None:
    """End whatever is asked for a visit, in the caller's transaction."""
    ExpertAsk.objects.filter(visit=row, state__in=(*GOING, AskState.NOBODY)).update(state=AskState.OVER)
