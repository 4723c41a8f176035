"""What a crew is to take away: what was asked for, less what an earlier visit took."""

from __future__ import annotations

from collections.abc import Mapping

from moothall.cases.models import Case
from moothall.core.packs import Pack
from moothall.field.models import Job
from moothall.field.pack import FIELD_JOBS


def things_of(job: Job, case: Case, pack: Pack) -> dict[str, int]:
    """Return what stands there to be taken: codes of the service's list, and how many of each. Empty: no such list."""
    rule = pack.of(FIELD_JOBS).get(job.service)
    if rule is None or not rule.things:
        return {}
    if job.left:
        return {str(code): int(count) for code, count in job.left.items()}
    asked = case.answers.get(rule.things)
    found: dict[str, int] = {}
    for one in asked if isinstance(asked, list) else ():
        if isinstance(one, Mapping):
            found[str(one.get("item"))] = found.get(str(one.get("item")), 0) + int(one.get("quantity") or 1)
    return found
