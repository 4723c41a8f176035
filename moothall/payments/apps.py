"""Django's handle on this room."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Registers the room under its own name, and what it can say about a person."""

    name = "moothall.payments"
    label = "payments"

    def ready(self) -> None:
        """Fill the registries of the rooms below."""
        from moothall.bookings.paying import hours_are_priced_by, money_is_taken_by
        from moothall.cases.named import register_references
        from moothall.payments import people  # noqa: F401 - registers itself
        from moothall.payments.queries.moving import more_to_move
        from moothall.payments.queries.named import cases_of_references

        money_is_taken_by(self.label)
        hours_are_priced_by(more_to_move)
        register_references(self.label, cases_of_references)
