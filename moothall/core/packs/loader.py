"""From the folder `councils/<name>/` to a Pack, or to every mistake in it at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError

from .merge import merge, without_directives
from .pack import Pack
from .problems import Mark, PackErrors, Problem, near_miss, shown
from .reader import Mapping, Node, Scalar, Sequence, place_of, plain, read_markdown, read_text, read_yaml
from .registry import Section, Single, checks, completions, sections
from .sections import COUNCIL

IGNORED = {"README.md", "assets"}  # in a pack's folder, but not part of the definitions
NAME = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")


def load_pack(name: str, root: Path | None = None, *, check: bool = True) -> Pack:
    """Read the pack `name` under `root` (default: the project's `councils/`), laid over what it inherits from.

    Raises PackErrors with every mistake found. Reads files only: no database, no clock. `check=False` leaves the
    cross-checks out.
    """
    problems: list[Problem] = []
    trees = read_tree(name, root or packs_folder(), problems)
    return build_pack(name, trees, problems, check=check)


def packs_folder() -> Path:
    """The folder of packs: the setting MOOTHALL_PACKS, or `councils/` beside the package."""
    from django.conf import settings

    return Path(settings.PACKS_DIR)


def pack_names(root: Path | None = None) -> list[str]:
    """The packs there are, by folder name."""
    folder = root or packs_folder()
    return sorted(p.parent.name for p in folder.glob("*/council.yaml")) if folder.is_dir() else []


def read_tree(name: str, root: Path, problems: list[Problem]) -> dict[str, Node]:
    """The sections of a pack and its ancestors as merged trees; mistakes of form go to `problems`."""
    line = _ancestry(name, root, problems)
    merged: dict[str, Node] = {}
    for pack in line:
        own = _read_folder(root / pack, pack, problems)
        head = own.get("council")
        if pack != name and isinstance(head, Mapping):
            for word in ("abstract", "inherits"):  # these two speak of the pack itself
                head.items.pop(word, None)
        for section, tree in own.items():
            merged[section] = (
                merge(merged[section], tree, problems) if section in merged else without_directives(tree, problems)
            )
    for section in {path.name for pack in line for path in (root / pack).iterdir() if path.is_dir()} & merged.keys():
        tree = merged[section]
        if isinstance(tree, Mapping):  # an entry to a file: in the order of the files' names, whichever pack holds them
            merged[section] = replace(tree, items=dict(sorted(tree.items.items())))
    return merged


def _ancestry(name: str, root: Path, problems: list[Problem]) -> list[str]:
    """The pack and what it inherits from, furthest first."""
    line: list[str] = []
    wanted, asked_at = name, Mark(name)
    while True:
        if wanted in line:
            chain = " → ".join([*line, wanted])
            raise PackErrors(
                [
                    *problems,
                    Problem(
                        asked_at, f"packs inherit in a circle: {chain}", expected="a parent that does not come back"
                    ),
                ]
            )
        path = root / wanted / "council.yaml"
        if not NAME.match(wanted) or not path.is_file():
            known = pack_names(root)
            what = "there is no such pack" if not line else "this pack inherits from one that does not exist"
            expected = (
                "one of " + ", ".join(f"`{k}`" for k in known if k not in line)
                if known
                else f"a folder {wanted}/ with council.yaml"
            )
            raise PackErrors([*problems, Problem(asked_at, what, shown(wanted), expected, near_miss(wanted, known))])
        line.append(wanted)
        text, bad = read_text(path, f"{wanted}/council.yaml")
        node, worse = read_yaml(text, f"{wanted}/council.yaml") if not bad else (None, [])
        if bad or worse:
            raise PackErrors([*problems, *bad, *worse])
        inherits = node.items.get("inherits") if isinstance(node, Mapping) else None
        if not isinstance(inherits, Scalar) or inherits.value is None:
            return line[::-1]
        wanted, asked_at = str(inherits.value), inherits.mark


def _read_folder(folder: Path, pack: str, problems: list[Problem]) -> dict[str, Node]:
    """One pack's own files as trees by section, before any merging."""
    known = sections()
    trees: dict[str, Node] = {}
    for path in sorted(folder.iterdir()):
        if path.name in IGNORED or path.name.startswith("."):
            continue
        section = path.stem if path.is_file() else path.name
        place = Mark(f"{pack}/{path.name}")
        if section not in known:
            problems.append(
                Problem(place, "this is not a section of a pack", shown(path.name), None, near_miss(section, known))
            )
            continue
        definition = known[section]
        for file in [path] if path.is_file() else _files(path):
            name = f"{pack}/{file.relative_to(folder).as_posix()}"
            node = _read_file(file, name, problems)
            if node is None:
                continue
            if isinstance(definition, Single):
                trees[section] = merge(trees[section], node, problems) if section in trees else node
            else:
                problems += _gather(trees, definition, node, None if folder == file.parent else file.stem)
    return trees


def _files(folder: Path) -> Iterator[Path]:
    yield from (p for p in sorted(folder.rglob("*")) if p.is_file() and not p.name.startswith("."))


def _read_file(file: Path, name: str, problems: list[Problem]) -> Node | None:
    if file.suffix == ".txt" and file.with_suffix(".md").is_file():
        return None  # the text twin of a Markdown file, read with it
    if file.suffix not in {".yaml", ".md"}:
        problems.append(
            Problem(Mark(name), "this file is of no use in a pack", shown(file.name), "a .yaml or .md file")
        )
        return None
    text, bad = read_text(file, name)
    if bad:
        problems.extend(bad)
        return None
    node: Node | None
    node, bad = read_markdown(text, name) if file.suffix == ".md" else read_yaml(text, name)
    problems.extend(bad)
    twin = file.with_suffix(".txt")
    if isinstance(node, Mapping) and file.suffix == ".md" and twin.is_file():
        twin_name = name.removesuffix(".md") + ".txt"
        twin_text, bad = read_text(twin, twin_name)
        problems.extend(bad)
        node.items["text"] = Scalar(twin_text.strip(), Mark(twin_name))
    return node


def _gather(trees: dict[str, Node], section: Section[BaseModel], node: Node, stem: str | None) -> list[Problem]:
    """Add a file's entry or entries to its section's tree, a mapping by key; `stem` is the file's name in a folder."""
    problems: list[Problem] = []
    tree = trees.setdefault(section.name, Mapping({}, Mark(node.mark.file)))
    assert isinstance(tree, Mapping)  # noqa: S101 - for the type checker
    alone = stem if not isinstance(node, Sequence) else None
    for entry in node.items if isinstance(node, Sequence) else [node]:
        if not isinstance(entry, Mapping):
            what = f"an entry of `{section.name}` must be a mapping"
            problems.append(Problem(entry.mark, what, shown(plain(entry)), f"`{section.key}: …` and so on"))
            continue
        key = entry.items.get(section.key)
        if key is None and alone:
            key = entry.items[section.key] = Scalar(alone, entry.mark)  # a file's name is its key
        if not isinstance(key, Scalar) or not isinstance(key.value, str | int):
            problems.append(Problem(entry.mark, f"an entry of `{section.name}` has no `{section.key}`"))
            continue
        name = str(key.value)
        if alone and name != alone:
            what = f"`{section.key}` differs from the file's name"
            problems.append(Problem(key.mark, what, shown(name), f"`{alone}`"))
        if name in tree.items:
            what = f"`{name}` is defined twice in `{section.name}`"
            problems.append(Problem(key.mark, what, expected=f"once (first at {tree.key_marks[name]})"))
            continue
        tree.items[name] = entry
        tree.key_marks[name] = key.mark
    return problems


def build_pack(
    name: str,
    trees: dict[str, Node],
    problems: list[Problem],
    *,
    check: bool = True,
    version_id: UUID | None = None,
    number: int | None = None,
) -> Pack:
    """Validate merged trees and make the Pack; raises PackErrors with all that is wrong."""
    for complete in completions().values():
        trees = complete(trees)
    values: dict[str, Any] = {}
    content: dict[str, Any] = {}
    for section, definition in sections().items():
        tree = trees.get(section)
        if isinstance(definition, Single):
            tree = tree if tree is not None else Mapping({}, Mark(f"{name}/{section}.yaml"))
            values[section] = _validate(definition.model, tree, problems)
            content[section] = plain(tree)
            if section == COUNCIL.name and isinstance(content[section], dict):
                content[section].pop("inherits", None)  # what is merged inherits no more
            continue
        entries = tree.items if isinstance(tree, Mapping) else {}
        made = {key: _validate(definition.model, node, problems) for key, node in entries.items()}
        values[section] = made
        content[section] = [plain(node) for node in entries.values()]
    if problems:
        raise PackErrors(problems)
    pack = Pack(name, values, content, trees, version_id=version_id, number=number)
    if check:
        found = [problem for look in checks().values() for problem in look(pack)]
        if found:
            raise PackErrors(found)
    return pack


def pack_from_content(
    name: str, content: dict[str, Any], *, version_id: UUID | None = None, number: int | None = None
) -> Pack:
    """The Pack of a stored version.

    It was checked when it was applied, so it is only read; keys that later releases dropped are passed over.
    """
    values: dict[str, Any] = {}
    for section, definition in sections().items():
        held = content.get(section)
        if isinstance(definition, Single):
            values[section] = definition.model.model_validate(held or {}, extra="ignore")
        else:
            made = [
                (str(entry[definition.key]), definition.model.model_validate(entry, extra="ignore"))
                for entry in held or []
            ]
            values[section] = dict(made)
    return Pack(name, values, content, version_id=version_id, number=number)


def _validate(model: type[BaseModel], node: Node, problems: list[Problem]) -> BaseModel | None:
    try:
        return model.model_validate(plain(node))
    except ValidationError as error:
        errors = error.errors(include_url=False)
        # A list whose entries are wrong is said to be too short as well: that is no news.
        within = {tuple(one["loc"][:size]) for one in errors for size in range(len(one["loc"]))}
        problems.extend(
            _problem(model, node, one) for one in errors if one["type"] != "too_short" or one["loc"] not in within
        )
        return None


_PHRASES = {
    "missing": "`{last}` is missing",
    "extra_forbidden": "`{last}` is not a key here",
}


def _problem(model: type[BaseModel], node: Node, error: Any) -> Problem:
    """One of Pydantic's errors in our words, at the place it was written."""
    path: tuple[str | int, ...] = tuple(error["loc"])
    kind = str(error["type"])
    last = path[-1] if path else ""
    if kind == "extra_forbidden":
        known = _keys_at(model, path[:-1])
        meant = near_miss(str(last), known)
        expected = "one of " + ", ".join(f"`{key}`" for key in known) if known and not meant else None
        return Problem(place_of(node, path, key=True), f"`{last}` is not a key here", None, expected, meant)
    if kind == "missing":
        return Problem(place_of(node, path[:-1]), f"`{last}` is missing")
    where = ".".join(str(step) for step in path) or "this"
    value = error.get("input")
    context = error.get("ctx") or {}
    if kind in {"literal_error", "enum"}:
        allowed = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        listed = ", ".join(f"`{a}`" for a in allowed)
        return Problem(
            place_of(node, path),
            f"`{where}` has a value it cannot have",
            shown(value),
            f"one of {listed}",
            near_miss(str(value), allowed),
        )
    message = (
        str(error["msg"])
        .removeprefix("Value error, ")
        .removeprefix("Input should be ")
        .removeprefix("Assertion failed, ")
    )
    if kind in {"value_error", "assertion_error"}:
        return Problem(
            place_of(node, path), f"`{where}`: {message}", None if isinstance(value, dict | list) else shown(value)
        )
    return Problem(place_of(node, path), f"`{where}` is not right", shown(value), message)


def _keys_at(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """The keys a mapping at `path` may have, found by walking the model's JSON schema."""
    schema = model.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})

    def resolve(part: dict[str, Any]) -> list[dict[str, Any]]:
        if "$ref" in part:
            return resolve(definitions[part["$ref"].rsplit("/", 1)[-1]])
        choices = part.get("anyOf") or part.get("oneOf") or part.get("allOf")
        return [found for choice in choices for found in resolve(choice)] if choices else [part]

    here = resolve(schema)
    for step in path:
        onward: list[dict[str, Any]] = []
        for part in here:
            if isinstance(step, int) and "items" in part:
                onward += resolve(part["items"])
            elif isinstance(step, str) and step in part.get("properties", {}):
                onward += resolve(part["properties"][step])
            elif isinstance(step, str) and isinstance(part.get("additionalProperties"), dict):
                onward += resolve(part["additionalProperties"])
        here = onward or here  # a union's tag is not a step
    return sorted({key for part in here for key in part.get("properties", {})})
