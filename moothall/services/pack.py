"""The service catalogue's part of a council pack: what a service is, asks, decides, promises and says.

One definition serves every channel. Money is integer pence; written `£12.50` or as pence. Dates are ISO text.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from moothall.core.packs.readable import register_words
from moothall.core.packs.registry import (
    PackModel,
    register_check,
    register_completion,
    register_examples,
    register_section,
)
from moothall.core.packs.sections import CHANNELS, ChannelCode, Code, Text

from .letters import LETTERS, lay_in
from .questions import (
    LISTS,
    MONEY,
    QUESTION_TYPES,
    Condition,
    Fact,
    Id,
    Line,
    Money,
    Option,
    Question,
    QuestionType,
    Wording,
    pence,
)
from .tables import (
    EVERY_ROW,
    TABLES,
    Compare,
    Dated,
    Length,
    Priority,
    Promise,
    Row,
    Table,
    TableName,
    Test,
    Then,
    Unit,
)

if TYPE_CHECKING:
    from moothall.core.packs import Pack, Problem

__all__ = [
    "AREAS",
    "EVERY_ROW",
    "KNOWLEDGE",
    "LETTERS",
    "LISTS",
    "MONEY",
    "PAUSES",
    "QUESTION_TYPES",
    "REDRESS",
    "SERVICES",
    "STANDARD_RETENTION",
    "STATUSES",
    "TABLES",
    "Answer",
    "Area",
    "Article",
    "ChannelUse",
    "Closing",
    "Coded",
    "Compare",
    "Condition",
    "Cost",
    "Dated",
    "Elsewhere",
    "Emergency",
    "Example",
    "Expect",
    "Fact",
    "Id",
    "Length",
    "Line",
    "Money",
    "Option",
    "Pause",
    "Priority",
    "Promise",
    "Question",
    "QuestionType",
    "Redress",
    "Retention",
    "Row",
    "Service",
    "Status",
    "Table",
    "TableName",
    "Test",
    "Then",
    "Unit",
    "Wording",
    "pence",
]


class ChannelUse(PackModel):
    """How far a service goes on a channel."""

    level: Literal["full", "begin", "no"]
    because: Line | None = None
    instead: ChannelCode | None = None


def _channel_use(value: Any) -> Any:
    return {"level": value} if isinstance(value, str) else value


class Cost(Dated):
    """What it costs, in words; the fee table works out what this customer pays."""

    charged: bool = False
    fee: Money | None = Field(None, description="The usual fee; None when charged but not known.")
    per: Line | None = None
    vat: Line | None = None
    concession: Line | None = None
    says: Text | None = None
    elsewhere: Text | None = Field(None, description="What other councils charge, for whoever sets the fee.")


class Coded(PackModel):
    """A reason or result by code, with its words."""

    code: Code
    says: Line


class Closing(Coded):
    """How a case of this service may end."""

    done: bool = Field(True, description="The customer got what they asked for.")


class Answer(PackModel):
    """A piece of knowledge beside the form: who keeps it true and when it is looked at again."""

    id: Code
    question: Line
    answer: Text
    owner: Code
    review: date
    doubt: Text | None = None


class Emergency(PackModel):
    """What must not wait for this form."""

    when: Line
    do: Text
    phone: str | None = Field(None, pattern=r"^0[\d ]{9,13}$", description="The line it names, answered at any hour.")
    doubt: Text | None = None


class Retention(PackModel):
    """How long a closed case is kept."""

    months: int = Field(ge=1, le=1200)
    because: Line
    doubt: Text | None = None


STANDARD_RETENTION = Retention(
    months=84, because="Six years for claims, one to close the books.", doubt="An assumption; follow your own schedule.",
)  # fmt: skip


class Expect(PackModel):
    """What an example must come to; what is left out is not looked at."""

    rows: dict[TableName, Code] = {}
    accept: Literal["yes", "no", "hold"] | None = None
    team: Code | None = None
    promise: Code | None = None
    priority: Priority | None = None
    fee: Money | None = None
    start: tuple[Code, ...] | None = None
    offer: tuple[Code, ...] | None = None


class Example(PackModel):
    """Answers and what they must lead to; `pack check` runs it."""

    says: Line
    answers: dict[Id, Any] = {}
    facts: dict[Id, Any] = {}
    today: date = date(2026, 11, 2)
    expect: Expect


class Elsewhere(Dated):
    """Who does this instead of us, for what people ask a council for that another body does."""

    who: Line
    says: Line = Field(description="Why it is not ours and how to ask for it there, in words for whoever came to us.")
    web: Text | None = None


class Direct(PackModel):
    """A page that answers at once what most people come for, and the words of the two buttons."""

    page: str = Field(pattern=r"^/[a-z0-9/-]+$", max_length=80)
    button: Line
    instead: Line


class Service(PackModel):
    """One service: everything any channel, officer or page needs to know of it."""

    code: Code
    name: Line
    kind: Literal["request", "complaint", "foi", "enforcement", "restricted"] = "request"
    visibility: Literal["public", "staff"] = Field(
        "public", description="`staff`: offered to those who work here only."
    )
    restricted: Code | None = Field(
        None, description="Its cases are invisible without the permission `restricted.<code>`."
    )
    public: bool = Field(False, description="Listed in Open311: reports of things in public places.")
    area: Code
    also_in: tuple[Code, ...] = Field((), description="Other areas under whose names people look for it too.")
    lgsl: int | None = None
    lgil: int | None = None
    note: Text | None = None
    valid_from: date | None = None
    doubt: Text | None = Field(None, description="What of this service’s words nobody has confirmed here.")
    directorate: Line
    team: Code
    review: date | None = Field(
        None, description="When its questions and the words said for it are looked at again; its team keeps them true."
    )
    audience: tuple[Line, ...] = ()
    synonyms: tuple[Line, ...] = ()
    search_words: Text | None = Field(None, description="Loose words people use for it: only for search, never shown.")
    summary: Text
    who_can_use: tuple[Text, ...] = ()
    have_ready: tuple[Line, ...] = ()
    cost: Cost = Cost()
    channels: dict[ChannelCode, Annotated[ChannelUse, BeforeValidator(_channel_use)]]
    elsewhere: Elsewhere | None = Field(
        None, description="Another body does this here: found like any service, taken on no channel, shown the way."
    )
    direct: Direct | None = Field(
        None, description="A page of ours that answers it at once; asking comes second there."
    )
    proof: Literal["none", "contact", "verified"] = "none"
    busy: bool = False
    promises: tuple[Promise, ...] = Field(
        min_length=1, description="The first is the one that applies when no table names another."
    )
    questions: tuple[Question, ...] = ()
    facts: tuple[Fact, ...] = ()
    tables: dict[TableName, Table] = {}
    closings: tuple[Closing, ...] = Field(min_length=1)
    what_happens_next: tuple[Text, ...] = ()
    refusals: tuple[Coded, ...] = ()
    avoidable: tuple[Coded, ...] = Field((), description="Why people come back who need not.")
    related: tuple[Code, ...] = ()
    statuses: tuple[Coded, ...] = Field((), description="Besides the pack's own statuses.")
    knowledge: tuple[Answer, ...] = ()
    emergency: Emergency | None = None
    retention: Retention = STANDARD_RETENTION
    examples: tuple[Example, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _not_ours(cls, data: Any) -> Any:
        """What another body does is taken on no channel, whatever the pack it is inherited from offers."""
        there = data.get("elsewhere") if isinstance(data, dict) else None
        if not isinstance(there, dict) or not isinstance(data.get("channels"), dict):
            return data
        return {**data, "channels": {code: {"level": "no", "because": there.get("says")} for code in data["channels"]}}

    @field_validator("channels")
    @classmethod
    def _in_order(cls, value: dict[ChannelCode, ChannelUse]) -> dict[ChannelCode, ChannelUse]:
        return {code: value[code] for code in CHANNELS if code in value}  # a JSON store keeps no order

    def channel(self, code: str) -> ChannelUse:
        """How far this service goes on a channel; one it does not name is `no`."""
        if code in self.channels:
            return self.channels[code]
        return ChannelUse(level="no", because="We cannot take this request this way.", instead=self.main_channel)

    @property
    def on_the_map(self) -> bool:
        """Whether everybody sees its reports, with their place and reference: it says so, is for everyone, and is of no
        restricted kind."""
        return self.public and self.visibility == "public" and not self.restricted and not self.elsewhere

    @property
    def main_channel(self) -> ChannelCode | None:
        """The first channel that can do all of it, for signposts."""
        full = [code for code in CHANNELS if code in self.channels and self.channels[code].level == "full"]
        return full[0] if full else None

    @cached_property
    def by_question(self) -> dict[str, Question]:
        """The questions by id."""
        return {question.id: question for question in self.questions}

    def promise(self, code: str | None = None) -> Promise:
        """A promise by code, or the first one. KeyError when there is none of that code."""
        if code is None:
            return self.promises[0]
        return {promise.code: promise for promise in self.promises}[code]


def does(pack: Pack, code: str) -> bool:
    """Return whether the council does this itself: the service is in its pack, and no other body does it here instead."""
    service: Service | None = pack.services.get(code)
    return service is not None and service.elsewhere is None


class Redress(PackModel):
    """What the council owes when a promise is broken, offered without asking and recorded."""

    code: Code
    kind: Literal["apology", "refund", "priority", "payment"]
    says: Text = Field(
        description="In the words of the message that explains the break; `{amount}` stands for the money."
    )
    amount: Money | None = Field(None, description="For a payment; a refund gives back what was paid.")
    source: Text | None = None
    doubt: Text | None = None


class Area(PackModel):
    """A part of the catalogue as people browse it."""

    code: Code
    name: Line
    says: Text | None = None
    synonyms: tuple[Line, ...] = ()


class Pause(PackModel):
    """A reason for which a clock may stop, in the customer's words."""

    code: Code
    says: Line
    stops_clock: bool = True
    holds: bool = Field(False, description="What the customer writes does not end it: it ends by what it waits for.")
    asks: bool = Field(False, description="It waits for the customer's answer: the question must be written.")


