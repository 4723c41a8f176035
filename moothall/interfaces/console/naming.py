"""What the console calls the screens on which people were seen, the reasons for it, and who looked: never by code."""

from __future__ import annotations

from typing import Final

from moothall.core.packs import Pack
from moothall.customers.privacy.pack import PRIVACY

SCREENS: Final = {
    "desk.caller": "Who may be calling",
    "desk.search": "Search at the desk",
    "desk.person": "A person’s page",
    "desk.contact": "A contact",
    "desk.case": "A case",
    "partner.referral": "A referral, by a partner’s link",
    "desk.message": "A message we sent",
    "desk.organisation": "An organisation’s page",
    "desk.pair": "Two records side by side",
    "desk.post": "The post room",
    "desk.sealed": "A sealed record, before it was opened",
    "desk.sealed-case": "A sealed case, before it was opened",
    "desk.sealed-open": "A sealed record, opened",
    "console.copy": "A copy of somebody’s data",
    "console.erasures": "Erasing somebody",
    "api.case": "A case, by another system",
    "api.cases": "A list of cases, by another system",
    "api.customer": "A record, by another system",
    "api.customers": "People, by another system",
}
WHYS: Final = {
    "service": "To deal with what they asked for",
    "search": "They came up when somebody was looked for",
    "administration": "To run the system",
    "integration": "Another system needed their details",
    "representation": "To see who may act for them",
    "break-glass": "A sealed record opened in an emergency",
    "audit": "To check who looked at records",
    "privacy": "To look after people’s data",
    "performance": "To explain how we are doing",
}
"""Reasons that no officer chooses from a list, or that a role has: in the words of whoever reads the log."""
KINDS: Final = {
    "staff": "An officer", "partner": "Another system", "system": "The system itself", "customer": "The customer",
    "anonymous": "Nobody signed in",
}  # fmt: skip


def screen_name(code: str) -> str:
    """Return what a screen is called; one that is gone, by its code as words."""
    return SCREENS.get(code) or _plain(code)


def why_name(pack: Pack, code: str) -> str:
    """Return a reason as officers choose it in the pack, else as it is said here."""
    chosen = {one.code: one.asks for one in pack.one(PRIVACY).purposes if one.asks}
    return chosen.get(code) or WHYS.get(code) or _plain(code)


def _plain(code: str) -> str:
    words = code.replace("-", " ").replace("_", " ").replace(".", ": ")
    return words[:1].upper() + words[1:]
