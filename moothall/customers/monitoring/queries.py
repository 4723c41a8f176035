"""The only way to read the store: sums with small counts hidden; no query for a person, none by a free filter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.customers.monitoring.actions import key
from moothall.customers.monitoring.models import MonitoringAnswer
from moothall.customers.monitoring.pack import MONITORING, QUESTIONS
from moothall.customers.monitoring.rules import NOT_SAID, Told, pseudonym, quarter_of, tell

_QUARTER = re.compile(r"^20\d\d-Q[1-4]$")


class NotYet(ValueError):
    """A figure that cannot be given without giving people away; the sentence says why."""


@dataclass(frozen=True, slots=True)
class MonitoringSum:
    """One question's counts as they may be shown, by the words of its answers; ``None`` is hidden."""

    code: str
    asks: str
    rows: tuple[tuple[str, int | None], ...]
    total: int | None


def sums(quarter: str, *, visible_to: Actor, today: date) -> list[MonitoringSum]:
    """Return the counts of every question for one whole quarter that is over. One query.

    Whole quarters only, no filter and no crossing of one question with another: two figures that differ by a few people
    cannot be asked for, so none can be taken from the other.

    Raises:
        NotYet: not a quarter, or one that is not over: its figures of two days would tell who answered in between. Refused.
    """
    require(visible_to, "equality.view")
    if not _QUARTER.match(quarter):
        raise NotYet("Choose a quarter.")
    if quarter >= quarter_of(today):
        raise NotYet("A quarter’s figures are given once it is over.")
    pack = current_pack()
    held, asked = pack.one(MONITORING), pack.of(QUESTIONS)
    counted: dict[str, dict[str, int]] = {}
    rows = MonitoringAnswer.objects.filter(quarter=quarter).values_list("question", "answer").annotate(n=Count("id"))
    for question, answer, many in rows.order_by("question", "answer"):
        counted.setdefault(question, {})[answer] = many
    found = []
    for code, question in asked.items():
        names = {one.code: one.name for one in question.answers} | {NOT_SAID: "Prefer not to say"}
        counts = {answer: counted.get(code, {}).get(answer, 0) for answer in names}
        threshold = held.sensitive_threshold if question.sensitive else held.threshold
        told: Told = tell(counts, threshold=threshold, rounding=held.rounding)
        found.append(
            MonitoringSum(code, question.asks, tuple((names[one], told.counts[one]) for one in names), told.total)
        )
    return found


def quarters(*, visible_to: Actor, today: date) -> list[str]:
    """Return the quarters that are over and have answers, newest first. One query."""
    require(visible_to, "equality.view")
    found = MonitoringAnswer.objects.filter(quarter__lt=quarter_of(today)).values_list("quarter", flat=True)
    return sorted(set(found.distinct()), reverse=True)


def has_answered(customer_id: UUID) -> bool:
    """Say to somebody herself whether she has answered; not what."""
    return MonitoringAnswer.objects.filter(pseudonym=pseudonym(key(), customer_id)).exists()
