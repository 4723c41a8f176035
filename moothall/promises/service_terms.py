"""The clocks a service starts, before and at the moment something is asked of it; and those that any contact starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from moothall.core.packs import Pack
from moothall.promises.pack import STANDARDS, standards_of_service
from moothall.promises.rules import Standard
from moothall.services.pack import Promise as ServicePromise
from moothall.services.pack import Service, TableName

KINDS = ("acknowledge", "complete")
CONTACT_KINDS = ("call_answered", "visit_seen", "acknowledgement", "reply")
"""What a standard of the pack may promise of a contact itself: `applies: {kinds: [reply], channels: [email]}`."""


@dataclass(frozen=True, slots=True)
class Term:
    """One clock a service starts: ``acknowledge`` or ``complete``, and its standard."""

    kind: str
    standard: Standard


def terms_of(service: Service, promise: ServicePromise) -> list[Term]:
    """Return the clocks that one of a service's promises starts, acknowledgement first."""
    found = [(kind, standards_of_service(service.code, promise, kind)) for kind in KINDS]
    return [Term(kind, standard) for kind, standard in found if standard is not None]


def promise_for_priority(service: Service, priority: str) -> ServicePromise | None:
    """Return which of its promises a service makes for a priority: the one its tables give it, else the one of its name.

    ``None`` where neither says: the promise then stays as it is.
    """
    tables: tuple[TableName, ...] = ("triage", "priority")
    rows = [row.then for name in tables if name in service.tables for row in service.tables[name].rows]
    named = [then.promise for then in rows if then.priority == priority and then.promise and then.accept != "no"]
    codes = {promise.code: promise for promise in service.promises}
    return next((codes[code] for code in (*named, priority) if code in codes), None)


def contact_promises(pack: Pack, channel: str, on: date, service: str = "") -> tuple[Term, ...]:
    """Return what the council promises of a contact by a channel, on a date: one standard of each kind at most.

    A standard that names services counts for those only, and before one that names none. Nothing for most channels.
    """
    return _contact_promises(pack, channel, on, service)


@lru_cache(maxsize=512)
def _contact_promises(pack: Pack, channel: str, on: date, service: str) -> tuple[Term, ...]:
    found: dict[str, Standard] = {}
    specs = [spec for spec in pack.of(STANDARDS).values() if channel in spec.applies.channels and spec.valid_on(on)]
    for spec in sorted(specs, key=lambda spec: not spec.applies.services):
        standard = spec.standard(on)
        if standard is None or (spec.applies.services and service not in spec.applies.services):
            continue
        for kind in CONTACT_KINDS:
            if kind in spec.applies.kinds:
                found.setdefault(kind, standard)
    return tuple(Term(kind, found[kind]) for kind in CONTACT_KINDS if kind in found)


def in_place_of(pack: Pack, terms: Sequence[Term], standards: Mapping[str, str], on: date) -> tuple[Term, ...]:
    """Return terms with those of some kinds replaced, or added, by standards named by code. One unknown changes nothing."""
    found = {term.kind: term for term in terms}
    for kind, code in standards.items():
        spec = pack.of(STANDARDS).get(code)
        standard = spec.standard(on) if spec is not None else None
        if standard is not None:
            found[kind] = Term(kind, standard)
    return tuple(found[kind] for kind in CONTACT_KINDS if kind in found)
