"""Anyone can try a call or a text in the demonstration: it is the real menu and the real conversation."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.contacts.models import Contact
from moothall.intake.models import Conversation
from moothall.notifications.models import Message
from tests.browser import goes_on, looks_right


@pytest.mark.django_db
def test_a_call_is_tried_by_its_keys(client: Client, council: Any, clock: Any) -> None:
    shown = client.post("/demo/telephone", {"do": "ring", "number": "07700 900123"}).content.decode()
    found = re.search(r'name="call" value="([^"]+)"', shown)
    assert found
    shown = client.post("/demo/telephone", {"call": found[1], "turn": "1", "do": "1"}).content.decode()
    assert "For graffiti, press 1." in shown
    shown = client.post("/demo/telephone", {"call": found[1], "turn": "2", "do": "1"}).content.decode()
    assert "nearest postcode" in shown
    assert client.post("/demo/telephone", {"call": "try-nobody", "turn": "2", "do": "1"}).status_code == 200
    client.post("/demo/telephone", {"call": found[1], "do": "hang_up"})
    assert Conversation.objects.get().ended == "hung_up"
    assert Contact.objects.get().caller == "+447700900123"


@pytest.mark.django_db
def test_a_text_is_tried(client: Client, council: Any, clock: Any) -> None:
    answer = client.post("/demo/text", {"number": "07700 900123", "words": "graffiti"})
    assert answer.status_code == 302
    assert "Where is the graffiti" in Message.objects.get(to="+447700900123").body
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_both_look_right(council: Any, clock: Any, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto("/demo/text")
    looks_right(page)
    page.goto("/demo/telephone")
    looks_right(page)
    with goes_on(page):
        page.get_by_role("button", name="Ring the council").click()
    expect(page.get_by_role("heading", name="You hear")).to_be_visible()
    looks_right(page)
