"""Lays a council's pack over the one it inherits from.

Mappings merge key by key, deeply. Lists whose entries all carry `id` or `code` merge by it: same key, merged; new
key, added at the end, or where `before: <key>` or `after: <key>` says. Every other list replaces the parent's.
`remove: true` takes an entry away; the tag `!replace` on a mapping or list stops merging there.
"""

from __future__ import annotations

from .problems import Problem, near_miss
from .reader import Mapping, Node, Scalar, Sequence

KEYS = ("id", "code")
DIRECTIVES = ("remove", "before", "after")


def merge(parent: Node, child: Node, problems: list[Problem]) -> Node:
    """`child` laid over `parent`; neither is changed. What cannot be merged is added to `problems`."""
    if isinstance(parent, Mapping) and isinstance(child, Mapping) and not child.replace:
        return _merge_mappings(parent, child, problems)
    if isinstance(parent, Sequence) and isinstance(child, Sequence) and not child.replace:
        key = key_of(parent) or (key_of(child) if not parent.items else None)
        if key and (key_of(child) == key or not child.items):
            return _merge_keyed(parent, child, key, problems) if child.items else child
    return without_directives(child, problems)


def _merge_mappings(parent: Mapping, child: Mapping, problems: list[Problem]) -> Mapping:
    merged = Mapping(dict(parent.items), child.mark, dict(parent.key_marks))
    for key, value in child.items.items():
        if is_removed(value):
            if key not in parent.items:
                problems.append(
                    Problem(
                        child.key_marks[key],
                        f"`{key}` cannot be removed: the parent has none",
                        suggestion=near_miss(key, parent.items),
                    )
                )
            merged.items.pop(key, None)
            merged.key_marks.pop(key, None)
            continue
        merged.items[key] = (
            merge(parent.items[key], value, problems) if key in parent.items else without_directives(value, problems)
        )
        merged.key_marks[key] = child.key_marks.get(key, value.mark)
    return merged


def _merge_keyed(parent: Sequence, child: Sequence, key: str, problems: list[Problem]) -> Sequence:
    order = [_key_value(item, key) for item in parent.items]
    held = dict(zip(order, parent.items, strict=True))
    for item in child.items:
        assert isinstance(item, Mapping)  # noqa: S101 - for the type checker
        name = _key_value(item, key)
        if is_removed(item):
            if name not in held:
                problems.append(
                    Problem(
                        item.mark, f"`{name}` cannot be removed: the parent has none", suggestion=near_miss(name, order)
                    )
                )
                continue
            order.remove(name)
            del held[name]
            continue
        place = _wanted_place(item, order, problems)
        bare = _without_place(item)
        if name in held:
            held[name] = merge(held[name], bare, problems)
            if place is None:
                continue
            order.remove(name)
            place = _wanted_place(item, order, problems)
        else:
            held[name] = without_directives(bare, problems)
        order.insert(len(order) if place is None else place, name)
    return Sequence([held[name] for name in order], child.mark)


def _wanted_place(item: Mapping, order: list[str], problems: list[Problem]) -> int | None:
    for word, shift in (("before", 0), ("after", 1)):
        wanted = item.items.get(word)
        if isinstance(wanted, Scalar):
            if str(wanted.value) in order:
                return order.index(str(wanted.value)) + shift
            problems.append(
                Problem(
                    wanted.mark,
                    f"`{word}` names an entry that is not there",
                    f"`{wanted.value}`",
                    None,
                    near_miss(str(wanted.value), order),
                )
            )
    return None


def _without_place(item: Mapping) -> Mapping:
    kept = {k: v for k, v in item.items.items() if k not in ("before", "after")}
    return Mapping(kept, item.mark, item.key_marks, item.replace)


def without_directives(node: Node, problems: list[Problem]) -> Node:
    """A tree with nothing to lay it over: entries that only say `remove: true` have nothing to remove."""
    if isinstance(node, Mapping):
        kept: dict[str, Node] = {}
        for key, value in node.items.items():
            if is_removed(value):
                problems.append(Problem(node.key_marks[key], f"`{key}` cannot be removed: the parent has none"))
                continue
            kept[key] = without_directives(value, problems)
        return Mapping(kept, node.mark, node.key_marks)
    if isinstance(node, Sequence):
        gone = [item for item in node.items if is_removed(item)]
        problems += [Problem(item.mark, "this entry cannot be removed: the parent has none") for item in gone]
        return Sequence([without_directives(item, problems) for item in node.items if not is_removed(item)], node.mark)
    return node


def is_removed(node: Node) -> bool:
    """Whether the entry says `remove: true`."""
    if not isinstance(node, Mapping):
        return False
    word = node.items.get("remove")
    return isinstance(word, Scalar) and word.value is True


def key_of(node: Sequence) -> str | None:
    """`id` or `code` when every entry is a mapping that carries it."""
    for key in KEYS:
        if node.items and all(
            isinstance(item, Mapping) and isinstance(item.items.get(key), Scalar) for item in node.items
        ):
            return key
    return None


def _key_value(node: Node, key: str) -> str:
    assert isinstance(node, Mapping)  # noqa: S101 - for the type checker
    found = node.items[key]
    assert isinstance(found, Scalar)  # noqa: S101 - for the type checker
    return str(found.value)
