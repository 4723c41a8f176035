"""The sections of a pack that belong to no room above core:

the council itself, its people, ways in, words and settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints

from moothall.core.access import PERMISSIONS, is_permission

from .problems import Problem, near_miss
from .registry import PackModel, register_check, register_section, register_single

if TYPE_CHECKING:
    from .pack import Pack

ChannelCode = Literal[
    "web", "app", "phone", "voice", "counter", "kiosk", "email", "post", "fax", "sms", "social", "webchat", "partner",
    "api", "open311", "field",
]  # fmt: skip
CHANNELS: tuple[ChannelCode, ...] = get_args(ChannelCode)
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$", max_length=64)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=8_000)]
Nation = Literal["england", "wales", "scotland", "northern-ireland"]


def _is_pack_name(value: str) -> str:
    if value in {"", ".", ".."}:
        raise ValueError("is not a pack's name")
    return value


class Brand(PackModel):
    """How the council's pages look: names of colours as the site's theme knows them, and the files of its badge."""

    colours: dict[str, str] = {}
    logo: str | None = None
    typeface: str | None = None


class Contact(PackModel):
    """One public way to reach the council: shown as written, with its hours in words and by calendar."""

    channel: ChannelCode
    value: Text
    label: Text | None = None
    calendar: Code | None = None
    note: Text | None = None


class Council(PackModel):
    """`council.yaml`: who this council is. `common` and other bases are `abstract`: inherited from, never run."""

    name: Text
    short_name: Text | None = None
    inherits: Annotated[Code, AfterValidator(_is_pack_name)] | None = None
    abstract: bool = False
    nation: Nation = "england"
    kind: Text | None = None
    gss_code: str | None = None
    web: str | None = None
    brand: Brand = Brand()
    contact: tuple[Contact, ...] = ()
    languages: tuple[str, ...] = ("en",)
    emergency: Text | None = Field(None, description="What to do when it cannot wait for office hours.")


class Team(PackModel):
    """A team that work goes to."""

    code: Code
    name: Text
    directorate: Text | None = None
    calendar: Code | None = None
    escalates_to: Code | None = Field(None, description="The team that hears when a promise is at risk or broken.")
    email: str | None = None
    outside: bool = Field(False, description="Not part of the council: a contractor or partner.")
    note: Text | None = None


class Role(PackModel):
    """What a member of staff may do: names of permissions that policies ask for (`core.access.PERMISSIONS`)."""

    code: Code
    name: Text
    may: tuple[str, ...] = ()
    purposes: tuple[str, ...] = Field((), description="Why it may look at people's records: `service`, `audit`.")
    second_factor: bool = Field(False, description="Signing in also takes a code from a phone or key.")
    note: Text | None = None


class Channel(PackModel):
    """A way in that this council has: hours, words, and whether it is open at all."""

    code: ChannelCode
    name: Text
    open: bool = True
    calendar: Code | None = None
    says: Text | None = None
    value: str | None = None


class Setting(PackModel):
    """A dated figure or fact that may change or is not sure:

    the value, since when, on whose word, and the doubt in words.
    """

    code: Code
    value: Any
    unit: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source: Text
    doubt: Text | None = None
    about: Text | None = None


class Announcement(PackModel):
    """A notice shown while it is current."""

    code: Code
    says: Text
    starts: date | None = None
    ends: date | None = None
    services: tuple[Code, ...] = ()
    areas: tuple[Code, ...] = ()


class Cost(PackModel):
    """What one contact by a channel costs, in pence; always dated and sourced."""

    code: Code
    channel: ChannelCode
    pence: int = Field(ge=0)
    valid_from: date | None = None
    source: Text
    doubt: Text | None = None


class Words(PackModel):
    """The council's own words: terms (`hub`: `community hub`) and the default question for each type, by channel."""

    terms: dict[str, str] = {}
    prompts: dict[ChannelCode, dict[str, str]] = {}
    alike: tuple[str, ...] = Field(
        (), description="Words that mean the same to whoever searches: `rubbish refuse waste`."
    )
    filler: tuple[str, ...] = Field((), description="Words that say nothing about what is wanted.")


COUNCIL = register_single("council", Council)
TEAMS = register_section("teams", Team)
ROLES = register_section("roles", Role)
CHANNELS_SECTION = register_section("channels", Channel)
SETTINGS = register_section("settings", Setting)
ANNOUNCEMENTS = register_section("announcements", Announcement)
COSTS = register_section("costs", Cost)
WORDS = register_single("words", Words)


def _check_roles(pack: Pack) -> Iterator[Problem]:
    """What roles may do must exist. A check of files, not of the model: an applied version stays readable for ever."""
    for code, role in pack.of(ROLES).items():
        for place, permission in enumerate(role.may):
            if not is_permission(permission):
                near = near_miss(permission, PERMISSIONS)
                words = f"`{permission}` is not a permission" + (f"; did you mean `{near}`?" if near else "")
                yield pack.problem(words, "roles", code, "may", place, value=permission)


register_check("roles", _check_roles)
