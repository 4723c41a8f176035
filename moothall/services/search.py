"""Finds the service somebody means, from everyday words, misspellings and half sentences. Pure and in memory.

The index is made once for a pack. A word counts by how few services use it, where they use it (a synonym says more than a
summary) and how near it is to what was typed; whole phrases are compared as well.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from moothall.core.packs import Pack
from moothall.core.packs.sections import WORDS

from .pack import AREAS, SERVICES, Service

GOOD: Final = 0.34
"""The score from which a match is worth showing as an answer; below it the caller records an unmet need."""
ANSWERED: Final = 0.45
"""The share of what was asked that the best service must speak of itself, for the match to be good."""
STRANGE: Final = 1.2
"""What a word no service knows weighs in that share, against the rarest word one does: it may be the whole point."""
ALONE: Final = 0.7
"""A match is good as well where it holds two words of what was asked as its own and no other service comes within this share
of it: a whole sentence tells a good deal that no service has a word for."""
LONGEST_QUERY: Final = 300
MOST_WORDS: Final = 24
SYNONYM, NAME, LOOSE, KNOWLEDGE, SUMMARY, REST = 1.0, 1.0, 0.8, 0.5, 0.45, 0.25
REPEATED: Final = 0.07
"""What each further phrase of a service with the same word adds to its weight, up to three."""
NOT_SO: Final = 0.88
"""What is left of a service's score when something was *not* done and its own words never say so: a bin day is asked for,
a bin that was not emptied is complained of, with the same words."""
_NOT = re.compile(r"\b(?:not|never|nobody|(?:is|was|were|are|has|have|had|do|does|did|wo)n[’']?t)\b")
_WORD = re.compile(r"[a-z0-9]+")
_WHOLE: Final = frozenset({"missing"})
"""Words whose ending is half their meaning: a bin that is missing was lost, one that was missed was not emptied."""
_ENDINGS = (
    ("ies", "y"), ("ied", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("ings", ""), ("ing", ""),
    ("edly", ""), ("ed", ""), ("es", "e"), ("s", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """A service that may be meant: `score` from 0 to about 1, and the words of its own that matched."""

    code: str
    name: str
    score: float
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to. `good` is false when nothing fits well: then the need is worth recording as unmet."""

    query: str
    hits: tuple[Hit, ...]
    good: bool
    areas: tuple[str, ...]


def search(pack: Pack, query: str, *, limit: int = 10, audience: str = "public") -> Found:
    """The services of a pack that `query` may mean, best first; `audience` `staff` finds internal ones too."""
    text = " ".join(str(query)[:LONGEST_QUERY].split())
    return _index_of(pack).find(text, limit=limit, staff=audience == "staff")


def knows(pack: Pack, word: str) -> bool:
    """Say whether a word, in lower case, stands in the catalogue or is one of those that every sentence has."""
    index = _index_of(pack)
    return stem(word) in index.real or stem(word) in index.filler


