"""Answers of a request under way as the fields of the desk's form, so that an officer goes on where it stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moothall.services.pack import Service
from moothall.services.rules import unanswered

_PARTS = {
    "place": ("search", "describe", "latitude", "longitude"), "person": ("name", "date_of_birth"),
    "contact": ("name", "email", "phone", "by"), "vehicle": ("registration", "describe"),
}  # fmt: skip


def typed_from(service: Service, answers: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Return (field, texts) for every answer, as if an officer had typed it. Files stay with the request."""
    typed: list[tuple[str, list[str]]] = []
    for question in service.questions:
        value = answers.get(question.id)
        if unanswered(value) or question.type in {"photo", "file", "lookup"}:
            continue
        typed += [(name, texts) for name, texts in _fields(question.id, question.type, value) if any(texts)]
    return typed


def _fields(name: str, kind: str, value: Any) -> list[tuple[str, list[str]]]:
    if kind == "address":
        text = str(value.get("text", ""))
        uprn = str(value.get("uprn") or "")
        return [(f"{name}-text", [text]), (f"{name}-uprn", [uprn]), (f"{name}-of", [text])]
    if kind == "place" and not (value.get("search") or value.get("describe")):
        value = {**value, "describe": value.get("text", "")}
    if kind == "place":
        search = str(value.get("search", ""))
        pick = f"uprn:{value['uprn']}" if value.get("uprn") else ""
        chosen = [(name, [pick]), (f"{name}-of", [search if pick else ""]), (f"{name}-near", [search])]
        return chosen + [(f"{name}-{key}", [str(value[key])]) for key in _PARTS[kind] if value.get(key) is not None]
    if kind in _PARTS:
        return [(f"{name}-{key}", [str(value[key])]) for key in _PARTS[kind] if value.get(key) is not None]
    if kind == "date":
        year, month, day = str(value).split("-")
        return [(f"{name}-day", [day]), (f"{name}-month", [month]), (f"{name}-year", [year])]
    if kind == "items":
        if any("_" in str(one["item"]) or str(one["item"]).islower() for one in value):
            return [(f"{name}-{one['item']}", [str(one["quantity"])]) for one in value]
        return [(name, ["\n".join(str(one["item"]) for one in value)])]
    if kind == "multi_choice":
        return [(name, [str(one) for one in value])]
    if kind == "money":
        return [(name, [f"{value / 100:.2f}"])]
    if kind == "slot":
        weekly = [(f"{name}-weekly", [str(value["weekly"])])] if value.get("weekly") else []
        return [*weekly, (name, [str(value.get("slot") or f"{value.get('day', '')}/{value.get('part', 'any')}")])]
    if kind == "payment":
        return [(name, [str(value.get("how", ""))])]
    return [(name, [str(value)])]
