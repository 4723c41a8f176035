"""Monthly figures, each a sum over the facts of one month, for every cell of service, channel and area.

``*`` stands for all. A promise belongs to the month it fell due in; attainment counts overdue open work against us:
on time ÷ (closed + overdue open). Withdrawn and paused promises are in neither number.
"""

from datetime import date
from typing import Any

_BEGIN = "(%(month)s::date)::timestamp AT TIME ZONE 'Europe/London'"
_END = "((%(month)s::date) + interval '1 month')::timestamp AT TIME ZONE 'Europe/London'"
_SETS = (
    "GROUPING SETS ((key), (key, service), (key, channel), (key, area), (key, service, channel), (key, service, area))"
)

_FACTS = {
    # measure: (what is summed, from where)
    "promise": f"""
        SELECT kind AS key, service, channel, area,
            (broken_at IS NULL AND state = 'met')::int AS hit, 1 AS part, 0::float AS amount
        FROM insight_promisefact WHERE due_at >= {_BEGIN} AND due_at < {_END}
            AND (state IN ('met', 'late') OR broken_at IS NOT NULL)""",
    "standard": f"""
        SELECT standard AS key, service, channel, area,
            (broken_at IS NULL AND state = 'met')::int AS hit, 1 AS part, 0::float AS amount
        FROM insight_promisefact WHERE due_at >= {_BEGIN} AND due_at < {_END}
            AND (state IN ('met', 'late') OR broken_at IS NOT NULL)""",
    "overdue": f"""
        SELECT kind AS key, service, channel, area, (ended_at IS NULL)::int AS hit, 1 AS part, 0::float AS amount
        FROM insight_promisefact WHERE due_at >= {_BEGIN} AND due_at < {_END} AND broken_at IS NOT NULL""",
    "explained": f"""
        SELECT kind AS key, service, channel, area, explained::int AS hit, 1 AS part, 0::float AS amount
        FROM insight_promisefact WHERE due_at >= {_BEGIN} AND due_at < {_END} AND broken_at IS NOT NULL""",
    "opened": f"""
        SELECT '' AS key, service, channel, area, (closed_at IS NULL)::int AS hit, 1 AS part, chased::float AS amount
        FROM insight_casefact WHERE opened_at >= {_BEGIN} AND opened_at < {_END}""",
    "closed": f"""
        SELECT '' AS key, service, channel, area, coalesce(resolved, false)::int AS hit, 1 AS part,
            extract(epoch FROM closed_at - opened_at) / 86400.0 AS amount
        FROM insight_casefact WHERE closed_at >= {_BEGIN} AND closed_at < {_END} AND outcome <> 'merged'""",
    "contact": f"""
        SELECT cause AS key, service, channel, area, coalesce(done_in_one, false)::int AS hit, 1 AS part,
            coalesce(seconds, 0)::float AS amount
        FROM insight_contactfact WHERE received_at >= {_BEGIN} AND received_at < {_END}""",
    "answer": f"""
        SELECT '' AS key, service, channel, area, 1 AS hit, 1 AS part, answered_seconds::float AS amount
        FROM insight_contactfact
        WHERE received_at >= {_BEGIN} AND received_at < {_END} AND answered_seconds IS NOT NULL""",
    "assisted": f"""
        SELECT '' AS key, f.service, f.channel, f.area, (coalesce(t.because, '') <> '')::int AS hit, 1 AS part,
            0::float AS amount
        FROM insight_casefact f LEFT JOIN insight_contactfact t ON t.contact_id = f.contact_id
        WHERE f.opened_at >= {_BEGIN} AND f.opened_at < {_END}""",
    "because": f"""
        SELECT t.because AS key, f.service, f.channel, f.area, 1 AS hit, 1 AS part, 0::float AS amount
        FROM insight_casefact f JOIN insight_contactfact t ON t.contact_id = f.contact_id AND t.because <> ''
        WHERE f.opened_at >= {_BEGIN} AND f.opened_at < {_END}""",
    "outreach": f"""
        SELECT outreach AS key, service, channel, area, 1 AS hit, 1 AS part, 0::float AS amount
        FROM insight_contactfact WHERE received_at >= {_BEGIN} AND received_at < {_END} AND outreach <> ''""",
    "rating": f"""
        SELECT score AS key, service, channel, area, 1 AS hit, 1 AS part, 0::float AS amount
        FROM insight_ratingfact WHERE given_at >= {_BEGIN} AND given_at < {_END}""",
}

MEASURES: dict[str, tuple[str, ...]] = {
    "promise": ("promise", "standard", "overdue", "explained"),
    "case": ("opened", "closed", "assisted", "because"),
    "contact": ("contact", "answer", "assisted", "because", "outreach"),
    "rating": ("rating",),
}

_SUM = f"""
INSERT INTO insight_monthlyfigure (month, measure, service, channel, area, key, count, "of", total)
SELECT %(month)s, %(measure)s, coalesce(service, '*'), coalesce(channel, '*'), coalesce(area, '*'), key,
    sum(hit), sum(part), sum(amount)
FROM (FACTS) AS facts GROUP BY {_SETS}
"""


def sum_month(cursor: Any, measure: str, month: date) -> None:
    """Sum one measure of one month again, in the caller's transaction."""
    values = {"month": month, "measure": measure}
    cursor.execute("DELETE FROM insight_monthlyfigure WHERE month = %(month)s AND measure = %(measure)s", values)
    cursor.execute(_SUM.replace("FACTS", _FACTS[measure]), values)
