"""Which service and which answer a writing may want: plain ranking of its words against the catalogue. Pure.

A suggestion is for the officer's eye. Nothing is sent, raised or routed by it. How often it is right is measured by
`tests/intake/test_suggesting.py`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from moothall.core.packs import Pack
from moothall.services.pack import SERVICES
from moothall.services.search import search, words_of

MOST_SENTENCES: Final = 10
SHOWN: Final = 3
LEAST: Final = 0.36
"""The score below which nothing is suggested: a wrong suggestion costs more than none."""
SUBJECT: Final = 0.8
LEAST_SHARED: Final = 2
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_GREETING = re.compile(
    r"^(?:dear|hello|hi|hiya|good (?:morning|afternoon|evening)|to whom|many thanks|thanks?|thank you|regards"
    r"|kind|yours|cheers|best)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class MayWant:
    """A service a writing may be about; `score` says only which is likelier."""

    code: str
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class MayAnswer:
    """An answer of the catalogue that may fit: the service it belongs to, the question it answers, its words."""

    service: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """What an officer is offered beside a writing, best first; nothing where nothing fits well."""

    services: tuple[MayWant, ...] = ()
    answers: tuple[MayAnswer, ...] = ()


def suggest(pack: Pack, subject: str, text: str) -> Suggested:
    """Return the services a writing may be about and the answers that may fit."""
    asked = [(subject, SUBJECT)] if subject.strip() else []
    said = [
        one.strip() for one in _SENTENCE.split(text[:4000]) if len(one.strip()) > 8 and not _GREETING.match(one.strip())
    ]
    asked += [(one, 1.0) for one in said[:MOST_SENTENCES]]
    asked += [(" ".join(said)[:300], 1.0)] if len(said) > 1 else []
    best: dict[str, float] = defaultdict(float)
    total: dict[str, float] = defaultdict(float)
    names: dict[str, str] = {}
    for words, weight in asked:
        for hit in search(pack, words, limit=8, audience="staff").hits:
            best[hit.code] = max(best[hit.code], hit.score * weight)
            total[hit.code] += hit.score * weight
            names[hit.code] = hit.name
    scores = {code: best[code] + 0.25 * (total[code] - best[code]) for code in best}
    ranked = sorted((code for code in scores if scores[code] >= LEAST), key=lambda code: (-scores[code], code))[:SHOWN]
    services = tuple(MayWant(code, names[code], round(scores[code], 3)) for code in ranked)
    return Suggested(services, _answers(pack, ranked, f"{subject} {text[:4000]}"))


def _answers(pack: Pack, services: list[str], text: str) -> tuple[MayAnswer, ...]:
    asked = set(words_of(text))
    found = []
    for place, code in enumerate(services):
        for one in pack.of(SERVICES)[code].knowledge:
            shared = asked & {word for word in words_of(one.question) if len(word) > 3}
            if len(shared) >= LEAST_SHARED:
                found.append((-len(shared), place, MayAnswer(code, one.question, one.answer)))
    return tuple(one for _, _, one in sorted(found, key=lambda entry: entry[:2])[:SHOWN])
