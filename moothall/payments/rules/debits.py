"""Direct Debit, worked out: what an account looks like, when each part is due, and what a bank's codes mean. Pure.

Source: Bacs, "Service user's guide and rules to the Direct Debit Scheme": advance notice of 10 working days unless another
was agreed; refunds at once under the Guarantee; AUDDIS, ADDACS and ARUDD reason codes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from moothall.payments.rules.pricing import part_of
from moothall.promises.rules import Calendar

LONGEST_NAME: Final = 18
NEW, CANCEL, FIRST, REGULAR, LAST = "0N", "0C", "01", "17", "19"
"""Bacs transaction codes of an instruction and of a payment."""

ENDS: Final = {
    "0": "the bank says the instruction was cancelled",
    "1": "the payer cancelled it at the bank",
    "2": "the payer has died",
    "5": "there is no such account",
    "6": "the bank has no instruction",
    "B": "the account is closed",
    "F": "this kind of account takes no Direct Debits",
    "G": "the bank takes no Direct Debits on this account",
    "H": "the instruction ran out",
    "I": "our reference is not unique",
    "K": "the bank cancelled it",
    "L": "the account details do not fit",
}
MOVES: Final = frozenset({"3", "C", "E"})
"""The account has moved, or the instruction was amended: the advice says where to."""
REINSTATED: Final = "R"
UNPAID: Final = {
    "0": "the bank asks us to refer to the payer",
    "1": "the instruction was cancelled",
    "2": "the payer has died",
    "3": "the account was moved",
    "4": "the payer disputes the notice",
    "5": "there is no such account",
    "6": "the bank has no instruction",
    "7": "the amount differs from the notice",
    "8": "it was taken too early",
    "9": "it was taken too late",
    "A": "the bank does not know us",
    "B": "the account is closed",
}
RETURN_ENDS: Final = frozenset({"1", "2", "5", "6", "B"})
"""Returns after which nothing more can be taken."""


class NotAnAccount(ValueError):
    """The bank details cannot be right; ``field`` says which, the message what to do."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account and which. The name is as the bank takes it: capitals, at most 18 characters."""

    holder: str
    sort_code: str
    number: str

    @property
    def shown(self) -> str:
        """The account as anybody may see it."""
        return f"ending {self.number[-4:]}"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a plan."""

    number: int
    due_on: date
    pence: int
    vat: int


def read_account(holder: str, sort_code: str, number: str) -> Account:
    """Return the account that was typed, with or without dashes and spaces; a seven-digit number gets its nought.

    Raises:
        NotAnAccount.
    """
    name = bank_name(holder)
    if len(name) < 2:
        raise NotAnAccount("holder", "Enter the name on the account.")
    sort = re.sub(r"[\s-]", "", sort_code)
    if not (sort.isascii() and sort.isdigit() and len(sort) == 6):
        raise NotAnAccount("sort_code", "Enter the sort code, 6 digits like 30 90 89.")
    account = re.sub(r"[\s-]", "", number)
    if not (account.isascii() and account.isdigit() and 6 <= len(account) <= 8):
        raise NotAnAccount("account", "Enter the account number, between 6 and 8 digits like 00733445.")
    return Account(name, sort, account.zfill(8))


def bank_name(text: str) -> str:
    """Return a name in the letters banks take: capitals without accents, digits, and . & / - and spaces."""
    bare = unicodedata.normalize("NFKD", text.replace("’", "").replace("'", ""))
    kept = re.sub(r"[^A-Z0-9.&/\- ]", "", bare.encode("ascii", "ignore").decode().upper())
    return " ".join(kept.split())[:LONGEST_NAME].strip()


def plan_parts(pence: int, vat: int, payments: int, day: int, earliest: date, calendar: Calendar) -> list[Part]:
    """Return the parts of a sum, a month apart from the first such day not before ``earliest``; odd pennies come first.

    A day on which banks are shut becomes the next on which they are open. ``day`` is at most 28.
    """
    each, odd = divmod(pence, payments)
    year, month = earliest.year, earliest.month
    if earliest.day > day:
        year, month = _next(year, month)
    parts: list[Part] = []
    left = vat
    for number in range(1, payments + 1):
        amount = each + (odd if number == 1 else 0)
        tax = left if number == payments else min(left, part_of(vat, 100 * amount / pence))
        left -= tax
        parts.append(Part(number, calendar.add_working_days(date(year, month, day), 0), amount, tax))
        year, month = _next(year, month)
    return parts


def payments_that_fit(payments: int, season: tuple[int, int] | None, day: int, earliest: date) -> int:
    """Return how many monthly payments still fit before a season's last month is over: at least one, at most ``payments``."""
    if season is None:
        return payments
    month = earliest.month if earliest.day <= day else earliest.month % 12 + 1
    first, last = season
    return max(1, min(payments, (last - first) % 12 - (month - first) % 12 + 1))


def card_parts(pence: int, vat: int, payments: int, today: date) -> list[Part]:
    """Return the parts of a sum by card: the first today, the others a month apart; odd pennies come first."""
    each, odd = divmod(pence, payments)
    year, month, day = today.year, today.month, min(today.day, 28)
    parts: list[Part] = []
    left = vat
    for number in range(1, payments + 1):
        amount = each + (odd if number == 1 else 0)
        tax = left if number == payments else min(left, part_of(vat, 100 * amount / pence))
        left -= tax
        parts.append(Part(number, today if number == 1 else date(year, month, day), amount, tax))
        year, month = _next(year, month)
    return parts


def _next(year: int, month: int) -> tuple[int, int]:
    return (year, month + 1) if month < 12 else (year + 1, 1)


def code_of(number: int, payments: int) -> str:
    """Return the transaction code of one payment of a plan."""
    return FIRST if number == 1 else LAST if number == payments else REGULAR
