"""What people write of the time they look for, read whole or not at all."""

from __future__ import annotations

from datetime import date

import pytest

from moothall.intake.talking.whens import read_wish

THURSDAY = date(2026, 11, 19)
PLACES = (("kirkside", "Kirkside Leisure Centre"), ("hollin", "Hollin Park Sports Centre"), ("h-2", "Hollin Lane Hall"))
OFFERS = (("step_free", "Step-free"), ("hoist", "Hoist"))


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("tonight", {"day": "2026-11-19", "part": "evening"}),
        ("Tonight please!", {"day": "2026-11-19", "part": "evening"}),
        ("tomorrow", {"day": "2026-11-20"}),
        ("Sat", {"day": "2026-11-21"}),
        ("sat morning", {"day": "2026-11-21", "part": "morning"}),
        ("Thursday", {"day": "2026-11-19"}),
        ("next Tues evening", {"day": "2026-11-24", "part": "evening"}),
        ("28 Nov", {"day": "2026-11-28"}),
        ("Sat 28th November", {"day": "2026-11-28"}),
        ("3/1", {"day": "2027-01-03"}),
        ("LS9 7AA", {"near": "LS9 7AA"}),
        ("tonight near ls97aa", {"day": "2026-11-19", "part": "evening", "near": "LS9 7AA"}),
        ("Kirkside", {"site": "kirkside"}),
        ("at Kirkside Leisure Centre on Sunday", {"site": "kirkside", "day": "2026-11-22"}),
        ("step free and indoors", {"access": "step_free", "indoor": "yes"}),
        ("any", {}),
        ("ANYTIME", {}),
    ],
)
def test_what_is_understood(words: str, wish: dict[str, str]) -> None:
    assert read_wish(words, THURSDAY, places=PLACES, offers=OFFERS) == wish


@pytest.mark.parametrize(
    "words",
    ["", "2", "7pm", "yes", "Hollin", "when is the pool open", "31 Feb", "Saturday with my dog", "please", "!!"],
)
def test_what_is_not_understood_is_left_alone(words: str) -> None:
    """Two places begin with “Hollin”; and half of what somebody said is not shown as all of it."""
    assert read_wish(words, THURSDAY, places=PLACES, offers=OFFERS) is None
