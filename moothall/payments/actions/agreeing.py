"""Agreements to pay in parts: made, changed and ended, with the notice that the payer is owed each time. Adr 0022."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from moothall.cases.actions import resume_case
from moothall.cases.models import Case, CaseState
from moothall.core import clock
from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.events import Recorded, handles, record, together
from moothall.core.ids import new_id
from moothall.core.jobs import enqueue
from moothall.core.packs import Pack, current_pack
from moothall.core.reference_numbers import next_reference
from moothall.core.zone import council_date
from moothall.payments import events, saga
from moothall.payments.actions.owing import NewIntent, owe, take_intent, void
from moothall.payments.actions.paying import CannotPay, payable
from moothall.payments.actions.refunding import refund_whole
from moothall.payments.models import Instalment, InstalmentState, Intent, IntentState, Mandate, MandateState
from moothall.payments.pack import INSTALMENTS, MONEY, OUTSTANDING, PRICES, DebitTerms, Plan
from moothall.payments.rules.debits import Account, Part, payments_that_fit, plan_parts
from moothall.promises.pack import calendar_of
from moothall.promises.rules import Calendar

OTHER_ACCOUNT = "account"
"""Why an agreement ended whose payments come from another account now."""
LIVE = (MandateState.PENDING, MandateState.ACTIVE)


class CannotAgree(CannotPay):
    """It cannot be agreed, changed or ended; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a Direct Debit goes by today: the pack's terms, the banks' calendar, the first day that may be taken."""

    debits: DebitTerms
    calendar: Calendar
    earliest: date


def terms_on(pack: Pack, at: datetime) -> Terms:
    """Return the terms of Direct Debits. Raises CannotAgree where the council takes none."""
    debits = pack.one(MONEY).debits
    if debits is None:
        raise CannotAgree("We do not take Direct Debits here. Pay by card, or ask us.")
    calendar = calendar_of(pack, debits.calendar)
    return Terms(debits, calendar, calendar.add_working_days(council_date(at), debits.notice_days))


def plans_for(service: str, pence: int, *, booked: bool, pack: Pack) -> list[Plan]:
    """Return the plans by which a bill may be paid in parts. What is held for a while cannot be."""
    price = pack.of(PRICES).get(service)
    if price is None or booked or pack.one(MONEY).debits is None:
        return []
    plans = (pack.of(INSTALMENTS)[code] for code in price.plans)
    return [plan for plan in plans if plan.by == "debit" and plan.at_least <= pence]


def parts_of(intent_pence: int, vat: int, plan: Plan, day: int, terms: Terms) -> list[Part]:
    """Return the days and amounts that a plan comes to, none before the notice is over."""
    if day not in plan.days:
        raise CannotAgree(f"Choose the day of the month: {', '.join(str(one) for one in plan.days)}.")
    payments = payments_that_fit(plan.payments, plan.season, day, terms.earliest)
    return plan_parts(intent_pence, vat, payments, day, terms.earliest, terms.calendar)


def agree(
    intent_id: UUID, *, plan: str, day: int, account: Account, alone: bool, channel: str, by: Actor, at: datetime
) -> Mandate:
    """Take a Direct Debit for a bill: it is not owed at once any more, but in parts. The same again is the first.

    ``alone``: nobody else has to sign for the account. The payer is told of every day and amount, which is her notice.

    Raises:
        CannotAgree, CannotPay: not for this bill, or it is paid.
    """
    if by.kind is ActorKind.STAFF:
        require(by, "payment.take")
    _check_alone(alone)
    with transaction.atomic(), together():
        intent = take_intent(intent_id)
        held = Mandate.objects.filter(intent=intent, state__in=LIVE).first()
        if held is not None and held.scheme == "bacs":
            return held
        if held is not None:
            raise CannotAgree("Payment in parts by card was begun for this. Go on with it, or stop it first.")
        payable(intent)
        pack = current_pack()
        terms = terms_on(pack, at)
        open_to = {
            one.code: one
            for one in plans_for(intent.service, left_of(intent), booked=bool(intent.booking_id), pack=pack)
        }
        if plan not in open_to:
            raise CannotAgree("This cannot be paid in parts. Pay it by card, or ask us.")
        parts = parts_of(intent.amount_pence, intent.vat_pence, open_to[plan], day, terms)
        mandate = Mandate(
            id=new_id(), reference=next_reference(), scheme="bacs", intent=intent, case_id=intent.case_id,
            customer_id=intent.customer_id, plan=plan, day=day, channel=channel, holder=account.holder,
            sort_code=account.sort_code, account=account.number, made_at=at,
            by_staff_id=by.id if by.kind is ActorKind.STAFF else None,
        )  # fmt: skip
        try:
            with transaction.atomic():
                mandate.save(force_insert=True)
        except IntegrityError as twice:
            raise CannotAgree("A Direct Debit is set up for this already.") from twice
        _plan(mandate, parts, at)
        saga.make_void(intent, why="instalments", by=by, at=at)
        _go_on(intent, at)
        record(
            [events.about_mandate(events.MANDATE_AGREED, mandate, at, parts=len(parts), pence=intent.amount_pence)],
            by=by,
        )
        return mandate


def _check_alone(alone: bool) -> None:
    if not alone:
        raise CannotAgree(
            "Where more than one person has to agree to payments, the bank needs a signature of each. Ask us for the form."
        )


def left_of(intent: Intent) -> int:
    """What is to be paid; nothing in parts of what has begun to be paid another way."""
    return 0 if intent.attempts.filter(state="taken").exists() else intent.amount_pence


def _plan(mandate: Mandate, parts: Sequence[Part], at: datetime) -> None:
    Instalment.objects.bulk_create(
        Instalment(
            id=new_id(), mandate=mandate, number=one.number, due_on=one.due_on, pence=one.pence, vat_pence=one.vat,
            noticed_at=at,
        )
        for one in parts
    )  # fmt: skip


def _go_on(intent: Intent, at: datetime) -> None:
    if intent.case_id is not None and Case.objects.filter(id=intent.case_id, state=CaseState.WAITING).exists():
        resume_case(intent.case_id, reason="paid", waited_for=OUTSTANDING, by=SYSTEM, at=at)


def change_day(mandate_id: UUID, *, day: int, by: Actor, at: datetime) -> Mandate:
    """Move what is still to come to another day of the month, with the whole notice again.

    Raises:
        CannotAgree: it has ended, nothing is to come, or not one of the days offered.
    """
    if by.kind is ActorKind.STAFF:
        require(by, "payment.take")
    with transaction.atomic(), together():
        mandate = take_mandate(mandate_id)
        pack = current_pack()
        plan, terms = pack.of(INSTALMENTS).get(mandate.plan), terms_on(pack, at)
        planned = list(mandate.instalments.filter(state=InstalmentState.PLANNED).order_by("number"))
        if mandate.scheme != "bacs" or mandate.state not in LIVE or not planned:
            raise CannotAgree("Nothing is to come by this Direct Debit, so its day cannot be changed.")
        if plan is None or day not in plan.days:
            raise CannotAgree("Choose one of the days that we offer.")
        if day == mandate.day:
            return mandate
        redate(planned, day, terms, at)
        mandate.day = day
        mandate.save(update_fields=["day"])
        record([events.about_mandate(events.MANDATE_CHANGED, mandate, at, what="day")], by=by)
        return mandate


def moved_parts(planned: Sequence[tuple[int, date, int, int]], day: int, terms: Terms) -> list[Part]:
    """Return what is still to come (number, day, pence, tax) as it would come from another account: the same amounts, none
    before the notice is over.
    """
    days = plan_parts(max(1, sum(one[2] for one in planned)), 0, len(planned), day, terms.earliest, terms.calendar)
    return [
        Part(number, max(was, one.due_on), pence, vat)
        for number, ((_, was, pence, vat), one) in enumerate(zip(planned, days, strict=True), start=1)
    ]


def change_account(
    mandate_id: UUID, *, account: Account, alone: bool, channel: str, by: Actor, at: datetime
) -> Mandate:
    """Take what is still to come from another account. It is a new instruction to another bank, with the whole notice again;
    the old one ends there, and what is with its bank already goes on. The same account again changes nothing.

    Raises:
        CannotAgree: it has ended, nothing is to come, or somebody else has to agree to payments.
    """
    if by.kind is ActorKind.STAFF:
        require(by, "payment.take")
    _check_alone(alone)
    with transaction.atomic(), together():
        old = take_mandate(mandate_id)
        planned = list(old.instalments.filter(state=InstalmentState.PLANNED).order_by("number"))
        if old.scheme != "bacs" or old.state not in LIVE or not planned:
            raise CannotAgree("Nothing is to come by this Direct Debit, so its account cannot be changed.")
        if (old.sort_code, old.account) == (account.sort_code, account.number):
            return old
        terms = terms_on(current_pack(), at)
        parts = moved_parts([(p.number, p.due_on, p.pence, p.vat_pence) for p in planned], old.day, terms)
        finish(old, who="payer", why=OTHER_ACCOUNT, owe_rest=False, by=by, at=at)
        new = Mandate(
            id=new_id(), reference=next_reference(), scheme="bacs", intent=old.intent, case_id=old.case_id,
            customer_id=old.customer_id, plan=old.plan, day=old.day, channel=channel, holder=account.holder,
            sort_code=account.sort_code, account=account.number, made_at=at,
            by_staff_id=by.id if by.kind is ActorKind.STAFF else None,
        )  # fmt: skip
        new.save(force_insert=True)
        _plan(new, parts, at)
        pence = sum(one.pence for one in parts)
        record([events.about_mandate(events.MANDATE_AGREED, new, at, parts=len(parts), pence=pence)], by=by)
        return new


def redate(planned: Sequence[Instalment], day: int, terms: Terms, at: datetime) -> None:
    """Give what is to come new days, a month apart, none before the notice is over."""
    parts = plan_parts(sum(one.pence for one in planned), 0, len(planned), day, terms.earliest, terms.calendar)
    for one, part in zip(planned, parts, strict=True):
        one.due_on, one.noticed_at = part.due_on, at
    Instalment.objects.bulk_update(planned, ["due_on", "noticed_at"])


def end(mandate_id: UUID, *, who: str, why: str, by: Actor, at: datetime) -> Mandate:
    """End an agreement: nothing more is taken by it, its bank is told, and what is left is owed like any other bill.

    ``who`` ended it: payer, bank or council. Ended already: nothing happens.
    """
    if by.kind is ActorKind.STAFF:
        require(by, "payment.take")
    with transaction.atomic(), together():
        mandate = take_mandate(mandate_id)
        if mandate.state in LIVE:
            agreed = mandate.scheme == "bacs" or mandate.state == MandateState.ACTIVE
            finish(mandate, who=who, why=why, owe_rest=agreed, by=by, at=at)
            if not agreed:  # the first part is nothing by itself, whatever becomes of the whole
                drop_first(mandate, by=by, at=at)
        return mandate


def drop_first(mandate: Mandate, *, by: Actor, at: datetime) -> None:
    """The first part of what is not agreed after all is not owed; where it was paid already, it goes back."""
    first = mandate.instalments.filter(number=1).values_list("bill_id", flat=True).first()
    if first is None:
        return
    void(first, why="withdrawn", by=by, at=at)
    bill = take_intent(first)
    for attempt in bill.attempts.filter(state="taken") if bill.state == IntentState.DONE else ():
        attempt.intent = bill
        twice = mandate.intent.state == IntentState.DONE
        refund_whole(attempt, reason="paid-twice" if twice else "not-owed", by=SYSTEM, at=at)


def finish(mandate: Mandate, *, who: str, why: str, owe_rest: bool, by: Actor, at: datetime) -> None:
    """End a locked agreement. Parts already with the bank go on; those to come stop."""
    planned = list(mandate.instalments.filter(state=InstalmentState.PLANNED))
    left, vat = sum(one.pence for one in planned), sum(one.vat_pence for one in planned)
    mandate.instalments.filter(state=InstalmentState.PLANNED).update(state=InstalmentState.STOPPED)
    mandate.state, mandate.ended_at, mandate.ended_by, mandate.why_ended = MandateState.ENDED, at, who, why[:40]
    mandate.save(update_fields=["state", "ended_at", "ended_by", "why_ended"])
    record([events.about_mandate(events.MANDATE_ENDED, mandate, at, who=who, why=why[:40], left=left)], by=by)
    if mandate.scheme == "card":
        enqueue("payments.card_end", mandate_id=str(mandate.id), once=f"card-end:{mandate.id}")
    if owe_rest and left:
        owe(part_of_bill(mandate, left, vat, "what is left", how="link"), by=SYSTEM, at=at)


def part_of_bill(mandate: Mandate, pence: int, vat: int, says: str, *, how: str) -> NewIntent:
    """Return what is owed for one part of a bill that is paid in parts."""
    about = mandate.intent
    return NewIntent(
        service=about.service, description=f"{about.description}: {says}"[:200], channel=mandate.channel, pence=pence,
        income=about.income, vat=vat, lines=[{"says": f"{about.description}: {says}", "pence": pence, "why": ""}],
        case_id=mandate.case_id, customer_id=mandate.customer_id, team=about.team, area=about.area,
        restricted=about.restricted, how=how,
    )  # fmt: skip


def take_mandate(mandate_id: UUID) -> Mandate:
    """Lock an agreement. Raises Mandate.DoesNotExist."""
    return Mandate.objects.select_for_update(of=("self",)).select_related("intent").get(id=mandate_id)


@handles("case.closed", as_="payments.stop_debits")
def case_closed(event: Recorded) -> None:
    """A request ended without what was asked for: nothing more is taken for it, and nothing is left to pay."""
    if event.case_id is None or event.data.get("resolved"):
        return
    for mandate_id in Mandate.objects.filter(case_id=event.case_id, state__in=LIVE).values_list("id", flat=True):
        with transaction.atomic(), together():
            mandate, at = take_mandate(mandate_id), clock.now()
            if mandate.state in LIVE:
                begun = mandate.scheme == "card" and mandate.state == MandateState.PENDING
                finish(mandate, who="council", why="not-done", owe_rest=False, by=SYSTEM, at=at)
                if begun:
                    drop_first(mandate, by=SYSTEM, at=at)
