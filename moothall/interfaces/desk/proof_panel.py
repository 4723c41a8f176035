"""What the page of a person shows of who they are and who may speak for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from moothall.core.packs import current_pack
from moothall.customers.accounts.pack import ACCOUNTS
from moothall.customers.accounts.queries import waiting_ways
from moothall.customers.models import CustomerKind
from moothall.customers.queries import CustomerCard
from moothall.customers.representation.pack import REPRESENTATIONS, RepresentationKind
from moothall.customers.representation.queries import acting_for, acts_for
from moothall.services.pack import AREAS


def panel(card: CustomerCard, on: date) -> dict[str, Any]:
    """Return what the record shows of proof and representation. Three queries."""
    pack, ids = current_pack(), card.ids
    kinds = {code: one for code, one in pack.of(REPRESENTATIONS).items() if one.of in {card.kind, "either"}}
    theirs = [(code, one) for code, one in pack.of(REPRESENTATIONS).items() if one.of == "organisation"]
    return {
        "helpers": acting_for(ids, on=on), "helped": acts_for(ids, on=on),
        "waiting_ways": waiting_ways(ids),
        "evidence_choices": [(one.code, one.name) for one in pack.one(ACCOUNTS).evidence],
        "kind_choices": [(code, kind.name) for code, kind in kinds.items()],
        "area_choices": [(code, one.name) for code, one in pack.of(AREAS).items()],
        "kind_evidence": _evidence(kinds.values()),
        "organisation": card.kind == CustomerKind.ORGANISATION,
        "works_for_choices": [(code, one.name) for code, one in theirs],
        "works_for_evidence": _evidence(one for _, one in theirs), "alike": (), "typed": {},
    }  # fmt: skip


def _evidence(kinds: Iterable[RepresentationKind]) -> list[tuple[str, str]]:
    return sorted({(one.code, one.name) for kind in kinds for one in kind.evidence}, key=lambda one: one[1])
