"""A council that takes money, by twins of its providers that speak their real contracts on this machine."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Sum

from moothall.core.actors import SYSTEM
from moothall.payments import actions
from moothall.payments.actions import NewIntent
from moothall.payments.adapters.govuk_pay import GovukPay
from moothall.payments.adapters.govuk_pay import twin as govuk
from moothall.payments.adapters.stripe import Stripe
from moothall.payments.adapters.stripe import twin as stripe
from moothall.payments.models import Attempt, Intent, Posting
from moothall.payments.providers import use

BACK = "http://localhost:8000/pay/back"


@pytest.fixture
def pay(clock: Any) -> Iterator[govuk.Twin]:
    """GOV.UK Pay, as far as we can tell; it is the council's provider."""
    running = govuk.Twin(pages="http://localhost:8000/demo/card").start()
    use(GovukPay(running.url, govuk.KEY, govuk.SECRET, timeout=2))
    yield running
    use(None)
    running.stop()


@pytest.fixture
def checkout(clock: Any) -> Iterator[stripe.Twin]:
    """Stripe, as far as we can tell; it is the council's provider."""
    running = stripe.Twin(pages="http://localhost:8000/demo/card").start()
    use(Stripe(running.url, stripe.KEY, stripe.SECRET, timeout=2))
    yield running
    use(None)
    running.stop()


def owed(clock: Any, pence: int = 1200, **more: Any) -> Intent:
    """Something owed by nobody in particular."""
    given = {"service": "garden-waste", "description": "Garden waste", "channel": "web", "income": "waste", **more}
    new = NewIntent(pence=pence, **given)
    return actions.owe(new, by=SYSTEM, at=clock.now())


def start(intent: Intent, clock: Any, **more: Any) -> str:
    """Begin to pay; return the payment's id at the provider, as its page's address has it."""
    address = actions.start_payment(intent.id, come_back=BACK, by=SYSTEM, at=clock.now(), **more)
    return address.rsplit("/", 1)[1]


def come_back(intent: Intent, clock: Any) -> bool:
    """The customer is back from the provider's page."""
    return actions.look_at_intent(intent.id, by=SYSTEM, at=clock.now())


def books(intent_id: UUID | None = None) -> dict[str, int]:
    """What stands on each account, without those that come to nothing."""
    rows = Posting.objects.filter(entry__intent_id=intent_id) if intent_id else Posting.objects.all()
    return {a: p for a, p in rows.values_list("account").annotate(p=Sum("pence")).order_by("account") if p}


def attempt_of(intent: Intent) -> Attempt:
    """The newest try at paying it."""
    return Attempt.objects.filter(intent=intent).order_by("number").last()  # type: ignore[return-value]


def fresh(intent: Intent) -> Intent:
    """The intent as it stands now."""
    return Intent.objects.get(id=intent.id)