def words_of(text: str) -> list[str]:
    """The words of a text, lower case, without apostrophes, lightly stemmed."""
    plain = text.lower().replace("’", "").replace("'", "").replace("&", " and ")
    return [stem(word) for word in _WORD.findall(plain)]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its commonest British endings: `bins` and `binned` as `bin`, `collections` as `collection`."""
    if len(word) <= 3 or word in _WHOLE or word.endswith(("ss", "us", "is")):
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 - len(instead):
            root = word[: len(word) - len(ending)] + instead
            if ending in {"ing", "ings", "ed"}:
                if not re.search(r"[aeiouy]", root):
                    return word
                if len(root) > 2 and root[-1] == root[-2] and root[-1] not in "lsz":
                    root = root[:-1]
            return root
    return word


class _Index:
    """The catalogue ready to be searched."""

    def __init__(self, pack: Pack) -> None:
        words = pack.one(WORDS)
        self.filler = {stem(w) for line in words.filler for w in words_of(line)}
        self.alike: dict[str, set[str]] = defaultdict(set)
        for line in words.alike:
            group = set(words_of(line))
            for word in group:
                self.alike[word] |= group - {word}
        self.services = dict(pack.of(SERVICES))
        areas = pack.of(AREAS)
        self.undone: dict[str, set[str]] = defaultdict(set)  # of each word, the services that say it with a "not"
        self.weights: dict[str, dict[str, float]] = defaultdict(dict)
        self.phrases: list[str] = []
        self.phrase_owner: list[str] = []
        self.said: dict[str, set[str]] = defaultdict(set)  # whole phrases, the words that every sentence has included
        self.real: set[str] = set()  # words as written; the rest of `weights` are pairs run together
        for code, service in self.services.items():
            area = areas.get(service.area)
            self._add(code, service, [area.name, *area.synonyms] if area else [])
        count = len(self.services) or 1
        self.rarity = {word: math.log(1 + count / len(held)) for word, held in self.weights.items()}
        self.most_rare = max(self.rarity.values(), default=1.0)
        self.vocabulary = [word for word in self.weights if len(word) >= 3]

    def _add(self, code: str, service: Service, area: Iterable[str]) -> None:
        for phrase in (service.name, *service.synonyms):
            self.said[" ".join(words_of(phrase))].add(code)
            self.phrases.append(" ".join(self._kept(words_of(phrase))) or phrase.lower())
            self.phrase_owner.append(code)
            if _NOT.search(phrase.lower()):
                for word in words_of(phrase):
                    self.undone[word].add(code)
        texts: list[tuple[str, float]] = [(service.name, NAME), (service.summary, SUMMARY)]
        texts += [(synonym, SYNONYM) for synonym in service.synonyms]
        texts += [(service.search_words, LOOSE)] if service.search_words else []
        texts += [(answer.question, KNOWLEDGE) for answer in service.knowledge]
        texts += [
            (text, REST) for text in (*area, *(q.label for q in service.questions), *(c.says for c in service.closings))
        ]
        times: dict[str, int] = defaultdict(int)
        for text, weight in texts:
            found = self._kept(words_of(text))
            self.real.update(found)
            joined = [a + b for a, b in pairwise(found)] if weight >= NAME else []
            for word in (*found, *joined):
                if word not in self.filler:
                    self.weights[word][code] = max(self.weights[word].get(code, 0.0), weight)
                    times[word] += weight >= LOOSE
        for word, count in times.items():
            self.weights[word][code] += REPEATED * max(0, min(count, 4) - 1)

    def _kept(self, words: list[str]) -> list[str]:
        return [word for word in words if word not in self.filler]

    def find(self, query: str, *, limit: int, staff: bool) -> Found:
        """See `search`."""
        asked = list(dict.fromkeys(self._kept(words_of(query)) or words_of(query)))[:MOST_WORDS]
        if not asked:
            return Found(query, (), False, ())
        scores, matched = self._by_words(asked)
        for code, score in self._by_phrases(" ".join(asked)).items():
            worded = scores.get(code, 0.0)  # a likeness of letters counts only so far as words agree too
            scores[code] = worded * 0.62 + score * 0.38 * min(1.0, 0.1 + worded * 1.5)
            matched.setdefault(code, [])
        if _NOT.search(query.lower()):
            for code in scores:
                if not any(code in self.undone.get(term, ()) for term in matched[code]):
                    scores[code] *= NOT_SO
        for code in self.said.get(" ".join(words_of(query)), ()):
            scores[code] = 1.0  # word for word what the service itself says is asked of it
        ranked = sorted(
            (code for code in scores if staff or self.services[code].visibility == "public"),
            key=lambda code: (-scores[code] - (0.015 if self.services[code].busy else 0.0), code),
        )
        hits = tuple(
            Hit(code, self.services[code].name, round(scores[code], 4), tuple(matched[code]))
            for code in ranked[:limit]
            if scores[code] > 0.08
        )
        areas = dict.fromkeys(self.services[hit.code].area for hit in hits[:5])
        good = bool(hits) and hits[0].score >= GOOD
        good = good and (self._answered(asked, hits[0].code) >= ANSWERED or self._stands_alone(asked, hits))
        return Found(query, hits, good, tuple(areas))

    def _stands_alone(self, asked: list[str], hits: tuple[Hit, ...]) -> bool:
        best, second = hits[0], hits[1].score if len(hits) > 1 else 0.0
        if second > ALONE * best.score:
            return False
        own = (
            any(sure * self.weights[term].get(best.code, 0.0) >= LOOSE for term, sure in self._near(word))
            for word in asked
        )
        return sum(own) >= 2

    def _answered(self, asked: list[str], code: str) -> float:
        """How much of what was asked, rare words counting more, is in the service's name, synonyms or search words.

        `passport renewal` shares a word with renewing a badge, and a score; its telling word is nowhere in the catalogue.
        """
        answered = whole = 0.0
        for word in asked:
            near = [  # the beginning of two words run together says nothing of the second
                (term, sure)
                for term, sure in self._near(word)
                if term in self.real or term == word or not term.startswith(word)
            ]
            tells = max((sure * self.rarity[term] for term, sure in near), default=self.most_rare * STRANGE)
            held = ((sure, self.weights[term].get(code, 0.0)) for term, sure in near)
            answered += tells * max((sure * min(1.0, weight) for sure, weight in held if weight >= LOOSE), default=0.0)
            whole += tells
        return answered / whole

    def _by_words(self, asked: list[str]) -> tuple[dict[str, float], dict[str, list[str]]]:
        scores: dict[str, float] = defaultdict(float)
        matched: dict[str, list[str]] = defaultdict(list)
        joined = [a + b for a, b in pairwise(asked) if a + b in self.weights]
        whole = 0.0
        for word in (*asked, *joined):
            near = [(word, 1.0)] if word in joined else self._near(word)
            best: dict[str, tuple[float, str]] = {}
            for term, nearness in near:
                worth = nearness * self.rarity[term]
                for code, weight in self.weights[term].items():
                    if worth * weight > best.get(code, (0.0, ""))[0]:
                        best[code] = (worth * weight, term)
            for code, (worth, term) in best.items():
                scores[code] += worth
                matched[code].append(term)
            if word not in joined:
                whole += max((nearness * self.rarity[term] for term, nearness in near), default=self.most_rare * 0.9)
        return {code: min(1.0, score / whole) for code, score in scores.items()}, matched

    def _by_phrases(self, text: str) -> dict[str, float]:
        best: dict[str, float] = {}
        for scorer, share in ((fuzz.token_set_ratio, 0.92), (fuzz.token_sort_ratio, 1.0)):
            found: Any = process.extract(text, self.phrases, scorer=scorer, limit=40, score_cutoff=55)
            for phrase, score, number in found:
                # one shared word is weak evidence, unless it is all that either says
                length = 1.0 if phrase == text else min(1.0, 0.55 + 0.15 * len(phrase.split()))
                code = self.phrase_owner[number]
                best[code] = max(best.get(code, 0.0), share * length * score / 100)
        return best

    def _near(self, word: str) -> list[tuple[str, float]]:
        held = self._near_kept.get(word)
        if held is None:
            held = self._nearest(word)
            if len(self._near_kept) < 50_000:
                self._near_kept[word] = held
        return held

    @property
    def _near_kept(self) -> dict[str, list[tuple[str, float]]]:
        kept: dict[str, list[tuple[str, float]]] = self.__dict__.setdefault("_kept_near", {})
        return kept

    def _nearest(self, word: str) -> list[tuple[str, float]]:
        """The index's own words that this one may be, each with how sure that is (0 to 1)."""
        near: dict[str, float] = {}
        if word in self.weights:
            near[word] = 1.0
        for other in self.alike.get(word, ()):
            if other in self.weights:
                near[other] = max(near.get(other, 0.0), 0.78)
        if len(word) >= 4:
            for term in self.vocabulary:
                if term not in near and (term.startswith(word) or (len(term) >= 5 and word.startswith(term))):
                    near[term] = 0.55 + 0.35 * min(len(word), len(term)) / max(len(word), len(term))
        if len(word) >= 4 and word not in near and not word.isdigit():
            most = 1 if len(word) <= 6 else 2
            for term, distance, _ in process.extract(
                word, self.vocabulary, scorer=DamerauLevenshtein.distance, score_cutoff=most, limit=8
            ):
                sure = (0.9 if distance == 1 else 0.72) * (1.0 if term[:1] == word[:1] else 0.65)
                near[term] = max(near.get(term, 0.0), sure)
                for other in self.alike.get(term, ()):
                    if other in self.weights:
                        near[other] = max(near.get(other, 0.0), sure * 0.8)
        return sorted(near.items(), key=lambda pair: -pair[1])[:12]


_indexes: dict[str, _Index] = {}
_MOST_INDEXES = 6


def _index_of(pack: Pack) -> _Index:
    index = _indexes.get(pack.sha256)
    if index is None:
        if len(_indexes) >= _MOST_INDEXES:
            _indexes.clear()
        index = _indexes[pack.sha256] = _Index(pack)
    return index
