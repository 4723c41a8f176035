"""Pages people worry over, looked at in a real browser: the bill in all its states, the provider's page, the console's."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.staff import actor_of_staff, create_staff
from moothall.payments import actions
from moothall.payments.actions.reconciling import reconcile
from moothall.payments.actions.statements import NewLine, bring_statement
from moothall.payments.links import pay_path
from moothall.payments.models import Refusal
from tests.browser import looks_right
from tests.payments.conftest import attempt_of, come_back, fresh, owed, start

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("council")]
LINES = [
    {"says": "Garden waste for a year", "pence": 9800, "why": "The yearly price for each bin."},
    {
        "says": "LeedsCard Extra",
        "pence": -3920,
        "why": "With the LeedsCard Extra you pay 40 per cent less at any time.",
    },
]


def signed_in(page: Any, live_server: Any, council: Any, clock: Any, role: str, name: str) -> Any:
    staff = create_staff(
        username=name, name="Priya Shah", roles=[role], teams=[], password="seven-calm-otters", pack=council, by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip
    client = Client()
    client.force_login(staff)
    page.context.add_cookies(
        [{"name": "moothall_session", "value": client.cookies["moothall_session"].value, "url": live_server.url}]
    )
    return actor_of_staff(staff, council)


@pytest.mark.long
def test_a_bill_looks_right_however_it_stands(council, clock, pay, page, shot, settings):
    settings.PAY_URL = pay.url
    bills = {
        name: owed(clock, 5880, lines=LINES, vat=980, description="Garden waste for a year: 14 Mill Lane",
                   expires_at=clock.now() + timedelta(days=28))
        for name in ("owed", "checking", "declined", "paid", "void", "refunding")
    }  # fmt: skip
    payment = start(bills["checking"], clock)
    pay.play(start(bills["declined"], clock), "decline")
    come_back(bills["declined"], clock)
    for name in ("paid", "refunding"):
        pay.play(start(bills[name], clock), "pay")
        come_back(bills[name], clock)
    actions.void(bills["void"].id, why="withdrawn", by=SYSTEM, at=clock.now())
    actions.ask_refund(
        attempt_of(bills["refunding"]).id, pence=5880, reason="we-cancelled", key="x", by=SYSTEM, at=clock.now()
    )
    for name, intent in bills.items():
        page.goto(pay_path(intent.id))
        looks_right(page)
        shot(page, name)
    moto = start(owed(clock, 5880, description="Garden waste"), clock, moto=True)
    for name, one in (("card", payment), ("keypad", moto)):
        page.goto(f"/demo/card/{one}")
        looks_right(page)
        shot(page, name)


@pytest.mark.long
def test_what_finance_sees_looks_right(council, clock, pay, page, live_server, shot):
    manager = signed_in(page, live_server, council, clock, "finance-manager", "fin")
    other = create_staff(
        username="two", name="Tom Ede", roles=["finance-officer"], teams=[], password="seven-calm-otters", pack=council,
        by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    came = [owed(clock, 9800, lines=LINES[:1], description="Garden waste for a year") for _ in range(4)]
    for intent in came:
        pay.play(start(intent, clock), "pay")
        come_back(intent, clock)
    by = actor_of_staff(other, council)
    ask = {"reason": "mistake", "note": "Two bins were charged, she has one", "at": clock.now()}
    actions.ask_refund(attempt_of(came[0]).id, pence=9800, key=str(uuid.uuid4()), by=by, **ask)
    for payment in pay.payments.values():
        payment["state"] = {"status": "error", "finished": True}
    actions.ask_refund(attempt_of(came[1]).id, pence=4900, key=str(uuid.uuid4()), by=by, **ask)
    jobs.drain()
    actions.refuse("forged-webhook", "The signature does not fit the body.", subject="govuk_pay", at=clock.now())
    assert Refusal.objects.count() == 1
    lines = [
        NewLine("payment", attempt_of(one).provider_id, f"{one.reference}-1", 9800 + 100 * number, clock.now().date())
        for number, one in enumerate(came[:2])
    ] + [NewLine("payment", "not-of-ours", "AAAA-BBBB", 1200, clock.now().date())]
    bring_statement("govuk_pay", lines, name="pay-2026-03-02.csv", sha256="0" * 64, by=manager, at=clock.now())
    reconcile("govuk_pay", until=clock.now().date(), by=manager, at=clock.now())
    for name, path in (("refunds", "refunds"), ("all-refunds", "refunds?all=1"), ("reconciliation", "reconciliation"),
                       ("payment", f"payments/{fresh(came[0]).id}")):  # fmt: skip
        page.goto(f"/console/{path}")
        looks_right(page)
        shot(page, name)
        page.set_viewport_size({"width": 320, "height": 640})
        shot(page, f"{name}-320")
        page.set_viewport_size({"width": 1280, "height": 900})
