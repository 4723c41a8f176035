"""How a council's pack is laid over the one it inherits from."""

# ruff: noqa: E501  a case of a table stands on one line
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from moothall.core.packs import load_pack
from moothall.core.packs.merge import merge
from moothall.core.packs.problems import Problem
from moothall.core.packs.reader import plain, read_yaml

Packs = Callable[..., Path]


def merged(parent: str, child: str) -> tuple[Any, list[str]]:
    """Two YAML texts merged, and what was said."""
    problems: list[Problem] = []
    over, _ = read_yaml(parent, "parent.yaml")
    under, _ = read_yaml(child, "child.yaml")
    assert over is not None
    assert under is not None
    return plain(merge(over, under, problems)), [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("parent", "child", "expected"),
    [
        ("{a: 1, b: {c: 2, d: 3}}", "{b: {c: 9}, e: 4}", {"a": 1, "b": {"c": 9, "d": 3}, "e": 4}),
        ("{a: [1, 2]}", "{a: [3]}", {"a": [3]}),
        ("[{id: x, n: 1}, {id: y, n: 2}]", "[{id: y, n: 5}, {id: z, n: 6}]", [{"id": "x", "n": 1}, {"id": "y", "n": 5}, {"id": "z", "n": 6}]),
        ("[{code: x, n: {p: 1, q: 2}}]", "[{code: x, n: {q: 3}}]", [{"code": "x", "n": {"p": 1, "q": 3}}]),
        ("[{id: x}, {id: y}]", "[{id: x, remove: true}]", [{"id": "y"}]),
        ("{a: {b: 1}, c: 2}", "{a: {remove: true}}", {"c": 2}),
        ("[{id: x}, {id: y}]", "[{id: z, before: y}]", [{"id": "x"}, {"id": "z"}, {"id": "y"}]),
        ("[{id: x}, {id: y}]", "[{id: z, after: x}]", [{"id": "x"}, {"id": "z"}, {"id": "y"}]),
        ("[{id: x}, {id: y, n: 1}]", "[{id: y, before: x}]", [{"id": "y", "n": 1}, {"id": "x"}]),
        ("{a: {b: 1, c: 2}}", "{a: !replace {c: 3}}", {"a": {"c": 3}}),
        ("[{id: x}]", "!replace [{id: y}]", [{"id": "y"}]),
        ("{a: {b: 1}}", "{a: words}", {"a": "words"}),
        ("{a: 1}", "{a: null}", {"a": None}),
        ("[{id: x}]", "[]", []),
        ("[{id: x, l: [1]}]", "[{id: x, l: []}]", [{"id": "x", "l": []}]),
        ("[{id: x}, plain]", "[{id: y}]", [{"id": "y"}]),
    ],
)  # fmt: skip
def test_merging(parent: str, child: str, expected: Any) -> None:
    assert merged(parent, child) == (expected, [])


@pytest.mark.parametrize(
    ("parent", "child", "expected"),
    [
        ("[{id: x}]", "[{id: y, remove: true}]", "child.yaml:1:2: `y` cannot be removed: the parent has none"),
        ("{abc: {}}", "{abd: {remove: true}}", "child.yaml:1:2: `abd` cannot be removed: the parent has none"),
        ("[{id: x}]", "[{id: z, before: w}]", "child.yaml:1:18: `before` names an entry that is not there; found `w`"),
    ],
)
def test_merging_what_cannot_be(parent: str, child: str, expected: str) -> None:
    said = merged(parent, child)[1]
    assert len(said) == 1
    assert said[0].startswith(expected)


def test_only_plain_words_are_truth_values() -> None:
    node, problems = read_yaml(
        "{a: yes, b: no, c: off, d: true, e: 08:30, f: 0113, g: 2026-11-02, h: 12, i: 1.5, j: ~}", "x"
    )
    assert problems == []
    assert node is not None
    assert plain(node) == {
        "a": "yes", "b": "no", "c": "off", "d": True, "e": "08:30", "f": "0113", "g": "2026-11-02", "h": 12, "i": 1.5, "j": None,
    }  # fmt: skip


def test_a_council_changes_one_promise_and_keeps_the_rest(packs: Packs) -> None:
    own = "code: missed-bin\npromises:\n  - code: standard\n    complete: !replace\n      amount: 3\n      unit: working_days\n"
    folder = packs(files={"town/services/missed-bin.yaml": own})
    town, base = load_pack("town", folder), load_pack("base", folder)
    assert town.services["missed-bin"].promise().complete.amount == 3
    assert base.services["missed-bin"].promise().complete.amount == 2
    assert town.services["missed-bin"].questions == base.services["missed-bin"].questions
    assert town.council.name == "Town Council"
    assert not town.council.abstract
    assert base.council.abstract


def test_a_council_drops_a_service(packs: Packs) -> None:
    folder = packs(files={"town/services/missed-bin.yaml": "code: missed-bin\nremove: true\n"})
    assert "missed-bin" not in load_pack("town", folder).services


def test_the_hash_follows_the_content_only(packs: Packs) -> None:
    folder = packs()
    first = load_pack("town", folder).sha256
    (folder / "town/README.md").write_text("Notes for people.")
    assert load_pack("town", folder).sha256 == first
    (folder / "town/council.yaml").write_text("inherits: base\nname: Town Council\n")
    assert load_pack("town", folder).sha256 == first
    (folder / "town/council.yaml").write_text("inherits: base\nname: Other Council\n")
    assert load_pack("town", folder).sha256 != first


def test_markdown_entries_have_front_matter_body_and_text_twin(packs: Packs) -> None:
    article = (
        "---\ntitle: Bins at Christmas\nowner: refuse\nreview: 2027-01-01\n---\nWe collect a day later.\n\n- twice\n"
    )
    pack = load_pack("town", packs(files={"town/knowledge/christmas-bins.md": article}))
    entry = pack.section("knowledge")["christmas-bins"]
    assert entry.title == "Bins at Christmas"
    assert entry.body == "We collect a day later.\n\n- twice"
