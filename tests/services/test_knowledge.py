"""What the council knows and says: whose each piece is, when it is looked at again, what words find it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from moothall.intake.actions.searching import NAMES_SOMEBODY
from moothall.services.knowledge import articles_of, find_articles, kept, standing, wanting

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("review", "how"),
    [
        (None, "none"), (date(2026, 3, 1), "over"), (date(2026, 3, 2), "over"), (date(2026, 3, 3), "soon"),
        (date(2026, 4, 1), "soon"), (date(2026, 4, 2), "right"),
    ],
)  # fmt: skip
def test_a_piece_is_due_on_its_day(review: date | None, how: str) -> None:
    assert standing(review, TODAY) == how


def test_every_answer_and_script_of_every_pack_has_an_owner_and_a_day(council: Any) -> None:
    found = kept(council)
    assert {one.kind for one in found} == {"article", "answer", "script"}
    assert [one for one in found if one.review is None or one.owner not in council.teams] == []
    assert wanting(found, TODAY) == ()
    assert [one.review for one in found] == sorted(one.review for one in found if one.review)
    mine = kept(council, teams=["parking-services"])
    assert {one.owner for one in mine} == {"parking-services"}
    assert "services/parking-permit.yaml" in {one.file for one in mine}


def test_what_another_body_does_has_no_script_of_ours() -> None:
    from moothall.core.packs import load_pack

    pack = load_pack("cambridge")
    scripts = {one.service for one in kept(pack) if one.kind == "script"}
    assert "parking-permit" not in scripts, "Cambridge sends people to the county for it"
    assert "missed-bin" in scripts


def test_articles_are_found_by_all_their_words_and_stand_beside_their_services(council: Any) -> None:
    assert [one.code for one in find_articles(council, "fridge 5 degrees")] == ["food-hygiene"]
    assert find_articles(council, "fridge xylophone") == ()
    assert find_articles(council, " ") == ()
    assert [one.code for one in articles_of(council, "food-registration")] == ["food-hygiene"], "not its translations"


@pytest.mark.parametrize("words", ["amina@example.com", "bins at LS21 1AA", "ring 07700 900123", "0113-496-0231"])
def test_words_that_say_where_somebody_is_are_no_need(words: str) -> None:
    assert NAMES_SOMEBODY.search(words)


@pytest.mark.parametrize(
    "words", ["parcel lockers", "form p60", "section 106 agreement", "bus 72 to otley", "council tax 2026"]
)
def test_words_of_need_are_kept(words: str) -> None:
    assert not NAMES_SOMEBODY.search(words)
