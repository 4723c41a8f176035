"""The form by which a firm is taken down within a contact."""

from __future__ import annotations

from typing import Any

from moothall.core.packs import current_pack
from moothall.customers.representation.pack import REPRESENTATIONS
from moothall.customers.rules.organisations import WHY
from moothall.intake.new_organisations import KIND, NewOrganisation
from moothall.interfaces.policy import Request


def form(request: Request, typed: NewOrganisation | None = None, **more: Any) -> dict[str, Any]:
    """What the form of an organisation shows: empty, or as it was typed, with what is wrong or whom we may know."""
    kinds = current_pack().of(REPRESENTATIONS)
    evidence = kinds[KIND].evidence if KIND in kinds and request.actor.may("representation.manage") else ()
    return {
        "typed": typed or NewOrganisation(), "evidence": [(one.code, one.name) for one in evidence], "alike": (),
        "wrong": {}, "why": WHY, "open": typed is not None,
    } | more  # fmt: skip
