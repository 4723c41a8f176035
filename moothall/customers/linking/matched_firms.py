"""Matching as linking asks it of organisations: found by what they share, weighed by the numbers of registers (adr/0078)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from moothall.customers.linking.actions.sets import heads
from moothall.customers.linking.weighing import OWN_WORDS, Likely
from moothall.customers.matching.firm_queries import FirmPair, firm_candidates, firm_pairs, firms_of
from moothall.customers.matching.rules.firms import (
    FirmsWeighed,
    another_firm,
    firm_of,
    firms_contradict,
    weigh_firms,
)
from moothall.customers.rules.organisations import Firm

SAID_BY_ANYBODY = "A number and a name that anybody can look up: somebody told us, no system"


def likely_firms(fields: Mapping[str, str], *, but: Iterable[UUID] = ()) -> list[Likely]:
    """Return which organisation it may be, the likeliest first, each customer once. Three queries at most.

    Sure of one alone, whom another system knows, and of whom nothing is said that contradicts it.
    """
    firm = firm_of(fields)
    found = firm_candidates(firm, but=tuple(but))
    tops = heads(one.customer_id for one in found) if found else {}
    best: dict[UUID, Likely] = {}
    for one in found:
        top = tops.get(one.customer_id)
        if top is None:
            continue
        made = _likely(top, one.weighed, one.source == OWN_WORDS)
        held = best.get(top)
        if held is None or (made.kind == "auto" and held.kind != "auto"):
            best[top] = made
    return _surely(firm, sorted(best.values(), key=lambda one: (-one.weight, one.customer_id.int)))


def pairs_of_firms() -> Iterator[tuple[UUID, UUID, Likely]]:
    """Return the organisations that may be one among all we know, the surest first, as `take_pairs` takes them."""
    return ((pair.one, pair.other, _of_pair(pair)) for pair in firm_pairs())


def firms_differ(one: UUID, other: UUID) -> str:
    """Return why two organisations cannot be one by what all their records say, or nothing. One query."""
    said = firms_of([one, other])
    pairs = ((a, b) for a in said.get(one, ()) for b in said.get(other, ()))
    return next((why for a, b in pairs if (why := firms_contradict(a, b))), "")


def another_organisation(record_id: UUID, customer_id: UUID, before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Return why a record of an organisation can no longer be of its customer, or nothing. One query."""
    old, new = firm_of(before), firm_of(now)
    others = firms_of([customer_id], but=[record_id]).get(customer_id, [])
    if why := another_firm(old, new):
        known = any(not another_firm(one, new) for one in others) and not any(
            firms_contradict(new, one) for one in others
        )
        return "" if known else why
    return next((why for one in others if (why := firms_contradict(new, one)) and not firms_contradict(old, one)), "")


def weigh_organisations(one: UUID, other: UUID) -> tuple[float, list[dict[str, Any]]]:
    """Return how alike two organisations are by the records of theirs that are most alike. One query."""
    said = firms_of([one, other])
    made = [weigh_firms(a, b) for a in said.get(one, ()) for b in said.get(other, ())]
    if not made:
        return 0.0, []
    best = max(made, key=lambda weighed: weighed.weight)
    return best.weight, _parts(best)


def _of_pair(pair: FirmPair) -> Likely:
    return _likely(pair.other, pair.weighed, OWN_WORDS in pair.sources)


def _likely(customer_id: UUID, weighed: FirmsWeighed, own_words: bool) -> Likely:
    kind, reason = str(weighed.kind.value), weighed.reason
    if kind == "auto" and own_words:
        kind, reason = "review", SAID_BY_ANYBODY
    return Likely(customer_id, weighed.weight, _parts(weighed), kind, reason)


def _surely(firm: Firm, found: Sequence[Likely]) -> list[Likely]:
    sure = [one.customer_id for one in found if one.kind == "auto"]
    if not sure:
        return list(found)
    said = firms_of(sure)
    why = {who: next((no for one in said.get(who, ()) if (no := firms_contradict(firm, one))), "") for who in sure}
    if len(sure) > 1:
        why = dict.fromkeys(sure, "Fits two organisations")
    return [
        replace(one, kind="review", reason=why[one.customer_id]) if why.get(one.customer_id) else one for one in found
    ]


def _parts(weighed: FirmsWeighed) -> list[dict[str, Any]]:
    return [part._asdict() for part in weighed.parts]
