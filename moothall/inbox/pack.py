"""The pack's inboxes: where what people write comes to, and which team answers it (`inboxes.yaml`)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from pydantic import Field, field_validator

from moothall.core.packs import Pack, PackModel, Problem, register_check, register_section, register_single
from moothall.core.packs.sections import ChannelCode, Code, Text
from moothall.promises.pack import STANDARDS
from moothall.promises.service_terms import CONTACT_KINDS

WRITTEN: tuple[ChannelCode, ...] = ("email", "post", "fax", "sms", "social", "webchat")
"""The channels whose contacts are read in the inbox."""


class Inbox(PackModel):
    """One inbox. Without `addresses` it takes all of its channels that no other inbox is for."""

    code: Code
    name: Text
    team: Code
    channels: tuple[ChannelCode, ...] = Field(min_length=1)
    addresses: tuple[str, ...] = Field(
        (), description="Addresses, numbers or accounts people write to; `@` and case do not matter."
    )
    standards: dict[str, Code] = Field(
        {}, description="What is promised here in place of the channel's own: `reply: email-reply`."
    )
    restricted: Code | None = Field(None, description="Only officers with `restricted.<kind>` know of what comes here.")
    acknowledge: bool = Field(True, description="Say at once that we have it, and by when we answer.")

    @field_validator("addresses")
    @classmethod
    def _plain(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(plain_address(one) for one in value)


class Abuse(PackModel):
    """One reason for which words are folded away or an account is muted."""

    code: Code
    says: Text = Field(description="As it is told to who wrote: “it threatens somebody”.")


class Social(PackModel):
    """How posts on social media are answered, and what is done about abuse (`social.yaml`)."""

    two_people: bool = Field(True, description="A public answer goes out once somebody else has checked it.")
    muted_days: int = Field(28, ge=1, le=365, description="For how long an account is muted.")
    abuse: tuple[Abuse, ...] = Field((), description="Reasons to fold words away or to mute, each told to who wrote.")
    names: dict[str, Text] = Field(
        {"mastodon": "Mastodon", "bluesky": "Bluesky", "facebook": "Facebook"}, description="What a network is called."
    )


INBOXES = register_section("inboxes", Inbox)
SOCIAL = register_single("social", Social)


def plain_address(text: str) -> str:
    """Return an address as it is compared: lower case, without spaces, and without what follows a plus sign."""
    plain = "".join(text.lower().split())
    before, at, host = plain.rpartition("@")
    return f"{before.partition('+')[0]}{at}{host}" if at and before else plain


def inbox_for(pack: Pack, channel: str, addresses: tuple[str, ...]) -> Inbox:
    """Return the inbox for what came by a channel to these addresses: the first that one of them names, else the one for all.

    Raises:
        LookupError: the pack has no inbox for this channel.
    """
    named, rest = _inboxes(pack)
    for address in addresses:
        found = named.get((channel, plain_address(address)))
        if found is not None:
            return found
    if channel not in rest:
        raise LookupError(f"The pack has no inbox for the channel “{channel}”.")
    return rest[channel]


def our_addresses(pack: Pack) -> frozenset[str]:
    """Return every address of an inbox, plain."""
    return frozenset(address for _, address in _inboxes(pack)[0])


@lru_cache(maxsize=8)
def _inboxes(pack: Pack) -> tuple[dict[tuple[str, str], Inbox], dict[str, Inbox]]:
    named: dict[tuple[str, str], Inbox] = {}
    rest: dict[str, Inbox] = {}
    for inbox in pack.of(INBOXES).values():
        for channel in inbox.channels:
            for address in inbox.addresses:
                named.setdefault((channel, address), inbox)
            if not inbox.addresses:
                rest.setdefault(channel, inbox)
    return named, rest


def _check(pack: Pack) -> Iterator[Problem]:
    standards = pack.of(STANDARDS)
    taken: dict[tuple[str, str], str] = {}
    for code, inbox in pack.of(INBOXES).items():
        if inbox.team not in pack.teams:
            yield pack.problem("there is no such team", "inboxes", code, "team", value=inbox.team)
        for kind, standard in inbox.standards.items():
            if kind not in CONTACT_KINDS:
                expected = ", ".join(CONTACT_KINDS)
                yield pack.problem(
                    "no contact is promised this", "inboxes", code, "standards", value=kind, expected=expected
                )
            if standard not in standards:
                yield pack.problem("there is no such standard", "inboxes", code, "standards", value=standard)
        for channel in inbox.channels:
            for address in inbox.addresses or ("",):
                other = taken.setdefault((channel, address), code)
                if other != code:
                    what = f"“{other}” takes {address or 'everything else'} by {channel} already"
                    yield pack.problem(what, "inboxes", code, "addresses")


register_check("inboxes", _check)
