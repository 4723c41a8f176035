"""Paying in parts by card: the customer agrees while she pays the first part, and each later one is announced, then taken.

The agreement is kept by the provider; we hold its id and never a card. What it may take stands in the instalments: each part
is a bill of its own, so its amount is ours to say and nobody else's. ADR 0037.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from moothall.cases.actions import add_task
from moothall.cases.actions.rows import NoSuchCase
from moothall.core import clock
from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.events import Recorded, handles, record, together
from moothall.core.ids import new_id
from moothall.core.jobs import enqueue
from moothall.core.money import to_the_penny
from moothall.core.packs import Pack, current_pack
from moothall.core.reference_numbers import next_reference
from moothall.core.zone import council_date
from moothall.payments import events, saga
from moothall.payments.actions.agreeing import (
    LIVE,
    CannotAgree,
    drop_first,
    end,
    finish,
    left_of,
    part_of_bill,
    take_mandate,
)
from moothall.payments.actions.owing import NewIntent, owe, take_intent
from moothall.payments.actions.paying import (
    DOWN,
    CannotPay,
    NotNow,
    fail_attempt,
    new_attempt,
    payable,
    reference_of,
    start_payment,
    take_stand,
)
from moothall.payments.models import (
    Instalment,
    InstalmentState,
    Intent,
    IntentState,
    Mandate,
    MandateState,
)
from moothall.payments.pack import INSTALMENTS, MONEY, PRICES, CardTerms, Plan
from moothall.payments.protocols import ProviderRefused, ProviderTrouble, Wanted
from moothall.payments.providers import provider, provider_named
from moothall.payments.rules.debits import card_parts

log = logging.getLogger("moothall.payments")
CARD: Final = "card"
METHOD: Final = "agreement"
FINAL: Final = frozenset({"stopped", "no-agreement"})
"""Failures after which trying again is no use: the provider says so, or the agreement is at an end."""


def card_terms(pack: Pack) -> CardTerms | None:
    """Return how parts are taken by card, or None: nobody takes cards here, or not in parts."""
    line = provider()
    return pack.one(MONEY).cards if line is not None and line.agrees else None


def card_plans_for(service: str, pence: int, *, booked: bool, pack: Pack) -> list[Plan]:
    """Return the plans by which a bill may be paid in parts by card. What is held for a while cannot be."""
    price = pack.of(PRICES).get(service)
    if price is None or booked or card_terms(pack) is None:
        return []
    plans = (pack.of(INSTALMENTS)[code] for code in price.plans)
    return [plan for plan in plans if plan.by == "card" and plan.at_least <= pence]


def begin(
    intent_id: UUID, *, plan: str, come_back: Callable[[UUID], str], channel: str, by: Actor, at: datetime
) -> str:
    """Begin to pay a bill in parts by card: return the address of the provider's page, where the first part is paid and the
    rest agreed to. ``come_back`` gives the address to return to, for the bill of that part. The whole bill stays owed until
    then, so leaving the page changes nothing. The same again is the first.

    Raises:
        CannotAgree, CannotPay, NotNow.
    """
    if by.kind is ActorKind.STAFF:
        require(by, "payment.take")
    with transaction.atomic(), together():
        intent = take_intent(intent_id)
        payable(intent)
        mandate = Mandate.objects.select_for_update().filter(intent=intent, state__in=LIVE).first()
        if mandate is not None and mandate.scheme != CARD:
            raise CannotAgree("A Direct Debit is set up for this already.")
        if mandate is None:
            mandate = _new(intent, plan, channel, by, at)
        first = mandate.instalments.select_related("bill").get(number=1)
        bill = first.bill
        if bill is None or bill.state != IntentState.OWED:
            raise CannotAgree("The first part of this has been dealt with. Look again in a minute.")
    if not mandate.agreement:
        try:
            made = provider_named(mandate.provider).agree(mandate.reference, intent.description)
        except ProviderTrouble as trouble:
            raise NotNow(DOWN) from trouble
        except ProviderRefused as no:
            raise CannotPay("The payment service would not set this up. Pay it in one, or ask us.") from no
        Mandate.objects.filter(id=mandate.id, agreement="").update(agreement=made)
    return start_payment(bill.id, come_back=come_back(bill.id), by=by, at=at)


def _new(intent: Intent, plan: str, channel: str, by: Actor, at: datetime) -> Mandate:
    pack, line = current_pack(), provider()
    open_to = card_plans_for(intent.service, left_of(intent), booked=bool(intent.booking_id), pack=pack)
    chosen = next((one for one in open_to if one.code == plan), None)
    if chosen is None or line is None:
        raise CannotAgree("This cannot be paid in parts. Pay it in one, or ask us.")
    today = council_date(at)
    parts = card_parts(intent.amount_pence, intent.vat_pence, chosen.payments, today)
    mandate = Mandate(
        id=new_id(), reference=next_reference(), scheme=CARD, provider=line.name, intent=intent, case_id=intent.case_id,
        customer_id=intent.customer_id, plan=plan, day=min(today.day, 28), channel=channel, made_at=at,
        by_staff_id=by.id if by.kind is ActorKind.STAFF else None,
    )  # fmt: skip
    mandate.save(force_insert=True)
    first = owe(_part(mandate, parts[0].pence, parts[0].vat, 1, len(parts), until=intent.expires_at), by=SYSTEM, at=at)
    Instalment.objects.bulk_create(
        Instalment(
            id=new_id(), mandate=mandate, number=one.number, due_on=one.due_on, pence=one.pence, vat_pence=one.vat,
            noticed_at=at, bill=first if one.number == 1 else None,
        )
        for one in parts
    )  # fmt: skip
    return mandate


def _part(
    mandate: Mandate, pence: int, vat: int, number: int, many: int, *, until: datetime | None = None
) -> NewIntent:
    new = part_of_bill(mandate, pence, vat, f"payment {number} of {many}", how=METHOD)
    return replace(new, expires_at=until)


def set_up(mandate_id: UUID, *, at: datetime) -> None:
    """The first part is paid: from now on the whole bill is paid in parts, if the provider says that the agreement stands.

    Raises:
        ProviderTrouble: asked again later.
    """
    mandate = Mandate.objects.get(id=mandate_id)
    if mandate.state != MandateState.PENDING or mandate.scheme != CARD:
        return
    stands = provider_named(mandate.provider).agreement(mandate.agreement) == "active"
    with transaction.atomic(), together():
        whole = take_intent(mandate.intent_id)
        mandate = take_mandate(mandate_id)
        if mandate.state != MandateState.PENDING:
            return
        first = mandate.instalments.select_for_update(of=("self",)).get(number=1)
        if whole.state != IntentState.OWED:  # it was paid in one while she paid the first part, or is not owed at all
            in_one = whole.state == IntentState.DONE
            finish(
                mandate, who="council", why="paid-in-one" if in_one else "not-done", owe_rest=False, by=SYSTEM, at=at
            )
            drop_first(mandate, by=SYSTEM, at=at)
            return
        first.state = InstalmentState.TAKEN
        first.save(update_fields=["state"])
        saga.make_void(whole, why="instalments", by=SYSTEM, at=at)
        if not stands:
            finish(mandate, who="council", why="not-agreed", owe_rest=True, by=SYSTEM, at=at)
            return
        mandate.state, mandate.lodged_at = MandateState.ACTIVE, at
        mandate.save(update_fields=["state", "lodged_at"])
        many = mandate.instalments.count()
        told = events.about_mandate(events.MANDATE_AGREED, mandate, at, parts=many, pence=whole.amount_pence)
        record([told], by=SYSTEM)


def tell_and_take(*, at: datetime, limit: int = 500) -> int:
    """Announce the parts that come soon, and take those whose day has come; return how many were taken or tried.

    Nothing is taken unannounced: what is announced late is taken later.
    """
    _set_up_late(at, limit)
    _end_late(limit)
    terms = card_terms(current_pack())
    if terms is None:
        return 0
    today = council_date(at)
    live = Instalment.objects.filter(
        state=InstalmentState.PLANNED, mandate__scheme=CARD, mandate__state=MandateState.ACTIVE
    ).order_by("due_on", "id")
    soon = live.filter(told_at=None, due_on__lte=today + timedelta(days=terms.notice_days))
    for instalment_id in list(soon.values_list("id", flat=True)[:limit]):
        with transaction.atomic(), together():
            mandate, one = _take(instalment_id)
            if one.state != InstalmentState.PLANNED or one.told_at is not None or mandate.state != MandateState.ACTIVE:
                continue
            one.due_on, one.told_at = max(one.due_on, today + timedelta(days=terms.notice_days)), at
            one.noticed_at = at
            one.save(update_fields=["due_on", "told_at", "noticed_at"])
            told = {"number": one.number, "pence": one.pence, "on": one.due_on.isoformat()}
            record([events.about_mandate(events.PART_DUE, mandate, at, **told)], by=SYSTEM)
    due = live.filter(told_at__isnull=False, due_on__lte=today)
    ids = list(due.values_list("id", flat=True)[:limit])
    for instalment_id in ids:
        take_part(instalment_id, at=at)
    return len(ids)


def _set_up_late(at: datetime, limit: int) -> None:
    """Ask again of each agreement whose first part is paid and of which the provider has not said yet that it stands."""
    waiting = Instalment.objects.filter(
        number=1, mandate__scheme=CARD, mandate__state=MandateState.PENDING, bill__state=IntentState.DONE
    )
    for mandate_id in list(waiting.order_by("mandate_id").values_list("mandate_id", flat=True)[:limit]):
        try:
            set_up(mandate_id, at=at)
        except (ProviderTrouble, ProviderRefused) as error:
            log.info("Could not ask after an agreement", extra={"mandate": str(mandate_id), "why": str(error)})


def _end_late(limit: int) -> None:
    """Ask again to end each agreement that ended here and of which the provider has not heard: its job has given up."""
    over = (MandateState.ENDED, MandateState.DONE)
    unheard = Mandate.objects.filter(scheme=CARD, state__in=over, undone_at=None).exclude(agreement="")
    for mandate_id in list(unheard.order_by("ended_at", "id").values_list("id", flat=True)[:limit]):
        try:
            end_at_provider(mandate_id)
        except ProviderTrouble as trouble:
            log.info("Could not end an agreement", extra={"mandate": str(mandate_id), "why": str(trouble)})


def take_part(instalment_id: UUID, *, at: datetime) -> None:
    """Take one part by its agreement: once, however often it is asked. That it is tried is committed first."""
    with transaction.atomic(), together():
        mandate, one = _take(instalment_id)
        if one.state != InstalmentState.PLANNED or mandate.state != MandateState.ACTIVE:
            return
        if one.bill_id is None:
            many = mandate.instalments.count()
            one.bill = owe(_part(mandate, one.pence, one.vat_pence, one.number, many), by=SYSTEM, at=at)
        bill = take_intent(one.bill_id or new_id())
        if bill.state != IntentState.OWED:
            one.state = InstalmentState.TAKEN if bill.state == IntentState.DONE else InstalmentState.STOPPED
            one.save(update_fields=["state", "bill"])
            return
        attempt = new_attempt(bill, method=METHOD, provider_name=mandate.provider, by=SYSTEM, at=at)
        one.state, one.sent_at, one.attempt, one.tries = InstalmentState.SENT, at, attempt, one.tries + 1
        one.save(update_fields=["state", "bill", "sent_at", "attempt", "tries"])
    wanted = Wanted(
        reference=reference_of(bill, attempt), pence=attempt.amount_pence, description=bill.description, come_back="",
        agreement=mandate.agreement, metadata={"service": bill.service, "income": bill.income},
    )  # fmt: skip
    try:
        stand = provider_named(mandate.provider).start(wanted)
    except ProviderTrouble as trouble:  # nobody knows whether it was taken: it is looked for by its reference
        log.info("A part by card is not known of yet", extra={"attempt": str(attempt.id), "why": str(trouble)})
    except ProviderRefused:
        fail_attempt(attempt.id, "no-agreement", by=SYSTEM, at=at)
    else:
        take_stand(attempt.id, stand, by=SYSTEM, at=at)


def end_at_provider(mandate_id: UUID) -> None:
    """Have the provider end an agreement, so that nothing can be taken by it. Ended already is fine.

    Raises:
        ProviderTrouble: tried again later.
    """
    mandate = Mandate.objects.get(id=mandate_id)
    if mandate.scheme != CARD or not mandate.agreement or mandate.state in LIVE or mandate.undone_at is not None:
        return
    try:
        provider_named(mandate.provider).end_agreement(mandate.agreement)
    except ProviderRefused as no:
        log.info("The provider has no such agreement in force", extra={"mandate": str(mandate_id), "why": no.code})
    Mandate.objects.filter(id=mandate_id).update(undone_at=clock.now())


def _take(instalment_id: UUID) -> tuple[Mandate, Instalment]:
    mandate = take_mandate(Instalment.objects.values_list("mandate_id", flat=True).get(id=instalment_id))
    return mandate, Instalment.objects.select_for_update(of=("self",)).get(id=instalment_id)


@handles("payment.settled", as_="payments.card_part")
def paid(event: Recorded) -> None:
    """A part is paid, by its agreement or by the payer herself; or the whole bill was, and there are no parts any more."""
    at = clock.now()
    if event.subject_id is None:
        return
    found = (
        Instalment.objects.filter(bill_id=event.subject_id, mandate__scheme=CARD).values_list("id", flat=True).first()
    )
    if found is None:
        _end_begun(event.subject_id, "paid-in-one", at)
        return
    with transaction.atomic(), together():
        mandate, one = _take(found)
        if mandate.state == MandateState.PENDING:
            enqueue("payments.card_set_up", mandate_id=str(mandate.id), once=f"set-up:{mandate.id}")
            return
        one.state = InstalmentState.TAKEN
        one.save(update_fields=["state"])
        to_come = (InstalmentState.PLANNED, InstalmentState.SENT)
        if mandate.state == MandateState.ACTIVE and not mandate.instalments.filter(state__in=to_come).exists():
            mandate.state, mandate.ended_at = MandateState.DONE, at
            mandate.save(update_fields=["state", "ended_at"])
            enqueue("payments.card_end", mandate_id=str(mandate.id), once=f"card-end:{mandate.id}")


@handles("payment.voided", as_="payments.card_not_owed")
def not_owed(event: Recorded) -> None:
    """The whole bill is not owed any more: what was begun in parts ends, and its first part goes back where it was paid."""
    if event.subject_id is not None:
        _end_begun(event.subject_id, "not-done", clock.now())


def _end_begun(intent_id: UUID, why: str, at: datetime) -> None:
    begun = Mandate.objects.filter(intent_id=intent_id, scheme=CARD, state=MandateState.PENDING)
    for mandate_id in begun.values_list("id", flat=True):
        end(mandate_id, who="council", why=why, by=SYSTEM, at=at)


@handles("payment.failed", as_="payments.card_part_failed")
def failed(event: Recorded) -> None:
    """A part could not be taken: tried again some days later, told; after the last try the rest is owed as a bill."""
    attempt_id, at = str(event.data["attempt_id"]), clock.now()
    found = Instalment.objects.filter(attempt_id=attempt_id, mandate__scheme=CARD).values_list("id", flat=True).first()
    terms = current_pack().one(MONEY).cards
    if found is None or terms is None:
        return
    with transaction.atomic(), together():
        mandate, one = _take(found)
        if one.state != InstalmentState.SENT or str(one.attempt_id) != attempt_id:
            return
        again = one.tries < terms.tries and mandate.state == MandateState.ACTIVE and event.data.get("why") not in FINAL
        if again:
            one.state = InstalmentState.PLANNED
            one.due_on = council_date(at) + timedelta(days=terms.retry_after_days)
        else:
            one.state, one.why = InstalmentState.RETURNED, "card"
        one.save(update_fields=["state", "due_on", "why"])
        told = {"pence": one.pence, "bill": str(one.bill_id), "again": one.due_on.isoformat() if again else ""}
        record([events.about_mandate(events.PART_FAILED, mandate, at, **told)], by=SYSTEM)
        if not again:
            if mandate.state in LIVE:
                finish(mandate, who="bank", why="card", owe_rest=True, by=SYSTEM, at=at)
            _task(mandate, one.pence, terms.team, at)


def _task(mandate: Mandate, pence: int, team: str, at: datetime) -> None:
    if mandate.case_id is None:
        return
    title = f"Payment by card in parts failed for good: {to_the_penny(pence)} and what is left are owed"
    try:
        add_task(mandate.case_id, title=title, team=team, kind="arrears", by=SYSTEM, at=at)
    except (NoSuchCase, ValueError):
        return  # the case is gone or joined to another: the bill itself says that it is owed
