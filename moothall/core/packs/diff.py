"""What a change of pack would do, in words a service manager understands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .pack import Pack
from .registry import Single, sections

UNITS = {
    "seconds": "second",
    "working_minutes": "working minute",
    "working_days": "working day",
    "calendar_days": "calendar day",
    "calendar_months": "calendar month",
}
SINGULAR = {
    "services": "service", "teams": "team", "roles": "role", "channels": "channel", "settings": "setting", "areas": "area",
    "pauses": "pause reason", "statuses": "status", "knowledge": "article", "calendars": "calendar", "standards": "standard",
    "messages": "message", "announcements": "announcement", "costs": "cost", "places": "place",
}  # fmt: skip
MISSING = object()


def changes(old: Pack | None, new: Pack) -> list[str]:
    """One line for each thing that would change, by section; empty when nothing would."""
    said: list[str] = []
    for name, definition in sections().items():
        before = (old.content.get(name) if old else None) or ({} if isinstance(definition, Single) else [])
        after = new.content.get(name) or ({} if isinstance(definition, Single) else [])
        if before == after:
            continue
        if isinstance(definition, Single):
            said += [f"{_title(name)}: {line}" for line in _differences(before, after)]
            continue
        was = {str(entry[definition.key]): entry for entry in before}
        now = {str(entry[definition.key]): entry for entry in after}
        word = SINGULAR.get(name, name)
        said += [f"New {word}: {_called(now[key], key)}" for key in now if key not in was]
        said += [f"{_title(word)} removed: {_called(was[key], key)}" for key in was if key not in now]
        for key, entry in now.items():
            if key in was and was[key] != entry:
                said += [f"{_title(word)} {key}: {line}" for line in _differences(was[key], entry)]
    return said


def _title(word: str) -> str:
    return word[:1].upper() + word[1:]


def _called(entry: dict[str, Any], key: str) -> str:
    name = entry.get("name") or entry.get("title") or entry.get("says")
    return f"{key} ({name})" if name else key


def _differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        if _is_length(old) and _is_length(new):
            if length_words(old) != length_words(new):
                yield f"{path} from {length_words(old)} to {length_words(new)}"
            old, new = ({k: v for k, v in one.items() if k not in {"amount", "unit"}} for one in (old, new))
        for key in dict.fromkeys([*old, *new]):
            if old.get(key, MISSING) != new.get(key, MISSING):
                yield from _differences(old.get(key, MISSING), new.get(key, MISSING), f"{path} {_plain(key)}".strip())
        return
    if isinstance(old, list) and isinstance(new, list):
        yield from _list_differences(old, new, path)
        return
    if old is MISSING and path == "elsewhere":
        yield f"no longer ours: {new.get('who')} does it"
    elif old is MISSING:
        yield f"{path} added: {_short(new)}"
    elif new is MISSING:
        yield f"{path} removed (was {_short(old)})"
    else:
        yield f"{path} from {_short(old)} to {_short(new)}"


def _list_differences(old: list[Any], new: list[Any], path: str) -> Iterator[str]:
    key = next((k for k in ("id", "code", "value") if all(isinstance(e, dict) and k in e for e in [*old, *new])), None)
    if key is None:
        gone, come = [e for e in old if e not in new], [e for e in new if e not in old]
        if gone:
            yield f"{path}: no longer {', '.join(map(_short, gone))}"
        if come:
            yield f"{path}: now also {', '.join(map(_short, come))}"
        if not gone and not come:
            yield f"{path}: in another order"
        return
    was, now = {e[key]: e for e in old}, {e[key]: e for e in new}
    for name, entry in now.items():
        if name not in was:
            yield f"{path}: new `{name}`{_gloss(entry)}"
        elif was[name] != entry:
            yield from _differences(was[name], entry, f"{path} `{name}`")
    for name in was:
        if name not in now:
            yield f"{path}: `{name}` removed"
    if [n for n in was if n in now] != [n for n in now if n in was]:
        yield f"{path}: in another order"


def _gloss(entry: dict[str, Any]) -> str:
    words = (
        entry.get("label") or entry.get("says") or entry.get("because") or entry.get("question") or entry.get("applies")
    )
    return f" ({words})" if isinstance(words, str) else ""


def _plain(key: str) -> str:
    return key.replace("_", " ")


def _is_length(value: dict[str, Any]) -> bool:
    return "amount" in value and value.get("unit") in UNITS


def length_words(value: dict[str, Any]) -> str:
    """`{amount: 2, unit: working_days}` as “2 working days”."""
    amount, unit = value["amount"], UNITS[value["unit"]]
    if value["unit"] == "working_minutes" and amount and amount % 60 == 0:
        amount, unit = amount // 60, "working hour"
    if value["unit"] == "seconds" and amount >= 60 and amount % 60 == 0:
        amount, unit = amount // 60, "minute"
    return f"{amount} {unit}{'' if amount == 1 else 's'}"


def _short(value: Any) -> str:
    if isinstance(value, dict) and isinstance(value.get("says"), str):
        return _short(value["says"])
    if isinstance(value, dict):
        return (
            length_words(value)
            if _is_length(value)
            else f"{{{', '.join(f'{k}: {_short(v)}' for k, v in list(value.items())[:4])}}}"
        )
    if isinstance(value, list):
        if len(value) > 3 or any(isinstance(entry, dict) for entry in value):
            return f"{len(value)} entries"
        return ", ".join(map(_short, value)) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "nothing" if value is None else str(value).replace("\n", " ")
    return f"“{text}”" if len(text) <= 60 else f"“{text[:57]}…”"
