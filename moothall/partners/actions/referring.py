"""A case is sent on: noted in the transaction that decides it, sent by a job that tries until it arrives or a person must."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from moothall.cases.actions import add_task, set_status
from moothall.cases.models import Case, CaseState
from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record, together
from moothall.core.ids import new_id
from moothall.core.jobs import enqueue
from moothall.core.packs import current_pack
from moothall.core.reference_numbers import next_reference
from moothall.notifications.actions import queue_message
from moothall.notifications.recipients import recipient
from moothall.partners import events
from moothall.partners.adapters.registry import is_reached, sender_of
from moothall.partners.models import OPEN, Purpose, Referral, ReferralState
from moothall.partners.pack import PARTNERS, WHOSE_JOB, Partner
from moothall.partners.protocols import CannotSend, NotTaken
from moothall.partners.rules import Theirs
from moothall.partners.telling import outside_values, report_of
from moothall.promises.actions import NewPromise, make_promises, withdraw_promises
from moothall.promises.rules import Standard

PASSED_ON: Final = "passed_on"
KIND: Final = "referral"
"""The kind of promise: by when we say what they answered."""
MOST_TRIES: Final = 12
PAUSES: Final = (0.5, 1, 2, 5, 15, 30, 60, 120, 240, 480, 720)
"""Minutes between tries: a system that restarts is met again in a minute, one that is down for a day is waited for."""


class AlreadySentOn(ValueError):
    """The case is with that partner already."""


def refer_new(
    case_id: UUID, theirs: Theirs, *, service: str, by: Actor, at: datetime, purpose: Purpose = Purpose.THEIRS
) -> Referral:
    """Note that a case opened in this transaction is another's to do; it is sent as soon as the transaction stands."""
    partner = theirs.partner
    with transaction.atomic(savepoint=False):
        row, fresh = Referral.objects.get_or_create(
            case_id=case_id, partner=partner.code,
            defaults={
                "id": new_id(), "service": service, "purpose": purpose, "way": partner.sends, "rule": theirs.rule,
                "because": theirs.says[:300], "made_at": at,
            },
        )  # fmt: skip
        if fresh or row.state not in OPEN:
            row.state, row.made_at, row.ended_at, row.tries, row.trouble = ReferralState.WAITING, at, None, 0, ""
            row.their_reference = row.their_token = row.their_status = ""
            row.their_change = row.expected_at = row.asked_at = None
            _number(row)
            row.save()
            record([events.happening(events.MADE, row, at)], by=by)
            enqueue("partners.deliver", referral=str(row.id))
    return row


def refer_case(
    case_id: UUID, *, partner: str, standard: Standard, by: Actor, at: datetime, version: int | None = None
) -> Referral:
    """Send a case on to whoever's job it is: what we promised of the work ends, what we promise of the answer begins.

    A contractor works for us: it is told, and what we promised stands.

    Raises:
        AlreadySentOn, LookupError for an unknown partner, Refused; as ``cases.actions`` for the case.
    """
    require(by, "case.work")
    known = current_pack().of(PARTNERS).get(partner)
    if known is None:
        raise LookupError("There is no such partner.")
    if known.kind == "contractor":
        return _to_contractor(case_id, known, by=by, at=at, version=version)
    with transaction.atomic(), together():
        case = set_status(case_id, status=PASSED_ON, by=by, at=at, version=version)
        if Referral.objects.filter(case_id=case_id, partner=partner, state__in=OPEN).exists():
            raise AlreadySentOn(f"{known.title} has it already.")
        withdraw_promises(case_id, reason="referred", kinds=["complete", "reply"], by=by, at=at)
        make_promises(
            [
                NewPromise(
                    kind=KIND, standard=standard, subject_kind="case", subject_id=case_id, received_at=at,
                    customer_id=case.customer_id, service=case.service, channel=case.channel, team=case.team,
                    area=case.area, pack_version_id=case.pack_version_id,
                )
            ],
            by=by, at=at,
        )  # fmt: skip
        says = f"{known.title} looks after this."
        return refer_new(case_id, Theirs(known, "", says), service=case.service, by=by, at=at)


