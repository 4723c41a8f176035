"""Setting up a Direct Debit, on the web and at the desk: the same questions, the same checks, the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.interfaces.ui import words
from moothall.interfaces.ui.fields import FieldView, OptionView
from moothall.interfaces.ui.parts import FactRow
from moothall.payments.actions.agreeing import CannotAgree, moved_parts, parts_of, plans_for, terms_on
from moothall.payments.actions.card_plans import card_plans_for, card_terms
from moothall.payments.pack import INSTALMENTS, Plan
from moothall.payments.queries import Bill
from moothall.payments.queries.debits import Agreement
from moothall.payments.rules.debits import Account, NotAnAccount, Part, card_parts, read_account

GUARANTEE = (
    "Every bank and building society that takes Direct Debits gives you this guarantee.",
    "If the amount or the day changes, we tell you {days} working days before.",
    "If we or your bank make a mistake, your bank gives you all of it back at once.",
    "You can end a Direct Debit at any time: tell your bank, and tell us as well.",
)
"""The Direct Debit Guarantee in our own words, as the scheme has it shown before somebody agrees."""


@dataclass(frozen=True, slots=True)
class DebitForm:
    """What was typed and what is wrong with it; when nothing is, the account and every day and amount."""

    fields: tuple[FieldView, ...]
    plan: str = ""
    day: int = 0
    alone: bool = False
    account: Account | None = None
    parts: tuple[Part, ...] = ()

    @property
    def errors(self) -> list[FieldView]:
        """The fields to mend."""
        return [one for one in self.fields if one.error]

    @property
    def hidden(self) -> dict[str, str]:
        """What the second step posts again."""
        return {one.id: str(one.value) for one in self.fields}

    @property
    def rows(self) -> list[FactRow]:
        """The agreement before it is made: account, what the statement will say, each day and amount."""
        if self.account is None:
            return []
        terms = terms_on(current_pack(), clock.now()).debits
        sort = self.account.sort_code
        shown = f"{self.account.holder}\n{sort[:2]}-{sort[2:4]}-{sort[4:]}"
        return [
            FactRow("Account", f"{shown}\n{self.account.number}"),
            *(
                FactRow(f"Payment {one.number}", f"{words.day_year(one.due_on)}: {words.pence(one.pence)}")
                for one in self.parts
            ),
            FactRow("On the bank statement", terms.name),
        ]


def may_agree(about: Bill) -> list[Plan]:
    """Return the plans this bill may be paid by, none when it is not to be paid."""
    if about.state not in {"owed", "failed"}:
        return []
    return plans_for(about.service, about.pence, booked=about.booking_id is not None, pack=current_pack())


def in_parts(plans: Sequence[Plan]) -> str:
    """Return into how many parts, where that is sure beforehand: ``in 4 parts``, else ``in parts``."""
    one = plans[0] if len(plans) == 1 else None
    return f"in {one.payments} parts" if one is not None and one.season is None else "in parts"


def may_agree_by_card(about: Bill) -> list[Plan]:
    """Return the plans this bill may be paid by in parts by card, none when it is not to be paid or is such a part itself."""
    if about.state not in {"owed", "failed"} or about.how == "agreement":
        return []
    return card_plans_for(about.service, about.pence, booked=about.booking_id is not None, pack=current_pack())


def card_rows(about: Bill, plan: Plan, at: datetime) -> list[FactRow]:
    """Return each day and amount that is agreed to by card."""
    parts = card_parts(about.pence, about.vat, plan.payments, council_date(at))
    days = ["Now", *(words.day_year(one.due_on) for one in parts[1:])]
    return [FactRow(day, words.pence(one.pence)) for day, one in zip(days, parts, strict=True)]


def card_notice() -> int:
    """Return how many days before each part we write."""
    terms = card_terms(current_pack())
    return terms.notice_days if terms is not None else 0


def guarantee() -> list[str]:
    """Return the Guarantee, line by line."""
    return [one.format(days=terms_on(current_pack(), clock.now()).debits.notice_days) for one in GUARANTEE]


def read_form(about: Bill, given: Mapping[str, str] | None, at: datetime) -> DebitForm:
    """Return the form as it was typed (empty without), with what is wrong, and the schedule when nothing is."""
    plans = {one.code: one for one in may_agree(about)}
    plan = plans.get((given or {}).get("plan", "")) or next(iter(plans.values()), None)
    fields = _fields(plans, plan, given or {})
    if given is None or plan is None:
        return DebitForm(fields)
    wrong: dict[str, str] = {}
    account: Account | None = None
    parts: tuple[Part, ...] = ()
    day = 0
    try:
        account = read_account(given.get("holder", ""), given.get("sort_code", ""), given.get("account", ""))
    except NotAnAccount as no:
        wrong[no.field] = str(no)
    if len(plans) > 1 and given.get("plan") not in plans:
        wrong["plan"] = "Choose how many payments."
    try:
        day = int(given.get("day", "") or 0)
        parts = tuple(parts_of(about.pence, about.vat, plan, day, terms_on(current_pack(), at)))
    except (CannotAgree, ValueError):
        wrong["day"] = "Choose the day of the month."
    if given.get("alone") not in {"yes", "no"}:
        wrong["alone"] = "Say whether anybody else has to agree to payments from this account."
    if wrong:
        return DebitForm(tuple(replace(one, error=wrong.get(one.id, "")) for one in fields))
    return DebitForm(fields, plan.code, day, given.get("alone") == "yes", account, parts)


def read_account_form(held: Agreement, given: Mapping[str, str] | None, at: datetime) -> DebitForm:
    """Return the form for another account as it was typed, with what is wrong, and what would be taken from it when."""
    fields = _account_fields(given or {})
    if given is None:
        return DebitForm(fields)
    wrong: dict[str, str] = {}
    account: Account | None = None
    try:
        account = read_account(given.get("holder", ""), given.get("sort_code", ""), given.get("account", ""))
    except NotAnAccount as no:
        wrong[no.field] = str(no)
    if given.get("alone") not in {"yes", "no"}:
        wrong["alone"] = "Say whether anybody else has to agree to payments from this account."
    if wrong:
        return DebitForm(tuple(replace(one, error=wrong.get(one.id, "")) for one in fields))
    planned = [(one.number, one.on, one.pence, 0) for one in held.parts if one.state == "planned"]
    parts = tuple(moved_parts(planned, held.day, terms_on(current_pack(), at)))
    return DebitForm(fields, held.plan, held.day, given.get("alone") == "yes", account, parts)


def _fields(plans: Mapping[str, Plan], plan: Plan | None, given: Mapping[str, str]) -> tuple[FieldView, ...]:
    days = plan.days if plan is not None else ()
    asked = [
        FieldView("day", "choice", "On which day of the month?", value=given.get("day", ""),
                  options=tuple(OptionView(str(day), _ordinal(day)) for day in days)),
        *_account_fields(given),
    ]  # fmt: skip
    if len(plans) > 1:
        asked.insert(0, FieldView("plan", "choice", "How many payments?", value=given.get("plan", ""),
                                  options=tuple(OptionView(one.code, one.name) for one in plans.values())))  # fmt: skip
    return tuple(asked)


def _account_fields(given: Mapping[str, str]) -> tuple[FieldView, ...]:
    return (
        FieldView("holder", "text", "Name on the account", value=given.get("holder", ""), width="20", autocomplete="off"),
        FieldView("sort_code", "text", "Sort code", hint="6 digits, like 30 90 89", value=given.get("sort_code", ""),
                  width="5", inputmode="numeric", autocomplete="off"),
        FieldView("account", "text", "Account number", hint="6 to 8 digits, like 00733445", value=given.get("account", ""),
                  width="10", inputmode="numeric", autocomplete="off"),
        FieldView("alone", "choice", "Can you set this up on your own?", value=given.get("alone", ""),
                  hint="Some accounts need two people to agree to every payment.",
                  options=(OptionView("yes", "Yes, nobody else has to agree"), OptionView("no", "No, somebody else has to"))),
    )  # fmt: skip


def _ordinal(day: int) -> str:
    end = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"The {day}{end}"


def day_field(held: Agreement) -> FieldView:
    """Return the question for another day of the month."""
    plan = current_pack().of(INSTALMENTS).get(held.plan)
    days = plan.days if plan is not None else ()
    options = tuple(OptionView(str(day), _ordinal(day)) for day in days)
    return FieldView("day", "choice", "Another day of the month", value=str(held.day), options=options)


def agreement_rows(held: Agreement, reference: str) -> list[FactRow]:
    """Return an agreement as facts: each payment with its day and where it stands, the account, and the ``reference`` to
    quote (by Direct Debit the one on the statement)."""
    rows = [
        FactRow(
            words.day_year(one.on),
            f"{words.pence(one.pence)}: {one.words.lower()}{', as ' + one.why if one.why else ''}",
        )
        for one in held.parts
    ]
    if held.scheme == "bacs":
        rows.append(FactRow("Account", f"{held.holder}, {held.account}"))
        rows.append(FactRow("Reference on the statement", held.reference))
    else:
        rows.append(FactRow("Your reference", reference))
    return rows
