"""Which customers are one: the merges that stand make trees, and each tree has one root. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID


def in_order(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """Return a pair of ids, the smaller first, as PostgreSQL orders them."""
    return (one, other) if one.int < other.int else (other, one)


def roots(members: Iterable[UUID], edges: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Return the root that each member leads to. ``edges`` are the merges that stand: joined to into."""
    found: dict[UUID, UUID] = {}
    for member in members:
        at, passed = member, []
        while at in edges and at not in found:
            passed.append(at)
            at = edges[at]
            if len(passed) > len(edges):
                raise ValueError("Merges lead in a circle.")
        root = found.get(at, at)
        found |= dict.fromkeys([*passed, member], root)
    return found


PROOFS = {"verified": 3, "matched": 2, "confirmed": 1}


def who_stays(one: tuple[UUID, str, datetime], other: tuple[UUID, str, datetime]) -> tuple[UUID, UUID]:
    """Return (who stays, who is joined): the better proved one, else the older, else the smaller id. (id, proof, made at)."""
    best = sorted((one, other), key=lambda c: (-PROOFS.get(c[1], 0), c[2], c[0].int))
    return best[0][0], best[1][0]
