"""The accounts, and which of them each thing that happens to money moves. Pure.

Plus is debit, minus is credit; every list of sides comes to nothing.

- ``provider:<name>``  taken by the provider and not yet in our bank
- ``bank``             our account
- ``held``             paid by customers for what is not settled yet: owed to them or to be earned
- ``deposits``         to be given back when the thing comes back whole
- ``owed-back``        refunds decided and not yet sent
- ``income:<code>``    earned, without tax;  ``vat`` the tax in it
- ``fees``             what the providers keep
- ``disputed``         taken back by the payer's bank
- ``differences``      what statements have that we do not, or the other way round, once somebody has looked into it
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Side:
    """Pence on one account."""

    account: str
    pence: int


def provider(name: str) -> str:
    """Return the account of money that is with a provider."""
    return f"provider:{name}"


def income(code: str) -> str:
    """Return the account of what a kind of income earned."""
    return f"income:{code}"


def moved(pence: int, *, out_of: str, into: str) -> list[Side]:
    """Return the two sides of money going from one account to another; nothing for nothing."""
    return [Side(into, pence), Side(out_of, -pence)] if pence else []


def taken(pence: int, where: str) -> list[Side]:
    """A customer paid: it is with the provider, and held for her."""
    return moved(pence, out_of="held", into=where)


def earned(pence: int, vat: int, deposit: int, code: str) -> list[Side]:
    """What she paid for is settled: income and tax are ours to book, the deposit is kept for her."""
    net = pence - vat - deposit
    return _sides(Side("held", pence), Side(income(code), -net), Side("vat", -vat), Side("deposits", -deposit))


def owed_back(pence: int, from_held: int, net: int, vat: int, deposit: int, code: str) -> list[Side]:
    """A refund is decided: out of what was held, else out of the deposit, the income and the tax it had become."""
    return _sides(
        Side("held", from_held),
        Side("deposits", deposit),
        Side(income(code), net),
        Side("vat", vat),
        Side("owed-back", -pence),
    )


def kept(pence: int, code: str) -> list[Side]:
    """So much of a deposit is kept for what was broken or left behind: it is ours. Damages carry no tax."""
    return moved(pence, out_of=income(code), into="deposits")


def sent_back(pence: int, where: str) -> list[Side]:
    """A refund went: it leaves by the way the money came."""
    return moved(pence, out_of=where, into="owed-back")


def differs(pence: int, where: str) -> list[Side]:
    """A statement has so much more on an account than we have (minus: less): it stands there now, and in *differences*."""
    return moved(pence, out_of="differences", into=where)


def paid_out(pence: int, fees: int, name: str) -> list[Side]:
    """The provider paid us: what came to the bank, and what it kept."""
    return _sides(Side("bank", pence), Side("fees", fees), Side(provider(name), -(pence + fees)))


def balanced(sides: Iterable[Side]) -> bool:
    """Whether the sides come to nothing."""
    return sum(side.pence for side in sides) == 0


def _sides(*sides: Side) -> list[Side]:
    return [side for side in sides if side.pence]
