"""What an account needs of other rooms: a code by message, earlier requests brought in, a request sent by who is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from moothall.core.actors import SYSTEM, Actor, customer_actor
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.accounts.actions import claim_cases, make_code
from moothall.customers.accounts.pack import ACCOUNTS
from moothall.customers.accounts.queries import Holder, account_with, claimed_cases, confirmed_values
from moothall.customers.accounts.rules.levels import Proof, masked
from moothall.customers.actions import add_contact_point, remove_contact_point
from moothall.customers.linking.actions import change_once
from moothall.customers.linking.models import Change
from moothall.customers.queries import PointView, customer_card
from moothall.customers.rules.writing import CannotRead, can_take_texts, is_british_mobile, plain_email, plain_phone
from moothall.intake.account_queries import claimable_cases
from moothall.intake.queries import prove_case
from moothall.notifications.actions import queue_message
from moothall.notifications.recipients import recipient


@dataclass(frozen=True, slots=True)
class SentCode:
    """A code under way: its id, and where to in words its owner knows. ``abroad``: sent only where an account has it."""

    id: UUID
    kind: str
    value: str
    to: str
    minutes: int
    abroad: bool = False


def read_address(text: str) -> tuple[str, str]:
    """Return the kind and normalised value of what was typed: an e-mail address or a mobile number.

    Raises:
        CannotRead: it is neither, or no text message can go there; the sentence says what to enter.
    """
    text = text.replace("\x00", "").strip()
    if not text:
        raise CannotRead("Enter your email address or mobile number.")
    if "@" in text:
        return "email", plain_email(text)
    try:
        value = plain_phone(text)
    except CannotRead as wrong:
        raise CannotRead(
            "Enter an email address, like name@example.com, or a mobile number, like 07700 900982."
        ) from wrong
    if not can_take_texts(value):
        raise CannotRead(
            "A text message can’t reach this number, and we do not ring with a code. Enter a mobile number or an email "
            "address, or ring us."
        )
    return "phone", value


def read_new_address(text: str) -> tuple[str, str]:
    """Return the kind and value of an address to be shown as hers for the first time: numbers abroad are not taken.

    Raises:
        CannotRead: as `read_address`, or it is a number abroad.
    """
    kind, value = read_address(text)
    if kind == "phone" and not is_british_mobile(value):
        raise CannotRead("We send codes to UK mobile numbers only. Enter an email address, or a number that starts 07.")
    return kind, value


def send_code(*, kind: str, value: str, address: str, browser: str = "", by: Actor, at: datetime) -> SentCode:
    """Send a code to an address to see whether it is hers. What was sent is not kept in words.

    A text costs what its country asks, so a number abroad is sent one only where an account has shown it before. The answer
    is the same for every number abroad (``abroad``): whoever asks does not learn whether there is an account.

    Raises:
        core.limits.TooManyAttempts: too many were asked for.
    """
    code_id, code = make_code(kind=kind, value=value, address=address, browser=browser, at=at)
    minutes = current_pack().one(ACCOUNTS).code_minutes
    by_email = kind == "email"
    abroad = not by_email and not is_british_mobile(value)
    if not abroad or account_with(value) is not None:
        queue_message(
            key=f"account-code:{code_id}", template="account-code", channel="email" if by_email else "sms",
            to=recipient(None, email=value if by_email else "", phone="" if by_email else value),
            values={"code": f"{code[:3]} {code[3:]}", "minutes": str(minutes)}, at=at, by=by,
        )  # fmt: skip
    return SentCode(code_id, kind, value, masked(kind, value), minutes, abroad)


def claim_by_reference(account_id: UUID, reference: str, second: str, *, address: str, at: datetime) -> UUID | None:
    """Bring one earlier request in by its reference and the address it was made with; ``None`` when they do not fit.

    Raises:
        core.limits.TooManyAttempts: too many wrong tries.
    """
    case_id = prove_case(reference, second, address=address, at=at)
    if case_id is not None:
        claim_cases(account_id, [case_id], how="reference", at=at)
    return case_id


def claim_by_contact(account_id: UUID, case_ids: Iterable[UUID], *, at: datetime) -> int:
    """Bring in earlier requests made with an address she has confirmed; any other id is left out.

    Returns how many of these are hers now: as many when it is sent twice.
    """
    chosen, offered = set(case_ids), {line.id for line in claimable_cases(account_id)}
    known = chosen & set(claimed_cases(account_id))
    return len(known) + claim_cases(account_id, sorted(chosen & offered), how="contact", at=at)


def add_way_to_reach(
    holder: Holder, *, kind: str, value: str, instead: UUID | None = None, key: str, by: Actor, at: datetime
) -> list[Change]:
    """Add an address or number that she has just shown is hers, ``instead`` of one that we hold; the newest counts first.

    Who has shown who she is changes it everywhere at once, with a receipt each: the systems told are returned by change.
    Every address she signs in by is told: whoever sits at her open session cannot lead her post elsewhere unseen.

    Raises:
        Refused, CannotRead.
    """
    with transaction.atomic():
        sure = holder.proof >= Proof.VERIFIED
        add_contact_point(
            customer_id=holder.customer_id, kind=kind, value=value, confirmed=True, proved=sure, by=by, at=at
        )
        told: list[Change] = []
        if sure:
            told = change_once(holder.customer_id, changes={}, points={kind: value}, key=key, by=by, at=at)
        if instead is not None:
            _take_off(holder, instead, by, at)
        _tell(holder, key, f"{WAY_WORDS[kind]} was added to the ways we reach you", at)
        return told


def take_off_way(holder: Holder, point_id: UUID, *, key: str, by: Actor, at: datetime) -> bool:
    """Take a way to reach her off her record; one she signs in by stays until it is taken away there. Returns whether it
    could be. Gone already is fine."""
    with transaction.atomic():
        kind = _take_off(holder, point_id, by, at)
        if kind:
            _tell(holder, key, f"{WAY_WORDS[kind]} was taken off the ways we reach you", at)
        return kind is not None


WAY_WORDS: Final = {"email": "an email address", "phone": "a telephone number"}


def _take_off(holder: Holder, point_id: UUID, by: Actor, at: datetime) -> str | None:
    """The kind of what was taken off; empty: it is not hers or gone; ``None``: she signs in by it."""
    point = next((one for one in ways_to_reach(holder.customer_id, at=at) if one.id == point_id), None)
    if point is None:
        return ""
    if (point.kind, point.value) in confirmed_values(holder.account_id):
        return None
    remove_contact_point(customer_id=holder.customer_id, point_id=point_id, by=by, at=at)
    return point.kind


def ways_to_reach(customer_id: UUID, *, at: datetime) -> tuple[PointView, ...]:
    """Return the ways to reach her that she may see."""
    card = customer_card(customer_id, customer_actor(customer_id), on=council_date(at))
    return card.points if card else ()


def _tell(holder: Holder, key: str, change: str, at: datetime) -> None:
    for kind, value in confirmed_values(holder.account_id):
        by_email = kind == "email"
        queue_message(
            key=f"account-changed:{key}:{value}", template="account-changed", channel="email" if by_email else "sms",
            to=recipient(None, email=value if by_email else "", phone="" if by_email else value),
            values={"change": change}, at=at, by=SYSTEM,
        )  # fmt: skip
