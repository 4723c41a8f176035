"""The nation's list read back: for whoever asks for what we do not do, and for those who keep the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import connection

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import Pack
from moothall.services.models import ListedService, PastName
from moothall.services.pack import SERVICES, does

MOST_LIKE: Final = 3
LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class ListedView:
    """One entry of the nation's list. ``exact``: its name is what was asked, word for word but for endings."""

    lgsl: int
    name: str
    description: str
    navigation: str
    tier: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """One service of the catalogue beside the list: the entry with its number, or nothing where the list has none such."""

    code: str
    name: str
    lgsl: int | None
    entry: ListedView | None
    ours: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """The catalogue held against the list. ``not_offered``: on the list, and no service of ours bears its number."""

    listed: int
    services: tuple[Held, ...]
    not_offered: tuple[ListedView, ...]

    @property
    def known(self) -> tuple[Held, ...]:
        """Our services that bear a number of the list."""
        return tuple(one for one in self.services if one.entry is not None)

    @property
    def unknown(self) -> tuple[Held, ...]:
        """Our services that bear a number the list does not have."""
        return tuple(one for one in self.services if one.lgsl is not None and one.entry is None)

    @property
    def without_number(self) -> tuple[Held, ...]:
        """Our services that bear no number."""
        return tuple(one for one in self.services if one.lgsl is None)


def compare(pack: Pack, *, visible_to: Actor) -> Compared:
    """Hold a pack's catalogue against the nation's list. One query.

    Raises:
        Refused: the actor may not see the console.
    """
    require(visible_to, "console.view")
    entries = {
        row.lgsl: _view(row) for row in ListedService.objects.filter(gone_at=None).order_by("navigation", "name")
    }
    services = tuple(
        Held(code, one.name, one.lgsl, entries.get(one.lgsl) if one.lgsl is not None else None, does(pack, code))
        for code, one in pack.of(SERVICES).items()
    )
    borne = {one.lgsl for one in services}
    return Compared(len(entries), services, tuple(one for lgsl, one in entries.items() if lgsl not in borne))


def listed_like(words: str, *, limit: int = MOST_LIKE) -> list[ListedView]:
    """Return the entries of the nation's list that words mean, best first; none where nothing surely fits. One query.

    An entry fits where all of its name stands in what was asked, or all that was asked in the entry and some of it in its
    name. A name of one word in a long sentence is no fit: it is more often said by the way.
    """
    text = " ".join(words.replace("\x00", "").split())[:LONGEST]
    if not text:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_LIKE, {"text": text, "limit": limit})
        return [ListedView(*row) for row in cursor.fetchall()]


_LIKE: Final = """
WITH asked AS (
    SELECT plainto_tsquery('english', %(text)s) AS whole, tsvector_to_array(to_tsvector('english', %(text)s)) AS said
), named AS (
    SELECT s.*, asked.*, tsvector_to_array(ts_filter(s.words, '{a}')) AS own
    FROM services_listedservice AS s, asked WHERE s.gone_at IS NULL AND cardinality(asked.said) > 0
)
SELECT lgsl, name, description, navigation, tier, own <@ said AND said <@ own FROM named
WHERE (own <@ said AND (cardinality(own) > 1 OR (cardinality(own) = 1 AND cardinality(said) <= 3)))
    OR (words @@ whole AND own && said)
ORDER BY own <@ said DESC, ts_rank(words, whole) DESC, lgsl LIMIT %(limit)s
"""


def past_names() -> dict[tuple[str, str], str]:
    """Return what other systems called the services and teams whose history is here, by kind and code. One query."""
    return {(kind, code): name for kind, code, name in PastName.objects.values_list("kind", "code", "name")}


def _view(row: ListedService) -> ListedView:
    return ListedView(row.lgsl, row.name, row.description, row.navigation, row.tier)
