"""What the council knows and says: general articles, each service's answers, and the words officers ask and say for it.

Every piece has an owner, who keeps it true, and a day on which it is looked at again. Pure and in memory: the pack alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from moothall.core.packs import Pack

from .pack import KNOWLEDGE, SERVICES, Article, Service
from .search import words_of

SOON: Final = timedelta(days=30)
"""How long before its day a piece is shown as coming up."""
Standing = Literal["none", "over", "soon", "right"]
NAMES: Final = {"article": "Article", "answer": "Answer", "script": "Script"}


@dataclass(frozen=True, slots=True)
class Kept:
    """One piece: what it is called, who keeps it true, when it is looked at again (``None``: nobody has said when).

    ``file`` is where it is changed, in the pack; ``service`` the service it belongs to, empty for an article.
    """

    kind: Literal["article", "answer", "script"]
    code: str
    service: str
    title: str
    owner: str
    review: date | None
    file: str
    staff: bool = False


def kept(pack: Pack, *, teams: Iterable[str] | None = None) -> tuple[Kept, ...]:
    """Return every piece of a pack in the order in which it wants looking at; only those of some ``teams`` where named."""
    mine = None if teams is None else frozenset(teams)
    found = [*_articles(pack), *(piece for one in pack.of(SERVICES).values() for piece in _of_service(one))]
    chosen = [piece for piece in found if mine is None or piece.owner in mine]
    return tuple(sorted(chosen, key=lambda one: (one.review or date.min, one.service, one.kind, one.code)))


def standing(review: date | None, today: date) -> Standing:
    """Say how a piece stands on a day: nobody said when (none), its day has come (over), it is near (soon), or right."""
    if review is None:
        return "none"
    if review <= today:
        return "over"
    return "soon" if review - today <= SOON else "right"


def wanting(pieces: Iterable[Kept], today: date) -> tuple[Kept, ...]:
    """Return the pieces whose day has come, or that have none."""
    return tuple(one for one in pieces if standing(one.review, today) in {"none", "over"})


def articles_of(pack: Pack, service: str, *, staff: bool = False) -> tuple[Article, ...]:
    """Return the articles that belong beside a service, in the council's own language; ``staff``: those for officers too."""
    return tuple(one for one in _readable(pack, staff) if one.of is None and service in one.services)


def find_articles(pack: Pack, words: str, *, staff: bool = False, limit: int = 5) -> tuple[Article, ...]:
    """Return the articles that hold every word of what was asked, in whichever language."""
    wanted = set(words_of(words))
    if not wanted:
        return ()
    found = [one for one in _readable(pack, staff) if wanted <= set(words_of(f"{one.title} {one.body}"))]
    return tuple(found[:limit])


def _readable(pack: Pack, staff: bool) -> Iterable[Article]:
    for one in pack.of(KNOWLEDGE).values():
        if one.format is None and (staff or one.audience == "public"):
            yield one


def _articles(pack: Pack) -> Iterable[Kept]:
    for one in pack.of(KNOWLEDGE).values():
        where, internal = f"knowledge/{one.code}.md", one.audience == "staff"
        yield Kept("article", one.code, "", one.title, one.owner, one.review, where, internal)


def _of_service(service: Service) -> Iterable[Kept]:
    """The answers of a service, and its script: what is asked and said for it on every channel, kept by its team.

    What another body does here is asked for nowhere, so there is nothing to say.
    """
    where, internal = f"services/{service.code}.yaml", service.visibility == "staff"
    if service.elsewhere is None:
        yield Kept("script", service.code, service.code, service.name, service.team, service.review, where, internal)
    for one in service.knowledge:
        yield Kept("answer", one.id, service.code, one.question, one.owner, one.review, where, internal)
