"""Free times within the desk's form: the search in the officer's own fields, what was found, and what is kept already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import QueryDict

from moothall.bookings.pack import SITES, Bookable
from moothall.bookings.queries.views import where_of
from moothall.bookings.rules import NotASlot, read_key, say_slot
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.rules.writing import postcode_in
from moothall.intake.dialogue.known import Known
from moothall.intake.queries.slots import SlotFilter, SlotSearch, filter_from, slot_search
from moothall.intake.slots import Terms
from moothall.interfaces.ui.fields import FieldView, OptionView
from moothall.services.pack import Question, Service

PARTS: Final = (
    ("any", "Any time"), ("morning", "Morning"), ("afternoon", "Afternoon"), ("evening", "Evening, from 5pm"),
)  # fmt: skip
WANTED: Final = ("day", "part", "near", "site", "access", "indoor")
"""What the search is narrowed by: posted beside the question as `<id>-day` and so on."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What a question that books offers at the desk: the times (key, words, group), the fields of the search beside them,
    what was found in a sentence, and the most weeks one time may be booked for."""

    choices: list[tuple[str, str, str]]
    fields: tuple[FieldView, ...]
    said: str
    weeks: int


def wanted_of(question: Question, posted: Mapping[str, str], known: Known) -> SlotFilter:
    """Return what the officer looks for; until she has said where from, the postcode of whom she talks to."""
    said = {name: posted.get(f"{question.id}-{name}", "") for name in WANTED}
    if f"{question.id}-near" not in posted:
        said["near"] = known.postcode or " ".join(postcode_in(known.address) or ())
    return filter_from(said)


def slots_of(
    service: Service, answers: Mapping[str, Any], posted: QueryDict, known: Known, at: datetime
) -> dict[str, Offered]:
    """Return the free times for each question that books, given the answers so far and what is looked for."""
    found = {}
    for question in service.questions:
        if question.type == "slot" and (question.books or question.books_by):
            search = slot_search(service, question, answers, wanted_of(question, posted, known), at=at)
            if search is not None:
                chosen = posted.get(question.id, "")
                found[question.id] = Offered(
                    [*_kept(search, chosen, at), *((c.key, _label(c.label, c.price), c.group) for c in search.choices)],
                    _fields(question.id, search, posted.get(f"{question.id}-tell") or known.phone or known.email),
                    said(search), search.bookable.weeks_most,
                )  # fmt: skip
    return found


def _label(time: str, price: str) -> str:
    return f"{time}, {price}" if price else time


def _kept(search: SlotSearch, chosen: str, at: datetime) -> list[tuple[str, str, str]]:
    """The time that was chosen before, where the search does not show it any more: it is not lost by looking on."""
    if not chosen or any(one.key == chosen for one in search.choices):
        return []
    try:
        words = in_words(search.bookable, chosen, search.terms, at)
    except NotASlot:
        return []
    return [(chosen, words, "Chosen before")]


def in_words(bookable: Bookable, key: str, terms: Terms, at: datetime) -> str:
    """Return a time by its key, in words with its place. Raises NotASlot."""
    spot = read_key(key)
    ends = spot.starts_at + timedelta(minutes=bookable.length(terms.needs))
    where = where_of(current_pack().of(SITES).get(spot.site), terms.way)
    return f"{say_slot(bookable, spot.starts_at, ends, near=council_date(at))}, {where}"


def _fields(name: str, search: SlotSearch, tell: str) -> tuple[FieldView, ...]:
    """The fields of the search: those that change what is found, and no other."""
    wanted = search.filter
    fields = []
    if not search.bookable.whole_day:
        fields.append(_list(f"{name}-day", "When?", (("", "The soonest days"), *search.days), wanted.day))
        fields.append(_list(f"{name}-part", "What time of day?", PARTS, wanted.part))
    if search.searchable:
        error = "We don’t know a postcode in that. Check it, or leave it empty." if search.near_unknown else ""
        fields.append(
            FieldView(f"{name}-near", "text", "Near which postcode?", value=wanted.near, width="20", error=error)
        )
        fields.append(_list(f"{name}-site", "Where?", (("", "Anywhere"), *search.sites), wanted.site))
    if search.offers:
        options = (("", "Nothing special"), *search.offers)
        fields.append(_list(f"{name}-access", "What must it have?", options, wanted.access))
    if search.has_outdoor:
        options = (("", "Indoors or not"), ("yes", "Indoors only"))
        fields.append(_list(f"{name}-indoor", "Under a roof?", options, "yes" if wanted.indoor else ""))
    if not search.total and not search.passed:
        label = "Put them on the waiting list: their email address or mobile number"
        fields.append(FieldView(f"{name}-tell", "text", label, value=tell, width="20"))
    return tuple(fields)


def _list(name: str, label: str, options: tuple[tuple[str, str], ...], value: str) -> FieldView:
    return FieldView(
        name, "choice", label, value=value, options=tuple(OptionView(code, words) for code, words in options)
    )


def said(found: SlotSearch) -> str:
    """Return in one sentence what a search found."""
    what = found.bookable.name.lower()
    if found.total == 0:
        if found.passed:
            return "That time has passed. Choose a later one."
        return f"No {what}{found.party} is free then. Try another day or place, or put them on the waiting list."
    if found.bookable.whole_day:
        return "One day is free." if found.total == 1 else f"{found.total:,} days are free up to {found.last_day}."
    if found.more:
        return f"{found.total:,} times are free up to {found.last_day}. These are the first."
    return "One time is free." if found.total == 1 else f"{found.total:,} times are free."
