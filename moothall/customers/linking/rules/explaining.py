"""Why two records were taken for one, as it is kept beside a decision."""

from __future__ import annotations

from typing import Any

from moothall.customers.matching.rules.scoring import Score


def parts_of(score: Score) -> list[dict[str, Any]]:
    """Return the explanation of a score as it is kept beside a decision."""
    return [
        {"field": part.field, "level": str(part.level), "weight": round(part.weight, 4), "words": part.words}
        for part in score.parts
    ]
