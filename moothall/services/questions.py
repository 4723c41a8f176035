"""What a service asks: questions by type, when each is asked, and how it is put on each channel.

Money is integer pence; written `£12.50` or as pence. Dates are ISO text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self, TypeVar, cast, get_args

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from moothall.core.packs.registry import PackModel
from moothall.core.packs.sections import ChannelCode, Code, Text

QuestionType = Literal[
    "text", "long_text", "choice", "multi_choice", "yes_no", "date", "time", "money", "number", "address", "place",
    "person", "contact", "photo", "file", "slot", "items", "vehicle", "declaration", "payment", "lookup",
    "picture",
]  # fmt: skip
QUESTION_TYPES: tuple[QuestionType, ...] = get_args(QuestionType)
LISTS = frozenset({"multi_choice", "photo", "file", "items"})
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300)]
MONEY = re.compile(r"^£(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{2}))?$")


def pence(value: Any) -> Any:
    """`£1,234.50` as 123450; integers are pence already."""
    if isinstance(value, str):
        found = MONEY.match(value.strip())
        if not found:
            raise ValueError("must be money: `£12`, `£12.50`, or whole pence")
        return int(found[1].replace(",", "")) * 100 + int(found[2] or 0)
    if isinstance(value, float):
        raise ValueError("must be money: write `£12.50`, or whole pence")
    return value


Money = Annotated[int, BeforeValidator(pence), Field(ge=0)]


class Condition(PackModel):
    """When a question is asked. One test of one question, or `all`, `any`, `not` of further conditions."""

    model_config = ConfigDict(populate_by_name=True)

    question: Id | None = None
    is_any_of: tuple[str, ...] | None = None
    is_none_of: tuple[str, ...] | None = None
    more_than: int | float | str | None = None
    less_than: int | float | str | None = None
    at_least: int | float | str | None = None
    at_most: int | float | str | None = None
    answered: bool | None = None
    all_of: tuple[Condition, ...] | None = Field(None, alias="all")
    any_of: tuple[Condition, ...] | None = Field(None, alias="any")
    none_of: Condition | None = Field(None, alias="not")

    @model_validator(mode="after")
    def _one_thing(self) -> Condition:
        tests = [
            self.is_any_of,
            self.is_none_of,
            self.more_than,
            self.less_than,
            self.at_least,
            self.at_most,
            self.answered,
        ]
        made = sum(test is not None for test in tests)
        groups = sum(group is not None for group in (self.all_of, self.any_of, self.none_of))
        if self.question is not None:
            if groups or made != 1:
                raise ValueError(
                    "a test of a question needs exactly one of is_any_of, is_none_of, more_than, less_than, at_least, "
                    "at_most, answered"
                )
        elif made or groups != 1:
            raise ValueError("needs `question` with a test, or exactly one of all, any, not")
        return self

    def questions(self) -> frozenset[str]:
        """The ids of the questions it looks at."""
        inner = [*(self.all_of or ()), *(self.any_of or ()), *([self.none_of] if self.none_of else [])]
        return frozenset({self.question} if self.question else set()).union(*(part.questions() for part in inner))


T = TypeVar("T")


def on_channel(held: Mapping[ChannelCode, T], channel: str) -> T | None:
    """What is held for one channel alone, if anything is; any text may be asked for."""
    return cast("Mapping[str, T]", held).get(channel)


class Option(PackModel):
    """One choice of a question; `words` where a channel says it differently."""

    value: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=64)]
    label: Line
    hint: Line | None = None
    words: dict[ChannelCode, Line] = {}
    picture: Id | None = Field(None, description="For `picture`: the name of the drawing, of `pictures/faults`.")
    stop: Text | None = Field(
        None, description="Danger to life: what to do at once. A person who chooses it is asked nothing more."
    )

    def label_on(self, channel: str) -> str:
        """The option as this channel says it."""
        return on_channel(self.words, channel) or self.label


class Wording(PackModel):
    """How a question is put on one channel."""

    label: Line | None = None
    hint: Line | None = None


class Question(PackModel):
    """Something the service must know. Answers by type: see `docs/howto/write-a-service.md`."""

    id: Id
    type: QuestionType
    label: Line
    hint: Line | None = None
    required: bool = True
    options: tuple[Option, ...] = ()
    show_when: Condition | None = None
    words: dict[ChannelCode, Wording] = {}
    skip_on: tuple[ChannelCode, ...] = Field((), description="Channels that do not ask it; it stays unanswered there.")
    min: int | float | None = None
    max: int | float | None = None
    whole: bool = Field(False, description="For `number`: how many of something, so that no part of one is taken.")
    max_length: int | None = Field(None, ge=1, le=20_000)
    max_files: int | None = Field(None, ge=1, le=20)
    max_items: int | None = Field(None, ge=1, le=100)
    pattern: Line | None = Field(
        None,
        description="For `text`: a regular expression of the whole answer, read in capitals, without spaces or dashes.",
    )
    example: Line | None = Field(None, description="For a `pattern`: an answer of that shape, for the error to show.")
    dates: Literal["past", "future", "any"] = Field("any", description="For dates: past and future both include today.")
    provider: Code | None = Field(None, description="For `lookup`: the registered provider that answers it.")
    settles: tuple[Code, ...] = Field(
        (), description="For `lookup`: what it may find that answers the request, so that nothing after it is asked."
    )
    disputed_by: Id | None = Field(
        None, description="For `lookup`: the yes-or-no question whose “no” says that what was found is wrong."
    )
    books: Code | None = Field(None, description="For `slot`: the bookable whose free times are offered.")
    books_by: Id | None = Field(
        None, description="For `slot`: the choice question whose answer is the bookable's code."
    )
    known_from: Literal["name", "email", "phone", "address", "date_of_birth", "person", "contact"] | None = None
    letters: bool | None = Field(
        None,
        description="For `address`: whether letters about the request go there. Without it they do where the address is "
        "the customer’s own (`known_from: address`); `false` for a site or somebody else’s home.",
    )
    sensitive: bool = Field(
        False, description="Special-category or otherwise private: shown only to those who work the case."
    )
    doubt: Text | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> Question:
        if self.type in {"choice", "multi_choice", "picture"} and not self.options:
            raise ValueError(f"a {self.type} question needs options")
        if self.options and self.type not in {"choice", "multi_choice", "items", "picture"}:
            raise ValueError(f"a {self.type} question has no options")
        values = [option.value for option in self.options]
        if len(values) != len(set(values)):
            raise ValueError("two options have the same value")
        if self.type == "picture" and any(option.picture is None for option in self.options):
            raise ValueError("each option of a picture question names its drawing")
        if self.type not in {"choice", "picture"} and any(option.stop for option in self.options):
            raise ValueError("only an option of a choice or a picture question can stop the form")
        if self.whole and self.type != "number":
            raise ValueError("only a number is whole")
        if self.type == "lookup" and not self.provider:
            raise ValueError("a lookup question needs a provider")
        if (self.settles or self.disputed_by) and self.type != "lookup":
            raise ValueError("only a lookup settles a request")
        if self.letters is not None and self.type != "address":
            raise ValueError("only an address is where letters go")
        if (self.books or self.books_by) and self.type != "slot":
            raise ValueError("only a slot question books")
        if self.pattern is not None:
            _check_pattern(self.type, self.pattern, self.example)
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is more than max")
        return self

    def label_on(self, channel: str) -> str:
        """The question as this channel puts it."""
        wording = on_channel(self.words, channel)
        return (wording.label if wording else None) or self.label

    def hint_on(self, channel: str) -> str | None:
        """The hint as this channel gives it."""
        wording = on_channel(self.words, channel)
        return (wording.hint if wording else None) or self.hint

    def in_words(self, value: Any) -> str:
        """An answer as another system is told it: what was chosen by its label, else as it was given."""
        labels = {option.value: option.label for option in self.options}
        if isinstance(value, list):
            return ", ".join(labels.get(one, str(one)) for one in value)
        if self.type == "yes_no":
            return "Yes" if value in ("yes", True) else "No"
        return labels.get(value, str(value))


def _check_pattern(kind: str, pattern: str, example: str | None) -> None:
    if kind != "text":
        raise ValueError("only a text question has a pattern")
    if not example:
        raise ValueError("a pattern needs an example, for the error to show")
    try:
        re.compile(pattern)
    except re.error as wrong:
        raise ValueError(f"the pattern is no regular expression: {wrong}") from wrong
    if not fits_pattern(pattern, example):
        raise ValueError("the example does not fit the pattern")


def fits_pattern(pattern: str, text: str) -> bool:
    """Whether an answer has the shape: the whole of it, in capitals, without spaces, dashes or full stops."""
    return re.fullmatch(pattern, re.sub(r"[\s.–—-]", "", text).upper()) is not None


MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]


class Fact(PackModel):
    """Something the tables may look at that is not asked but known: a repeat at the address, the crew's record."""

    id: Id
    says: Line
    type: Literal["yes_no", "number", "money", "text", "date"] = "yes_no"
    between: tuple[MonthDay, MonthDay] | None = Field(
        None,
        description="It is so from the first of these days of any year to the last, both included: 05-01 and 10-31.",
    )

    @model_validator(mode="after")
    def _a_season_is_so_or_not(self) -> Self:
        if self.between is not None and self.type != "yes_no":
            raise ValueError("a fact that is so between two days of the year is of the type yes_no")
        return self

    def on(self, today: date) -> str | None:
        """Whether it is so by the day of the year alone, ``yes`` or ``no``; ``None`` where the year does not say."""
        if self.between is None:
            return None
        first, last = self.between
        day = f"{today:%m-%d}"
        within = first <= day <= last if first <= last else day >= first or day <= last
        return "yes" if within else "no"
