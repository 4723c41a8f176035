"""Everyday words, misspellings and half sentences find the service that is meant."""

# ruff: noqa: E501  a case of a table stands on one line
from __future__ import annotations

import time
from pathlib import Path

import pytest

from moothall.core.packs import Pack, load_pack
from moothall.services.search import search, stem

PHRASINGS = Path(__file__).with_name("phrasings.txt")


@pytest.fixture(scope="module")
def common() -> Pack:
    return load_pack("common")


def phrasings() -> list[tuple[str, str]]:
    lines = PHRASINGS.read_text(encoding="utf-8").splitlines()
    return [(words, code) for words, _, code in (line.rpartition("|") for line in lines if line.strip())]


def test_the_right_service_is_among_the_first_three(common: Pack) -> None:
    wanted = phrasings()
    missed = [
        (words, code) for words, code in wanted if code not in [hit.code for hit in search(common, words).hits[:3]]
    ]
    assert len(wanted) >= 60
    assert len(missed) <= len(wanted) * 0.05, missed


@pytest.mark.parametrize("words", ["didnt get the school we wanted", "Didn’t get the school we wanted"])
def test_what_a_service_says_is_asked_of_it_word_for_word_comes_first(common: Pack, words: str) -> None:
    found = search(common, words)
    assert found.good
    assert found.hits[0].code == "school-appeal"


@pytest.mark.parametrize("words", ["asdf qwerty", "buy a helicopter", "", "   ", "!!!", "the", "nhs dentist", "🚀"])
def test_what_we_do_not_do_is_no_good_match(common: Pack, words: str) -> None:
    assert not search(common, words).good


@pytest.mark.parametrize(
    ("words", "code"),
    [("potehole", "pothole"), ("grafitti", "graffiti"), ("streetlight", "street-light"), ("fly tiping", "fly-tipping"), ("BLUE BADGE!", "blue-badge"), ("councl tax bnad", "council-tax-band")],
)  # fmt: skip
def test_misspellings(common: Pack, words: str, code: str) -> None:
    found = search(common, words)
    assert found.good
    assert found.hits[0].code == code


@pytest.mark.parametrize(
    "words",
    [
        "bin not emptied",
        "my bin was not emptied",
        "bin wasn’t emptied",
        "bins haven't been emptied",
        "bins not collected",
    ],
)
def test_what_was_not_done_is_no_question_when_it_will_be(common: Pack, words: str) -> None:
    assert search(common, words).hits[0].code == "missed-bin"
    assert search(common, "when are the bins emptied").hits[0].code == "bin-day"


@pytest.mark.parametrize(
    "words",
    [
        "my bin was missed", "bin was missed again", "bin missed", "missed bin", "our bins were missed yesterday",
        "my bin has been missed", "the bin was missed this week", "they missed my recycling", "food caddy was missed",
        "my brown bin was missed",
    ],
)  # fmt: skip
def test_a_bin_that_was_missed_is_not_one_that_is_missing(common: Pack, words: str) -> None:
    for audience in ("public", "staff"):
        assert search(common, words, audience=audience).hits[0].code == "missed-bin"


@pytest.mark.parametrize("words", ["my bin is missing", "bin has gone missing", "missing bin", "bin lid missing"])
def test_a_bin_that_is_missing_is_asked_for_anew(common: Pack, words: str) -> None:
    assert search(common, words).hits[0].code == "new-bin"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("lamp out", "street-light"),
        ("lamp broken outside my house", "street-light"),
        ("the street lamp in front of number 12 does not come on at night", "street-light"),
        ("changing my address", "moving-home"),
        ("my mum died", "register-death"),
    ],
)
def test_a_sentence_finds_what_it_is_about_whatever_else_it_tells(common: Pack, words: str, code: str) -> None:
    found = search(common, words)
    assert found.good
    assert found.hits[0].code == code


def test_council_tax_alone_is_first_of_all_a_bill_and_a_move(common: Pack) -> None:
    assert [hit.code for hit in search(common, "council tax").hits[:2]] == [
        "council-tax-direct-debit",
        "council-tax-move",
    ]


def test_services_for_staff_are_found_by_staff_only(common: Pack) -> None:
    assert "staff-new-starter" not in [hit.code for hit in search(common, "new starter account").hits]
    assert search(common, "new starter account", audience="staff").hits[0].code == "staff-new-starter"


def test_hostile_input_is_only_words(common: Pack) -> None:
    for words in ("<script>alert(1)</script>", "bin " * 5000, "'; DROP TABLE", "\x00\x01bin", "((((", "a" * 10_000):
        search(common, words)


def test_areas_are_offered(common: Pack) -> None:
    assert search(common, "my bin was not emptied").areas[0] == "waste"


def test_a_search_is_quick(common: Pack) -> None:
    search(common, "warm")
    words = [words for words, _ in phrasings()]
    started = time.perf_counter()
    for query in words:
        search(common, query)
    assert (time.perf_counter() - started) / len(words) < 0.05  # a few milliseconds; loose, for a busy machine


@pytest.mark.parametrize(
    ("word", "root"),
    [("bins", "bin"), ("collections", "collection"), ("emptied", "empty"), ("missed", "miss"), ("missing", "missing"), ("dumping", "dump"), ("batteries", "battery"), ("boxes", "box"), ("glass", "glass"), ("bus", "bus"), ("ring", "ring"), ("stopped", "stop")],
)  # fmt: skip
def test_stems(word: str, root: str) -> None:
    assert stem(word) == root
