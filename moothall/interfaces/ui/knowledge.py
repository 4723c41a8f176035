"""A piece of knowledge as officers' pages show it: what it is, who keeps it true, when it is looked at again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from moothall.core.packs import Pack
from moothall.interfaces.ui.words import day_year
from moothall.services.knowledge import NAMES, Kept, articles_of, standing
from moothall.services.pack import KNOWLEDGE, SERVICES, Article, Service

STATES: Final = {"none": "late", "over": "late", "soon": "at_risk", "right": "on_track"}
STATE_WORDS: Final = {"none": "No day set", "over": "Look at it again", "soon": "Soon", "right": "In date"}
SHOWN: Final = {"due": ("none", "over"), "soon": ("none", "over", "soon"), "all": ("none", "over", "soon", "right")}
"""What each choice of a list shows."""
SHOWN_WORDS: Final = {"due": "Due now", "soon": "Due within 30 days", "all": "Everything"}


@dataclass(frozen=True, slots=True)
class PieceView:
    """One line of a list: the text is empty for a script, which stands in its service's questions and decisions."""

    title: str
    kind: str
    service: str
    owner: str
    when: str
    state: str
    state_words: str
    file: str
    text: str = ""
    internal: bool = False


@dataclass(frozen=True, slots=True)
class KnownView:
    """One answer beside a form: its words, and whose it is until when; ``wants`` where its day has come."""

    title: str
    text: str
    kept_by: str
    wants: bool


def pieces(pack: Pack, found: Iterable[Kept], *, words: str, show: str, today: date) -> list[PieceView]:
    """Return the pieces whose title, text, service or owner hold all the ``words``, as far as ``show`` goes."""
    wanted, states = words.lower().split(), SHOWN[show]
    made = [_piece(pack, one, today) for one in found if standing(one.review, today) in states]
    return [
        one
        for one in made
        if all(word in f"{one.title} {one.text} {one.service} {one.owner}".lower() for word in wanted)
    ]


def known_beside(pack: Pack, service: Service, *, today: date) -> list[KnownView]:
    """Return what an officer may answer beside a service's form: its own answers as on its public page, then the articles
    that belong to it, those for officers only among them."""
    own = [_known(pack, one.question, one.answer, one.owner, one.review, today) for one in service.knowledge]
    return own + [known_of(pack, one, today) for one in articles_of(pack, service.code, staff=True)]


def known_of(pack: Pack, article: Article, today: date) -> KnownView:
    """Return an article as an officer reads it."""
    return _known(pack, article.title, article.body, article.owner, article.review, today)


def _known(pack: Pack, title: str, text: str, owner: str, review: date, today: date) -> KnownView:
    return KnownView(title, text, kept_by(pack, owner, review, today), standing(review, today) == "over")


def kept_by(pack: Pack, owner: str, review: date | None, today: date) -> str:
    """Say in one sentence who keeps something true and when it is looked at again, or that its day has come."""
    who = pack.teams[owner].name if owner in pack.teams else owner
    if review is None:
        return f"{who} keeps this. Nobody has said when it is looked at again."
    if review <= today:
        return f"Was to be looked at again by {day_year(review)}. Ask {who} before you rely on it."
    return f"{who} keeps this, and looks at it again by {day_year(review)}."


def _piece(pack: Pack, one: Kept, today: date) -> PieceView:
    services, how = pack.of(SERVICES), standing(one.review, today)
    held = services.get(one.service)
    text = ""
    if one.kind == "answer" and held is not None:
        text = next((answer.answer for answer in held.knowledge if answer.id == one.code), "")
    elif one.kind == "article":
        text = pack.of(KNOWLEDGE)[one.code].body
    return PieceView(
        title="What we ask and say" if one.kind == "script" else one.title,
        kind=NAMES[one.kind],
        service=held.name if held is not None else "",
        owner=pack.teams[one.owner].name if one.owner in pack.teams else one.owner,
        when=day_year(one.review) if one.review else "",
        state=STATES[how],
        state_words=STATE_WORDS[how],
        file=one.file,
        text=text,
        internal=one.staff,
    )
