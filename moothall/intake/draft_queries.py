"""The only readers of drafts."""

from __future__ import annotations

from collections.abc import Iterable

from moothall.core.actors import Actor
from moothall.intake.drafts import DraftView, whose
from moothall.intake.models import Draft


def draft(key: str, *, visible_to: Actor) -> DraftView:
    """Return this officer's own draft; an empty one when there is none. One query."""
    return drafts([key], visible_to=visible_to)[key]


def drafts(keys: Iterable[str], *, visible_to: Actor) -> dict[str, DraftView]:
    """Return this officer's own drafts of several screens, empty ones where there is none. One query."""
    found = {key: DraftView() for key in keys}
    for row in Draft.objects.filter(staff_id=whose(visible_to), key__in=list(found)):
        found[row.key] = DraftView(row.fields, row.changed_at)
    return found
