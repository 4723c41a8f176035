"""The read models, kept up from the event feed by set-based SQL: a window of events at a time, in commit order.

Each window is one transaction with the cursor's move, so an event is projected exactly once however often a worker dies.
Months whose facts changed are summed again from the facts: a figure is always a sum over rows, never a counter.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from moothall.core import clock
from moothall.core.event_feed import NOWHERE, horizon
from moothall.insight.sums import MEASURES, sum_month

WINDOW = 100_000
NAME = "insight"
_LOCK = 7462  # one projector at a time; a second one leaves at once

_END = """
SELECT tx, id FROM (
    SELECT tx, id FROM core_event
    WHERE (tx, id) > (%(tx)s, %(id)s) AND tx < %(horizon)s
    ORDER BY tx, id LIMIT %(window)s
) AS w ORDER BY tx DESC, id DESC LIMIT 1
"""
_IN = "(tx, id) > (%(tx)s, %(id)s) AND (tx, id) <= (%(to_tx)s, %(to_id)s)"

_STEPS = (
    # promises -------------------------------------------------------------------------------------------------------
    f"""
    INSERT INTO insight_promisefact (promise_id, case_id, standard, kind, service, channel, team, area, started_at,
        due_at, state, explained)
    SELECT subject_id, case_id, data ->> 'standard', data ->> 'kind', service, channel, team, area,
        coalesce((data ->> 'started_at')::timestamptz, occurred_at), (data ->> 'due_at')::timestamptz, 'running', false
    FROM core_event WHERE {_IN} AND name = 'promise.made'
    ON CONFLICT (promise_id) DO NOTHING
    """,
    f"""
    UPDATE insight_promisefact AS f SET
        standard = coalesce(e.standard, f.standard),
        due_at = coalesce(e.due_at, f.due_at),
        state = coalesce(e.state, f.state),
        ended_at = CASE WHEN e.state IN ('met', 'late', 'withdrawn', 'left_out') THEN e.at WHEN e.state = 'running' THEN NULL ELSE f.ended_at END,
        broken_at = CASE WHEN e.left_out THEN e.broken_at ELSE coalesce(f.broken_at, e.broken_at) END,
        team = coalesce(e.team, f.team),
        explained = f.explained OR e.explained
    FROM (
        SELECT subject_id,
            (array_agg(data ->> 'standard' ORDER BY tx DESC, id DESC))[1] AS standard,
            (array_agg((data ->> 'due_at')::timestamptz ORDER BY tx DESC, id DESC))[1] AS due_at,
            (array_agg(state ORDER BY tx DESC, id DESC) FILTER (WHERE state IS NOT NULL))[1] AS state,
            (array_agg(occurred_at ORDER BY tx DESC, id DESC) FILTER (WHERE state IS NOT NULL))[1] AS at,
            min((data ->> 'due_at')::timestamptz) FILTER (
                WHERE (name = 'promise.broken' AND NOT struck) OR (name = 'promise.met' AND data ->> 'on_time' = 'false')
            ) AS broken_at,
            bool_or(name = 'promise.left_out') AS left_out,
            (array_agg(nullif(team, '') ORDER BY tx DESC, id DESC))[1] AS team,
            bool_or(name = 'promise.explained') AS explained
        FROM (
            SELECT *, CASE name WHEN 'promise.paused' THEN 'paused' WHEN 'promise.resumed' THEN 'running'
                WHEN 'promise.reopened' THEN 'running' WHEN 'promise.withdrawn' THEN 'withdrawn' WHEN 'promise.left_out' THEN 'left_out'
                WHEN 'promise.met' THEN CASE WHEN data ->> 'on_time' = 'true' THEN 'met' ELSE 'late' END END AS state,
                bool_or(name = 'promise.left_out') OVER (
                    PARTITION BY subject_id ORDER BY tx, id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS struck
            FROM core_event WHERE {_IN} AND name LIKE 'promise.%%' AND name <> 'promise.made'
        ) AS changes
        GROUP BY subject_id
    ) AS e WHERE e.subject_id = f.promise_id
    """,
    # cases ----------------------------------------------------------------------------------------------------------
    f"""
    INSERT INTO insight_casefact (case_id, contact_id, service, channel, team, area, opened_at, outcome, reopened, chased)
    SELECT case_id, contact_id, service, channel, team, area, occurred_at, '', 0, 0
    FROM core_event WHERE {_IN} AND name = 'case.opened'
    ON CONFLICT (case_id) DO NOTHING
    """,
    f"""
    UPDATE insight_casefact AS f SET
        team = coalesce(e.team, f.team),
        closed_at = CASE WHEN e.last IN ('case.closed', 'case.merged') THEN e.at WHEN e.last = 'case.reopened' THEN NULL ELSE f.closed_at END,
        outcome = CASE WHEN e.last = 'case.closed' THEN e.outcome WHEN e.last = 'case.merged' THEN 'merged' WHEN e.last = 'case.reopened' THEN '' ELSE f.outcome END,
        resolved = CASE WHEN e.last = 'case.closed' THEN e.resolved WHEN e.last = 'case.reopened' THEN NULL ELSE f.resolved END,
        reopened = f.reopened + e.reopened,
        chased = f.chased + e.chased
    FROM (
        SELECT case_id,
            (array_agg(team ORDER BY tx DESC, id DESC) FILTER (WHERE name = 'case.assigned'))[1] AS team,
            (array_agg(name ORDER BY tx DESC, id DESC) FILTER (WHERE name IN ('case.closed', 'case.merged', 'case.reopened')))[1] AS last,
            (array_agg(occurred_at ORDER BY tx DESC, id DESC) FILTER (WHERE name IN ('case.closed', 'case.merged')))[1] AS at,
            (array_agg(left(data ->> 'outcome', 120) ORDER BY tx DESC, id DESC) FILTER (WHERE name = 'case.closed'))[1] AS outcome,
            (array_agg((data ->> 'resolved')::boolean ORDER BY tx DESC, id DESC) FILTER (WHERE name = 'case.closed'))[1] AS resolved,
            count(*) FILTER (WHERE name = 'case.reopened') AS reopened,
            count(*) FILTER (WHERE name = 'case.joined' AND data ->> 'role' = 'chased') AS chased
        FROM core_event
        WHERE {_IN} AND name IN ('case.assigned', 'case.closed', 'case.merged', 'case.reopened', 'case.joined')
        GROUP BY case_id
    ) AS e WHERE e.case_id = f.case_id
    """,
    f"""
    UPDATE insight_promisefact AS f SET team = e.team
    FROM (
        SELECT DISTINCT ON (case_id) case_id, team
        FROM core_event WHERE {_IN} AND name = 'case.assigned' ORDER BY case_id, tx DESC, id DESC
    ) AS e WHERE e.case_id = f.case_id AND f.ended_at IS NULL AND f.team <> e.team
    """,
    # contacts -------------------------------------------------------------------------------------------------------
    f"""
    INSERT INTO insight_contactfact (contact_id, service, channel, area, received_at, answered_seconds, cause, because, outreach)
    SELECT contact_id, service, channel, area, occurred_at, (data ->> 'answered_seconds')::integer,
        coalesce(data ->> 'cause', ''), coalesce(data ->> 'because', ''), coalesce(data ->> 'outreach', '')
    FROM core_event WHERE {_IN} AND name = 'contact.received' AND coalesce(data ->> 'direction', 'in') = 'in'
    ON CONFLICT (contact_id) DO NOTHING
    """,
    f"""
    UPDATE insight_contactfact AS f SET
        service = coalesce(nullif(e.service, ''), f.service),
        answered_seconds = coalesce(e.answered_seconds, f.answered_seconds),
        seconds = coalesce(e.seconds, f.seconds),
        cause = coalesce(nullif(e.cause, ''), f.cause),
        done_in_one = coalesce(e.done_in_one, f.done_in_one)
    FROM (
        SELECT contact_id, max(service) AS service, max((data ->> 'answered_seconds')::integer) AS answered_seconds,
            max((data ->> 'seconds')::integer) AS seconds,
            max(data ->> 'cause') FILTER (WHERE name = 'contact.closed') AS cause,
            bool_or((data ->> 'done_in_one')::boolean) AS done_in_one
        FROM core_event WHERE {_IN} AND name IN ('contact.answered', 'contact.closed', 'matter.ended')
        GROUP BY contact_id
    ) AS e WHERE e.contact_id = f.contact_id
    """,
    f"""
    UPDATE insight_contactfact AS f SET because = e.because
    FROM (
        SELECT DISTINCT ON (contact_id) contact_id, coalesce(data ->> 'because', '') AS because
        FROM core_event WHERE {_IN} AND name = 'contact.helped' ORDER BY contact_id, tx DESC, id DESC
    ) AS e WHERE e.contact_id = f.contact_id
    """,
    # ratings --------------------------------------------------------------------------------------------------------
    f"""
    INSERT INTO insight_ratingfact (rating_id, service, channel, area, given_at, score)
    SELECT DISTINCT ON (subject_id) subject_id, service, channel, area, occurred_at, data ->> 'score'
    FROM core_event WHERE {_IN} AND name = 'rating.given' ORDER BY subject_id, tx DESC, id DESC
    ON CONFLICT (rating_id) DO UPDATE SET score = EXCLUDED.score, given_at = EXCLUDED.given_at
    """,
)

# Which months must be summed again: those of every fact an event of the window speaks of.
_MONTHS = {
    "promise": f"""
        SELECT DISTINCT date_trunc('month', f.due_at AT TIME ZONE 'Europe/London')::date
        FROM insight_promisefact f JOIN core_event e ON e.subject_id = f.promise_id
        WHERE {_IN} AND e.name LIKE 'promise.%%' AND f.due_at IS NOT NULL
        UNION SELECT DISTINCT date_trunc('month', (data ->> 'due_at')::timestamptz AT TIME ZONE 'Europe/London')::date
        FROM core_event WHERE {_IN} AND name LIKE 'promise.%%' AND data ->> 'due_at' IS NOT NULL""",
    "case": f"""
        SELECT DISTINCT date_trunc('month', f.opened_at AT TIME ZONE 'Europe/London')::date
        FROM insight_casefact f JOIN core_event e ON e.case_id = f.case_id WHERE {_IN} AND e.name LIKE 'case.%%'
        UNION SELECT DISTINCT date_trunc('month', occurred_at AT TIME ZONE 'Europe/London')::date
        FROM core_event WHERE {_IN} AND name IN ('case.closed', 'case.reopened')""",
    "contact": f"""
        SELECT DISTINCT date_trunc('month', f.received_at AT TIME ZONE 'Europe/London')::date
        FROM insight_contactfact f JOIN core_event e ON e.contact_id = f.contact_id
        WHERE {_IN} AND e.name IN ('contact.received', 'contact.answered', 'contact.closed', 'contact.helped', 'matter.ended')
        UNION SELECT DISTINCT date_trunc('month', f.opened_at AT TIME ZONE 'Europe/London')::date
        FROM insight_casefact f JOIN core_event e ON e.contact_id = f.contact_id WHERE {_IN} AND e.name = 'contact.helped'""",
    "rating": f"""
        SELECT DISTINCT date_trunc('month', occurred_at AT TIME ZONE 'Europe/London')::date
        FROM core_event WHERE {_IN} AND name = 'rating.given'""",
}


@dataclass(frozen=True, slots=True)
class Projected:
    """What one window did: whether there was one, and which months were summed again, by measure."""

    moved: bool
    months: dict[str, set[date]]


def catch_up(*, at: datetime | None = None, most: int = 1_000_000, window: int = WINDOW) -> int:
    """Project the events there are now (``most`` at the most), ``window`` to a transaction; return how many windows it took.

    Where another projector is at work nothing is done.
    """
    done = 0
    while done * window < most and project_window(at=at or clock.now(), size=window).moved:
        done += 1
    return done


def project_window(*, at: datetime, size: int = WINDOW) -> Projected:
    """Project one window of events, and sum the months it touched, in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return Projected(False, {})
        window = _next_window(cursor, size)
        if window is None:
            return Projected(False, {})
        for step in _STEPS:
            cursor.execute(step, window)
        months = {family: _months(cursor, sql, window) for family, sql in _MONTHS.items()}
        for family, found in months.items():
            for month in sorted(found):
                for measure in MEASURES[family]:
                    sum_month(cursor, measure, month)
        cursor.execute(
            "INSERT INTO core_cursor (name, tx, event_id, moved_at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (name) DO UPDATE SET tx = EXCLUDED.tx, event_id = EXCLUDED.event_id, moved_at = EXCLUDED.moved_at",
            [NAME, window["to_tx"], window["to_id"], at],
        )
        return Projected(True, months)


def start_again() -> None:
    """Forget every read model and the cursor: the next ``catch_up`` rebuilds all of them from the events."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(
            "TRUNCATE insight_promisefact, insight_casefact, insight_contactfact, insight_ratingfact, insight_monthlyfigure"
        )
        cursor.execute("DELETE FROM core_cursor WHERE name = %s", [NAME])


def _next_window(cursor: Any, size: int) -> dict[str, Any] | None:
    cursor.execute("SELECT tx, event_id FROM core_cursor WHERE name = %s", [NAME])
    tx, event_id = cursor.fetchone() or (0, None)
    start: dict[str, Any] = {"tx": tx, "id": event_id or NOWHERE, "window": size, "horizon": horizon()}
    cursor.execute(_END, start)
    end: tuple[int, UUID] | None = cursor.fetchone()
    return {**start, "to_tx": end[0], "to_id": end[1]} if end else None


def _months(cursor: Any, sql: str, window: dict[str, Any]) -> set[date]:
    cursor.execute(sql, window)
    return {month for (month,) in cursor.fetchall() if month is not None}
