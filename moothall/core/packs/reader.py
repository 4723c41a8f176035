"""Reads one pack file into a tree that remembers where each thing was written.

YAML here is the plain part of YAML 1.2: only `true` and `false` are truth values (so `yes`, `no` and `off` are words),
`08:30` and `0113` are text, dates are text. Anchors and aliases are refused (a small file could grow without end), as
are duplicate keys, files over 1 MB and text that is not UTF-8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

from .problems import Mark, Problem, shown

LARGEST_FILE: Final = 1_000_000  # bytes
DEEPEST: Final = 40  # levels of nesting
REPLACE_TAG: Final = "!replace"


@dataclass(slots=True)
class Scalar:
    """A single value and its place."""

    value: Any
    mark: Mark


@dataclass(slots=True)
class Sequence:
    """A list and its place; `replace` when the writer wants the parent's list gone."""

    items: list[Node]
    mark: Mark
    replace: bool = False


@dataclass(slots=True)
class Mapping:
    """A mapping, its place and the place of each key."""

    items: dict[str, Node]
    mark: Mark
    key_marks: dict[str, Mark] = field(default_factory=dict)
    replace: bool = False


Node: TypeAlias = Scalar | Sequence | Mapping

_BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PlainLoader(_BaseLoader):  # type: ignore[misc]
    """Composes nodes with marks; resolves only what the docstring above allows."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("tag:yaml.org,2002:int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("tag:yaml.org,2002:float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", "-0123456789"),
):
    _PlainLoader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


def read_text(path: Path, name: str) -> tuple[str, list[Problem]]:
    """The text of a pack file, or why it cannot be read."""
    mark = Mark(name)
    try:
        raw = path.read_bytes()
    except OSError as error:
        return "", [Problem(mark, f"this file cannot be read ({error.strerror})")]
    if len(raw) > LARGEST_FILE:
        return "", [Problem(mark, "this file is too large", f"{len(raw):,} bytes", f"at most {LARGEST_FILE:,} bytes")]
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        bad = Problem(
            Mark(name, line, column),
            "this file is not UTF-8 text",
            f"byte 0x{raw[error.start]:02x}",
            "save it as UTF-8",
        )
        return "", [bad]


def read_yaml(text: str, name: str, *, first_line: int = 1) -> tuple[Node | None, list[Problem]]:
    """The tree of one YAML document; None when it is empty or cannot be read, with the reasons.

    `first_line` is the line of the file on which `text` begins (front matter begins on line 2).
    """
    problems: list[Problem] = []

    def place(mark: Any) -> Mark:
        return Mark(name, mark.line + first_line, mark.column + 1) if mark else Mark(name)

    aliased = _first_alias(text, place, problems)
    if aliased or problems:
        return None, problems
    try:
        loader = _PlainLoader(text)
        try:
            composed = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        what = error.problem or "this is not YAML"
        note = "a colon inside a sentence needs quotes around the sentence" if "mapping values" in what else None
        return None, [
            Problem(place(error.problem_mark or error.context_mark), f"not readable as YAML: {what}", expected=note)
        ]
    except (yaml.YAMLError, RecursionError) as error:
        return None, [Problem(Mark(name, first_line), f"not readable as YAML: {error}".split("\n")[0])]
    if composed is None:
        return None, []
    node = _convert(composed, place, problems, 0)
    return node, problems


def _first_alias(text: str, place: Any, problems: list[Problem]) -> bool:
    """Refuse anchors, aliases and absurd depth before anything is built."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_PlainLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                problems.append(
                    Problem(
                        place(event.start_mark),
                        "anchors (&) and aliases (*) are not used in packs",
                        expected="write it out",
                    )
                )
                return True
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEEPEST:
                    problems.append(
                        Problem(place(event.start_mark), "nested too deeply", expected=f"at most {DEEPEST} levels")
                    )
                    return True
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError:
        return False  # composing it again says what is wrong, with its place
    return False


def _convert(node: Any, place: Any, problems: list[Problem], depth: int) -> Node:
    mark = place(node.start_mark)
    replace = node.tag == REPLACE_TAG
    if isinstance(node, yaml.MappingNode):
        mapping = Mapping({}, mark, replace=replace)
        for key_node, value_node in node.value:
            key_mark = place(key_node.start_mark)
            if not isinstance(key_node, yaml.ScalarNode):
                problems.append(Problem(key_mark, "a key must be a word", expected="`key: value`"))
                continue
            key = str(key_node.value)
            if key in mapping.items:
                first = mapping.key_marks[key]
                problems.append(
                    Problem(key_mark, f"`{key}` is written twice", expected=f"once (first on line {first.line})")
                )
                continue
            mapping.key_marks[key] = key_mark
            mapping.items[key] = _convert(value_node, place, problems, depth + 1)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return Sequence([_convert(item, place, problems, depth + 1) for item in node.value], mark, replace)
    return Scalar(_scalar(node, mark, problems), mark)


def _scalar(node: Any, mark: Mark, problems: list[Problem]) -> Any:
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    text = node.value
    if kind == "null":
        return None
    if kind == "bool":
        return text == "true"
    if kind == "int":
        return int(text)
    if kind == "float":
        return float(text)
    if kind == "str":
        if "\x00" in text:
            problems.append(Problem(mark, "this text holds a character that cannot be kept", "`\\0`"))
        return text
    problems.append(Problem(mark, "this tag is not used in packs", shown(node.tag), "a plain value"))
    return text


def read_markdown(text: str, name: str) -> tuple[Mapping | None, list[Problem]]:
    """A Markdown file with front matter: its keys, and `body` with the rest of the text."""
    lines = text.splitlines()
    body_mark = Mark(name, 1)
    front: Node | None = Mapping({}, Mark(name))
    problems: list[Problem] = []
    body = text
    if lines and lines[0].strip() == "---":
        end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
        if end is None:
            return None, [Problem(Mark(name), "the front matter is not closed", expected="a line with `---` after it")]
        front, problems = read_yaml("\n".join(lines[1:end]), name, first_line=2)
        front = front or Mapping({}, Mark(name))
        body = "\n".join(lines[end + 1 :])
        body_mark = Mark(name, end + 2)
    if not isinstance(front, Mapping):
        return None, [*problems, Problem(Mark(name, 2), "the front matter must be `key: value` lines")]
    front.items["body"] = Scalar(body.strip(), body_mark)
    front.key_marks["body"] = body_mark
    return front, problems


def plain(node: Node) -> Any:
    """The tree as plain Python: dicts, lists and values."""
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.items.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value


def marked(value: Any, mark: Mark) -> Node:
    """A tree made of plain Python, everything at one place (stored versions, tests)."""
    if isinstance(value, dict):
        return Mapping({str(k): marked(v, mark) for k, v in value.items()}, mark, {str(k): mark for k in value})
    if isinstance(value, list | tuple):
        return Sequence([marked(item, mark) for item in value], mark)
    return Scalar(value, mark)


def place_of(node: Node, path: tuple[str | int, ...], *, key: bool = False) -> Mark:
    """The nearest place to `path` within `node`; steps that lead nowhere (union tags, missing keys) are passed over.

    With `key` the place of the last key itself rather than of its value.
    """
    mark = node.mark
    for number, step in enumerate(path):
        last = number == len(path) - 1
        if isinstance(node, Mapping) and str(step) in node.items:
            mark = node.key_marks.get(str(step), mark) if key and last else node.items[str(step)].mark
            node = node.items[str(step)]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            mark = node.mark
    return mark
