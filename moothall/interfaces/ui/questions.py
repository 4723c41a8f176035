"""A service's question as a `FieldView`, and a posted form as what the dialogue reads: the same for every screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from django.http import QueryDict

from moothall.intake.dialogue import AnswerError
from moothall.intake.dialogue.flow import is_required
from moothall.intake.dialogue.people import show_phone
from moothall.intake.dialogue.reading import EXCLUSIVE, PAY_WAYS, SLOT_PARTS
from moothall.interfaces.ui import words
from moothall.interfaces.ui.fields import FieldValue, FieldView, ItemRow, OptionView, part_keys
from moothall.services.pack import Question, Service

OWN_PARTS: Final = {
    "contact": ("name", "email", "phone", "by"),
    "address": ("line1", "line2", "town", "postcode", "number"),
}
LEFT_OPEN: Final = "If you choose none of these, you get a link to pay by when it is sent."
SLOT_DAYS: Final = 5
SOONEST_SLOT: Final = 2  # days from today: a preference for tomorrow could not be read in time


def given_from(question: Question, posted: QueryDict) -> Any:
    """Return what a form posted for a question, as the dialogue reads it; None when the form did not hold it."""
    name = question.id
    if question.type == "address" and posted.get(name):
        return {"uprn": posted[name]}
    if question.type == "place":
        asked = ("search", "describe", "latitude", "longitude")
        held = {key: posted[f"{name}-{key}"] for key in asked if posted.get(f"{name}-{key}")}
        return held | ({"pick": posted[name]} if posted.get(name) else {}) or None
    if question.type in {"date", "address", "place", "person", "contact", "vehicle"}:
        keys = OWN_PARTS.get(question.type) or part_keys(question.type)
        parts = {key: posted[f"{name}-{key}"] for key in keys if f"{name}-{key}" in posted}
        return parts or posted.get(name)
    if question.type == "items" and question.options:
        return {option.value: posted.get(f"{name}-{option.value}", "") for option in question.options}
    if question.type in {"multi_choice", "photo", "file"}:
        return posted.getlist(name)
    if question.type == "slot" and posted.get(name) and posted.get(f"{name}-weekly"):
        return {"slot": posted[name], "weekly": posted[f"{name}-weekly"]}
    return posted.get(name)


def weekly_field(view: FieldView, weeks: int, given: Any) -> FieldView:
    """Return the field of a time that may be booked for several weeks, with the last day that was given."""
    weekly = given.get("weekly") if isinstance(given, Mapping) else ""
    return replace(view, weeks=weeks, weekly=str(weekly or "")[:10])


def field_of(
    question: Question, *, service: Service, channel: str, today: date, value: Any = None, typed: Any = None,
    error: AnswerError | None = None, known: str = "", price: str = "", why: str = "",
    addresses: Sequence[tuple[int, str]] = (), say: str = "", slots: Sequence[tuple[str, str, str]] | None = None,
    ways: Sequence[str] | None = None,
) -> FieldView:  # fmt: skip
    """Return a question ready to draw, filled with ``typed`` (as posted, when it was wrong) or the kept ``value``.

    ``price``, ``why`` and ``ways`` (codes of `PAY_WAYS`) are for a payment; ``addresses`` (UPRN and text) for an address
    to choose from a list; ``slots`` (key, words, group) are the free times of a question that books.
    """
    view = FieldView(
        id=question.id,
        type=question.type,
        label=question.label_on(channel),
        hint=question.hint_on(channel) or "",
        required=is_required(question, service, channel),
        value=_shown(question, value if typed is None else typed),
        error=error.message if error else "",
        error_part=error.part if error else "",
        known=known,
        say=say,
        max_length=question.max_length if question.type == "long_text" else None,
        options=tuple(
            OptionView(
                o.value, o.label_on(channel), o.hint or "", exclusive=o.value in EXCLUSIVE, picture=o.picture or ""
            )
            for o in question.options
        ),
    )
    if question.type == "slot" and slots is not None:
        return replace(view, options=tuple(OptionView(key, label, group=group) for key, label, group in slots))
    made = _MADE.get(question.type)
    if question.type == "payment":
        return replace(
            view,
            prefix=price or "No charge",
            body="\n".join(filter(None, (why, LEFT_OPEN if _may_be_left(view, channel, ways) else ""))),
            options=tuple(OptionView(k, v) for k, v in PAY_WAYS.items() if ways is None or k in ways),
        )
    if question.type == "address" and addresses:
        chosen = view.part_value("uprn")
        options = [OptionView(str(uprn), text, checked=str(uprn) == chosen) for uprn, text in addresses]
        return replace(view, options=(*options, OptionView("other", "None of these", exclusive=True)), value=chosen)
    return made(question, view, today) if made else view


def _may_be_left(view: FieldView, channel: str, ways: Sequence[str] | None) -> bool:
    """Whether somebody by herself may leave open how she pays: it is owed all the same."""
    return not view.required and channel in {"web", "kiosk"} and bool(ways)


def _shown(question: Question, value: Any) -> FieldValue:  # noqa: PLR0912 - one line for each type
    """A kept or posted value as the fields take it: text, a tuple of choices, or parts as text."""
    if value is None:
        return () if question.type == "multi_choice" else ""
    match question.type, value:
        case "date", str():
            year, _, rest = value.partition("-")
            month, _, day = rest.partition("-")
            return {"day": day.lstrip("0"), "month": month.lstrip("0"), "year": year} if day else {"day": value}
        case "money", int():
            return f"{value // 100}" if value % 100 == 0 else f"{value / 100:.2f}"
        case "multi_choice", list() | tuple():
            return tuple(str(one) for one in value)
        case "slot", Mapping() if value.get("slot"):
            return str(value["slot"])
        case "slot", Mapping():
            return f"{value['day']}/{value.get('part', 'any')}" if value.get("day") else str(value.get("part", ""))
        case "payment", Mapping():
            return str(value.get("how", ""))
        case "items", _ if not question.options:
            return _lines(value)
        case "items", Mapping():
            return {str(key): str(one or "") for key, one in value.items()}
        case "items", list():
            return {str(item.get("item")): str(item.get("quantity", 1)) for item in value if isinstance(item, Mapping)}
        case (("photo" | "file"), _):
            return ""
        case _, Mapping():
            return {str(key): str(one or "") for key, one in value.items()}
        case _, list() | tuple():
            return str(value[0]) if value else ""
        case _:
            return str(value)


def _lines(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(str(item.get("item", "")) if isinstance(item, Mapping) else str(item) for item in value)
    return str(value)


def _part(view: FieldView, key: str, label: str, hint: str = "", value: str | None = None, **more: Any) -> FieldView:
    wrong = view.error if view.error and view.error_part == key else ""
    return FieldView(
        id=f"{view.id}-{key}", type="text", label=label, hint=hint, error=wrong,
        value=view.part_value(key) if value is None else value, **more,
    )  # fmt: skip


def _contact(question: Question, view: FieldView, today: date) -> FieldView:
    phone = view.part_value("phone") or view.part_value("mobile")
    shown = show_phone(phone) if phone.startswith("+") else phone
    others = question.known_from is None  # a landlord, a doctor: no browser may fill in the customer's own
    parts = (
        _part(view, "name", "Name" if others else "Your name", width="20", autocomplete="" if others else "name"),
        _part(view, "email", "Email address", inputmode="email", autocomplete="" if others else "email"),
        _part(
            view, "phone", "Telephone number", "A mobile number lets us text you. Email or telephone: one is enough.", shown,
            width="20", inputmode="tel", autocomplete="" if others else "tel",
        ),
    )  # fmt: skip
    return replace(view, parts=parts)


def _address(question: Question, view: FieldView, today: date) -> FieldView:
    held = view.value if isinstance(view.value, Mapping) else {}
    line = held.get("line1", "") or held.get("text", "").removesuffix(held.get("postcode", "-")).rstrip(", ")
    own = question.known_from == "address"
    parts = (
        _part(view, "line1", "Building and street", value=line, autocomplete="address-line1" if own else ""),
        _part(view, "town", "Town or city", width="20", autocomplete="address-level2" if own else ""),
        _part(view, "postcode", "Postcode", width="10", autocomplete="postal-code" if own else ""),
    )
    return replace(view, parts=parts)


def _items(question: Question, view: FieldView, today: date) -> FieldView:
    if not question.options:
        hint = " ".join(part for part in (view.hint, "Write one on each line.") if part)
        return replace(view, type="long_text", hint=hint)
    rows = []
    for option in question.options:
        written = view.part_value(option.value)
        count = int(written) if written.isascii() and written.isdigit() else 0
        rows.append(
            ItemRow(option.value, option.label, count, error=view.error if view.error_part == option.value else "")
        )
    return replace(view, rows=tuple(rows), options=(), value="")


def slot_days(today: date) -> list[date]:
    """Return the next working weekdays that can still be wished for."""
    days: list[date] = []
    day = today + timedelta(days=SOONEST_SLOT)
    while len(days) < SLOT_DAYS:
        if day.weekday() < 5:
            days.append(day)
        day += timedelta(days=1)
    return days


def _slot(question: Question, view: FieldView, today: date) -> FieldView:
    options = [
        OptionView(f"{day.isoformat()}/{part}", label, group=words.day(day))
        for day in slot_days(today)
        for part, label in (("morning", "Morning"), ("afternoon", "Afternoon"))
    ]
    options.append(OptionView("any", SLOT_PARTS["any"].capitalize().replace("At any", "Any"), group="No preference"))
    hint = " ".join(part for part in (view.hint, "Tell us what would suit you best. We will confirm it.") if part)
    return replace(view, options=tuple(options), hint=hint)


_MADE: Final = {"contact": _contact, "address": _address, "items": _items, "slot": _slot}