def send_to_contractors(case_id: UUID, *, at: datetime) -> int:
    """Tell the contractors who work on this service for us of a new case. Again is fine. Returns how many are told.

    One that is another's to do is theirs alone. A contractor whose system is not connected is none yet: our own crew has it.
    """
    case = Case.objects.filter(id=case_id).first()
    if case is None or Referral.objects.filter(case_id=case_id, purpose=Purpose.THEIRS).exists():
        return 0
    told = [one for one in current_pack().of(PARTNERS).values() if case.service in one.works_on and is_reached(one)]
    for partner in told:
        theirs = Theirs(partner, "", f"{partner.title} does this work for us.")
        refer_new(case_id, theirs, service=case.service, by=SYSTEM, at=at, purpose=Purpose.FOR_US)
    return len(told)


def hand_over(case_id: UUID, *, at: datetime) -> Referral | None:
    """Hand a case to the contractor who takes over its service: a crew on the spot said that it is one for them.

    Our promise stands. Where no contractor takes it, or the case is over, ``None``: the office decides.
    """
    with transaction.atomic(), together():
        case = Case.objects.select_for_update().filter(id=case_id).first()
        if case is None or case.state not in (CaseState.OPEN, CaseState.WAITING):
            return None
        known = next((one for one in current_pack().of(PARTNERS).values() if one.does_for_us(case.service)), None)
        if known is None:
            add_task(
                case.id, title="The crew says it is one for a contractor. Decide what happens next.", team=case.team,
                kind="visit_failed", by=SYSTEM, at=at,
            )  # fmt: skip
            return None
        return _told_contractor(case, known, by=SYSTEM, at=at)


def _to_contractor(case_id: UUID, known: Partner, *, by: Actor, at: datetime, version: int | None) -> Referral:
    with transaction.atomic(), together():
        if Referral.objects.filter(case_id=case_id, partner=known.code, state__in=OPEN).exists():
            raise AlreadySentOn(f"{known.title} has it already.")
        case = set_status(case_id, status="in_progress", by=by, at=at, version=version)
        return _told_contractor(case, known, by=by, at=at)


def _told_contractor(case: Case, known: Partner, *, by: Actor, at: datetime) -> Referral:
    theirs = Theirs(known, "", f"{known.title} does this work for us.")
    return refer_new(case.id, theirs, service=case.service, by=by, at=at, purpose=Purpose.FOR_US)


def contract_missing(*, most: int, by: Actor, at: datetime) -> int:
    """Tell contractors of open cases that were there before they were, the newest first. Returns how many are told now."""
    require(by, "case.work")
    reached = [one for one in current_pack().of(PARTNERS).values() if one.works_on and is_reached(one)]
    services = sorted({code for one in reached for code in one.works_on})
    held = Referral.objects.filter(case_id=OuterRef("id"))
    cases = Case.objects.filter(service__in=services, state=CaseState.OPEN).exclude(Exists(held))
    wanted = list(cases.order_by("-opened_at", "-id").values_list("id", flat=True)[:most])
    return sum(send_to_contractors(one, at=at) > 0 for one in wanted)


def deliver(referral_id: UUID, *, at: datetime) -> Referral | None:
    """Send one that waits; what cannot be reached is tried again, and after the last try a person is asked to.

    Nothing is held while the other system is spoken to; the same reference of ours goes with every try, so that one that
    understands it makes one report of them.
    """
    row = Referral.objects.filter(id=referral_id, state__in=(ReferralState.WAITING, ReferralState.STUCK)).first()
    case = Case.objects.filter(id=row.case_id).first() if row else None
    partner = current_pack().of(PARTNERS).get(row.partner) if row else None
    if row is None or case is None:
        return None
    if _number(row):  # noted before referrals had a number of their own
        row.save(update_fields=["reference"])
    if partner is None or row.way == "by_hand":
        return _by_hand(row, case, partner, at=at)
    if row.way == "email":
        return _by_email(row, case, partner, at=at)
    sender = sender_of(partner)
    if sender is None:
        return _by_hand(row, case, partner, at=at, trouble="Its address is not set up.")
    try:
        sent = sender.send(report_of(row, case, partner))
    except NotTaken as refused:
        return _by_hand(row, case, partner, at=at, trouble=str(refused))
    except CannotSend as wrong:
        return _again(row, case, partner, str(wrong), at=at)
    return _sent(row, at=at, reference=sent.reference, token=sent.token)


