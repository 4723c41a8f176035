"""The same journey under another council shows that council's promise, hours and face, with no code of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from moothall.cases.models import Case
from moothall.promises.models import Promise

pytestmark = [pytest.mark.django_db]
ANSWERS = {"out_time": "night_before", "extent": "only_me", "tag": "no", "assisted": "no"}

BY_COUNCIL = [
    # The clock stands at Monday 2 March 2026, 9am; bins are collected Monday to Saturday.
    ("leeds", "We do this within 2 working days.", "Wednesday 4 March, 5pm", "#1c5f54", "0113 496 0000"),
    ("york", "We do this within 2 working days.", "Wednesday 4 March, 5pm", "#6b2737", "01632 960100"),
    ("cambridge", "We do this within 3 working days.", "Thursday 5 March, 5pm", "#1d4f7c", "01632 960200"),
    ("barking-dagenham", "We do this within 2 working days.", "Wednesday 4 March, 5pm", "#8a3b12", "020 7946 0100"),
    ("halton", "We do this within 2 working days.", "Wednesday 4 March, 5pm", "#54417f", "03069 990100"),
]


@pytest.mark.row("C1")
@pytest.mark.parametrize(("council", "sentence", "due", "colour", "phone"), BY_COUNCIL, indirect=["council"])
def test_the_missed_bin_page_speaks_for_its_council(
    council: Any, resident: Client, sentence: str, due: str, colour: str, phone: str
) -> None:
    page = resident.get("/services/missed-bin").content.decode()
    assert sentence in page
    assert council.council.name in page
    assert phone in page


@pytest.mark.row("C2")
@pytest.mark.parametrize(
    ("council", "sentence", "due", "colour", "phone"),
    [row for row in BY_COUNCIL if row[0] in {"cambridge", "halton"}],
    indirect=["council"],
)
def test_a_missed_bin_sent_to_its_council_is_promised_for_its_day(
    council: Any, resident: Client, walk: Callable[..., str], sentence: str, due: str, colour: str, phone: str
) -> None:
    check = walk("missed-bin", ANSWERS)
    assert due in resident.get(check).content.decode()
    sent = resident.post(check.replace("/check", "/send"), follow=True).content.decode()
    assert due in sent
    case = Case.objects.get()
    assert case.pack_version_id == council.version_id
    days = int(sentence.split(" within ")[1].split(maxsplit=1)[0])
    made = Promise.objects.get(subject_id=case.id, kind="complete")
    assert made.terms["amount"] == days
    assert made.due_at is not None
    assert (made.due_at.date() - made.started_at.date()) == timedelta(days=days)


@pytest.mark.parametrize("council", ["cambridge"], indirect=True)
def test_what_the_county_does_is_found_and_shows_the_way(council: Any, resident: Client) -> None:
    assert "/services/pothole" in resident.get("/search?q=pothole").content.decode()
    page = resident.get("/services/pothole").content.decode()
    assert "Cambridgeshire County Council does this" in page
    assert "https://county.example.org/roads" in page
    assert "Start now" not in page
    assert "within 28" not in page
    assert Case.objects.count() == 0


@pytest.mark.parametrize("council", ["cambridge"], indirect=True)
def test_a_request_for_what_the_county_does_cannot_be_forced(council: Any, resident: Client) -> None:
    resident.post("/services/pothole/start", follow=True)
    assert Case.objects.count() == 0


@pytest.mark.parametrize("council", ["halton"], indirect=True)
def test_haltons_tenants_are_shown_to_their_landlord(council: Any, resident: Client) -> None:
    page = resident.get("/services/housing-repair").content.decode()
    assert "Your landlord does this" in page
    assert "Start now" not in page


@pytest.mark.row("C7")
@pytest.mark.parametrize("council", ["cambridge"], indirect=True)
def test_the_page_of_ways_to_reach_us_says_where_to_come_and_when(council: Any, resident: Client) -> None:
    page = resident.get("/contact").content.decode()
    for words in (
        "Customer Service Centre, Mandela House",
        "The Guildhall reception",
        "An interpreter by telephone or in person",
    ):
        assert words in page
    assert page.count("Open now until") >= 3
