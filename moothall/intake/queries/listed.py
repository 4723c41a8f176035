"""What the nation's list says of words that the catalogue does not know: our own service by another name, or who does it."""

from __future__ import annotations

from dataclasses import dataclass

from moothall.core.packs import Pack, current_pack
from moothall.services.nation import DoneBy, done_by
from moothall.services.pack import SERVICES
from moothall.services.queries import ListedView, listed_like


@dataclass(frozen=True, slots=True)
class ListedLine:
    """An entry of the nation's list. ``service`` is that of ours which bears its number; without one, ``by`` does it."""

    name: str
    description: str
    by: DoneBy
    service: str = ""


def listed_instead(words: str, *, unmet: bool) -> tuple[ListedLine, ...]:
    """Return what the nation's list has for words that no service of ours fits, best first. One query.

    Where some service of ours may fit (not ``unmet``), only what is called so word for word, and is none of ours.
    """
    pack = current_pack()
    lines = [(one, _line(pack, one)) for one in listed_like(words)]
    return tuple(line for one, line in lines if unmet or (one.exact and not line.service))


def _line(pack: Pack, one: ListedView) -> ListedLine:
    public = (code for code, held in pack.of(SERVICES).items() if held.lgsl == one.lgsl and held.visibility == "public")
    return ListedLine(one.name, one.description, done_by(one.tier, pack.council.kind or ""), next(public, ""))
