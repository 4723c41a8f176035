"""How soon the invented council answers a call, a visitor, a letter: the promises of contact itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from moothall.contacts.importing import ImportedContact
from moothall.core.packs import Pack
from moothall.core.zone import council_date
from moothall.interfaces.cli.demo.keeping import Keeper
from moothall.promises.actions.redress import AT_HAND
from moothall.promises.importing import ImportedPromise
from moothall.promises.rules import Fact, FactKind
from moothall.promises.service_terms import Term, contact_promises

KEPT = 0.9
"""How often a letter or e-mail of the invented council is answered in time: by judgement, as it is for services."""
DAY = timedelta(days=1)


class Answers:
    """The promises that a contact of the past started, and when each was kept. `now` is the present."""

    def __init__(self, pack: Pack, keeper: Keeper, *, seed: int, now: datetime) -> None:
        self.pack, self.keeper, self.seed, self.now = pack, keeper, seed, now
        self._terms: dict[tuple[str, date], tuple[Term, ...]] = {}

    def of(self, contact: ImportedContact) -> Iterator[ImportedPromise]:
        """Yield what was promised of a contact. One that would still be open is left out: nobody here can answer it."""
        day = council_date(contact.received_at)
        key = (contact.channel, day)
        if key not in self._terms:
            self._terms[key] = contact_promises(self.pack, contact.channel, day)
        for term in self._terms[key]:
            met = contact.answered_at if term.kind in AT_HAND else self._written(contact, term)
            if met is not None and met < self.now:
                yield ImportedPromise(
                    kind=term.kind, standard=term.standard, subject_kind="contact", subject_id=contact.id,
                    started_at=contact.received_at, facts=[Fact(FactKind.MET, met)], customer_id=contact.customer_id,
                    service=contact.service, channel=contact.channel, area=contact.area,
                    pack_version_id=self.pack.version_id,
                )  # fmt: skip

    def _written(self, contact: ImportedContact, term: Term) -> datetime:
        """When a letter or post was answered; drawn apart from all else, so that the rest of the history stays as it is."""
        rng = Random(f"answer:{self.seed}:{term.kind}:{contact.received_at.isoformat()}:{contact.channel}")
        due = self.keeper.due(term.standard, contact.received_at)
        return self.keeper.done(contact.received_at, due, rng.random() < KEPT, rng)
