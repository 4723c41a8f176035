"""What this customer pays, and why; what goes back when she cancels. Pure.

The service's own fee table makes the figure; the pack's `prices` make of it what this customer pays. The rows are run by
zen-engine like every other table, and those out of date are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from moothall.core.money import to_the_penny
from moothall.payments.pack import OWN_FACTS, Cancellation, Concession, Price, PriceRow, Vat, read_peak
from moothall.services.compiled import compile_table
from moothall.services.pack import Service, Table
from moothall.services.rules import canonical, kinds

DEPOSIT = "Deposit, which you get back"


class PriceRefused(ValueError):
    """The price cannot be worked out or is not one we take; the message says what to do."""


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of a price: what for, how much (minus for money off), and why."""

    says: str
    pence: int
    why: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain data for a JSON column."""
        return {"says": self.says, "pence": self.pence, "why": self.why}


@dataclass(frozen=True, slots=True)
class Quote:
    """What is to be paid: the sum of the lines. ``vat`` is held in it; ``deposit`` is the part that comes back."""

    lines: tuple[QuoteLine, ...]
    pence: int
    vat: int
    deposit: int
    because: str
    concession: str = ""

    @property
    def free(self) -> bool:
        """Whether there is nothing to pay."""
        return self.pence == 0


def vat_in(pence: int, percent: float) -> int:
    """Return the tax held in a price, to the nearest penny."""
    if not percent:
        return 0
    rate = Decimal(str(percent))
    return int((Decimal(pence) * rate / (100 + rate)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def part_of(pence: int, percent: float) -> int:
    """Return so much per cent of an amount, to the nearest penny."""
    return int((Decimal(pence) * Decimal(str(percent)) / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def in_force(one: Any, on: date) -> bool:
    """Whether something with dates holds on a day; both its days included."""
    return (one.valid_from is None or one.valid_from <= on) and (one.valid_to is None or on <= one.valid_to)


def concession_of(number: Any, card: str | None, known: Mapping[str, Concession], on: date) -> str:
    """Return the code of the concession that a card gives: the card a booking was made with (empty: it was made with none,
    whatever number was typed); where no card is looked up (None), the number typed, by how it looks.
    """
    for one in known.values():
        if in_force(one, on) and card and card in {one.code, one.card}:
            return one.code
    if card is not None:
        return ""
    text = "".join(str(number or "").upper().split())
    for one in known.values():
        if text and one.number and in_force(one, on) and re.fullmatch(one.number, text):
            return one.code
    return ""


def quote(
    service: Service, answers: Mapping[str, Any], fee: int | None, because: str, *, price: Price | None, vat: Vat | None,
    concessions: Mapping[str, Concession], facts: Mapping[str, Any], on: date, most: int, card: str | None = None,
) -> Quote:  # fmt: skip
    """Return what these answers cost this customer on a day.

    ``fee`` is what the service's own tables say, ``because`` their reason; ``facts`` what else is known (``peak``). ``card``
    is that of a booking that asks for one: held by somebody and in force, or empty.

    Raises:
        PriceRefused: no fee is known, it is less than nothing, or more than one payment may come to.
    """
    if price is not None and price.amount_question and answers.get(price.amount_question) is not None:
        fee, because = int(answers[price.amount_question]), "The amount you chose."
    if fee is None:
        raise PriceRefused(
            "We can’t work out the price of this yet. Send it without paying: we will tell you the price."
        )
    if fee < 0 or fee > most:
        raise PriceRefused(
            f"This comes to {to_the_penny(fee)}, which can’t be paid here. Look at how many you asked for."
        )
    lines = [QuoteLine(service.name, fee, because)]
    if price is None:
        return Quote(tuple(lines), fee, 0, 0, because)
    number = answers.get(price.card_question) if price.card_question else None
    concession = concession_of(number, card, concessions, on)
    fits = rows_that_fit(price, service, answers, {**facts, "concession": concession or "none"}, on)
    due, why = fee, because
    changes = next((row for row in fits if _changed(row, fee) is not None), None)
    if changes is not None:
        due = _changed(changes, fee) or 0
        why = changes.because
        if due != fee:
            of_card = "concession" in changes.when
            named = changes.name or (concessions[concession].name if concession and of_card else why.rstrip("."))
            lines.append(QuoteLine(named, due - fee, why))
    tax = vat_in(due, vat.percent) if vat is not None else 0
    deposit = 0
    for row in fits:
        if row.then.deposit:
            deposit += row.then.deposit
            lines.append(QuoteLine(DEPOSIT, row.then.deposit, row.because))
    if due + deposit > most:
        raise PriceRefused(
            f"This comes to {to_the_penny(due + deposit)}, which can’t be paid here at once. Ask us for a bill."
        )
    return Quote(tuple(lines), due + deposit, tax, deposit, why, concession)


def worth(pence: int, places: int, of: int) -> int:
    """Return what so many places are worth of what was paid for ``of`` of them, in whole pence. What is given up one after
    another is the difference of two of these, so that the parts always come to the whole.
    """
    return pence * min(places, of) // of if of > 0 else pence


def many_times(one: Quote, times: int, most: int) -> Quote:
    """Return the price of the same thing so many times: everything but the deposit, which is paid once.

    Raises:
        PriceRefused: more than one payment may come to.
    """
    if times <= 1:
        return one
    lines = tuple(
        line if line.says == DEPOSIT else QuoteLine(f"{line.says}, {times} times", line.pence * times, line.why)
        for line in one.lines
    )
    pence = (one.pence - one.deposit) * times + one.deposit
    if pence > most:
        raise PriceRefused(
            f"This comes to {to_the_penny(pence)}, which can’t be paid here at once. Choose fewer weeks."
        )
    return Quote(lines, pence, one.vat * times, one.deposit, one.because, one.concession)


def rows_that_fit(
    price: Price, service: Service, answers: Mapping[str, Any], facts: Mapping[str, Any], on: date
) -> list[PriceRow]:
    """Return the rows that fit and are in force, in order."""
    if not price.rows:
        return []
    known = {**dict.fromkeys(OWN_FACTS, "text"), **kinds(service)}
    inputs: dict[str, Any] = {}
    for name in {name for row in price.rows for name in row.when}:
        given = facts.get(name) if name in facts else answers.get(name)
        inputs[name] = canonical(known.get(name, "text"), given, on)
    numbers = compile_table(cast(Table, price), known, every=True).rows(inputs)
    return [price.rows[number] for number in numbers if in_force(price.rows[number], on)]


def _changed(row: PriceRow, fee: int) -> int | None:
    then = row.then
    if then.price is not None:
        return then.price
    if then.percent_off is not None:
        return fee - part_of(fee, then.percent_off)
    if then.off is not None:
        return max(0, fee - then.off)
    return None


def is_peak(local: datetime, peak: Iterable[str]) -> bool:
    """Whether a moment, in the council's own time, is one of the dearest hours."""
    minute = local.hour * 60 + local.minute
    return any(
        local.weekday() in days and any(one.opens <= minute < one.closes for one in hours)
        for days, hours in map(read_peak, peak)
    )


def given_back(
    terms: Cancellation | None, paid: int, deposit: int, *, hours_before: float, ours: bool
) -> tuple[int, str]:
    """Return how much of what was paid goes back, and why. The deposit always does, as nothing was used."""
    if ours or terms is None:
        return paid, "We cancelled, so you get all of it back." if ours else "You get all of it back."
    row = next((row for row in terms.rows if hours_before >= row.at_least_hours), terms.rows[-1])
    return part_of(paid - deposit, row.percent) + deposit, row.because
