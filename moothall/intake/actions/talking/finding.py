"""“For anything else”: the service is found by its first letters on the keys or, where words are heard, by saying it.

What is found is read out, a few at a time, each with its key; whatever stands in the catalogue has a way here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from moothall.core.packs import Pack, current_pack
from moothall.intake.actions.talking.queue import queue_turn
from moothall.intake.actions.talking.saying import listen
from moothall.intake.models import Conversation
from moothall.intake.pack import by_voice, sentence
from moothall.intake.talking.finding import AT_ONCE, spelt
from moothall.intake.talking.shapes import Choice
from moothall.intake.talking.turns import Turn
from moothall.services.search import search

Menu = Callable[[list[str]], Turn]
MORE, OTHER_LETTERS, FIRST_MENU, ADVISER = "7", "8", "9", "0"
MOST_SAID: Final = 4


def ask_which(row: Conversation, opening: Sequence[str] = ()) -> Turn:
    """Ask for the first letters of what is wanted, or for a few words where the line hears them."""
    pack = current_pack()
    row.step, row.held, row.dialogue_id = "find", {}, None
    said = [*opening, sentence(pack, "find_said" if row.speech else "find"), sentence(pack, "first_menu")]
    named = _said_of(pack) if row.speech else ()
    return listen(row, said, choices=named, speech=row.speech)


def _said_of(pack: Pack) -> tuple[Choice, ...]:
    """What callers say for each service, for the line's recogniser to listen for."""
    return tuple(Choice("", one.code, said) for one in by_voice(pack) for said in (one.name, *one.synonyms[:2]))


def hear_which(row: Conversation, words: str, at: datetime, *, menu: Menu, missed: Callable[[str], Turn]) -> Turn:
    """Read out what was found; ``missed`` with a sentence where nothing was."""
    keys = words.rstrip("#").strip()
    if keys in {ADVISER, FIRST_MENU}:
        row.held = {}
        return queue_turn(row, at) if keys == ADVISER else menu([])
    pack = current_pack()
    found = found_by(pack, keys)
    if not found:
        return missed(sentence(pack, "find_none") if keys else "")
    row.misses = 0
    return read_out(row, found)


def found_by(pack: Pack, words: str) -> list[str]:
    """Return the services that keys or spoken words mean, likeliest first."""
    services = by_voice(pack)
    if words.isdigit():
        return spelt(words, services)
    here = {one.code for one in services}
    found = search(pack, words, limit=MOST_SAID)
    return [hit.code for hit in found.hits if hit.code in here] if found.good else []


def read_out(row: Conversation, found: Sequence[str], page: int = 0, opening: Sequence[str] = ()) -> Turn:
    """Say the services of a page, each with its key, and how to hear more."""
    pack = current_pack()
    shown = found[page * AT_ONCE : (page + 1) * AT_ONCE]
    more = len(found) > AT_ONCE
    row.step, row.held, row.dialogue_id = "found", {"found": list(found), "page": page}, None
    choices = tuple(Choice(str(n), code, pack.services[code].name) for n, code in enumerate(shown, 1))
    said = [*opening, *(f"{one.label}, press {one.key}." for one in choices)]
    said += [sentence(pack, "find_more")] if more else []
    return listen(row, [*said, sentence(pack, "find_again")], digits=1, choices=choices, speech=row.speech)


def turn_over(row: Conversation) -> Turn:
    """Read out the next page; after the last the first again."""
    found, page = list(row.held["found"]), int(row.held["page"]) + 1
    return read_out(row, found, page if page * AT_ONCE < len(found) else 0)
