"""From what a service's page in the pack promises to the standards whose clocks run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moothall.core.packs import Pack
from moothall.promises.rules import Standard, Unit
from moothall.promises.rules import due_at as count_due
from moothall.promises.terms import calendar_of
from moothall.services.pack import Length, Service
from moothall.services.pack import Promise as ServicePromise

ACKNOWLEDGE = "acknowledge"
COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Term:
    """One clock a service starts: ``acknowledge`` or ``complete``, and its standard."""

    kind: str
    standard: Standard


def terms_of(service: Service, promise: ServicePromise) -> list[Term]:
    """Return the clocks that one of a service's promises starts, acknowledgement first.

    An acknowledgement never pauses: it is ours alone to give.
    """
    found = []
    if promise.acknowledge is not None:
        found.append(Term(ACKNOWLEDGE, _standard(service, promise, ACKNOWLEDGE, promise.acknowledge)))
    if promise.complete is not None:
        found.append(Term(COMPLETE, _standard(service, promise, COMPLETE, promise.complete)))
    return found


def _standard(service: Service, promise: ServicePromise, kind: str, length: Length) -> Standard:
    working = kind == COMPLETE
    return Standard(
        code=f"{service.code}.{promise.code}.{kind}", name=f"{service.name}: {promise.applies}", amount=length.amount,
        unit=Unit(length.unit), calendar=promise.calendar, statutory=promise.statutory and working,
        pauses=promise.pauses if working else (), restarts=promise.restarts if working else (),
        extension_max=promise.extend.amount if promise.extend and working else 0, escalate_to=promise.escalate_to,
        redress=promise.redress or "",
    )  # fmt: skip


def due_if_asked(pack: Pack, terms: Sequence[Term], at: datetime) -> dict[str, datetime]:
    """Return when each clock would run out if the request came now: what a page can say before anything is sent."""
    return {
        term.kind: count_due(
            calendar_of(pack, term.standard.calendar), term.standard.unit, term.standard.amount, at,
            statutory=term.standard.statutory,
        )
        for term in terms
    }  # fmt: skip
