"""Direct Debits day by day: the file for the bank, what came of it, and what the bank reports back. Each file counts once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from moothall.cases.actions import add_task
from moothall.cases.actions.rows import NoSuchCase
from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record, together
from moothall.core.ids import new_id
from moothall.core.money import to_the_penny
from moothall.core.packs import current_pack
from moothall.core.zone import LONDON, council_date
from moothall.payments import events
from moothall.payments.actions.agreeing import (
    LIVE,
    CannotAgree,
    Terms,
    finish,
    part_of_bill,
    redate,
    take_mandate,
    terms_on,
)
from moothall.payments.actions.ledger import post
from moothall.payments.actions.owing import owe, take_intent
from moothall.payments.actions.paying import money_came, new_attempt
from moothall.payments.adapters.bacs import Advice, BadReport, Record, Sender, read_report, record_line
from moothall.payments.models import (
    Attempt,
    AttemptState,
    DebitFile,
    Instalment,
    InstalmentState,
    Mandate,
    MandateState,
)
from moothall.payments.pack import MONEY
from moothall.payments.rules import ledger
from moothall.payments.rules.debits import CANCEL, ENDS, MOVES, NEW, REINSTATED, RETURN_ENDS, UNPAID, code_of

BACS: Final = "bacs"
MOST: Final = 20_000
LATEST: Final = 3
"""Working days after its date within which a payment may still be taken without telling the payer anew."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a report came to: lines taken, and those that spoke of nothing we know. ``again``: it was brought in before."""

    kind: str
    taken: int
    unknown: int
    again: bool = False


def make_submission(*, by: Actor, at: datetime) -> DebitFile | None:
    """Write the file of what the bank is to be told and to collect next; None when there is nothing. It is then sent.

    What should have gone days ago and did not is moved, and its payer told in time: nothing is taken unannounced.

    Raises:
        Refused; CannotAgree: no Direct Debits here.
    """
    require(by, "payment.collect")
    with transaction.atomic(), together():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('payments.debits', 0))")
        terms = terms_on(current_pack(), at)
        today = council_date(at)
        on = terms.calendar.add_working_days(today, terms.debits.lead_days)
        records = [*_instructions(on, at), *_payments(on, terms, by, at)]
        if not records:
            return None
        sender = Sender(terms.debits.service_user, terms.debits.sort_code, terms.debits.account, terms.debits.name)
        content = "".join(f"{record_line(one, sender)}\n" for one in records)
        made = DebitFile(
            id=new_id(), kind="submission", name=f"bacs-{on:%Y-%m-%d}-{at.astimezone(LONDON):%H%M%S}.txt",
            sha256=hashlib.sha256(content.encode()).hexdigest(), rows=len(records), content=content,
            pence=sum(one.pence for one in records), processing_on=on, at=at, by_staff_id=by.id,
        )  # fmt: skip
        made.save(force_insert=True)
        Instalment.objects.filter(state=InstalmentState.SENT, file=None).update(file=made)
        record([events.about_file(made, at)], by=by)
        return made


def _instructions(on: date, at: datetime) -> list[Record]:
    new = list(Mandate.objects.select_for_update().filter(scheme=BACS, state=MandateState.PENDING)[:MOST])
    gone = list(
        Mandate.objects.select_for_update().filter(
            scheme=BACS, state=MandateState.ENDED, lodged_at__isnull=False, undone_at=None
        ).exclude(ended_by="bank")[:MOST]
    )  # fmt: skip
    for mandate in new:
        mandate.state, mandate.lodged_at = MandateState.ACTIVE, at
    for mandate in gone:
        mandate.undone_at = at
    Mandate.objects.bulk_update(new, ["state", "lodged_at"])
    Mandate.objects.bulk_update(gone, ["undone_at"])
    return [_record(one, NEW, 0, on) for one in new] + [_record(one, CANCEL, 0, on) for one in gone]


