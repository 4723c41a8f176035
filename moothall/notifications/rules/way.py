"""One decision for each message: channel, address, language, format and time, each with its reason. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final

from moothall.core.zone import LONDON

NAMES: Final = {"email": "email", "sms": "text message", "post": "letter", "social": "social media"}
STANDARD: Final = "standard"


@dataclass(frozen=True, slots=True)
class Address:
    """One way to reach someone. Addresses come best first: confirmed before not, newer before older."""

    channel: str
    value: str
    confirmed: bool = False
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """What one message asks for, as its template and whoever sends it say.

    ``offered`` are the channels it has words for, best first. ``by_law`` is the one channel the law lets it go by.
    ``only`` narrows it to one (an answer to a text is a text). ``must``: it goes even to who wants no messages.
    ``languages`` and ``formats`` are
    those it has words of its own in. ``failed`` are channels that were tried in vain, with what was said.
    """

    offered: Sequence[str]
    must: bool = False
    by_law: str = ""
    only: str = ""
    any_hour: bool = False
    languages: frozenset[str] = frozenset({"en"})
    formats: frozenset[str] = frozenset()
    failed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NeedSays:
    """What one need says about messages: channels that suit best, channels never to be used, a format."""

    name: str
    first: Sequence[str] = ()
    never: Sequence[str] = ()
    format: str = ""


@dataclass(frozen=True, slots=True)
class Wants:
    """What we know of the person: what she chose, what she needs, and where she can be reached (best first)."""

    preference: str = ""
    language: str = "en"
    format: str = STANDARD
    needs: Sequence[NeedSays] = ()
    quiet: bool = True
    addresses: Sequence[Address] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A format and the channels that can carry it; none named: all. ``own_words``: it must be written, not only drawn."""

    name: str
    channels: Sequence[str] = ()
    own_words: bool = False

    def goes_by(self, channel: str) -> bool:
        """Say whether this channel can carry it."""
        return not self.channels or channel in self.channels


