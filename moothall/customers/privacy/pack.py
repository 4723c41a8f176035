"""What the pack says of privacy: why officers look, who is told, how long things are kept, what may not be erased."""

from __future__ import annotations

from pydantic import Field

from moothall.core.packs import PackModel, register_section, register_single
from moothall.core.packs.sections import Code, Text


class Purpose(PackModel):
    """Why an officer looks at a record, in her words and in the customer's."""

    code: Code
    asks: Text | None = Field(None, description="As an officer chooses it when asked; without it, never asked.")
    role: Code = Field(
        "service", description="Only officers with a role that has this among its purposes may choose it."
    )
    explain: bool = Field(False, description="Whoever chooses it says why in a sentence of her own.")
    says: Text = Field(description="As the customer reads it in her list of looks.")
    hidden: bool = Field(False, description="Not shown to the customer; say on which lawful ground in `because`.")
    because: Text | None = None


class Sealed(PackModel):
    """A restricted kind of record that may be opened in need by who has no permission to see it."""

    code: Code
    name: Text


class Withhold(PackModel):
    """A reason for which something may be taken out of a person's copy."""

    code: Code
    says: Text = Field(description="As the person reads it, where the words stood.")
    because: Text


class HoldReason(PackModel):
    """A reason for which something is kept although its years are over."""

    code: Code
    name: Text
    because: Text


class Privacy(PackModel):
    """Privacy settings: who is told of sealed records being opened, what is left out of copies, what looks are for."""

    officer_email: str = Field("", description="The data-protection officer's address, told of every break-glass.")
    break_glass_minutes: int = Field(30, ge=5, le=240)
    sealed: tuple[Sealed, ...] = Field(
        (), description="The restricted kinds that break-glass opens. One that is not named here is never opened so."
    )
    copy_service: Code = Field("subject-access-request", description="The service that carries the promise.")
    erase_service: Code = Field("erasure-request", description="The service by which somebody asks to be erased.")
    withhold: tuple[Withhold, ...] = ()
    copy_days: int = Field(30, ge=7, le=90, description="How long a released copy can be fetched.")
    purposes: tuple[Purpose, ...] = ()
    purpose_minutes: int = Field(60, ge=5, le=480, description="How long what an officer said stands for one person.")
    holds: tuple[HoldReason, ...] = Field((), description="Why something may be kept longer than its class says.")
    hold_months: int = Field(12, ge=1, le=36, description="After how many months a hold is looked at again.")


class RetentionRule(PackModel):
    """How long one class of record is kept. Cases follow their services' own `retention`."""

    code: Code
    months: int | None = Field(None, ge=0, le=1200, description="None: the service says, or for ever.")
    because: Text
    doubt: Text | None = None


PRIVACY = register_single("privacy", Privacy)
RETENTION = register_section("retention", RetentionRule)
