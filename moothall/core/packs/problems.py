"""What is wrong with a pack, said so that the person who wrote it can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from rapidfuzz import fuzz, process

NEAR_ENOUGH = 65  # rapidfuzz ratio from which a misspelling is worth suggesting
LONGEST_VALUE = 80  # characters of a wrong value shown back


@dataclass(frozen=True, slots=True)
class Mark:
    """Where something was written: file relative to the packs' folder, line and column counted from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where, what, which value, what was expected, and what was perhaps meant."""

    mark: Mark
    what: str
    value: str | None = None
    expected: str | None = None
    suggestion: str | None = None

    def __str__(self) -> str:
        parts = [f"{self.mark}: {self.what}"]
        if self.value is not None:
            parts.append(f"found {self.value}")
        if self.expected is not None:
            parts.append(f"expected {self.expected}")
        text = "; ".join(parts)
        return f"{text}; did you mean `{self.suggestion}`?" if self.suggestion else text

    def as_dict(self) -> dict[str, Any]:
        """The same for scripts: file, line, column, what, value, expected, suggestion."""
        return {**asdict(self.mark), **{k: v for k, v in asdict(self).items() if k != "mark"}}


class PackErrors(Exception):
    """Everything that is wrong with a pack, at once and in file order; `problems` holds them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        unique = dict.fromkeys(problems)
        self.problems = sorted(unique, key=lambda p: (p.mark.file, p.mark.line, p.mark.column, p.what))
        super().__init__("\n".join(map(str, self.problems)))


def near_miss(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be, or None."""
    found = process.extractOne(word, list(known), scorer=fuzz.ratio, score_cutoff=NEAR_ENOUGH)
    return str(found[0]) if found else None


def shown(value: Any) -> str:
    """A wrong value as it is quoted back: short, on one line."""
    if isinstance(value, dict):
        return f"a mapping with {len(value)} keys"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if value is None:
        return "nothing"
    text = f"`{value}`".replace("\n", " ")
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 2] + "…`"
