"""Money in the invented borough: six weeks of payments, statements up to the day before yesterday, and what does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.packs import Pack
from moothall.core.staff.queries import staff_id_of
from moothall.core.zone import LONDON, council_date
from moothall.interfaces.cli.demo.borough import Person
from moothall.interfaces.cli.demo.hires import bring_payments as hires_payments
from moothall.payments.actions.reconciling import reconcile
from moothall.payments.actions.refunding import ask_refund
from moothall.payments.actions.statements import NewLine, bring_statement
from moothall.payments.importing import (
    Brought,
    ImportedAgreement,
    ImportedPayment,
    import_agreements,
    import_payments,
    import_till,
)
from moothall.payments.pack import PRICES
from moothall.payments.rules.debits import Account, bank_name
from moothall.services.pack import does

DAYS = 42
EACH_DAY = 14
SOLD = (
    ("garden-waste", 9800), ("bulky-waste", 3000), ("parking-permit", 6500), ("new-bin", 2400), ("copy-certificate", 1250),
    ("book-court", 900), ("visitor-permit", 1500), ("rent-account", 11500),
)  # fmt: skip
MACHINE = UUID(int=0xC0FFEE, version=4)
MACHINE_NAME = "Payment machine, customer centre"


def bring(
    pack: Pack, people: Sequence[Person], known: Mapping[str, UUID], *, at: datetime, seed: int
) -> dict[str, int]:
    """Bring money in round a moment; ``known`` are the people of the stories. The same seed and moment give the same."""
    sold = [(code, pence) for code, pence in SOLD if does(pack, code) and code in pack.of(PRICES)]
    if not sold or not people:
        return {}
    rng = Random(f"money:{seed}")
    today = council_date(at)
    days = [today - timedelta(days=n) for n in range(DAYS, 0, -1)]
    cards = import_payments(
        (_payment(pack, sold, people, day, rng) for day in days for _ in range(_many(day, rng))), by=SYSTEM
    )
    hires = hires_payments(pack, known, at=at, seed=seed)
    _statements(cards, hires, today, rng, at)
    _tills(pack, sold, people, today, rng, at)
    _agreements(pack, people, today, rng, at)
    return {"payments": len(cards) + len(hires)}


def _many(day: date, rng: Random) -> int:
    return rng.randint(EACH_DAY - 5, EACH_DAY + 5) // (1 if day.weekday() < 5 else 2)


def _payment(
    pack: Pack, sold: Sequence[tuple[str, int]], people: Sequence[Person], day: date, rng: Random
) -> ImportedPayment:
    code, pence = rng.choice(sold)
    at = datetime.combine(day, time(8), LONDON) + timedelta(minutes=rng.randrange(11 * 60))
    by_phone = rng.random() < 0.12
    return ImportedPayment(
        code, pack.services[code].name, pence, pack.of(PRICES)[code].income, at, provider_id=f"{rng.getrandbits(104):026x}",
        customer_id=rng.choice(people).id, method="moto" if by_phone else "card", channel="phone" if by_phone else "web",
    )  # fmt: skip


def _statements(paid: Sequence[Brought], hires: Sequence[Brought], today: date, rng: Random, at: datetime) -> None:
    """The provider's files up to the day before yesterday, a handful of faults in them; yesterday's is still to come."""
    until = today - timedelta(days=2)
    lines: list[NewLine] = []
    lately = [one for one in paid if until - timedelta(days=12) <= one.was.at.date() < until - timedelta(days=4)]
    spoilt = {one.attempt_id: n for n, one in enumerate(rng.sample(lately, min(6, len(lately))))}
    for one in (*paid, *hires):
        day = one.was.at.date()
        if day > until:
            continue
        line = NewLine("payment", one.was.provider_id, f"{one.reference}-1", one.was.pence, day)
        match spoilt.get(one.attempt_id):
            case 0:
                continue
            case 1:
                lines += [line, line]
            case 2:
                lines.append(NewLine("payment", line.provider_id, line.reference, line.pence + 100, day))
            case 3:
                lines += [line, NewLine("chargeback", line.provider_id, line.reference, -line.pence, day)]
            case 4:
                lines.append(NewLine("payment", "", misspelt(line.reference), line.pence, day))
            case _:
                lines.append(line)
    name = f"govuk-pay-until-{until}.csv"
    bring_statement("govuk_pay", lines, name=name, sha256=f"demo:{name}", by=SYSTEM, at=at - timedelta(hours=2))
    reconcile("govuk_pay", until=until, by=SYSTEM, at=at - timedelta(hours=2))


def misspelt(reference: str) -> str:
    """A reference with its fourth character wrong, whichever that was."""
    return f"{reference[:3]}{'K' if reference[3] == 'X' else 'X'}{reference[4:]}"


def _tills(
    pack: Pack, sold: Sequence[tuple[str, int]], people: Sequence[Person], today: date, rng: Random, at: datetime
) -> None:
    """The machine's tills of the last days, one that was a little short, and today's with a payment the power cut off."""
    in_cash: Any = {"method": "cash", "provider": "cash", "where": f"cash:{MACHINE}", "channel": "kiosk"}
    cash: list[Brought] = []
    for back in (3, 2, 1, 0):
        day = today - timedelta(days=back)
        opened = datetime.combine(day, time(8), LONDON)
        if opened > at or day.weekday() > 4:
            continue
        wanted = [replace(_payment(pack, sold, people, day, rng), **in_cash) for _ in range(rng.randint(5, 9))]
        cut = replace(wanted.pop(), at=at - timedelta(minutes=50)) if back == 0 else None
        done = import_payments([one for one in wanted if one.at <= at], by=SYSTEM)
        closes = None if back == 0 else datetime.combine(day, time(17, 30), LONDON)
        import_till(MACHINE, MACHINE_NAME, opened_at=opened, float_pence=10_000, sales=done, closed_at=closes,
                    difference=-200 if back == 2 else 0, held=(cut, 500) if cut else None,
                    by=SYSTEM)  # fmt: skip
        cash += done
    officer = staff_id_of("finance")
    dear = next((one for one in cash if one.was.pence > 5_000), None)
    if officer is not None and dear is not None:
        ask_refund(
            dear.attempt_id, pence=dear.was.pence, reason="mistake", note="Paid at the machine and by card the same day",
            key="demo:refund", at=at - timedelta(hours=1),
            by=Actor(ActorKind.STAFF, officer, permissions=frozenset({"payment.refund"})),
        )  # fmt: skip


def _agreements(pack: Pack, people: Sequence[Person], today: date, rng: Random, at: datetime) -> None:
    plans = pack.of(PRICES)["garden-waste"].plans if "garden-waste" in pack.of(PRICES) else ()
    if not plans or not does(pack, "garden-waste"):
        return
    made = []
    for n, person in enumerate(rng.sample(list(people), min(12, len(people)))):
        paid = n % 4
        first = (today.replace(day=15) - timedelta(days=31 * paid)).replace(day=15)
        days = [first]
        while len(days) < 4:
            days.append((days[-1].replace(day=1) + timedelta(days=32)).replace(day=15))
        account = Account(bank_name(f"{person.given} {person.family}"), f"{rng.randrange(100_000, 999_999)}",
                          f"{rng.randrange(10_000_000, 99_999_999)}")  # fmt: skip
        due = sum(1 for day in days if day < today - timedelta(days=5))
        made.append(
            ImportedAgreement(
                "garden-waste", pack.services["garden-waste"].name, pack.of(PRICES)["garden-waste"].income, 9800, days, due,
                account, plans[0], datetime.combine(first - timedelta(days=20), time(11), LONDON), person.id,
                returned="0" if n in {3, 7} and due else "",
            )
        )  # fmt: skip
    import_agreements(made, by=SYSTEM)
