"""Every pack in the project: right, exportable without loss, and with words for what a change would do."""

# ruff: noqa: E501  a case of a table stands on one line
from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from moothall.core.packs import Pack, load_pack, pack_names
from moothall.core.packs.diff import changes
from moothall.core.packs.doubts import doubts
from moothall.core.packs.registry import examples
from moothall.core.packs.writer import export_pack
from moothall.interfaces.cli.pack import group

Packs = Callable[..., Path]
NAMES = pack_names()


@pytest.fixture(scope="module")
def common() -> Pack:
    return load_pack("common")


@pytest.mark.parametrize("name", NAMES)
def test_every_pack_is_right_and_its_examples_come_out(name: str) -> None:
    pack = load_pack(name)
    assert [str(problem) for run in examples().values() for problem in run(pack)] == []


@pytest.mark.parametrize(
    "name", [name if name == "leeds" else pytest.param(name, marks=pytest.mark.long) for name in NAMES]
)
def test_export_and_import_lose_nothing(name: str, tmp_path: Path) -> None:
    pack = load_pack(name)
    export_pack(pack.content, tmp_path / name)
    again = load_pack(name, tmp_path)
    assert again.content == pack.content
    assert again.sha256 == pack.sha256
    assert again.services == pack.services


def test_the_common_catalogue_is_whole(common: Pack) -> None:
    assert len(common.services) == 90
    assert len({service.area for service in common.services.values()}) == 17
    assert all(service.examples for service in common.services.values())
    asked = [q for service in common.services.values() for q in service.questions if q.type != "lookup"]
    assert len(asked) == 854
    assert sum(q.id == "write_to" for q in asked) == 63, "asked where to write, which their own questions do not tell"


def test_every_doubt_says_why(common: Pack) -> None:
    found = doubts(common)
    assert len(found) > 200
    lengths = [d for d in found if d.where.startswith("services") and d.where.endswith((" complete", " acknowledge"))]
    assert lengths
    assert all(d.valid_from and d.source for d in lengths)


def test_a_change_is_told_in_words(packs: Packs) -> None:
    old = load_pack("town", packs())
    own = (
        "code: missed-bin\nname: Tell us we missed your bin\nsynonyms: [bin left]\npromises:\n  - code: standard\n"
        "    complete: {amount: 3}\nquestions:\n  - id: late\n    remove: true\n  - id: where\n    type: address\n    label: Where?\n"
        "tables: !replace {}\nexamples: !replace [{says: Any, expect: {accept: yes}}]\n"
    )
    new = load_pack(
        "town", packs(files={"town/services/missed-bin.yaml": own, "town/teams.yaml": "- code: parks\n  name: Parks\n"})
    )
    assert changes(old, old) == []
    assert changes(old, new) == [
        "New team: parks (Parks)",
        "Service missed-bin: name from “Report a missed bin” to “Tell us we missed your bin”",
        "Service missed-bin: promises `standard` complete from 2 working days to 3 working days",
        "Service missed-bin: questions: new `where` (Where?)",
        "Service missed-bin: questions: `late` removed",
        "Service missed-bin: tables triage removed (was {rows: 2 entries})",
        "Service missed-bin: examples: no longer “Out late”",
        "Service missed-bin: examples: now also “Any”",
        "Service missed-bin: synonyms added: “bin left”",
    ]


def test_the_command_line_checks_with_exit_codes(packs: Packs) -> None:
    folder = packs()
    run = CliRunner().invoke
    right = run(group, ["check", "town", "--folder", str(folder), "--json"])
    assert (right.exit_code, json.loads(right.output)["examples"]) == (0, 1)
    (folder / "town/teams.yaml").write_text("- code: a\n  nme: A\n")
    wrong = run(group, ["check", "--all", "--folder", str(folder)])
    assert wrong.exit_code == 1
    assert "town/teams.yaml:2:3: `nme` is not a key here; did you mean `name`?" in wrong.output
    listed = json.loads(run(group, ["check", "town", "--folder", str(folder), "--json"]).output)["problems"]
    assert {"file": "town/teams.yaml", "line": 2, "column": 3, "suggestion": "name"}.items() <= listed[1].items()
    assert run(group, ["check"]).exit_code == 2
    assert run(group, ["check", "town", "--all"]).exit_code == 2


def test_the_command_line_compares_and_exports(packs: Packs, tmp_path: Path) -> None:
    folder = packs()
    run = CliRunner().invoke
    compared = run(group, ["diff", "town", "--against", "base", "--folder", str(folder)])
    assert compared.exit_code == 0
    assert "Council: name from “Base” to “Town Council”" in compared.output
    target = tmp_path / "out" / "town"
    assert run(group, ["export", "town", "--to", str(target), "--folder", str(folder)]).exit_code == 0
    assert load_pack("town", tmp_path / "out").sha256 == load_pack("town", folder).sha256
    assert run(group, ["export", "town", "--to", str(target), "--folder", str(folder)]).exit_code == 2