def _payments(on: date, terms: Terms, by: Actor, at: datetime) -> list[Record]:
    due = list(
        Instalment.objects.select_for_update(of=("self",))
        .filter(state=InstalmentState.PLANNED, due_on__lte=on, mandate__scheme=BACS, mandate__state=MandateState.ACTIVE)
        .select_related("mandate__intent")
        .order_by("due_on", "id")[:MOST]
    )
    too_late = {one.mandate_id for one in due if terms.calendar.working_days_between(one.due_on, on) > LATEST}
    for mandate_id in too_late:
        mandate = take_mandate(mandate_id)
        redate(
            list(mandate.instalments.filter(state=InstalmentState.PLANNED).order_by("number")), mandate.day, terms, at
        )
        record([events.about_mandate(events.MANDATE_CHANGED, mandate, at, what="late")], by=by)
    records = []
    for one in due:
        if one.mandate_id in too_late:
            continue
        mandate = one.mandate
        many = mandate.instalments.count()
        bill = owe(part_of_bill(mandate, one.pence, one.vat_pence, f"payment {one.number} of {many}", how="debit"),
                   by=SYSTEM, at=at)  # fmt: skip
        attempt = new_attempt(take_intent(bill.id), method="debit", provider_name=BACS, by=SYSTEM, at=at)
        attempt.provider_id, attempt.state = f"{mandate.reference}-{one.number}", AttemptState.STARTED
        attempt.save(update_fields=["provider_id", "state"])
        one.state, one.sent_at, one.attempt = InstalmentState.SENT, at, attempt
        one.save(update_fields=["state", "sent_at", "attempt"])
        records.append(_record(mandate, code_of(one.number, many), one.pence, on))
    return records


def _record(mandate: Mandate, code: str, pence: int, on: date) -> Record:
    return Record(code, mandate.sort_code, mandate.account, mandate.holder, mandate.reference, pence, on)


def settle_collected(*, at: datetime, limit: int = 2_000) -> int:
    """Book what was collected and can be returned no more in the ordinary way. Returns how many parts."""
    debits = current_pack().one(MONEY).debits
    if debits is None:
        return 0
    terms = terms_on(current_pack(), at)
    today = council_date(at)
    sent = Instalment.objects.filter(state=InstalmentState.SENT, file__isnull=False).select_related("file")
    sure = [
        one.id for one in sent.order_by("sent_at")[:limit]
        if one.file is not None and one.file.processing_on is not None
        and terms.calendar.working_days_between(one.file.processing_on, today) > debits.sure_after_days
    ]  # fmt: skip
    for instalment_id in sure:
        _collected(instalment_id, at=at)
    return len(sure)


def _collected(instalment_id: UUID, *, at: datetime) -> None:
    with transaction.atomic(), together():
        one, attempt = _take(instalment_id)
        if one.state != InstalmentState.SENT:
            return
        one.state = InstalmentState.TAKEN
        one.save(update_fields=["state"])
        money_came(attempt.intent, [(attempt, ledger.provider(BACS))], by=SYSTEM, at=at)
        mandate = one.mandate
        still = mandate.instalments.filter(state__in=(InstalmentState.PLANNED, InstalmentState.SENT)).exists()
        if not still and mandate.state in LIVE:
            mandate.state, mandate.ended_at = MandateState.DONE, at
            mandate.save(update_fields=["state", "ended_at"])


def bring_report(raw: bytes, *, name: str, by: Actor, at: datetime) -> Brought:
    """Take a report of the bank's, once: instructions refused, cancelled or moved, and payments that came back.

    Raises:
        Refused; BadReport: it cannot be read, nothing of it was taken.
    """
    require(by, "payment.collect")
    kind, lines = read_report(raw)
    digest = hashlib.sha256(raw).hexdigest()
    with transaction.atomic(), together():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('payments.debits', 0))")
        held = DebitFile.objects.filter(sha256=digest).exclude(kind="submission").first()
        if held is not None:
            return Brought(held.kind, held.rows - len(held.unknown), len(held.unknown), again=True)
        does: dict[str, Callable[[Advice, Actor, datetime], bool]] = {
            "auddis": _advised, "addacs": _advised, "arudd": _returned
        }  # fmt: skip
        unknown = [f"{line.reference} {line.code}" for line in lines if not does[kind](line, by, at)]
        made = DebitFile(
            id=new_id(), kind=kind, name=name[:200], sha256=digest, rows=len(lines), at=at, by_staff_id=by.id,
            pence=sum(line.pence for line in lines), unknown=unknown[:200],
        )  # fmt: skip
        made.save(force_insert=True)
        record([events.about_file(made, at)], by=by)
        return Brought(kind, len(lines) - len(unknown), len(unknown))