@dataclass(frozen=True, slots=True)
class Here:
    """What this council can do: channels somebody carries, what each message costs (pence), formats, hours for texts.

    A channel that costs more than ``dearer_by`` pence above the cheapest possible comes after the others, unless she
    chose it, a need asks for it or the law does.
    """

    channels: frozenset[str]
    pence: Mapping[str, float] = field(default_factory=dict)
    dearer_by: float = 20
    formats: Mapping[str, Form] = field(default_factory=dict)
    language: str = "en"
    language_names: Mapping[str, str] = field(default_factory=dict)
    signed: frozenset[str] = frozenset()
    texts_from: time = time(8)
    texts_until: time = time(20)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one part of the decision is as it is: ``about`` is channel, language, format or time."""

    about: str
    code: str
    says: str


@dataclass(frozen=True, slots=True)
class Way:
    """The decision. Without an ``address`` the message does not go and ``suppressed`` says why."""

    address: Address | None
    channel: str
    language: str
    format: str
    send_after: datetime
    reasons: tuple[Reason, ...]
    suppressed: str = ""


def decide(ask: Ask, wants: Wants, here: Here, at: datetime) -> Way:
    """Decide how one message goes.

    In this order: what the law asks; an answer goes back the way the question came; someone who wants no messages gets
    none unless it must go; a channel that failed, that nobody carries, that a need rules out or without an address that
    may be used is left out. Of what is left: one that can carry her format before one that cannot (without it she
    cannot read it), then what she chose, what a need suggests, what is not dear, and the template's own order.
    """
    language, spoken = _language(ask, wants, here)
    form, why_form = _form(wants, here)
    asked_form = here.formats.get(form)
    if asked_form is not None and asked_form.own_words and form not in ask.formats:
        why_form = Reason("format", "no-words", f"This message is not written in {asked_form.name.lower()} yet.")
        form = STANDARD
    if wants.preference == "none" and not (ask.must or ask.by_law):
        return _stays(ask, at, language, "wants-none", "The customer asked for no messages.")
    possible, ruled_out = _possible(ask, wants, here)
    if not possible:
        return _stays(ask, at, language, *_nowhere(ask, wants, here))
    channel = min(possible, key=lambda one: _rank(one, ask, wants, here, form, possible))
    address = next(a for a in wants.addresses if a.channel == channel and not a.stopped)
    reasons = [_why(channel, ask, wants, here, form, possible), *ruled_out]
    carried = here.formats.get(form)
    if carried is not None and form != STANDARD and not carried.goes_by(channel):
        why_form = Reason("format", "cannot-carry", f"{carried.name} cannot go by {NAMES.get(channel, channel)}.")
        form = STANDARD
    after, why_time = _when(ask, wants, here, channel, at)
    return Way(address, channel, language, form, after, (*reasons, spoken, why_form, why_time))


def _possible(ask: Ask, wants: Wants, here: Here) -> tuple[list[str], list[Reason]]:
    """Return the channels that can be used at all, and what to say of those that something ruled out."""
    usable = {a.channel for a in wants.addresses if not a.stopped}
    order = [ask.by_law] if ask.by_law else [ask.only] if ask.only else list(dict.fromkeys(ask.offered))
    out: list[Reason] = []
    left: list[str] = []
    for channel in order:
        name = NAMES.get(channel, channel)
        never = next((need.name for need in wants.needs if channel in need.never), "")
        if channel in ask.failed:
            out.append(
                Reason("channel", "failed", f"By {name} it could not be delivered: {ask.failed[channel]}".strip())
            )
        elif channel in usable and channel in here.channels:
            if never and not (ask.by_law or ask.only):
                out.append(Reason("channel", "need-rules-out", f"Not by {name}: {never.lower()}."))
            else:
                left.append(channel)
    return left, out


def _rank(
    channel: str, ask: Ask, wants: Wants, here: Here, form: str, possible: Sequence[str]
) -> tuple[bool, bool, int, bool, int]:
    carried = here.formats.get(form)
    cannot = carried is not None and form != STANDARD and not carried.goes_by(channel)
    suits = any(channel in need.first for need in wants.needs)
    return (
        cannot,
        channel != wants.preference,
        0 if suits else 1,
        _is_dear(channel, here, possible),
        list(ask.offered).index(channel) if channel in ask.offered else len(ask.offered),
    )


def _is_dear(channel: str, here: Here, possible: Iterable[str]) -> bool:
    cheapest = min(here.pence.get(one, 0) for one in possible)
    return here.pence.get(channel, 0) - cheapest > here.dearer_by


def _why(channel: str, ask: Ask, wants: Wants, here: Here, form: str, possible: Sequence[str]) -> Reason:
    """Say what decided the channel: the first thing that tells it from another one that was possible."""
    name = NAMES.get(channel, channel)
    if ask.by_law:
        return Reason("channel", "law", f"The law asks for a {name}.")
    if ask.only:
        return Reason("channel", "asked-by-it", f"By {name}, as that is what this message is for.")
    if channel == wants.preference:
        return Reason("channel", "chosen", f"The customer chose {name}.")
    mine = _rank(channel, ask, wants, here, form, possible)
    others = [_rank(one, ask, wants, here, form, possible) for one in possible if one != channel]
    carried = here.formats.get(form)
    if carried is not None and not mine[0] and any(other[0] for other in others):
        return Reason("channel", "format", f"By {name}, which can carry what they need: {carried.name.lower()}.")
    need = next((need for need in wants.needs if channel in need.first), None)
    if need is not None and any(other[2] > mine[2] for other in others):
        return Reason("channel", "need", f"By {name}: {need.name.lower()}.")
    if wants.preference in NAMES:
        return Reason(
            "channel", "cannot-as-chosen",
            f"The customer chose {NAMES[wants.preference]}, which cannot carry this message or has no address. So by {name}.",
        )  # fmt: skip
    if len(possible) == 1:
        return Reason("channel", "only-way", f"By {name}, the only way we have to reach them.")
    if not mine[3] and any(other[3] for other in others):
        return Reason("channel", "cost", f"By {name}: nothing was chosen, and the other ways cost more.")
    return Reason("channel", "usual", f"By {name}: nothing was chosen, and this message usually goes that way.")


def _nowhere(ask: Ask, wants: Wants, here: Here) -> tuple[str, str]:
    if ask.by_law and not any(a.channel == ask.by_law and not a.stopped for a in wants.addresses):
        return "no-address", f"The law asks for a {NAMES.get(ask.by_law, ask.by_law)}, and we have no address for one."
    asked = {ask.by_law} if ask.by_law else {ask.only} if ask.only else set(ask.offered)
    if any(a.stopped for a in wants.addresses) and not any(
        not a.stopped and a.channel in asked and a.channel not in ask.failed for a in wants.addresses
    ):
        return "stopped", "Every number or address we have said STOP."
    if any(channel in need.never for need in wants.needs for channel in asked & here.channels):
        return "need-rules-out", "Their needs rule out every way this message could go."
    return "no-address", "We have no number or address to send this to."


def _stays(ask: Ask, at: datetime, language: str, code: str, says: str) -> Way:
    channel = ask.by_law or ask.only or (ask.offered[0] if ask.offered else "")
    return Way(None, channel, language, STANDARD, at, (Reason("channel", code, says),), says)


def _language(ask: Ask, wants: Wants, here: Here) -> tuple[str, Reason]:
    ours = here.language_names.get(here.language, here.language)
    hers = here.language_names.get(wants.language, wants.language)
    if wants.language == here.language:
        return here.language, Reason("language", "ours", f"In {ours}.")
    if wants.language in ask.languages:
        return wants.language, Reason("language", "chosen", f"In {hers}, the language they chose.")
    if wants.language in here.signed:
        return here.language, Reason("language", "signed", f"In {ours}: {hers} is not written.")
    return here.language, Reason("language", "no-words", f"In {ours}: this message is not written in {hers} yet.")


def _form(wants: Wants, here: Here) -> tuple[str, Reason]:
    if wants.format not in ("", STANDARD) and wants.format in here.formats:
        return wants.format, Reason("format", "chosen", f"{here.formats[wants.format].name}, as they chose.")
    for need in wants.needs:
        if need.format in here.formats and need.format != STANDARD:
            return need.format, Reason("format", "need", f"{here.formats[need.format].name}: {need.name.lower()}.")
    return STANDARD, Reason("format", "standard", "No other format was asked for.")


def _when(ask: Ask, wants: Wants, here: Here, channel: str, at: datetime) -> tuple[datetime, Reason]:
    if channel != "sms":
        return at, Reason("time", "at-once", "At once.")
    if ask.any_hour:
        return at, Reason("time", "any-hour", "At once: it answers what was just asked.")
    if not wants.quiet:
        return at, Reason("time", "no-quiet", "At once: they are glad of texts at any hour.")
    after = next_allowed(at, here.texts_from, here.texts_until)
    if after == at:
        return at, Reason("time", "at-once", "At once.")
    return after, Reason("time", "quiet", "It waited for the hours in which we send texts.")


def next_allowed(at: datetime, opens: time, closes: time) -> datetime:
    """Return ``at`` if the local time lies in [opens, closes), else the next opening, as the clock on the wall says it.

    Opening and closing the same means any time. The result is in UTC if ``at`` was.
    """
    local = at.astimezone(LONDON)
    if opens == closes or opens <= local.time() < closes:
        return at
    day = local.date() if local.time() < opens else local.date() + timedelta(days=1)
    return datetime.combine(day, opens, tzinfo=LONDON).astimezone(at.tzinfo)
