"""Organisations that take people whom the council refers, as the pack names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from moothall.core.packs import Pack
from moothall.partners.pack import TAKERS

WHAT: Final[Mapping[str, tuple[str, str, str]]] = {
    "food-pantry": ("Food pantry", "Choose a week’s food for a few pounds. Ask us once; then come each week.", "Food"),
    "good-neighbours": ("A visitor once a week", "A volunteer comes for an hour, or rings.", "Isolation"),
    "debt-advice": ("Debt advice by appointment", "Somebody goes through your letters with you. Free.", "Money"),
    "home-help": ("Help at home", "Shopping, cleaning and small repairs for people over 60.", "Isolation"),
    "safe-at-home": ("Safe at home", "Advice and a safe place for people who are afraid at home.", "Safety"),
}
"""What each taker of the pack does: its service, about it, and what it is filed under."""


def _id(*parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "https://groups.example.org/takers/" + "/".join(parts)))


def organisations(pack: Pack) -> Iterator[dict[str, object]]:
    """Yield the services of the pack's takers, as Open Referral UK 3.0 tells them."""
    for number, (code, taker) in enumerate(sorted(pack.of(TAKERS).items())):
        if code not in WHAT:
            continue
        name, says, topic = WHAT[code]
        yield {
            "id": _id("service", code), "name": name, "status": "active", "description": says,
            "url": f"https://{code}.example.org", "assured_date": "2026-09-01",
            "organization": {"id": _id("organization", code), "name": taker.organization, "description": "A charity."},
            "attributes": [{"id": _id("attribute", code), "taxonomy_term": {
                "id": _id("term", topic), "name": topic, "description": topic}}],
            "contacts": [{"id": _id("contact", code), "phones": [
                {"id": _id("phone", code), "number": f"01632 96088{number}"}]}],
        }  # fmt: skip
