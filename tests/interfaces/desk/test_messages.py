"""A message at the desk: as the customer saw it, and why it went that way; of hidden cases nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moothall.core import jobs
from moothall.customers.models import Look
from moothall.notifications.models import Message
from tests.interfaces.desk.conftest import Officer, says_why
from tests.interfaces.desk.pages import text_of
from tests.notifications.conftest import opened, person

pytestmark = [pytest.mark.django_db]


@pytest.mark.row("A12")
def test_a_message_is_shown_as_she_saw_it_and_why_it_went_that_way(officer: Callable[..., Officer], clock: Any) -> None:
    her = person(clock, preferred_channel="sms")
    case = opened(clock, her.id)
    jobs.drain()
    message = Message.objects.get()
    priya = officer("adviser")
    page = priya.client.get(f"/desk/cases/{case.id}/")
    assert f'href="/desk/messages/{message.id}/"' in page.content.decode()
    says_why(priya.client, her)
    with CaptureQueriesContext(connection) as queries:
        answer = priya.client.get(f"/desk/messages/{message.id}/")
    shown = text_of(answer)
    assert "Leeds: we have your request" in shown
    assert "The customer chose text message." in shown
    assert "Text message, English, standard" in shown
    assert Look.objects.filter(customer_id=her.id, screen="desk.message").count() == 1
    assert len(queries) <= 22
    assert priya.client.get(f"/desk/messages/{message.id}/as-seen").status_code == 404


def test_who_may_not_open_people_is_not_led_to_the_person(officer: Callable[..., Officer], clock: Any) -> None:
    her = person(clock)
    opened(clock, her.id)
    jobs.drain()
    message, ways = Message.objects.get(), f'href="/desk/people/{her.id}/"'
    for role, led in (("adviser", True), ("field-supervisor", False)):
        one = officer(role, teams=("refuse-collection",))
        answer = one.client.get(f"/desk/messages/{message.id}/")
        assert answer.status_code == 200, role
        assert (ways in answer.content.decode()) is led, role


def test_an_email_is_shown_in_a_frame_of_its_own(officer: Callable[..., Officer], clock: Any) -> None:
    her = person(clock)
    opened(clock, her.id)
    jobs.drain()
    message = Message.objects.get()
    priya = officer("adviser")
    says_why(priya.client, her)
    answer = priya.client.get(f"/desk/messages/{message.id}/")
    assert f'src="/desk/messages/{message.id}/as-seen"' in answer.content.decode()
    assert "frame-src 'self'" in answer["Content-Security-Policy"]
    mail = priya.client.get(f"/desk/messages/{message.id}/as-seen")
    assert "<h1" not in mail.content.decode()
    assert "We’ll do this by" in text_of(mail)
    assert mail["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in mail["Content-Security-Policy"]


def test_of_a_case_she_may_not_know_of_there_is_no_message(officer: Callable[..., Officer], clock: Any) -> None:
    opened(clock, person(clock).id, service="safeguarding-adult", restricted="social_care")
    jobs.drain()
    message = Message.objects.get()
    priya = officer("adviser")
    assert priya.client.get(f"/desk/messages/{message.id}/").status_code == 404
    assert priya.client.get(f"/desk/messages/{message.id}/as-seen").status_code == 404
    assert priya.client.get(f"/desk/messages/{uuid4()}/").status_code == 404