def mark_sent(referral_id: UUID, *, reference: str = "", by: Actor, at: datetime) -> Referral:
    """Note that a person has passed it on. Raises LookupError, Refused."""
    require(by, "case.work")
    row = Referral.objects.filter(id=referral_id, state__in=(ReferralState.WAITING, ReferralState.STUCK)).first()
    if row is None:
        raise LookupError("There is nothing waiting to be sent on here.")
    return _sent(row, at=at, reference=reference[:120])


def _number(row: Referral) -> bool:
    """Give what is not on the map a number of its own to quote, where it has none yet; say whether it was given one."""
    service = current_pack().services.get(row.service)
    if row.reference is not None or (service is not None and service.on_the_map):
        return False
    row.reference = next_reference()
    return True


def _by_email(row: Referral, case: Case, partner: Partner, *, at: datetime) -> Referral:
    with transaction.atomic():
        queue_message(
            key=f"referral:{row.id}:{row.made_at.isoformat()}", template="referral-out",
            to=recipient(None, email=partner.email or ""), values=outside_values(row, case, partner), at=at,
        )  # fmt: skip
        return _sent(row, at=at)


def _sent(row: Referral, *, at: datetime, reference: str = "", token: str = "") -> Referral:
    with transaction.atomic():
        row = Referral.objects.select_for_update().get(id=row.id)
        if row.state not in (ReferralState.WAITING, ReferralState.STUCK):
            return row
        row.state, row.sent_at, row.trouble = ReferralState.SENT, at, ""
        row.their_reference, row.their_token = reference or row.their_reference, token
        row.save(update_fields=["state", "sent_at", "trouble", "their_reference", "their_token"])
        record([events.happening(events.SENT, row, at)], by=SYSTEM)
    return row


def _again(row: Referral, case: Case, partner: Partner, trouble: str, *, at: datetime) -> Referral:
    row.tries, row.trouble = row.tries + 1, trouble[:300]
    if row.tries >= MOST_TRIES:
        return _by_hand(row, case, partner, at=at, trouble=trouble)
    with transaction.atomic():
        row.save(update_fields=["tries", "trouble"])
        pause = timedelta(minutes=PAUSES[min(row.tries - 1, len(PAUSES) - 1)])
        enqueue("partners.deliver", at=at + pause, once=f"deliver:{row.id}", referral=str(row.id))
    return row


def _by_hand(row: Referral, case: Case, partner: Partner | None, *, at: datetime, trouble: str = "") -> Referral:
    """Ask a person to pass it on; the customer's report is never left lying because a machine could not."""
    title, how = (
        (partner.title, " or ".join(filter(None, (partner.phone, partner.web)))) if partner else (row.partner, "")
    )
    words = f"Pass this on to {title}" + (f": {how}" if how else "") + (f" ({trouble})" if trouble else "")
    with transaction.atomic(), together():
        row = Referral.objects.select_for_update().get(id=row.id)
        if row.state == ReferralState.STUCK:
            return row
        row.state, row.trouble = ReferralState.STUCK, trouble[:300]
        row.tries = max(row.tries, 1) if trouble else row.tries
        row.save(update_fields=["state", "trouble", "tries"])
        team = current_pack().one(WHOSE_JOB).team if row.purpose == Purpose.THEIRS else case.team
        add_task(case.id, title=words[:200], team=team, kind="pass_on", by=SYSTEM, at=at)
        record([events.happening(events.STUCK, row, at)], by=SYSTEM)
    return row
