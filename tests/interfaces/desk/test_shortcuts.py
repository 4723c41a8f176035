"""`?` shows what the keys do, on every page of the desk: every key that does something there stands in the list."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from moothall.contacts.models import Contact
from moothall.customers.models import Customer
from moothall.intake.actions.raising import Raised
from tests.interfaces.desk.conftest import Officer, says_why
from tests.interfaces.desk.test_calls import begin

pytestmark = pytest.mark.django_db


def keys_of(html: str) -> tuple[set[str], set[str]]:
    """The keys that do something on a page, without the figures of a choice, and those its list names."""
    dialog = re.search(r'<dialog class="ui-help".*?</dialog>', html, re.S)
    assert dialog, "no list of shortcuts"
    assert "data-help" in html, "nothing to press for it without a keyboard"
    does = {unescape(key) for key in re.findall(r'data-key="([^"]+)"', html)}
    listed = {unescape(key) for key in re.findall(r"<kbd>([^<]+)</kbd>", dialog[0])}
    return {key for key in does if not key.isdecimal()}, listed


def test_every_page_of_the_desk_lists_the_keys_it_has(
    adviser: Officer, officer: Callable[..., Officer], amina: Customer, missed_bin: Callable[..., Raised],
    on_the_line: Callable[..., Contact],
) -> None:  # fmt: skip
    raised = missed_bin(amina)
    leader = officer(
        "team-leader", "records-officer", teams=("customer-services", "refuse-collection"), name="Lena Marsh"
    )
    says_why(leader.client, amina)
    call = on_the_line("07700 900123")
    begin(adviser, call)
    unlisted = {}
    for who, pages in (
        (leader, ("", "queue/", "tasks", "inbox/", "announcements/", "knowledge", "help", "diary", "search?q=Dunn",
                  f"people/{amina.id}", f"cases/{raised.case_id}/", "records/", "photos")),
        (adviser, ("", f"contacts/{call.id}/", f"contacts/{call.id}/?add", "search?q=Dunn")),
    ):  # fmt: skip
        for page in pages:
            answer = who.client.get(f"/desk/{page}", follow=True)
            assert answer.status_code == 200, page
            does, listed = keys_of(answer.content.decode())
            if does - listed:
                unlisted[f"{who.staff.name}: {page}"] = does - listed
    assert not unlisted


def test_another_call_beside_one_in_hand_is_begun_by_a_key(
    adviser: Officer, on_the_line: Callable[..., Contact]
) -> None:
    on_the_line("07700 900123")
    asked = adviser.client.post("/desk/contacts/begin", {"channel": "phone", "number": "07700 900124"})
    html = asked.content.decode()
    assert "Begin another?" in html
    does, listed = keys_of(html)
    assert {"b", "u", "v"} <= does <= listed
