"""What is issued for which answers, from when until when, how it stands on a day, who is reminded. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from moothall.core.months import after_months
from moothall.permits.pack import PermitRule, Term

Standing = Literal["coming", "in_force", "over", "ended"]
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Dates:
    """The first and the last day on which something is in force."""

    starts: date
    ends: date


def term_of(rule: PermitRule, answers: Mapping[str, Any]) -> Term | None:
    """Return the term that these answers ask for; ``None``: nothing is issued for them."""
    for term in rule.terms:
        if all(str(answers.get(question, "")) in values for question, values in term.when.items()):
            return term if term.issues else None
    return None


def dates_of(rule: PermitRule, term: Term, *, asked: date | None, before: Dates | None, today: date) -> Dates:
    """Return from when until when: from the day asked for, never from one that is past; a renewal from the day after the one
    it renews ends, or from today where that is over. Months end on the day before their own (1 March to 28 February)."""
    wanted = before.ends + DAY if before is not None and term.renews else asked
    first = max(wanted or today, today)
    last = after_months(first, term.months) - DAY if term.months else first + (term.days or 1) * DAY - DAY
    return Dates(first, last)


def standing(dates: Dates, *, ended: bool, today: date) -> Standing:
    """Say how it stands on a day."""
    if ended:
        return "ended"
    if today < dates.starts:
        return "coming"
    return "in_force" if today <= dates.ends else "over"


def may_renew(rule: PermitRule, dates: Dates, *, ended: bool, followed: bool, today: date) -> bool:
    """Say whether its holder may ask for the next one now."""
    if ended or followed or not rule.again:
        return False
    return -rule.renew_until_days <= (dates.ends - today).days <= rule.renew_from_days


def reminder_due(rule: PermitRule, ends: date, reminded: int | None, today: date) -> int | None:
    """Return which reminder is due (its days before the end), or ``None``. One that was missed comes late, never after the
    end and never before a nearer one that is due too."""
    left = (ends - today).days
    if left < 0:
        return None
    due = [days for days in rule.remind_days if left <= days and (reminded is None or days < reminded)]
    return min(due) if due else None


def what_for(answer: Any) -> str:
    """Return what something is for as one line: a number plate in capitals, else the words of the answer."""
    if isinstance(answer, Mapping):
        plate = answer.get("plate") or answer.get("registration")
        if plate:
            return " ".join(str(plate).upper().split())[:200]
        return " ".join(str(answer.get("text") or answer.get("name") or "").split())[:200]
    return " ".join(str(answer or "").split())[:200]


def what_of(rule: PermitRule, answers: Mapping[str, Any]) -> str:
    """Return what these answers ask it for; empty where the pack names no question."""
    return what_for(answers.get(rule.what)) if rule.what else ""


def asked_from(rule: PermitRule, answers: Mapping[str, Any]) -> date | None:
    """Return the day it was asked from, where one was named."""
    try:
        return date.fromisoformat(str(answers.get(rule.starts, ""))) if rule.starts else None
    except ValueError:
        return None


def kept_for_renewal(rule: PermitRule, answers: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, Any]:
    """Return what was answered before and need not be asked again, with what asks for a renewal.

    Files, money, times and what is declared are given anew; so is what the pack says, and from when.
    """
    anew = {"photo", "file", "payment", "slot", "declaration", "lookup"}
    left_out = {*rule.ask_again, rule.starts}
    held = {
        question: value
        for question, value in answers.items()
        if question in types and types[question] not in anew and question not in left_out and value is not None
    }
    return {**held, **rule.again}
