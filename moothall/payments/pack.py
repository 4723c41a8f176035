"""The pack's sections on money: `prices`, `concessions`, `vat`, `cancellations`, `incomes`, and `money.yaml`.

What a service charges stands in its own fee table; here stands what becomes of that figure: who pays less and why, the tax
in it, the deposit on top, what is given back when somebody cancels, and the code its income is booked under.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, Literal

from pydantic import Field, field_validator, model_validator

from moothall.core.packs import Pack, PackModel, Problem, register_check, register_section, register_single
from moothall.core.packs.sections import Code, Text
from moothall.promises.reading import read_days, read_hours
from moothall.promises.rules import Hours
from moothall.services.pack import SERVICES, Dated, Id, Line, Money, Service, Test

OWN_FACTS = frozenset({"concession", "peak", "channel"})
"""What a price's rows may look at besides the service's own questions and facts."""
OUTSTANDING: Final = "payment_outstanding"
"""The pause of a promise while what is owed for the request has not been paid."""
DIRECT_DEBIT: Final = "direct_debit"
"""The way to pay by which the bank account is asked for on the agreement's own page, after the request is sent."""
Method = Literal["card", "link", "phone", "place", "direct_debit"]


class Vat(Dated):
    """A rate of value added tax. Prices shown to people hold it already."""

    code: Code
    name: Line
    percent: float = Field(ge=0, le=100)
    valid_to: date | None = None


class Income(PackModel):
    """Where income goes in the council's books: the code finance knows it by."""

    code: Code
    name: Line
    ledger_code: Line


