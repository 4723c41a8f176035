"""Django's handle on this room."""

from django.apps import AppConfig


class BookingsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.bookings"
    label = "bookings"

    def ready(self) -> None:
        """Say which case a booking's reference leads to."""
        from moothall.bookings.queries.named import cases_of_references
        from moothall.cases.named import register_references

        register_references(self.label, cases_of_references)
