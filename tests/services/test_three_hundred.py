"""How well everyday words find services: 300 phrasings written without sight of any service's synonyms or search words."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from moothall.core.packs import Pack, load_pack
from moothall.services.pack import SERVICES
from moothall.services.search import Found, search

PHRASINGS: Final[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("phrasings_300.yaml").read_text(encoding="utf-8")
)
ASKED: Final[list[dict[str, Any]]] = PHRASINGS["phrasings"]


@pytest.fixture(scope="module", params=["common", "leeds"])
def pack(request: pytest.FixtureRequest) -> Pack:
    return load_pack(request.param)


@pytest.fixture(scope="module")
def found(pack: Pack) -> list[tuple[dict[str, Any], Found]]:
    """Each phrasing and what it found, as residents see it; what only staff may ask for is searched for as staff."""
    services = pack.of(SERVICES)
    return [(asked, search(pack, asked["words"], audience=services[asked["service"]].visibility)) for asked in ASKED]


def _right(asked: dict[str, Any], result: Found, first: int) -> bool:
    return bool({asked["service"], *asked.get("also", [])} & {hit.code for hit in result.hits[:first]})


SINCE = {"erasure-request", "help-from-others"}
"""Services that came after their writer had written the phrasings."""


def _told(asked: dict[str, Any], result: Found) -> str:
    return f"{asked['words']!r}: wanted {asked['service']}, found {[(hit.code, hit.score) for hit in result.hits[:3]]}"


def test_the_phrasings_are_what_they_say(pack: Pack) -> None:
    services = set(pack.of(SERVICES))
    named = [asked["service"] for asked in ASKED]
    assert len({asked["words"] for asked in ASKED}) == 300
    assert {*named, *(code for asked in ASKED for code in asked.get("also", []))} <= services
    common = set(load_pack("common").of(SERVICES))  # a council's own service on top has its words in its own pack
    assert [code for code in (services & common) - SINCE if named.count(code) < 2] == []
    assert sum(asked.get("slip", False) for asked in ASKED) >= 100


def test_nine_in_ten_find_their_service_among_the_first_three(found: list[tuple[dict[str, Any], Found]]) -> None:
    missed = [_told(asked, result) for asked, result in found if not _right(asked, result, 3)]
    assert len(missed) <= 0.10 * len(found), "\n".join([f"{len(missed)} of {len(found)} missed:", *missed])


def test_misspelt_ones_find_it_as_well(found: list[tuple[dict[str, Any], Found]]) -> None:
    misspelt = [(asked, result) for asked, result in found if asked.get("slip")]
    missed = [_told(asked, result) for asked, result in misspelt if not _right(asked, result, 3)]
    assert len(missed) <= 0.10 * len(misspelt), "\n".join([f"{len(missed)} of {len(misspelt)} missed:", *missed])


def test_nine_in_ten_are_called_a_good_match(found: list[tuple[dict[str, Any], Found]]) -> None:
    """The other side of the next test: doubting everything would pass that one alone."""
    doubted = [_told(asked, result) for asked, result in found if not result.good]
    assert len(doubted) <= 0.10 * len(found), "\n".join([f"{len(doubted)} of {len(found)} doubted:", *doubted])


@pytest.mark.parametrize(("which", "bound"), [("foreign", 0.30), ("foreign_more", 0.20)])
def test_what_others_do_is_seldom_called_a_good_match(pack: Pack, which: str, bound: float) -> None:
    results = [search(pack, words) for words in PHRASINGS[which]]
    wrong = [f"{result.query!r}: {result.hits[0].code} {result.hits[0].score}" for result in results if result.good]
    assert len(results) >= 20
    assert len(wrong) <= bound * len(results), "\n".join([f"{len(wrong)} of {len(results)} called good:", *wrong])
