"""Django's handle on this room."""

from django.apps import AppConfig


class BookingsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.bookings"
    label = "bookings"
