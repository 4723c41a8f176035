"""Whatever calls take has a way to it by telephone: by its letters on the keys, or by saying it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from moothall.core.packs import Pack
from moothall.intake.models import Conversation, Dialogue
from moothall.intake.pack import MENU, by_voice
from moothall.intake.pack import _all_reached as all_reached
from moothall.intake.talking.finding import AT_ONCE, spelt
from moothall.intake.talking.keypad import keys_of
from moothall.services.pack import Service

from .conftest import Caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
SMALL = {"and", "are", "for", "from", "get", "help", "out", "our", "report", "tell", "the", "with", "you", "your"}


def told_of(service: Service) -> str:
    """The first letters of the word of its name that says most."""
    words = [word for word in service.name.replace("’", "").replace("-", " ").split() if word.lower() not in SMALL]
    return keys_of(max(words, key=len))[:5]


@pytest.mark.long
@pytest.mark.row("A3")
def test_every_public_service_is_found_by_its_letters_and_begins_or_says_where_it_can_be_had(
    council: Pack, clock: Any
) -> None:
    services = by_voice(council)
    assert len(services) >= 70
    for number, service in enumerate(services):
        caller = Caller(clock, call_id=f"call-{number}")
        caller.press("7", f"{told_of(service)}#")
        for _ in range(len(services) // AT_ONCE + 1):
            if service.name in {one.label for one in caller.turn.choices}:
                break
            assert "For more, press 7" in caller.turn.words, service.code
            caller.press("7")
        heard = caller.hear(service.name)
        use = service.channel("voice")
        if use.level == "no":
            assert str(use.because) in heard, service.code
        else:
            row = Conversation.objects.get(call_id=f"call-{number}")
            assert Dialogue.objects.get(id=row.dialogue_id).service == service.code
            assert heard.startswith(f"{service.name}."), service.code


def test_every_public_service_has_letters_and_the_likeliest_comes_first(council: Pack) -> None:
    services = by_voice(council)
    assert [one.code for one in services if one.code not in spelt(told_of(one), services)] == []
    for letters, code in (("PEST", "pest-control"), ("BLUE", "blue-badge"), ("DEATH", "register-death"),
                          ("PERMIT", "parking-permit"), ("GRAFFI", "graffiti"), ("ABAN", "abandoned-vehicle")):  # fmt: skip
        assert code in spelt(keys_of(letters), services)[:AT_ONCE], letters
    assert spelt(keys_of("ZZZZZ"), services) == spelt("7", services) == spelt("", services) == []


def test_other_letters_more_of_them_the_first_menu_and_somebody(clock: Any) -> None:
    clock.set("2026-11-23T10:00:00+00:00")
    caller = Caller(clock)
    assert "Spell what you want" in caller.press("7")
    assert "found nothing" in caller.press("999999#")
    first = caller.press(f"{keys_of('report')}#")
    second = caller.press("7")
    assert first != second
    assert "not one of the choices" in caller.press("*", "#")
    assert "Spell what you want" in caller.press("8")
    assert "For bins and recycling, press 2" in caller.press("9#")
    caller.press("7", f"{keys_of('report')}#")
    assert "For bins and recycling, press 2" in caller.press("9")
    caller.press("7")
    assert "called back" in caller.press("0#")


def test_nothing_found_three_times_offers_somebody(clock: Any) -> None:
    clock.set("2026-11-23T10:00:00+00:00")
    caller = Caller(clock)
    caller.press("7", "99999#", "")
    assert "called back" in caller.press("99999#")


def test_where_words_are_heard_it_is_said(clock: Any) -> None:
    caller = Caller(clock, speech=True)
    assert "Say what you want" in caller.press("7")
    assert any(one.label == "blue badge" for one in caller.turn.choices)
    assert caller.press("I need a blue badge").startswith("Apply for or renew a Blue Badge, press 1.")
    caller.press("1")
    assert Dialogue.objects.get().service == "blue-badge"
    other = Caller(clock, call_id="call-2", speech=True)
    assert "Blue Badge, press 1" in other.press("a disabled parking badge please")


def test_a_menu_that_leaves_a_service_out_of_reach_is_refused(council: Pack) -> None:
    assert list(all_reached(council)) == []
    menu = {code: one for code, one in council.of(MENU).items() if one.does != "find"}
    shut = SimpleNamespace(of=lambda section: menu if section is MENU else council.of(section), problem=council.problem)
    missing = list(all_reached(cast(Pack, shut)))
    assert {problem.what for problem in missing} == {"callers cannot reach it"}
    assert len(missing) == sum(
        one.code not in {entry.service for entry in menu.values()} and one.channel("voice").level != "no"
        for one in by_voice(council)
    )
