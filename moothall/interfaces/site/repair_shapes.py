"""A repair's page in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from moothall.core.zone import LONDON, council_date
from moothall.field.queries import VisitLine
from moothall.interfaces.site.pages import NoticeView
from moothall.interfaces.ui import words
from moothall.interfaces.ui.fields import FieldView, OptionView
from moothall.interfaces.ui.parts import DayView, FactRow, LineEntry
from moothall.promises.rules import say_day
from moothall.repairs.queries import RepairView

DONE: Final = {
    "chosen": NoticeView("That’s booked", "We have told them. Someone aged 18 or over must be in.", "kept"),
    "none": NoticeView("We have asked for other times", "You hear from us when there are some.", "kept"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RepairPage:
    """A repair by its link. `field` with its times is there while one is to be chosen, and sent to `action`."""

    title: str
    service: str
    reference: str
    rows: tuple[FactRow, ...]
    notices: tuple[NoticeView, ...]
    days: tuple[DayView, ...]
    action: str
    field: FieldView | None
    ring: str


def page_of(view: RepairView, *, done: str = "", error: str = "") -> RepairPage:
    """Return the page of one repair."""
    rows = [FactRow("Reference", view.reference), FactRow("Who does it", view.contractor)]
    if view.when:
        rows.insert(0, FactRow("Visit", view.when))
    if view.what:
        rows.append(FactRow("To be done", view.what))
    options = tuple(OptionView(one.key, one.words) for one in view.times)
    field = (
        FieldView("time", "choice", "When can they come?", hint="Someone aged 18 or over must be in.",
                  options=(*options, OptionView("none", "None of these suits me")), error=error)
        if options else None
    )  # fmt: skip
    notices = (DONE[done],) if done in DONE else ()
    if view.state in ("waiting", "stuck", "sent") and view.emergency:
        notices = (NoticeView("This is an emergency to us", "They were told at once. They ring you before they come."),)
    if error and field is None:
        notices = (NoticeView("That can’t be chosen any more", error),)
    ring = view.phone if view.open else ""
    return RepairPage(
        view.title, view.service, view.reference, tuple(rows), notices, days_of(view), f"{view.path}/time", field, ring
    )


def days_of(view: RepairView) -> tuple[DayView, ...]:
    """Return each step by day, newest first."""
    newest = list(reversed(view.steps))
    return tuple(
        DayView(
            day, tuple(LineEntry(words.clock_time(one.at.astimezone(LONDON)), one.says, one.words) for one in group)
        )
        for day, group in groupby(newest, key=lambda one: words.day(one.at))
    )


def notice_of_visits(visits: Sequence[VisitLine], at: datetime) -> tuple[NoticeView, ...]:
    """Return when a crew comes for a request worked outdoors, once it is planned: the day, as it may still change."""
    line = next((one for one in visits if one.day is not None and one.ended_at is None), None)
    if line is None or line.day is None:
        return ()
    day = say_day(line.day, council_date(at))
    title = {"going": "A crew is on its way", "started": "A crew is there now"}.get(
        line.state, f"A crew comes on {day}"
    )
    return (NoticeView(title, "We tell you if that changes." if line.state == "waiting" else "", "kept"),)


def notice_of(view: RepairView | None) -> tuple[NoticeView, ...]:
    """Return what the tracking page says of a repair: how it stands, leading to every step."""
    if view is None:
        return ()
    choose = bool(view.times)
    text = "\n".join(
        filter(None, (view.contractor, view.when, f"{len(view.times)} times to choose from" if choose else ""))
    )
    return (
        NoticeView(
            view.title, text, "kept" if view.when and view.open else "", view.path,
            "Choose a time" if choose else "See the visit and every step",
        ),
    )  # fmt: skip
