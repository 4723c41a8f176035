"""What a partner is told of a person who is referred: what it needs, read from her record when it looks; and in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final
from uuid import UUID

from django.conf import settings

from moothall.core.actors import SYSTEM
from moothall.core.lists import say_all
from moothall.core.tokens import read_signed_id, signed_id
from moothall.customers.linking.queries import speaking_for
from moothall.customers.queries import CustomerCard, customer_card, survivor_of
from moothall.partners.models import Help, HelpState, PersonReferral
from moothall.partners.pack import Taker

USE: Final = "help.referral"
HER: Final[dict[str, str]] = {
    "name": "your name", "reach": "how to reach you", "about": "why you want help", "address": "where you live",
    "date_of_birth": "your date of birth",
}  # fmt: skip
THEM: Final[dict[str, str]] = {
    "name": "their name", "reach": "how to reach them", "about": "why they want help", "address": "where they live",
    "date_of_birth": "their date of birth",
}  # fmt: skip
TELLS: Final[dict[str, str]] = {
    HelpState.WAITING: "We ring them for you.",
    HelpState.SENT: "We have asked them, and wait for their answer.",
    HelpState.SILENT: "They have not answered us. We look for who else can help.",
    HelpState.ACCEPTED: "They have taken it on, and get in touch with you.",
    HelpState.DECLINED: "They cannot take it on.",
    HelpState.MISSED: "They tell us that they could not reach you, or that you were not there.",
    HelpState.DONE: "They tell us that it is done.",
    HelpState.TOLD: "You reach them yourself. We have told them nothing of you.",
    HelpState.TAKEN_BACK: "You took it back. They see nothing of you.",
    HelpState.OVER: "This is over. They see nothing of you.",
}
"""Where a referral stands, as she reads it on the page of her request."""
LABELS: Final[dict[str, str]] = {
    "name": "Name", "reach": "How to reach them", "about": "Why they want help", "address": "Where they live",
    "date_of_birth": "Date of birth",
}  # fmt: skip


def link_for_partner(referral_id: UUID) -> str:
    """Return the private link by which a partner sees and answers one referral."""
    return f"{settings.PUBLIC_URL}/referrals/{signed_id(USE, referral_id)}"


def referral_in(token: str) -> UUID | None:
    """Return the referral that a partner's link is for; ``None`` for one we never made."""
    return read_signed_id(USE, token)


def shared_words(shares: Iterable[str], *, to_her: bool = True) -> str:
    """Return what is shared, as a sentence names it to her, or to an adviser."""
    words = HER if to_her else THEM
    return say_all([words[one] for one in shares if one in words])


def called(row: PersonReferral, taker: Taker | None) -> tuple[str, str]:
    """Return who it is and which service, as she reads it. What few may know of is not named: others may read with her."""
    if taker is not None and taker.restricted:
        return "the organisation we spoke of", ""
    return row.organization or row.name, f" ({row.name})"


def agreed_words(name: str, taker: Taker | None) -> str:
    """Return the question by which she agrees, with who is told and what."""
    told = shared_words(taker.needs) if taker else "nothing"
    return f"May we tell {name} {told}, and nothing else? You can take it back at any time."


def how_to_reach(found: Help) -> str:
    """Return how she reaches them herself, in one line."""
    ways = [
        f"Ring {found.phone}." if found.phone else "", f"Write to {found.email}." if found.email else "",
        f"Go to {found.where}." if found.where else "", f"See {found.web}" if found.web else "",
    ]  # fmt: skip
    return " ".join(filter(None, ways)) or "We have no number or address for them: ask us if you cannot find them."


def told_of(row: PersonReferral, case_customer: UUID | None, *, on: date) -> list[tuple[str, str]]:
    """Return what the partner sees of her now, by its name: never more than she agreed to.

    Nothing where the case is another's by now, or her record is gone. Ways to reach her that only a restricted system told,
    or that nothing may be sent to, are left out; so are those of a record that the machine alone took for hers: whoever asked
    may have typed her name (adr/0085). At most twelve queries.
    """
    if case_customer is None or survivor_of(case_customer) != survivor_of(row.customer_id):
        return []
    card = customer_card(row.customer_id, SYSTEM, on=on)
    if card is None:
        return []
    values = {
        "name": " ".join(part for part in (card.given_name, card.family_name) if part) or card.organisation_name,
        "reach": ", ".join(_points(card, row.customer_id)), "about": row.about, "address": card.address,
        "date_of_birth": f"{card.date_of_birth:%d/%m/%Y}" if card.date_of_birth else "",
    }  # fmt: skip
    return [(LABELS[one], values[one]) for one in row.shares if values.get(one)]


def _points(card: CustomerCard, customer_id: UUID) -> list[str]:
    told = [point for point in card.points if not point.stopped and not point.sealed]
    speaking = speaking_for(customer_id, [one for point in told for one in point.of])
    return [point.shown for point in told if speaking.intersection(point.of)]
