"""Runs the examples that services carry: `pack check` holds every service to its own word."""

from __future__ import annotations

from collections.abc import Iterator

from moothall.core.money import pounds
from moothall.core.packs.pack import Pack
from moothall.core.packs.problems import Problem

from .pack import SERVICES, Example, Service
from .rules import work_out


def run_examples(pack: Pack) -> Iterator[Problem]:
    """A problem for each expectation of an example that does not come true."""
    for code, service in pack.of(SERVICES).items():
        for number, example in enumerate(service.examples):
            for key, expected, found in differences(service, example):
                what = f"the example “{example.says}” does not come out: {key}"
                yield pack.problem(
                    what,
                    "services",
                    code,
                    "examples",
                    number,
                    "expect",
                    *key.split("."),
                    value=f"`{as_written(key, found)}`",
                    expected=f"`{as_written(key, expected)}`",
                )


def as_written(key: str, value: object) -> object:
    """What came out, as a pack has it: money in pounds, yes and no, lists by their words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key == "fee" and isinstance(value, int):
        return pounds(value)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def differences(service: Service, example: Example) -> list[tuple[str, object, object]]:
    """What an example expects and does not get: (which, expected, found)."""
    course = work_out(service, example.answers, example.facts, today=example.today)
    won = {decision.table: decision.row for decision in reversed(course.decisions)}
    wrong: list[tuple[str, object, object]] = [
        (f"rows.{table}", row, won.get(table)) for table, row in example.expect.rows.items() if won.get(table) != row
    ]
    for key in ("accept", "team", "promise", "priority", "fee", "start", "offer"):
        expected = getattr(example.expect, key)
        if expected is not None and expected != getattr(course, key):
            wrong.append((key, expected, getattr(course, key)))
    return wrong
