"""Records as JSON: a list of objects, or one object to a line. A nested value is reached by a dotted name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from moothall.customers.linking.adapters.text import digest_of, plain_text
from moothall.customers.linking.pack import Layout
from moothall.customers.linking.protocols import CannotRead, Row


class JsonLot:
    """One lot of JSON objects. Each says for itself what it has, so there are no headings."""

    headings = None

    def __init__(self, objects: Iterable[Any], digest: str) -> None:
        self.digest = digest
        self._objects = list(objects)

    def rows(self) -> Iterator[Row]:
        """Yield a row per object."""
        for number, one in enumerate(self._objects, 1):
            if isinstance(one, Mapping):
                yield Row(number, flat(one))
            else:
                yield Row(number, {}, one.says if isinstance(one, _Broken) else "It is not an object.")


def read(content: bytes, layout: Layout) -> JsonLot:
    """Return the lot in a JSON file: an array, an object with one array in it, or an object to a line."""
    text = plain_text(content)
    if not text.strip():
        raise CannotRead("The file is empty. Ask the system for its export again.")
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return JsonLot([_line(line) for line in text.split("\n") if line.strip()], digest_of(content))
    if isinstance(whole, dict):
        lists = [value for value in whole.values() if isinstance(value, list)]
        whole = lists[0] if len(lists) == 1 else [whole]
    if not isinstance(whole, list):
        raise CannotRead("The file holds JSON, and no records: a list of objects is expected.")
    return JsonLot(whole, digest_of(content))


def objects(rows: Iterable[Mapping[str, Any]]) -> JsonLot:
    """Return the lot that these objects make: what a call or a page of changes brought."""
    listed = list(rows)
    return JsonLot(listed, digest_of(json.dumps(listed, sort_keys=True, default=str).encode()))


def flat(one: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return an object's values by dotted name, as text; a list by its place."""
    found: dict[str, Any] = {}
    for name, value in one.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{before}{name}.")
        elif isinstance(value, list):
            found |= flat({str(place): part for place, part in enumerate(value)}, f"{before}{name}.")
        else:
            found[f"{before}{name}"] = "" if value is None else value if isinstance(value, str) else json.dumps(value)
    return found


class _Broken:
    def __init__(self, says: str) -> None:
        self.says = says


def _line(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return _Broken("The line is no JSON.")
