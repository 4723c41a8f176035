"""What a service costs for given answers, by the pack in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from moothall.core.packs import Pack
from moothall.payments.pack import CONCESSIONS, MONEY, PRICES, VAT
from moothall.payments.rules.pricing import Quote, quote
from moothall.services.pack import Service
from moothall.services.rules import Course


def price_of(
    service: Service, answers: Mapping[str, Any], course: Course, *, pack: Pack, on: date,
    facts: Mapping[str, Any] | None = None, card: str | None = None,
) -> Quote:  # fmt: skip
    """Return what this customer pays for what was worked out, line by line, and why. No query.

    Raises:
        PriceRefused: no price is known, or it is out of all bounds.
    """
    price = pack.of(PRICES).get(service.code)
    vat = pack.of(VAT).get(price.vat) if price else None
    because = next((d.because for d in course.decisions if d.table == "fee" and d.row), "")
    return quote(
        service, answers, course.fee, because, price=price, vat=vat, concessions=pack.of(CONCESSIONS), facts=facts or {},
        on=on, most=pack.one(MONEY).most, card=card,
    )  # fmt: skip


def methods_of(service: str, pack: Pack) -> tuple[str, ...]:
    """Return the ways this service may be paid, in order."""
    price = pack.of(PRICES).get(service)
    return price.methods if price is not None else ("link", "phone", "place")
