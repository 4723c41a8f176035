"""Turns a pack's decision table into zen-engine's JDM and runs it. The first row that fits wins.

The row's number is all that zen is asked for: what the row decides stays in the pack's own model, so that nothing is
written twice.
"""

from __future__ import annotations

import json
from typing import Any

import zen

from .pack import LISTS, Compare, Table, pence

_ENGINE = zen.ZenEngine()
VARIABLE = "q_"  # before each name, so that none is taken for a word of zen’s language


class CompiledTable:
    """A table ready to run; made once and kept."""

    __slots__ = ("_decision", "_names", "_said")

    def __init__(self, table: Table, kinds: dict[str, str], *, every: bool) -> None:
        self._names = list(dict.fromkeys(name for row in table.rows for name in row.when))
        self._decision = _ENGINE.create_decision(json.dumps(as_jdm(table, kinds, every=every)))
        self._said: dict[str, list[int]] = {}

    def rows(self, inputs: dict[str, Any]) -> list[int]:
        """The numbers of the rows that fit, from 0: all of them, or the first alone, as it was compiled."""
        asked = {VARIABLE + name: inputs.get(name) for name in self._names}
        known = json.dumps(asked)
        said = self._said.get(known)
        if said is None:
            result: Any = self._decision.evaluate(asked).get("result")
            found = result if isinstance(result, list) else [result or {}]
            said = [int(one["row"]) for one in found if "row" in one]
            if len(self._said) >= _MOST_SAID:
                self._said.clear()
            if len(known) <= _LONGEST_KEPT:
                self._said[known] = said
        return list(said)


_BY_IDENTITY: dict[int, tuple[Table, CompiledTable]] = {}
_MOST_KEPT = 4096
_MOST_SAID = 512
"""Answers kept for each table: what it looks at are codes, so the same few come again and again, and it never changes."""
_LONGEST_KEPT = 1000


def compile_table(table: Table, kinds: dict[str, str], *, every: bool = False) -> CompiledTable:
    """The compiled table, made on first use.

    Kept by identity: a pack's tables never change and live as long as it does.
    """
    held = _BY_IDENTITY.get(id(table))
    if held is not None and held[0] is table:
        return held[1]
    made = CompiledTable(table, kinds, every=every)
    if len(_BY_IDENTITY) >= _MOST_KEPT:
        _BY_IDENTITY.clear()
    _BY_IDENTITY[id(table)] = (table, made)
    return made


def as_jdm(table: Table, kinds: dict[str, str], *, every: bool = False) -> dict[str, Any]:
    """The table in zen-engine's JSON decision model, also for looking at in a JDM editor."""
    names = list(dict.fromkeys(name for row in table.rows for name in row.when))
    # No `field`: each cell is then a whole expression. (A cell tested against a field is read in zen's short form, where
    # brackets mean an interval, and one that cannot be read simply never holds.)
    inputs = [{"id": f"in-{name}", "name": name} for name in names]
    rules = [
        {
            "_id": row.id,
            **{
                f"in-{name}": cell(row.when[name], name, kinds.get(name, "text")) if name in row.when else ""
                for name in names
            },
            "out-row": str(number),
        }
        for number, row in enumerate(table.rows)
    ]
    content = {
        "hitPolicy": "collect" if every else "first",
        "inputs": inputs,
        "outputs": [{"id": "out-row", "name": "row", "field": "row"}],
        "rules": rules,
    }
    at = {"x": 0, "y": 0}
    return {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "answers", "position": at},
            {"id": "table", "type": "decisionTableNode", "name": "table", "position": at, "content": content},
            {"id": "out", "type": "outputNode", "name": "decision", "position": at},
        ],
        "edges": [
            {"id": "e1", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "e2", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    }


def cell(test: Compare, name: str, kind: str) -> str:
    """One cell of the table as a zen expression on the answer, which is null (or an empty list) when there is none."""
    many = kind in LISTS
    subject = VARIABLE + name
    empty = f"len({subject}) == 0" if many else f"{subject} == null"
    parts: list[str] = []
    if test.answered is not None:
        parts.append(f"not ({empty})" if test.answered else empty)
    if test.any_of is not None:
        parts.append(_among(test.any_of, subject, many, empty))
    if test.none_of is not None:
        parts.append(f"not ({empty}) and not ({_among(test.none_of, subject, many, empty)})")
    size = f"len({subject})" if many else subject
    for limit, sign in ((test.more_than, ">"), (test.less_than, "<"), (test.at_least, ">="), (test.at_most, "<=")):
        if limit is not None:
            value = pence(limit) if kind == "money" or isinstance(limit, str) else limit
            parts.append(f"{size} {sign} {value}" if many else f"{subject} != null and {size} {sign} {value}")
    return " and ".join(f"({part})" for part in parts)


def _among(wanted: tuple[Any, ...], subject: str, many: bool, empty: str) -> str:
    listed = json.dumps(list(wanted), ensure_ascii=False)
    hit = f"some({subject}, # in {listed})" if many else f"{subject} in {listed}"
    return f"({empty}) or ({hit})" if "none" in wanted else hit
