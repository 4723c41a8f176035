"""A statement brought in: kept, matched with what we took and gave back, and the bank's lines looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moothall.core.actors import Actor
from moothall.core.zone import council_date
from moothall.payments.actions.banking import book_bank_lines
from moothall.payments.actions.reconciling import known_until, reconcile
from moothall.payments.actions.statements import bring_statement, digest_of, read_bank_file, read_provider_file


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file came to: payments matched, what does not fit, what is still to come; of the bank, booked and left open.

    ``new`` is False for a file that was brought in before, as ``name``: then nothing was done.
    """

    name: str
    new: bool
    matched: int = 0
    found: int = 0
    waiting: int = 0
    booked: int = 0
    left: int = 0


def take_statement(source: str, raw: bytes, *, name: str, by: Actor, at: datetime) -> Taken:
    """Read a file of a provider or of the bank and do what follows, whichever of the two comes first.

    Raises:
        Refused; CannotRead: nothing of it was kept.
    """
    lines = read_bank_file(raw) if source == "bank" else read_provider_file(raw, source)
    kept, new = bring_statement(source, lines, name=name, sha256=digest_of(raw), by=by, at=at)
    if not new:
        return Taken(kept.name, new=False)
    matched = found = waiting = 0
    if source != "bank":
        done = reconcile(source, until=known_until(source) or council_date(at), by=by, at=at)
        matched, found, waiting = done.matched, done.found, done.waiting
    booked, left = book_bank_lines(by=by, at=at)
    return Taken(kept.name, new=True, matched=matched, found=found, waiting=waiting, booked=booked, left=left)
