"""Texts that people read are plain: looked at by a published formula, each hard one told by file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from moothall.core.packs import load_pack, pack_names
from moothall.core.packs.ease import grade_of, longest_sentence, plain_words, sentences_of
from moothall.core.packs.readable import hard_texts
from tests.core.packs.conftest import SERVICE

Packs = Callable[..., Path]
PLACE = "base/services/missed-bin.yaml"
HARD = (
    "Notwithstanding the aforementioned provisions, applications submitted subsequent to the commencement of the financial"
    " year necessitate supplementary documentation demonstrating eligibility in accordance with applicable legislation."
)
PLAIN = "We come back for your bin. Leave it out until we do. You need not ring us again, for we can see where the lorry is."


def test_the_index_is_the_published_one() -> None:
    # Counted by hand: 12 + 4 + 5 words, 33 + 14 + 15 letters.
    text = "The cat sat on the mat and the dog lay by it. Rain fell all day. We went home at six."
    words = [word for sentence in sentences_of(text) for word in sentence]
    letters = sum(len(word) for word in words)
    assert (len(words), letters, len(sentences_of(text))) == (21, 62, 3)
    assert grade_of(text) == pytest.approx(4.71 * 62 / 21 + 0.5 * 21 / 3 - 21.43)
    assert grade_of("Too few words to say anything of.") is None


def test_marks_links_and_what_is_filled_in_are_read_as_people_read_them() -> None:
    assert plain_words("[Go on with {{ service }}]({{ link }})") == "Go on with this"
    assert plain_words("{% if due %}By {{ due }}.{% endif %}").strip() == "By this."
    assert longest_sentence("Bring:\n\n- your card\n- a photo of you") == 4
    assert longest_sentence("Write to a.b@example.org or look at https://example.org/a/b?c=d today") == 8


@pytest.mark.parametrize(("text", "most"), [(PLAIN, 8), (HARD, 99)])
def test_plain_words_pass_and_hard_ones_do_not(text: str, most: float) -> None:
    assert (grade_of(text) or 0) < most
    assert ((grade_of(text) or 0) > 14) is (text == HARD)


def test_a_hard_text_is_told_by_its_place_and_what_would_help(packs: Packs) -> None:
    files = {PLACE: SERVICE.replace("summary: Tell us when your bin was not emptied.", f'summary: "{HARD}"')}
    (problem,) = hard_texts(load_pack("town", packs(files=files)))
    assert str(problem).startswith("base/services/missed-bin.yaml:6:10: hard to read: grade ")
    assert "shorter words help most" in str(problem)


def test_a_text_may_stay_hard_with_a_date_and_a_reason_and_not_longer_than_needed(packs: Packs) -> None:
    left = "hard:\n  - {text: services/missed-bin/summary, since: 2026-11-22, because: The law’s own words.}\n"
    hard = SERVICE.replace("summary: Tell us when your bin was not emptied.", f'summary: "{HARD}"')
    assert not list(hard_texts(load_pack("town", packs(files={PLACE: hard, "town/reading.yaml": left}))))
    (told,) = hard_texts(load_pack("town", packs(files={"town/reading.yaml": left})))
    assert "not hard any more" in str(told)
    assert "town/reading.yaml:2" in str(told)


def test_a_pack_sets_its_own_limit(packs: Packs) -> None:
    files: dict[str, str | bytes | None] = {"town/reading.yaml": "sentence: 5\n"}
    assert any("a sentence of 8 words" in str(one) for one in hard_texts(load_pack("town", packs(files=files))))


@pytest.mark.parametrize("name", pack_names())
def test_the_packs_we_bring_are_plain(name: str) -> None:
    assert [str(problem) for problem in hard_texts(load_pack(name))] == []
