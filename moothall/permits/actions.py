"""A permit is issued, ended before its day, and its holder reminded that it ends. Each happens once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from moothall.cases.actions import close_case
from moothall.cases.actions.rows import take
from moothall.cases.models import Case, CaseState
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import record, together
from moothall.core.packs import current_pack
from moothall.core.reference_numbers import next_reference
from moothall.core.rows import add_rows
from moothall.core.zone import council_date
from moothall.payments.queries import bill_of_case
from moothall.permits import events
from moothall.permits.models import Permit
from moothall.permits.pack import PERMITS, PermitRule, Term, rule_of
from moothall.permits.rules import Dates, asked_from, dates_of, reminder_due, term_of, what_of

AT_ONCE = 500


class CannotIssue(ValueError):
    """It cannot be issued, or ended; the message says why and what to do."""


def issue(
    case_id: UUID, *, renews: UUID | None = None, by: Actor, at: datetime, version: int | None = None
) -> Permit:  # fmt: skip
    """Grant what a case asks for: a permit with its number and dates, and the case closed as done. Issued already is fine.

    ``renews`` is the one it goes on from, where the answers ask for a renewal.

    Raises:
        CannotIssue: nothing is issued for these answers, money is owed, a check is not finished, or what it renews is not
            theirs to renew. NoSuchCase, Refused, ChangedMeanwhile.
    """
    require(by, "case.close")
    with transaction.atomic(), together():
        case = take(case_id, by=by, permission="case.close", version=version)
        known = Permit.objects.filter(case_id=case.id).first()
        if known is not None:
            return known
        rule, term = _rule(case)
        _ready(case, by)
        before = _before(case, term, renews)
        dates = dates_of(
            rule, term, asked=asked_from(rule, case.answers), before=Dates(before.starts, before.ends) if before else None,
            today=council_date(at),
        )  # fmt: skip
        row = Permit(
            reference=next_reference(), case_id=case.id, service=case.service, starts=dates.starts, ends=dates.ends,
            what=what_of(rule, case.answers), follows=before, issued_at=at, issued_by=by.id,
        )  # fmt: skip
        add_rows(row)
        close_case(case.id, outcome=rule.closing, resolved=True, told=True, by=by, at=at)
        more = {"renews": str(before.id)} if before else {}
        record([events.happening(events.ISSUED, row, case, at, **more)], by=by)
        return row


def end(permit_id: UUID, *, because: str, by: Actor, at: datetime) -> Permit:
    """End a permit before its day: given back, or taken away. ``because`` is told to its holder. Ended already is fine.

    Raises:
        CannotIssue: no reason was given, or it is over by itself. NoSuchCase, Refused.
    """
    require(by, "case.close")
    said = " ".join(because.split())[:200]
    if not said:
        raise CannotIssue("Say why it ends. Its holder reads it.")
    with transaction.atomic(), together():
        row = Permit.objects.select_for_update().get(id=permit_id)
        case = take(row.case_id, by=by, permission="case.close")
        if row.ended_at is not None:
            return row
        if row.ends < council_date(at):
            raise CannotIssue("It is over already. There is nothing to end.")
        row.ended_at, row.ended_because = at, said
        row.save(update_fields=["ended_at", "ended_because"])
        record([events.happening(events.ENDED, row, case, at)], by=by)
        return row


def remind(*, by: Actor, at: datetime) -> int:
    """Note whose permit ends soon and has not been renewed, so that its holder is told; says how many. At most `AT_ONCE`.

    A renewal that is under way reminds nobody.
    """
    done, today = 0, council_date(at)
    for code, rule in current_pack().of(PERMITS).items():
        if rule.remind_days:
            done += _remind_of(code, rule, today, by=by, at=at)
    return done


def _remind_of(service: str, rule: PermitRule, today: date, *, by: Actor, at: datetime) -> int:
    with transaction.atomic(), together():
        ending = Permit.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            _due(rule, today), service=service, ended_at=None, followed_by=None, ends__gte=today,
        )  # fmt: skip
        due = [
            (row, days)
            for row in ending.order_by("ends", "id")[:AT_ONCE]
            if (days := reminder_due(rule, row.ends, row.reminded, today)) is not None
        ]
        cases = {case.id: case for case in Case.objects.filter(id__in=[row.case_id for row, _ in due])}
        asked = _asking_again(rule, service, cases.values())
        told = []
        for row, days in due:
            row.reminded = days
            row.save(update_fields=["reminded"])
            case = cases.get(row.case_id)
            if case is not None and (case.customer_id is None or case.customer_id not in asked):
                told.append(events.happening(events.REMINDED, row, case, at, days=days))
        record(told, by=by)
        return len(told)


def _due(rule: PermitRule, today: date) -> Q:
    """Return whose next reminder is due by the rows alone, so that those reminded already never crowd out the rest."""
    found = Q()
    for days in rule.remind_days:
        waits = Q(reminded=None) | Q(reminded__gt=days)
        found |= Q(ends__lte=today + timedelta(days=days)) & waits
    return found


def _asking_again(rule: PermitRule, service: str, cases: Iterable[Case]) -> set[UUID]:
    """Return whose renewal is with us already."""
    holders = {case.customer_id for case in cases if case.customer_id}
    if not holders or not rule.again:
        return set()
    still = Case.objects.filter(
        customer_id__in=holders, service=service, state__in=[CaseState.OPEN, CaseState.WAITING],
        answers__contains=dict(rule.again),
    )  # fmt: skip
    return {one for one in still.values_list("customer_id", flat=True) if one is not None}


def _rule(case: Case) -> tuple[PermitRule, Term]:
    rule = rule_of(current_pack(), case.service)
    term = term_of(rule, case.answers) if rule else None
    if rule is None or term is None:
        raise CannotIssue("Nothing is issued for what was asked here. Close it with how it ended.")
    return rule, term


def _ready(case: Case, by: Actor) -> None:
    """Whether the case is decided on everything it needs."""
    if case.state not in (CaseState.OPEN, CaseState.WAITING):
        raise CannotIssue("This case is closed. Open it again to issue something for it.")
    bill = bill_of_case(case.id, visible_to=by)
    if bill is not None and bill.payable:
        raise CannotIssue(f"{bill.says} is still owed. It can be issued once it is paid.")
    check = case.tasks.filter(kind="check", done_at=None).first()
    if check is not None:
        raise CannotIssue(f"First finish what is to do: {check.title}.")


def _before(case: Case, term: Term, renews: UUID | None) -> Permit | None:
    """Return the one this goes on from, locked: the holder's own, of the same service, not ended and not renewed yet."""
    if not term.renews:
        return None
    found = Permit.objects.select_for_update().filter(id=renews).first() if renews else None
    if found is None:
        return None
    held = Case.objects.filter(id=found.case_id).values_list("customer_id", flat=True).first()
    if held is None or held != case.customer_id or found.service != case.service or found.ended_at is not None:
        raise CannotIssue("That one cannot be renewed by this case. Choose another, or none.")
    if Permit.objects.filter(follows=found).exists():
        raise CannotIssue("That one has been renewed already. Choose another, or none.")
    return found
