"""What several stories share: card payments that really go round, and an officer's desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from moothall.bookings.actions import issue_card
from moothall.core.actors import SYSTEM
from moothall.core.staff import create_staff
from moothall.customers.actions import create_customer
from moothall.payments.adapters.govuk_pay import GovukPay
from moothall.payments.adapters.govuk_pay import twin as govuk
from moothall.payments.providers import use


def holds_leedscard_extra(given_name: str, family_name: str, *, at: datetime) -> None:
    """Somebody has the card LX 1234 5678, from today."""
    her = create_customer(given_name=given_name, family_name=family_name, by=SYSTEM, at=at)
    issue_card("LX 1234 5678", card="leedscard-extra", customer_id=her.id, valid_from=at.date(), by=SYSTEM, at=at)


@pytest.fixture
def card_payments(live_server: Any, settings: Any, clock: Any) -> Iterator[None]:
    """The council takes cards; the provider's page is the demonstration's."""
    settings.PUBLIC_URL = live_server.url
    running = govuk.Twin(pages=f"{live_server.url}/demo/card").start()
    settings.PAY_URL = running.url
    use(GovukPay(running.url, govuk.KEY, govuk.SECRET, timeout=10))
    yield
    use(None)
    running.stop()


@pytest.fixture
def desk_of(new_page: Callable[..., Page], live_server: Any, council: Any, clock: Any) -> Callable[..., Page]:
    """Open a window that is an officer's: `desk_of("Bev Stubbs", "service-officer")`."""

    def make(name: str, *roles: str, teams: tuple[str, ...] = ()) -> Page:
        staff = create_staff(
            username=name.split(maxsplit=1)[0].lower(), name=name, roles=list(roles), teams=list(teams),
            password="seven-calm-otters-queueing", pack=council, by=SYSTEM, at=clock.now(),
        )  # fmt: skip
        client = Client()
        client.force_login(staff)
        window = new_page()
        cookie = client.cookies["moothall_session"]
        window.context.add_cookies([{"name": "moothall_session", "value": cookie.value, "url": live_server.url}])
        return window

    return make
