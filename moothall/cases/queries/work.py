"""The work of teams: what every screen of the desk asks, in plain SQL, each at the price of the rows it shows."""

# ruff: noqa: S608 - the text of each statement is ours alone; what was chosen goes beside it as values

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from moothall.cases.models import Case
from moothall.cases.queries.lists import OPEN, SHOWN, CaseLine, visible
from moothall.core.access import require, restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.paging import Page, page_of, unpack_place
from moothall.promises.queries import at_risk_promises

_OPEN = "state IN ('open', 'waiting')"
_COLUMNS = ", ".join(SHOWN)


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What a queue shows. Empty means any; but an officer of no team (``teams`` is an empty tuple) is shown no work.

    ``at_risk_at``: only cases with a promise that is at risk at that moment.
    """

    team: str = ""
    teams: tuple[str, ...] | None = None
    assignee_id: UUID | None = None
    unassigned: bool = False
    late: bool = False
    at_risk_at: datetime | None = None
    service: str = ""


def queue(wanted: QueueFilter, *, visible_to: Actor, after: str = "", size: int = 25) -> Page[CaseLine]:
    """Return open cases by due time, soonest first; those without one last. One query.

    Raises:
        BadCursor: ``after`` is not a place in a queue.
    """
    require(visible_to, "case.view")
    told, values = _conditions(wanted, visible_to)
    if after:
        due, last = unpack_place(after)
        told.append("(due_at, id) > (%s, %s) OR due_at IS NULL" if due else "due_at IS NULL AND id > %s")
        values += [due, last] if due else [last]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM cases_case WHERE ({') AND ('.join(told)}) ORDER BY due_at, id LIMIT %s",
            [*values, size + 1],
        )
        found = [CaseLine(*row) for row in cursor.fetchall()]
    return page_of(found, size, lambda case: (case.due_at, case.id), lambda case: case, first=not after)


def _conditions(wanted: QueueFilter, actor: Actor) -> tuple[list[str], list[Any]]:
    """Return what each row must satisfy, and the values that go with it, in order."""
    told, values = [_OPEN], list[Any]()
    allowed = restrictions_visible_to(actor)
    teams = (wanted.team,) if wanted.team else wanted.teams
    for condition, value, asked in (
        ("restricted = ANY(%s)", ["", *sorted(allowed or ())], allowed is not None),
        ("team = %s", teams[0] if teams else "", teams is not None and len(teams) == 1),
        ("team = ANY(%s)", list(teams or ()), teams is not None and len(teams) != 1),
        ("assignee_id = %s", wanted.assignee_id, wanted.assignee_id is not None),
        ("service = %s", wanted.service, bool(wanted.service)),
    ):
        if asked:
            told.append(condition)
            values.append(value)
    told += ["assignee_id IS NULL"] if wanted.unassigned else []
    told += ["late"] if wanted.late else []
    if wanted.at_risk_at is not None:
        risky, more = at_risk_promises(wanted.at_risk_at).values("subject_id").query.sql_with_params()
        told.append(f"id IN ({risky})")
        values += more
    return told, values


def teams_with_work(teams: Iterable[str], *, visible_to: Actor) -> set[str]:
    """Return which of these teams have an open case this actor may know of. One query: a look at each team's queue, so
    that it costs the same whatever the queues hold. The codes go as one text: a list costs the driver more than the look."""
    require(visible_to, "case.view")
    allowed = restrictions_visible_to(visible_to)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT team FROM unnest(string_to_array(%s, ' ')) AS asked (team) WHERE EXISTS (SELECT FROM cases_case AS held "
            "WHERE held.team = asked.team AND held.state IN ('open', 'waiting') "
            "AND (%s OR held.restricted = ANY(%s)))",
            [" ".join(sorted(teams)), allowed is None, ["", *sorted(allowed or ())]],
        )
        return {team for (team,) in cursor.fetchall()}


def pressing_cases(teams: Iterable[str], *, visible_to: Actor, before: datetime, most: int = 100) -> int:
    """Count the open cases of these teams that fall due before a moment, late ones among them; it stops at ``most``.

    One query, in plain SQL, for every screen of the desk asks it.
    """
    require(visible_to, "case.view")
    allowed = restrictions_visible_to(visible_to)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM cases_case WHERE state IN ('open', 'waiting') AND team = ANY(%s) "
            "AND due_at < %s AND (%s OR restricted = ANY(%s)) LIMIT %s) AS found",
            [sorted(teams), before, allowed is None, ["", *sorted(allowed or ())], most],
        )
        (found,) = cursor.fetchone()
    return int(found)


def late_cases(*, visible_to: Actor, most: int = 100) -> int:
    """Count the open cases of every team with a promise that is broken; it stops at ``most``. One query.

    What another system's teams had open when its history was brought in is nobody's work here.
    """
    rows = visible(Case.objects.filter(state__in=OPEN, late=True, team__in=list(current_pack().teams)), visible_to)
    return rows.order_by()[:most].count()
