"""What the pack says about people: needs we must know before we speak, warnings, consents, languages and formats."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, field_validator

from moothall.core.packs.registry import PackModel, register_section
from moothall.core.packs.sections import Code, Text


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


class Phrases(PackModel):
    """What pages say in one language: the English as it stands on the page (``{}`` for what changes), and the same in it."""

    code: str = Field(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$", max_length=12)
    says: dict[str, Text] = Field(default_factory=dict)
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
