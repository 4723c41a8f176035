"""Organisations that take people whom the council refers, as the pack names them, and two people who were referred."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from moothall.cases.queries import cases_of
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.partners.actions import answer_person, refer_person
from moothall.partners.pack import TAKERS

WHAT: Final[Mapping[str, tuple[str, str, str]]] = {
    "food-pantry": ("Food pantry", "Choose a week’s food for a few pounds. Ask us once; then come each week.", "Food"),
    "good-neighbours": ("A visitor once a week", "A volunteer comes for an hour, or rings.", "Isolation"),
    "debt-advice": ("Debt advice by appointment", "Somebody goes through your letters with you. Free.", "Money"),
    "home-help": ("Help at home", "Shopping, cleaning and small repairs for people over 60.", "Isolation"),
    "safe-at-home": ("Safe at home", "Advice and a safe place for people who are afraid at home.", "Safety"),
}
"""What each taker of the pack does: its service, about it, and what it is filed under."""


@dataclass(frozen=True, slots=True)
class Referred:
    """One of the stories who was referred from the newest request of hers that is open: to whom, why and how she agreed, how
    many hours ago, and what they said since, if anything."""

    who: str
    taker: str
    about: str
    how: str
    hours_ago: int
    said: str = ""
    words: str = ""


REFERRED: Final = (
    Referred("osei", "good-neighbours", "He would like a visit once a week, now that his sister has moved away.", "phone",
             50, "accepted", "Jo rings him on Monday to find a day."),
    Referred("jones", "home-help", "Somebody to shop for her until her hip has mended.", "phone", 24),
)  # fmt: skip
"""One was taken on; the other waits for an answer, and its partner’s link shows her."""


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


def bring(pack: Pack, known: Mapping[str, UUID], *, at: datetime) -> dict[str, int]:
    """Refer them, each from a request of theirs, and write down what was answered."""
    made = 0
    for one in REFERRED:
        open_ = [case for case in cases_of([known[one.who]], visible_to=SYSTEM) if case.state == "open"]
        if one.taker not in pack.of(TAKERS) or not open_:
            continue
        asked = max(at - timedelta(hours=one.hours_ago), open_[0].opened_at)
        row = refer_person(
            open_[0].id, UUID(_id("service", one.taker)), about=one.about, agreed=True, how=one.how, by=SYSTEM, at=asked
        )  # fmt: skip
        if one.said:
            answer_person(row.id, one.said, words=one.words, by=SYSTEM, at=asked + (at - asked) / 2)
        made += 1
    return {"referred": made}
