"""The only writers of what people say about figures. The figures themselves come from events alone."""

from datetime import date, datetime

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.insight.models import Explanation


class NothingSaid(ValueError):
    """An explanation needs words."""


def explain_figure(
    *, month: date, measure: str, service: str, text: str, action_taken: str, by: Actor, at: datetime
) -> Explanation:
    """Publish why a figure dipped and what was done about it, in place of what stood there; the old words are kept.

    Raises:
        NothingSaid: the text is empty.
    """
    require(by, "report.explain")
    if not text.strip():
        raise NothingSaid("Say in a sentence or two why this happened. The public will read it.")
    with transaction.atomic():
        Explanation.objects.filter(month=month, measure=measure, service=service, withdrawn_at=None).update(
            withdrawn_at=at
        )
        row = Explanation(
            id=new_id(), month=month.replace(day=1), measure=measure, service=service, text=text.strip(),
            action_taken=action_taken.strip(), written_by=by.id, written_at=at,
        )  # fmt: skip
        row.save(force_insert=True)
        data = {"month": month.isoformat(), "measure": measure}
        record([Happening("figure.explained", "explanation", row.id, at, service=service, data=data)], by=by)
        return row