def _advised(line: Advice, by: Actor, at: datetime) -> bool:
    found = Mandate.objects.filter(reference=line.reference).values_list("id", flat=True).first()
    if found is None:
        return False
    mandate = take_mandate(found)
    if line.code in MOVES and line.sort_code and line.account:
        mandate.sort_code, mandate.account = line.sort_code, line.account
        mandate.save(update_fields=["sort_code", "account"])
    elif line.code == REINSTATED and mandate.state == MandateState.ENDED and mandate.ended_by == "bank":
        _task(
            mandate, "The bank says a Direct Debit is in force again: agree with the payer how the rest is paid", by, at
        )
    elif mandate.state in LIVE:
        why = ENDS.get(line.code, f"the bank’s code {line.code}")
        finish(mandate, who="bank", why=line.code, owe_rest=True, by=by, at=at)
        _task(mandate, f"Direct Debit ended: {why}. Agree how the rest is paid", by, at)
    return True


def _returned(line: Advice, by: Actor, at: datetime) -> bool:
    found = (
        Instalment.objects.filter(
            mandate__reference=line.reference, file__processing_on=line.on, pence=line.pence,
            state__in=(InstalmentState.SENT, InstalmentState.TAKEN),
        ).values_list("id", flat=True).order_by("number").first()
    )  # fmt: skip
    if found is None:
        return False
    one, attempt = _take(found)
    was_booked = one.state == InstalmentState.TAKEN
    one.state, one.why = InstalmentState.RETURNED, line.code[:10]
    one.save(update_fields=["state", "why"])
    why = UNPAID.get(line.code, f"the bank’s code {line.code}")
    if was_booked:  # a refund under the Guarantee, or a return that came late: it left our account again
        post("reversed", ledger.moved(one.pence, out_of=ledger.provider(BACS), into="disputed"),
             key=f"reversed:{one.id}", at=at, intent=attempt.intent, attempt=attempt)  # fmt: skip
        record([events.about(events.REVERSED, attempt.intent, at, attempt_id=str(attempt.id), pence=one.pence)], by=by)
    else:
        attempt.state, attempt.failure, attempt.changed_at = AttemptState.FAILED, "returned", at
        attempt.save(update_fields=["state", "failure", "changed_at"])
    record(
        [events.about(events.RETURNED, attempt.intent, at, code=line.code, pence=one.pence, booked=was_booked)], by=by
    )
    mandate = take_mandate(one.mandate_id)
    _task(mandate, f"Direct Debit not paid: {why}. {to_the_penny(one.pence)} is owed", by, at)
    if line.code in RETURN_ENDS and mandate.state in LIVE:
        finish(mandate, who="bank", why=line.code, owe_rest=True, by=by, at=at)
    return True


def _task(mandate: Mandate, title: str, by: Actor, at: datetime) -> None:
    """Have somebody look into it, at the case it was for."""
    debits = current_pack().one(MONEY).debits
    if mandate.case_id is None or debits is None:
        return
    try:
        add_task(mandate.case_id, title=title[:200], team=debits.team, kind="arrears", by=SYSTEM, at=at)
    except (NoSuchCase, ValueError):
        return  # the case is gone or joined to another: the bill itself says that it is owed


def _take(instalment_id: UUID) -> tuple[Instalment, Attempt]:
    one = Instalment.objects.select_related("attempt").get(id=instalment_id)
    attempt = one.attempt
    if attempt is None:
        raise CannotAgree("This part was never sent.")
    intent = take_intent(attempt.intent_id)
    one = Instalment.objects.select_for_update(of=("self",)).select_related("mandate").get(id=instalment_id)
    attempt = Attempt.objects.select_for_update().get(id=attempt.id)
    attempt.intent = intent
    return one, attempt


__all__ = ["BadReport", "Brought", "bring_report", "make_submission", "settle_collected"]
