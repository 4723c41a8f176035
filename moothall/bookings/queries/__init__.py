"""The only readers of bookings: free times, one booking, the day's diary."""

from moothall.bookings.queries.attendance import Attendance, attendance, booked_by
from moothall.bookings.queries.finding import Found, FreeSlot, Wish, day_bounds, find, like
from moothall.bookings.queries.person import CardLine, booked_in_words, card_held
from moothall.bookings.queries.views import (
    BookingView,
    booking,
    bookings_for,
    bookings_of_case,
    bookings_of_cases,
    change_of,
    series_of,
    view_of,
)

__all__ = [
    "Attendance",
    "BookingView",
    "CardLine",
    "Found",
    "FreeSlot",
    "Wish",
    "attendance",
    "booked_by",
    "booked_in_words",
    "booking",
    "bookings_for",
    "bookings_of_case",
    "bookings_of_cases",
    "card_held",
    "change_of",
    "day_bounds",
    "find",
    "like",
    "series_of",
    "view_of",
]