class Concession(Dated):
    """A card or standing that makes things cheaper. ``number`` is the shape of the numbers on the card."""

    code: Code
    name: Line
    number: Line | None = Field(None, description="A regular expression of the whole number, capitals, no spaces.")
    card: Code | None = Field(None, description="The code bookings know the card by, where it differs.")
    valid_to: date | None = None

    @field_validator("number")
    @classmethod
    def _is_expression(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                re.compile(value)
            except re.error as wrong:
                raise ValueError(f"is no regular expression: {wrong}") from None
        return value


class PriceThen(PackModel):
    """What a row makes of the service's fee: another price, so much off, nothing at all; a deposit on top."""

    price: Money | None = None
    percent_off: float | None = Field(None, ge=0, le=100)
    off: Money | None = None
    deposit: Money | None = None

    @model_validator(mode="after")
    def _one(self) -> PriceThen:
        if sum(part is not None for part in (self.price, self.percent_off, self.off)) > 1:
            raise ValueError("says the price in two ways; use one of price, percent_off, off")
        if self.price is None and self.percent_off is None and self.off is None and self.deposit is None:
            raise ValueError("needs price, percent_off, off or deposit")
        return self


class PriceRow(Dated):
    """One row: the first that fits and is in force makes the price; every one that fits may add its deposit."""

    id: Code
    when: dict[Id, Test] = {}
    then: PriceThen
    because: Text
    name: Line | None = Field(
        None, description="What the reduction is called on the bill; a row for a concession has that one’s name."
    )
    valid_to: date | None = None


class Price(PackModel):
    """How one service is charged."""

    service: Code
    income: Code
    vat: Code
    card_question: Id | None = Field(None, description="The question that asks for the number on a card.")
    amount_question: Id | None = Field(None, description="The customer says how much: a rent payment.")
    rows: tuple[PriceRow, ...] = ()
    cancellation: Code | None = None
    deposit_hours: int = Field(
        48, ge=0, le=2_160, description="Hours after what was booked has ended until its deposit goes back by itself."
    )
    plans: tuple[Code, ...] = Field((), description="Plans of `instalments` by which it may be paid in parts.")
    methods: tuple[Method, ...] = Field(("card", "link", "phone", "place"), min_length=1)
    hold_money: bool = Field(False, description="Authorise first, take the money when the request is granted.")
    unpaid_after: int = Field(28, ge=1, le=366, description="Days after which a request nobody paid for is stopped.")
    doubt: Text | None = None


class CancelRow(PackModel):
    """At least so many hours before: so much of what was paid goes back."""

    at_least_hours: int = Field(ge=0)
    percent: float = Field(ge=0, le=100)
    because: Text


class Cancellation(Dated):
    """What is given back when something booked is cancelled by the customer. When we cancel, all of it is."""

    code: Code
    name: Line
    rows: tuple[CancelRow, ...] = Field(min_length=1)

    @field_validator("rows")
    @classmethod
    def _falling(cls, value: tuple[CancelRow, ...]) -> tuple[CancelRow, ...]:
        hours = [row.at_least_hours for row in value]
        if hours != sorted(hours, reverse=True) or len(set(hours)) != len(hours) or hours[-1] != 0:
            raise ValueError("rows run from the most hours down, and the last is for 0 hours")
        return value


class Plan(PackModel):
    """A way to pay in parts: so many payments a month apart, of a sum of at least so much. By Direct Debit on one of these
    days; by card the first at once, which is when the card is agreed to.
    """

    code: Code
    name: Line
    by: Literal["debit", "card"] = "debit"
    payments: int = Field(ge=2, le=12)
    days: tuple[int, ...] = ()
    at_least: Money = 0
    season: tuple[int, int] | None = Field(
        None, description="First and last month of the year in which it is paid: only as many payments as still fit."
    )
    doubt: Text | None = None

    @field_validator("season")
    @classmethod
    def _months(cls, value: tuple[int, int] | None) -> tuple[int, int] | None:
        if value is not None and not all(1 <= month <= 12 for month in value):
            raise ValueError("is two months, the first and the last, as numbers from 1 to 12")
        return value

    @field_validator("days")
    @classmethod
    def _in_every_month(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if any(not 1 <= day <= 28 for day in value) or len(set(value)) != len(value):
            raise ValueError("each is a different day from 1 to 28, as every month has those")
        return value

    @model_validator(mode="after")
    def _days_of_debits(self) -> Plan:
        if bool(self.days) is not (self.by == "debit"):
            raise ValueError("a plan by Direct Debit offers days of the month, one by card has none: it begins at once")
        return self


class CardTerms(PackModel):
    """How parts are taken by card, with the payer's agreement that the provider keeps."""

    notice_days: int = Field(
        5, ge=1, le=30, description="Days before a part is taken by which the payer is told of it."
    )
    retry_after_days: int = Field(3, ge=1, le=14, description="Days after which a part that failed is tried again.")
    tries: int = Field(3, ge=1, le=6, description="How often a part is tried before the rest becomes a bill.")
    team: Code = Field(description="Who looks into parts that failed for good.")
    doubt: Text | None = None


class DebitTerms(PackModel):
    """How Direct Debits are taken: the council as Bacs knows it, and the days of notice."""

    service_user: Line = Field(pattern=r"^\d{6}$", description="The council's Bacs service user number.")
    sort_code: Line = Field(pattern=r"^\d{6}$")
    account: Line = Field(pattern=r"^\d{8}$")
    name: Line = Field(max_length=18, description="As it stands on payers' statements.")
    notice_days: int = Field(10, ge=7, le=30, description="Working days of notice before a payment; 10 unless agreed.")
    lead_days: int = Field(2, ge=2, le=5, description="Working days before a payment by which its file goes.")
    sure_after_days: int = Field(3, ge=2, le=10, description="Working days in which a bank may return a payment.")
    calendar: Code = "office"
    team: Code = Field(description="Who looks into payments that came back.")
    doubt: Text | None = None


class BankColumns(PackModel):
    """What the columns of the bank's file are called."""

    day: Line = "Date"
    reference: Line = "Reference"
    amount: Line = "Amount"
    description: Line = "Description"


Moves = Literal["payment", "refund", "chargeback", "nothing"]


class ProviderColumns(PackModel):
    """One shape of a provider's file: what its columns are called, and what the words in its column of kinds mean."""

    provider: Code
    reference: Line
    payment: Line = Field(description="The provider’s own id of the payment (or of the refund).")
    kind: Line
    amount: Line
    day: Line
    fee: Line = "Fee"
    payout: Line = "Payout"
    kinds: dict[str, Moves] = Field(min_length=1, description="Each word, in small letters; `nothing` moves no money.")

    @field_validator("kinds")
    @classmethod
    def _small(cls, value: dict[str, Moves]) -> dict[str, Moves]:
        return {word.strip().lower(): moves for word, moves in value.items()}

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns without which it is another shape."""
        return (self.reference, self.payment, self.kind, self.amount, self.day)


def _plain_columns(provider: str) -> ProviderColumns:
    return ProviderColumns(
        provider=provider, reference="Reference", payment="Payment ID", kind="Type", amount="Amount", day="Date",
        kinds={"payment": "payment", "refund": "refund", "chargeback": "chargeback"},
    )  # fmt: skip


class MoneyTerms(PackModel):
    """`money.yaml`: limits and days that hold for every service."""

    two_people_above: Money = Field(5_000, description="A refund of more than this needs a second person.")
    most: Money = Field(1_000_000, description="The most that one payment may come to.")
    late_after_days: int = Field(
        4, ge=1, le=30, description="Days after which a payment that is missing is looked into."
    )
    settled_after_days: int = Field(1, ge=0, le=10, description="Days after a payment by which its line usually comes.")
    peak: tuple[Line, ...] = Field((), description="When things to book are dearest: `mon-fri 17:00-22:00`.")
    offices: Text | None = Field(None, description="Where people can pay in person, in words.")
    bank: BankColumns = BankColumns()
    provider_files: tuple[ProviderColumns, ...] = Field(
        (_plain_columns("govuk_pay"), _plain_columns("stripe")),
        description="Shapes of providers’ files, each by its columns.",
    )
    terminals: Line | None = Field(
        None,
        min_length=3,
        description="What stands in the bank’s reference of money from the machines’ card terminals.",
    )
    cards: CardTerms | None = Field(None, description="Parts by card; without it none are offered.")
    debits: DebitTerms | None = Field(None, description="Direct Debits; without it none are offered.")
    doubt: Text | None = None

    @field_validator("peak")
    @classmethod
    def _hours(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for line in value:
            read_peak(line)
        return value


_ACCOUNT: Final = re.compile(
    r"\b(?:sort code|iban|bank account number|account (?:do|shall) we pay into|(?:credit|debit|bank) card|security code)\b",
    re.IGNORECASE,
)
_UNTYPED: Final = frozenset({"choice", "multi_choice", "yes_no", "declaration", "payment", "picture", "file", "photo"})


def read_peak(line: str) -> tuple[tuple[int, ...], tuple[Hours, ...]]:
    """Read `mon-fri 17:00-22:00` as weekdays (Monday 0) and hours; ValueError with what to write instead."""
    days, _, hours = line.rpartition(" ")
    return read_days(days), read_hours(hours)


PRICES = register_section("prices", Price, key="service")
CONCESSIONS = register_section("concessions", Concession)
VAT = register_section("vat", Vat)
CANCELLATIONS = register_section("cancellations", Cancellation)
INCOMES = register_section("incomes", Income)
INSTALMENTS = register_section("instalments", Plan)
MONEY = register_single("money", MoneyTerms)


def _check(pack: Pack) -> Iterator[Problem]:
    services = pack.of(SERVICES)
    for code, price in pack.of(PRICES).items():
        service = services.get(code)
        if service is None:
            yield pack.problem("there is no such service", "prices", code, value=code)
            continue
        known = {q.id for q in service.questions} | {f.id for f in service.facts} | OWN_FACTS
        yield from _names(pack, code, price)
        for field, asked in (("card_question", price.card_question), ("amount_question", price.amount_question)):
            if asked and asked not in service.by_question:
                yield pack.problem("the service has no such question", "prices", code, field, value=asked)
        for row in price.rows:
            for name in row.when:
                if name not in known:
                    yield pack.problem(
                        "the service asks and knows nothing of this name", "prices", code, row.id, value=name
                    )
            wanted = row.when.get("concession")
            for one in (wanted.any_of or ()) if wanted else ():
                if one != "none" and one not in pack.of(CONCESSIONS):
                    yield pack.problem("there is no such concession", "prices", code, row.id, value=str(one))
    for code, service in services.items():
        asks = any(question.type == "payment" for question in service.questions)
        if asks and service.elsewhere is None and pack.of(PRICES) and code not in pack.of(PRICES):
            yield pack.problem("asks for a payment and has no entry in `prices`", "services", code)
        yield from _bank_details(pack, code, service)
        if asks:
            yield from _unpaid(pack, code, service)
            yield from _free(pack, code, service)


def _free(pack: Pack, code: str, service: Service) -> Iterator[Problem]:
    """Where there may be nothing to pay, nobody is held up by being asked how: there is no way to choose."""
    fee = service.tables.get("fee")
    always = [q.id for q in service.questions if q.type == "payment" and q.required and q.show_when is None]
    if always and fee is not None and any(row.then.fee == 0 for row in fee.rows):
        what = f"question `{always[0]}` must be answered also where there is nothing to pay"
        yield pack.problem(what, "services", code, "questions", expected="a `show_when`, or `required: false`")


def _bank_details(pack: Pack, code: str, service: Service) -> Iterator[Problem]:
    """No answer ever holds an account or a card: answers are read at the desk, sent in messages and kept for years."""
    for question in service.questions:
        said = (question.label, question.hint or "", *(one.label or "" for one in question.words.values()))
        if question.type not in _UNTYPED and any(_ACCOUNT.search(one) for one in said):
            yield pack.problem(
                f"question `{question.id}` asks for bank details, and answers are no place for them", "services", code,
                "questions", expected="a `payment` question; with `methods: [direct_debit]` in `prices` it sets up a mandate",
            )  # fmt: skip


def _unpaid(pack: Pack, code: str, service: Service) -> Iterator[Problem]:
    """Each promise to do something says how waiting for the money counts: nobody's unpaid request is a promise we broke."""
    for number, promise in enumerate(service.promises):
        waits = OUTSTANDING in (*promise.pauses, *promise.restarts)
        here = ("services", code, "promises", number)
        if promise.complete is not None and not waits and promise.unpaid is None:
            what = f"promise `{promise.code}` does not say how it counts while nobody has paid"
            meant = f"`{OUTSTANDING}` in `pauses`, or `unpaid:` with why its clock runs all the same"
            yield pack.problem(what, *here, "pauses", expected=meant)
        if waits and promise.unpaid is not None:
            what = f"promise `{promise.code}` says both that it waits for the money and why it does not"
            yield pack.problem(what, *here, "unpaid", expected=f"`unpaid`, or `{OUTSTANDING}` in `pauses`")


def _names(pack: Pack, code: str, price: Price) -> Iterator[Problem]:
    yield from _named(pack, code, "income", price.income, pack.of(INCOMES))
    yield from _named(pack, code, "vat", price.vat, pack.of(VAT))
    for plan in price.plans:
        yield from _named(pack, code, "plans", plan, pack.of(INSTALMENTS))
    by_debit = any(one in pack.of(INSTALMENTS) and pack.of(INSTALMENTS)[one].by == "debit" for one in price.plans)
    if DIRECT_DEBIT in price.methods and not (by_debit and pack.one(MONEY).debits):
        what = "is paid by Direct Debit, and nothing says how"
        yield pack.problem(
            what, "prices", code, "methods", expected="a plan by Direct Debit, and `debits` in money.yaml"
        )
    if price.cancellation:
        yield from _named(pack, code, "cancellation", price.cancellation, pack.of(CANCELLATIONS))


def _named(pack: Pack, code: str, field: str, value: str, known: Iterable[str]) -> Iterator[Problem]:
    if value not in known:
        yield pack.problem(f"there is none of this code in `{field}`", "prices", code, field, value=value)


register_check("payments", _check)
