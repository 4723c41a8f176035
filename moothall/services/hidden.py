"""Which services an actor may know nothing of."""

from __future__ import annotations

from moothall.core.access import restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.services.pack import SERVICES


def services_hidden_from(actor: Actor) -> frozenset[str]:
    """Return the codes of the restricted services whose kind this actor may not see."""
    allowed = restrictions_visible_to(actor)
    if allowed is None:
        return frozenset()
    return frozenset(
        code for code, s in current_pack().of(SERVICES).items() if s.restricted and s.restricted not in allowed
    )
