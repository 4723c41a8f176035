"""Free times as they are drawn: day by day and place by place, few at first, the rest behind a word that opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from moothall.interfaces.ui.fields import FieldView, OptionView

FEW: Final = 4
"""Times of one day at one place that are shown at once."""
PLACES: Final = 4
"""Places of one day that are shown at once."""
SPARE: Final = 2
"""So many more are not worth hiding."""

Choice = tuple[str, OptionView]
"""The id of a time's control, and the time."""


@dataclass(frozen=True, slots=True)
class TimesView:
    """The free times of one day at one place: the ids of what names them, the place and what it offers (once on a page), the
    first few times, and the rest behind ``says``."""

    id: str
    named_by: str
    place: str
    offers: str
    first: tuple[Choice, ...]
    more: tuple[Choice, ...]
    says: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class DayView:
    """One day (its name is empty where the days themselves are chosen): the first places, and the others behind ``says``."""

    id: str
    name: str
    first: tuple[TimesView, ...]
    more: tuple[TimesView, ...]
    says: str
    is_open: bool


def days_of(field: FieldView) -> tuple[DayView, ...]:
    """Return the times of a question as they are drawn. What is chosen is never behind a word that is closed."""
    choices = [(field.id if n == 0 else f"{field.id}-{n + 1}", one) for n, one in enumerate(field.options)]
    seen: set[str] = set()
    days = groupby(choices, key=lambda choice: _named(choice)[0])
    return tuple(_day(field, n, name, list(of_day), seen) for n, (name, of_day) in enumerate(days, 1))


def _named(choice: Choice) -> tuple[str, str, str]:
    """The day, the place, and what it offers, out of what heads a time: `Today · Kirkside, close by`, a line, its offers."""
    heading, _, offers = choice[1].group.partition("\n")
    day, _, place = heading.partition(" · ")
    return day, place, offers


def _day(field: FieldView, number: int, name: str, choices: Sequence[Choice], seen: set[str]) -> DayView:
    id_ = f"{field.id}-day-{number}"
    places: list[TimesView] = []
    for (_, place, offers), of_place in groupby(choices, key=_named):
        at = f"{id_}-{len(places) + 1}"
        named_by = " ".join(part for part, said in ((id_, name), (at, place)) if said)
        places.append(_place(field, at, named_by, place, "" if place in seen else offers, list(of_place)))
        seen.add(place)
    cut = _shown(len(places), PLACES)
    more = tuple(places[cut:])
    says = f"{len(more)} more places on {name}" if more else ""
    chosen = any(field.is_chosen(one) for place in more for _, one in (*place.first, *place.more))
    return DayView(id_, name, tuple(places[:cut]), more, says, chosen)


def _place(
    field: FieldView, id_: str, named_by: str, place: str, offers: str, choices: Sequence[Choice]
) -> TimesView:  # fmt: skip
    cut = _shown(len(choices), FEW)
    more = tuple(choices[cut:])
    says = (
        f"{len(more)} more {'times' if named_by else 'days'}, up to {more[-1][1].label.partition(', ')[0]}"
        if more
        else ""
    )
    is_open = any(field.is_chosen(one) for _, one in more)
    return TimesView(id_, named_by, place, offers, tuple(choices[:cut]), more, says, is_open)


def _shown(many: int, few: int) -> int:
    """How many of so many are shown at once."""
    return few if many > few + SPARE else many
