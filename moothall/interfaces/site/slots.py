"""The search beside a question that books: read from the address, drawn as a form that works without a script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.urls import reverse

from moothall.intake.queries.dialogues import DialoguePage
from moothall.intake.queries.slots import SlotFilter, SlotSearch, filter_from
from moothall.interfaces.ui.fields import FieldView

PARTS: Final = (
    ("any", "Any time"), ("morning", "Morning"), ("afternoon", "Afternoon"), ("evening", "Evening, from 5pm"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One list to choose from in the search: its name, label, options and what is chosen."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True, slots=True)
class SlotSearchView:
    """The search form over free times, what was found in one sentence, and the waiting list where nothing was.

    ``more`` are the lists that few need; they stand open where one of them was used (``is_narrowed``).
    """

    action: str
    lists: tuple[Choice, ...]
    more: tuple[Choice, ...]
    more_says: str
    is_narrowed: bool
    near: FieldView | None
    indoor: bool | None
    said: str
    change: bool
    drop_in: str
    wait_action: str
    wait_field: FieldView | None
    hidden: tuple[tuple[str, str], ...]


def filter_of(query: QueryDict) -> SlotFilter:
    """Return what a search form says; nonsense counts as nothing said."""
    return filter_from(query)


def search_view(page: DialoguePage, *, changing: bool, wait_error: str = "", typed: str = "") -> SlotSearchView | None:
    """Return the search for the page of a question that books; None where nothing is booked."""
    found = page.slots
    if found is None:
        return None
    here = reverse("site:question", args=[page.id, page.question.id])
    wanted = found.filter
    lists, more = list[Choice](), list[Choice]()
    if not found.bookable.whole_day:
        lists.append(Choice("day", "Which day?", (("", "The soonest days"), *found.days), wanted.day))
        lists.append(Choice("part", "What time of day?", PARTS, wanted.part))
    if found.searchable:
        more.append(Choice("site", "Where?", (("", "Anywhere"), *found.sites), wanted.site))
    if found.offers:
        more.append(Choice("access", "What must it have?", (("", "Nothing special"), *found.offers), wanted.access))
    near = None
    if found.searchable:
        error = "We don’t know that postcode. Check it, or leave it empty." if found.near_unknown else ""
        near = FieldView(
            "near", "text", "Your postcode, to show what is close", value=wanted.near, width="10", error=error
        )
    nothing = found.total == 0 and not found.passed
    hidden = (
        ("day", wanted.day), ("part", wanted.part), ("site", wanted.site), ("access", wanted.access),
        ("near", "" if found.near_unknown else wanted.near), ("indoor", "yes" if wanted.indoor else ""),
    )  # fmt: skip
    return SlotSearchView(
        action=here, lists=tuple(lists), more=tuple(more), more_says=_more_says(found), near=near,
        is_narrowed=bool(wanted.site or wanted.near or wanted.access or wanted.indoor),
        indoor=wanted.indoor if found.has_outdoor else None,
        said=_said(found), change=changing, drop_in=found.drop_in,
        wait_action=reverse("site:wait", args=[page.id, page.question.id]) if nothing else "", hidden=hidden,
        wait_field=FieldView(
            "to", "text", "Email address or mobile number", value=typed, error=wait_error, width="20"
        ) if nothing else None,
    )  # fmt: skip


def _more_says(found: SlotSearch) -> str:
    if found.searchable:
        return "Choose where, or what it must have" if found.offers else "Choose where"
    return "What it must have"


def _said(found: SlotSearch) -> str:
    what = found.bookable.name.lower()
    if found.passed and found.total == 0:
        return "That time has passed. Choose a later one."
    if found.total == 0:
        return f"No {what}{found.party} is free then. Try another day or place, or let us tell you if one comes free."
    if found.bookable.whole_day:
        return "One day is free." if found.total == 1 else f"{found.total:,} days are free up to {found.last_day}."
    if found.more:
        return f"{found.total:,} times are free up to {found.last_day}. These are the first."
    return "One time is free." if found.total == 1 else f"{found.total:,} times are free."
