"""Codes of the pack as the words an adviser reads. A code the pack no longer has is said as itself, never an error."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from moothall.contacts.models import Capacity, IdentityCheck, NotOnline
from moothall.contacts.pack import CAUSES, Cause
from moothall.core.actors import Actor
from moothall.core.packs import Pack, current_pack
from moothall.customers.accounts.pack import ACCOUNTS
from moothall.intake.dialogue.people import show_phone
from moothall.promises.queries import PromiseView
from moothall.services.past import as_words, service_named, team_named

CHANNELS: Final = {
    "web": "Web", "app": "App", "phone": "Phone", "voice": "Automatic phone line", "counter": "Counter",
    "kiosk": "Kiosk", "email": "Email", "post": "Letter", "fax": "Fax", "sms": "Text message",
    "social": "Social media", "webchat": "Web chat", "partner": "Partner", "api": "Another system",
    "open311": "Open311", "field": "Crew",
}  # fmt: skip
PHOTO_STATES: Final = {"waiting": "Waiting to be looked at", "published": "Shown to everyone", "refused": "Not shown"}
KINDS: Final = {
    "acknowledge": "First answer", "complete": "The work", "reply": "Reply", "call_back": "Call back",
    "referral": "What they answer", "appointment": "A time for the visit", "findings": "Written findings",
    "safety_work": "Made safe", "further_work": "Further work begun",
    "call_answered": "Answered", "visit_seen": "Seen", "acknowledgement": "Acknowledged",
}  # fmt: skip
PRIORITIES: Final = {"emergency": "Emergency", "urgent": "Urgent", "high": "High", "normal": "Normal", "low": "Low"}
URGENT_BECAUSE: Final = {
    "risk": "Somebody may come to harm", "worse": "It has got worse", "waited": "It has waited too long",
    "can_wait": "It can wait", "set_wrongly": "It was set wrongly",
}  # fmt: skip
TAGS: Final = {
    "on_track": ("on_track", "On track"), "at_risk": ("at_risk", "At risk"), "late": ("late", "Late"),
    "paused": ("waiting", "Waiting"), "kept": ("done", "Kept"), "kept_late": ("late", "Done late"),
    "withdrawn": ("waiting", "Withdrawn"),
}  # fmt: skip
OUTCOMES: Final = {
    "done": "Done in this contact", "handed_on": "Handed on with a promise", "informed": "Answered",
    "signposted": "Sent to the right place", "abandoned": "Not finished",
    "unknown": "Not known how it ended",
}  # fmt: skip


CHECKS: Final = {choice.value: str(choice.label) for choice in IdentityCheck}


def checks(channel: str, actor: Actor) -> list[tuple[str, str]]:
    """How an officer can make sure on a channel: papers only where she sees them, and may prove identities."""
    sees = channel != "phone" and actor.may("identity.verify")
    return [(code, words) for code, words in CHECKS.items() if sees or code != IdentityCheck.DOCUMENT.value]


def evidence() -> list[tuple[str, str]]:
    """What proves who somebody is, by code."""
    return [(one.code, one.name) for one in current_pack().one(ACCOUNTS).evidence]


CAPACITIES: Final = {choice.value: str(choice.label) for choice in Capacity}
NOT_ONLINE: Final = {choice.value: str(choice.label) for choice in NotOnline}


plain = as_words


def phone(number: str) -> str:
    """Return the number somebody rang from as people write it: “0113 496 0231”; anything else as it is."""
    return number if "@" in number else show_phone(number)


def channel(code: str) -> str:
    """Return a channel's name."""
    return CHANNELS.get(code, plain(code))


BEGUN = {
    "web": "on our website", "app": "in our app", "voice": "on the telephone menu", "sms": "by text message",
    "kiosk": "at a self-service point", "email": "by email", "post": "on a paper form",
}  # fmt: skip


def channel_by(code: str) -> str:
    """Return how something was begun, in the middle of a sentence."""
    return BEGUN.get(code, f"by {channel(code).lower()}")


def _named(pack: Pack, section: str, code: str, field: str) -> str:
    entry = pack.section(section).get(code) if pack.has(section) else None
    return str(getattr(entry, field)) if entry is not None else plain(code)


def service(code: str) -> str:
    """Return a service's name."""
    return service_named(code) if code else "No service"


def area(code: str) -> str:
    """An area of service by name."""
    return _named(current_pack(), "areas", code, "name")


def team(code: str) -> str:
    """Return a team's name."""
    return team_named(code) if code else "No team"


def status(code: str, service_code: str = "") -> str:
    """Return a status as the customer reads it: the service's own word, else the pack's."""
    pack = current_pack()
    found = pack.services.get(service_code)
    own = {s.code: s.says for s in found.statuses} if found else {}
    return own.get(code) or _named(pack, "statuses", code, "says")


def outcome(code: str, service_code: str) -> str:
    """Return how a case ended, in the service's words."""
    found = current_pack().services.get(service_code)
    own = {c.code: c.says for c in (*found.closings, *found.refusals)} if found else {}
    return own.get(code) or (plain(code) if code else "")


def pause(code: str) -> str:
    """Return a reason for waiting in the customer's words."""
    return _named(current_pack(), "pauses", code, "says")


def promise_name(view: PromiseView) -> str:
    """Return what a promise is for: “Do it”, “Call back”."""
    return KINDS.get(view.kind, plain(view.kind))


def tag(state: str) -> tuple[str, str]:
    """Return a promise's state as (shape, word)."""
    return TAGS.get(state, ("on_track", plain(state)))


def causes() -> list[Cause]:
    """Return the causes of contact in the order of their keys."""
    return list(current_pack().of(CAUSES).values())


def team_choices() -> list[tuple[str, str]]:
    """Return every team as (code, name), by name."""
    return list(_by_name(current_pack(), "teams"))


def service_choices() -> list[tuple[str, str]]:
    """Return every service as (code, name), by name."""
    return list(_by_name(current_pack(), "services"))


@lru_cache(maxsize=4)
def _by_name(pack: Pack, section: str) -> tuple[tuple[str, str], ...]:
    """Put in order once for a pack what every screen with such a choice shows."""
    named: Mapping[str, Any] = getattr(pack, section)
    return tuple(sorted(((code, str(one.name)) for code, one in named.items()), key=lambda pair: pair[1]))