class Status(PackModel):
    """A status every case may have, in the customer's words."""

    code: Code
    says: Line
    closed: bool = False


class Article(PackModel):
    """General knowledge, not of one service: `knowledge/<code>.md`.

    The same in another language or format is an article `of` it: `food-hygiene-ur.md`. `machine` says that a machine
    made the translation and nobody has read it: readers are told.
    """

    code: Code
    title: Line
    body: Text
    of: Code | None = Field(None, description="The article this one says in another language or format.")
    language: str | None = Field(
        None, description="The language it is in, by `languages.yaml`; without it, the council’s."
    )
    format: Code | None = Field(None, description="The format it is in, by `formats.yaml`: `easy-read`.")
    machine: bool = Field(False, description="Translated by a machine and not read by a person.")
    services: tuple[Code, ...] = ()
    audience: Literal["public", "staff"] = "public"
    owner: Code
    review: date
    doubt: Text | None = None


SERVICES = register_section("services", Service)
AREAS = register_section("areas", Area)
PAUSES = register_section("pauses", Pause)
STATUSES = register_section("statuses", Status)
KNOWLEDGE = register_section("knowledge", Article)
REDRESS = register_section("redress", Redress)


def _check(pack: Pack) -> Iterable[Problem]:
    from .checks import check_services

    return check_services(pack)


def _run_examples(pack: Pack) -> Iterable[Problem]:
    from .examples import run_examples

    return run_examples(pack)


register_check("services", _check)
register_completion("letters", lay_in)
register_examples("services", _run_examples)


def _words(pack: Pack) -> Iterable[tuple[tuple[str | int, ...], str]]:
    from .words import words_of_knowledge, words_of_services

    yield from words_of_services(pack)
    yield from words_of_knowledge(pack)


register_words("services", _words)
