"""What the pack says about people: needs we must know before we speak, warnings, consents, languages and formats."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal

from pydantic import Field, field_validator

from moothall.core.packs import Pack, Problem, register_check
from moothall.core.packs.registry import PackModel, register_section
from moothall.core.packs.sections import Code, Text
from moothall.customers.rules.phrasebook import Phrasebook


class NeedKind(PackModel):
    """A need: what the adviser reads first, what to do about it, and the words a resident chooses it by."""

    code: Code
    name: Text
    advice: Text
    asks: Text | None = Field(
        None, description="How a resident reads it when asked on a form; without it, never asked."
    )
    group: Text = "Other"
    first: tuple[Literal["email", "sms", "post"], ...] = Field(
        (), description="Ways of writing that suit best, where nothing was chosen."
    )
    never: tuple[Literal["email", "sms", "post"], ...] = Field((), description="Ways of writing not to be used.")
    format: Code | None = Field(None, description="The format that what we send takes, where none was chosen.")
    visible_to: tuple[Code, ...] = Field(
        (), description="Roles that may see it; empty: everyone who may see the record."
    )


class WarningKind(PackModel):
    """A safe-contact warning: what to do, how soon it must be looked at again, and who may see it."""

    code: Code
    name: Text
    advice: Text
    review_months: int = Field(6, ge=1, le=24)
    visible_to: tuple[Code, ...] = ()


class ConsentKind(PackModel):
    """Something a customer may agree to, in the words she agrees to."""

    code: Code
    name: Text
    asks: Text
    why: Text


class Language(PackModel):
    """A language by its BCP 47 tag: our name for it and its own."""

    code: str = Field(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$", max_length=12)
    name: Text
    own_name: Text | None = None
    signed: bool = False
    right_to_left: bool = False
    services: dict[Code, Text] = Field(default_factory=dict, description="What services are called in it.")
    finds: dict[Code, Text] = Field(
        default_factory=dict,
        description="The words people look for a service with in it, in place of what it is called.",
    )
    says: dict[Literal["listen", "large", "braille", "plain", "easy", "others", "speak"], Text] = Field(
        default_factory=dict,
        description="The few words beside what we publish in it: how else it can be had, who to ask.",
    )


_DATED: Final = ("day", "n", "month", "date", "year", "time", "hour", "minute", "count")
"""What the shapes of a date and a time, and a script's count of characters, may hold."""


Keyword = Literal[
    "stop", "start", "help", "yes", "no", "send", "back", "skip", "link", "today", "yesterday", "tomorrow"
]
"""Our words in a text that may be said in another language."""
_ALWAYS: Final = ("stop", "start", "help")


class Phrases(PackModel):
    """What pages say in one language: the English as it stands on the page (``{}`` for what changes), and the same in it."""

    code: str = Field(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$", max_length=12)
    says: dict[str, Text] = Field(default_factory=dict)
    words: dict[Keyword, tuple[Text, ...]] = Field(
        default_factory=dict,
        description="What people may text in it for our words (STOP, YES, SKIP …), which work always.",
    )
    unread: bool = Field(False, description="No native reader has checked these words yet; pages in it say so.")

    @field_validator("says")
    @classmethod
    def _can_be_filled(cls, says: dict[str, str]) -> dict[str, str]:
        for english, own in says.items():
            try:
                own.format(*["x"] * english.count("{}"), **dict.fromkeys(_DATED, "x"))
            except (IndexError, KeyError, ValueError) as wrong:
                raise ValueError(f"“{own}” has a place in it that “{english}” has not") from wrong
        return says


class Format(PackModel):
    """A form that what we send can take: large print, audio, Braille."""

    code: Code
    name: Text
    asks: Text | None = None
    channels: tuple[Literal["email", "sms", "post"], ...] = Field(
        (), description="The channels that can carry it; none named: all."
    )
    own_words: bool = Field(False, description="It must be written in words of its own, as easy read; not only drawn.")


NEEDS = register_section("needs", NeedKind)
WARNINGS = register_section("warnings", WarningKind)
CONSENTS = register_section("consents", ConsentKind)
LANGUAGES = register_section("languages", Language)
PHRASES = register_section("phrases", Phrases)
FORMATS = register_section("formats", Format)


@lru_cache(maxsize=64)
def phrasebook(pack: Pack, code: str) -> Phrasebook | None:
    """Return the phrases of a language; ``None`` where the pack has none. Built once for each version of a pack."""
    held, known = pack.of(PHRASES).get(code), pack.of(LANGUAGES).get(code)
    if held is None or not held.says:
        return None
    return Phrasebook(code, held.says, right_to_left=known is not None and known.right_to_left)


@lru_cache(maxsize=8)
def words_always(pack: Pack) -> dict[str, str]:
    """Return what means STOP, START and HELP in any language of the pack, in small letters."""
    return {
        said.casefold(): ours
        for one in pack.of(PHRASES).values()
        for ours in _ALWAYS
        for said in one.words.get(ours, ())
    }


def _check_words(pack: Pack) -> Iterator[Problem]:
    """A word that ends all texts in one language may be nothing else in another."""
    taken: dict[str, str] = {}
    for code, one in pack.of(PHRASES).items():
        for ours, words in one.words.items():
            for said in words:
                before = taken.setdefault(said.casefold(), ours)
                if before != ours and {before, ours} & set(_ALWAYS):
                    yield pack.problem(
                        f"this word means `{before}` elsewhere", "phrases", code, "words", ours, value=said
                    )


register_check("words", _check_words)
