"""What the pack says about people: needs we must know before we speak, warnings, consents, languages and formats."""

from __future__ import annotations

from pydantic import Field

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


class Format(PackModel):
    """A form that what we send can take: large print, audio, Braille."""

    code: Code
    name: Text
    asks: Text | None = None


NEEDS = register_section("needs", NeedKind)
WARNINGS = register_section("warnings", WarningKind)
CONSENTS = register_section("consents", ConsentKind)
LANGUAGES = register_section("languages", Language)
FORMATS = register_section("formats", Format)
