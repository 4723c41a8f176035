"""`moothall rows`: the mission's rows, each with the tests that prove it."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from moothall.interfaces.cli.support import NO, answer, fail, json_option

ROOT = Path(__file__).resolve().parents[3]
TITLES = ROOT / "docs" / "rows.yaml"
PAGE = ROOT / "docs" / "rows.md"


@dataclass(frozen=True)
class Row:
    """One row of the mission and the tests marked for it, by their pytest ids."""

    number: str
    title: str
    tests: tuple[str, ...]


@click.command(name="rows")
@click.option("--write", is_flag=True, help="Write docs/rows.md anew.")
@click.option("--check", is_flag=True, help="Exit with 1 when docs/rows.md is not current.")
@json_option
def command(write: bool, check: bool, as_json: bool) -> None:
    """List the mission's rows with the tests marked for each.

    Run a row's tests with `bin/test --rows D4,D5`.
    """
    if not TITLES.exists():
        fail("The rows are kept in a checkout's docs/rows.yaml, which is not here.")
    found = rows()
    if write:
        PAGE.write_text(page(found), encoding="utf-8")
    if check and (not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page(found)):
        click.echo("docs/rows.md is not current: run `bin/moothall rows --write`.", err=True)
        sys.exit(NO)
    answer(
        [{"row": one.number, "title": one.title, "tests": list(one.tests)} for one in found],
        as_json=as_json,
        words=lambda: "\n".join(f"{one.number:<4} {len(one.tests):>4}  {one.title}" for one in found),
    )


def rows(root: Path = ROOT) -> list[Row]:
    """Every row in the mission's order. Raises ValueError when a test is marked for a row there is not."""
    import yaml

    titles: dict[str, str] = yaml.safe_load((root / "docs" / "rows.yaml").read_text(encoding="utf-8"))
    marked: dict[str, list[str]] = {number: [] for number in titles}
    for path in sorted((root / "tests").rglob("test_*.py")):
        for test, numbers in marks_in(path.read_text(encoding="utf-8")):
            for number in numbers:
                if number not in marked:
                    raise ValueError(
                        f"{path.relative_to(root)}::{test} is marked for row {number}, which is not there."
                    )
                marked[number].append(f"{path.relative_to(root)}::{test}")
    return [Row(number, title, tuple(marked[number])) for number, title in titles.items()]


def marks_in(source: str) -> list[tuple[str, list[str]]]:
    """The tests of one file that carry rows: their own, their class's and the file's (`pytestmark`)."""
    tree = ast.parse(source)
    everywhere: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets):
            everywhere += _rows_of(node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value])
    found: list[tuple[str, list[str]]] = []
    _walk(tree.body, "", everywhere, found)
    return found


def _walk(body: list[ast.stmt], prefix: str, inherited: list[str], found: list[tuple[str, list[str]]]) -> None:
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            _walk(node.body, f"{prefix}{node.name}::", [*inherited, *_rows_of(node.decorator_list)], found)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            numbers = [*inherited, *_rows_of(node.decorator_list)]
            if numbers:
                found.append((f"{prefix}{node.name}", sorted(set(numbers))))


def _rows_of(decorators: list[ast.expr]) -> list[str]:
    """The rows in `pytest.mark.row("D4", "D5")` marks."""
    return [
        str(argument.value)
        for mark in decorators
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == "row"
        for argument in mark.args
        if isinstance(argument, ast.Constant)
    ]


def page(found: list[Row]) -> str:
    """docs/rows.md: the rows, and the files whose tests prove each."""
    lines = [
        "# The mission, row by row, and its tests",
        "",
        "Made by `bin/moothall rows --write` from the tests' marks; run a row's tests with `bin/test --rows D4`.",
        "",
        "| row | what | tests |",
        "|---|---|---|",
    ]
    for one in found:
        files = sorted({test.partition("::")[0] for test in one.tests})
        listed = ", ".join(f"`{name.removeprefix('tests/')}`" for name in files)
        lines.append(f"| {one.number} | {one.title} | {listed or '—'} |")
    return "\n".join([*lines, ""])
