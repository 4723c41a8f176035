"""Posts at the desk: what is particular to them on the screen, the list of what was done about abuse, who may do what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.channels.social.fetching import fetch
from moothall.inbox.models import Measure, Reply, Writing
from moothall.notifications.adapters.social.twin import Twin
from tests.browser import looks_right
from tests.channels.social_world import social_networks
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import Officer
from tests.interfaces.desk.pages import counting, text_of

pytestmark = [pytest.mark.django_db]
TEAM = ("customer-services",)


@pytest.fixture
def twin(council: Any, settings: Any, clock: MovableClock) -> Iterator[Twin]:
    with social_networks(settings) as running:
        yield running


def came(twin: Twin, clock: MovableClock, text: str = "When do you collect leaves?", **more: Any) -> Writing:
    twin.say(text, **more)
    fetch("mastodon", at=clock.now())
    return Writing.objects.latest("received_at", "id")


@pytest.mark.row("A8")
def test_an_answer_is_checked_on_another_officers_screen(
    twin: Twin, officer: Callable[..., Officer], clock: MovableClock
) -> None:
    priya = officer("adviser", teams=TEAM)
    tom = officer("adviser", teams=TEAM, name="Tom Hall", username="tom")
    writing = came(twin, clock)
    act = f"/desk/inbox/{writing.id}"
    refused = priya.client.post(f"{act}/answer", {"text": "Ring 07700 900123", "cause": "new"})
    assert refused.status_code == 422
    assert "a telephone number (07700 900123)" in text_of(refused)
    assert priya.client.post(f"{act}/answer", {"text": "From Monday.", "cause": "new"}).status_code == 303
    assert "An answer to check" in text_of(tom.client.get("/desk/inbox/"))
    page = f"/desk/contacts/{writing.contact_id}/"
    assert "Somebody else checks it" in text_of(priya.client.get(page))
    newcomer = priya.client.get(page).content.decode()
    assert not re.search(r'id="newcomer-(?:email|phone)"[^>]*value="[^"]', newcomer)  # her handle is no address
    assert "It is right: send it" not in text_of(priya.client.get(page))
    assert priya.client.post(f"{act}/agree").status_code == 422
    assert "It is right: send it" in text_of(tom.client.get(page))
    assert tom.client.post(f"{act}/back", {"why": "Say the day."}).status_code == 303
    assert "Say the day." in text_of(priya.client.get(page))
    priya.client.post(f"{act}/answer", {"text": "From Monday 9 March.", "cause": "new"})
    assert tom.client.post(f"{act}/agree").headers["Location"] == "/desk/inbox/?done=1"
    assert list(Reply.objects.order_by("written_at").values_list("state", flat=True)) == ["back", "agreed"]
    assert "From Monday 9 March." in text_of(priya.client.get(page))


def test_words_out_of_sight_stay_out_of_sight_and_only_a_leader_mutes(
    twin: Twin, officer: Callable[..., Officer], clock: MovableClock
) -> None:
    priya, leader = officer("adviser", teams=TEAM), officer("team-leader", teams=TEAM, name="Lena Ford")
    writing = came(twin, clock, "Something vile")
    act = f"/desk/inbox/{writing.id}"
    assert priya.client.post(f"{act}/hide", {"reason": ""}).status_code == 422
    assert priya.client.post(f"{act}/hide", {"reason": "threat"}).status_code == 303
    shown = text_of(priya.client.get(f"/desk/contacts/{writing.contact_id}/"))
    assert "Out of sight, because it threatens somebody" in shown
    assert 'id="writing-text"' not in shown
    assert "Something vile" not in text_of(priya.client.get("/desk/inbox/"))
    assert priya.client.post(f"{act}/mute", {"reason": "threat"}).status_code == 403
    assert leader.client.post(f"{act}/mute", {"reason": "threat"}).status_code == 303
    assert "Hear it again" not in text_of(priya.client.get("/desk/social/"))
    assert "Hear it again" in text_of(leader.client.get("/desk/social/"))
    measure = Measure.objects.get(kind="muted")
    assert priya.client.post(f"/desk/social/{measure.id}/unmute").status_code == 403
    assert leader.client.post(f"/desk/social/{measure.id}/unmute").status_code == 303
    assert "Hear it again" not in text_of(leader.client.get("/desk/social/"))


def test_the_list_costs_the_same_for_one_and_for_many(
    twin: Twin, officer: Callable[..., Officer], clock: MovableClock
) -> None:
    leader = officer("team-leader", teams=TEAM)

    def muted(n: int) -> None:
        writing = came(twin, clock, f"Vile {n}", author=f"somebody{n}")
        leader.client.post(f"/desk/inbox/{writing.id}/mute", {"reason": "threat"})

    muted(0)
    with counting() as one:
        leader.client.get("/desk/social/")
    for n in range(1, 5):
        muted(n)
    with counting() as many:
        leader.client.get("/desk/social/")
    assert many.number == one.number


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_post_and_the_list_look_right_wide_and_narrow(
    twin: Twin,
    officer: Callable[..., Officer],
    clock: MovableClock,
    page: Page,
    shot: Callable[..., None],
    sits_at: Callable[[Officer, Page], None],
) -> None:
    leader = officer("team-leader", teams=TEAM)
    priya = officer("adviser", teams=TEAM)
    vile = came(twin, clock, "Something vile", author="somebody.with.a.very.long.handle.indeed")
    leader.client.post(f"/desk/inbox/{vile.id}/hide", {"reason": "threat"})
    leader.client.post(f"/desk/inbox/{vile.id}/mute", {"reason": "flood"})
    asked = came(twin, clock)
    priya.client.post(f"/desk/inbox/{asked.id}/answer", {"text": "From Monday.", "cause": "new"})
    private = came(twin, clock, "Only for you", private=True)
    sits_at(leader, page)
    for name, address, words in (
        ("list", "/desk/social/", "What was done about abuse"),
        ("vile", f"/desk/contacts/{vile.contact_id}/", "Out of sight, because it threatens somebody"),
        ("check", f"/desk/contacts/{asked.contact_id}/", "It is right: send it"),
        ("private", f"/desk/contacts/{private.contact_id}/", "Not shown yet who they are"),
    ):
        page.goto(address)
        expect(page.get_by_text(words).first).to_be_visible()
        looks_right(page)
        shot(page, f"social-{name}")
        page.set_viewport_size({"width": 320, "height": 640})
        shot(page, f"social-{name}-phone")
        page.set_viewport_size({"width": 1280, "height": 900})
