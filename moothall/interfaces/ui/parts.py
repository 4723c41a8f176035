"""What the components take: small frozen shapes, already in words. Screens make them; templates only draw them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from moothall.interfaces.ui.words import count

State = Literal["on_track", "at_risk", "late", "waiting", "done"]
StepState = Literal["done", "now", "next", "stopped"]

FEWEST: Final = 5
HUNDRED: Final = 100


@dataclass(frozen=True, slots=True)
class PromiseCard:
    """A service's promise with its live record.

    `sentence`: "We collect within 2 working days." `kept` of `counted` promises that fell due in the period, both None
    when nothing has been measured yet. `period` begins a sentence: "Last month". `since`: when measuring began, in words.
    """

    sentence: str
    kept: int | None = None
    counted: int | None = None
    period: str = "Last month"
    since: str = ""
    link: str = ""

    @property
    def shown(self) -> bool:
        """Whether there is a record to draw: at least five promises counted."""
        return self.kept is not None and self.counted is not None and self.counted >= FEWEST

    @property
    def marks(self) -> int:
        """How many marks the strip has: the promises counted, or a hundred standing for more."""
        return min(self.counted or 0, HUNDRED)

    @property
    def marks_kept(self) -> int:
        """How many marks are filled. One broken among many is never rounded away, nor is one kept."""
        kept, counted = self.kept or 0, self.counted or 0
        if counted <= HUNDRED:
            return kept
        share = round(kept * HUNDRED / counted)
        if kept < counted:
            share = min(share, HUNDRED - 1)
        return max(share, 1) if kept else share

    @property
    def record(self) -> str:
        """The record as one sentence, as plain as the count allows."""
        if self.kept is None or self.counted is None:
            return f"We began measuring this {self.since}." if self.since else "We’re about to start measuring this."
        if self.counted == 0:
            return f"{self.period} nobody needed this, so there is no figure."
        if self.counted < FEWEST:
            return f"{self.period} this came up fewer than 5 times: too few to show a figure."
        if self.kept == self.counted:
            return f"{self.period} we kept this promise every time: {self.counted:,} out of {self.counted:,}."
        if self.counted < HUNDRED:
            return f"{self.period} we kept this promise {count(self.kept, 'time')} out of {self.counted}."
        return f"{self.period} we kept this promise {count(self.marks_kept, 'time')} in 100."


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of what happens: its name, whether it is done, now, next or stopped, when (in words) and what to say of it."""

    name: str
    state: StepState
    when: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class FactRow:
    """One line of a summary: a label, a value (line breaks are kept), and where to change it."""

    label: str
    value: str
    change_link: str = ""
    change_words: str = ""


@dataclass(frozen=True, slots=True)
class LineEntry:
    """One thing that happened: time, what, and optionally its text, who, how, where it leads; `key` ones are marked.

    `language` is the tag of the text's language where it is not, or may not be, the page's: "" where nobody knows it.
    """

    time: str
    what: str
    text: str = ""
    who: str = ""
    how: str = ""
    link: str = ""
    key: bool = False
    late: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True)
class DayView:
    """The things of one day: "Today", "Thursday 12 November"."""

    heading: str
    entries: tuple[LineEntry, ...]


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link in a set where one may be the present one: filters, matters, contents."""

    words: str
    link: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class CallerFact:
    """One fact of the caller panel: "Bins", "black: today"."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class CallerView:
    """Who is on the line: needs and warnings first."""

    name: str
    sure: str
    verified: bool = False
    needs: tuple[str, ...] = ()
    facts: tuple[CallerFact, ...] = ()


@dataclass(frozen=True, slots=True)
class BarRow:
    """One bar: its label, its length and its figure in words."""

    label: str
    value: float
    words: str
