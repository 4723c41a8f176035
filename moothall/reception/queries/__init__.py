"""The only readers of visits, by topic."""

from moothall.reception.queries.experts import AskView, ask_for, could_come, is_called_in
from moothall.reception.queries.rooms import (
    Board,
    Called,
    DeskView,
    DutyView,
    Expected,
    VisitLine,
    board,
    called_now,
    duty_of,
    find_booking,
    today_so_far,
    visit_of_contact,
    visit_view,
)
from moothall.reception.queries.standing import place_of, places_here

__all__ = [
    "AskView",
    "Board",
    "Called",
    "DeskView",
    "DutyView",
    "Expected",
    "VisitLine",
    "ask_for",
    "board",
    "called_now",
    "could_come",
    "duty_of",
    "find_booking",
    "is_called_in",
    "place_of",
    "places_here",
    "today_so_far",
    "visit_of_contact",
    "visit_view",
]
