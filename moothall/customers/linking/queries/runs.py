"""The looks through every record: what each compared, found and came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.customers.linking.models import BulkRun


@dataclass(frozen=True, slots=True)
class RunLine:
    """One look through every record. ``model_version`` is None for the weights the product starts with."""

    model_version: int | None
    records: int
    compared: int
    joins: int
    asks: int
    joined: int
    listed: int
    started_at: datetime
    found_at: datetime
    finished_at: datetime | None

    @property
    def seconds(self) -> float:
        """How long finding took."""
        return (self.found_at - self.started_at).total_seconds()


def runs_lately(*, visible_to: Actor, limit: int = 10) -> list[RunLine]:
    """Return the newest looks through every record. One query.

    Raises:
        Refused: the actor may not see what linking learnt.
    """
    require(visible_to, "linking.view")
    fields = (
        "model_version", "records", "compared", "joins", "asks", "joined", "listed", "started_at", "found_at", "finished_at",
    )  # fmt: skip
    return [RunLine(**row) for row in BulkRun.objects.order_by("-started_at", "-id").values(*fields)[:limit]]
