"""Whom we know already that something said of a person may be of."""

from __future__ import annotations

from collections.abc import Mapping

from moothall.core.access import require, restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.customers.linking.matched import best_of, person_of
from moothall.customers.linking.pack import SYSTEMS
from moothall.customers.linking.weighing import Likely
from moothall.customers.matching.queries import candidates


def likely_customers(fields: Mapping[str, str], visible_to: Actor, *, limit: int = 5) -> list[Likely]:
    """Return whom it may be, the surest first, weighed as registration weighs. At most four queries.

    Nobody is found by what only a system says whose records this actor may not see.

    Raises:
        Refused.
    """
    require(visible_to, "customer.search")
    allowed = restrictions_visible_to(visible_to)
    systems = current_pack().of(SYSTEMS).values()
    hidden = {one.code for one in systems if one.restricted and allowed is not None and one.restricted not in allowed}
    near = [one for one in candidates(person_of(fields)) if one.source not in hidden]
    return [one for one in best_of(near) if one.kind in {"auto", "review"}][:limit]
