"""Django's handle on this room."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.customers"
    label = "customers"

    def ready(self) -> None:
        """Offer this room's part of a person's time line, copy and erasure."""
        from moothall.core.people import PersonProvider, register_person_provider
        from moothall.customers.actions.erasing import erase
        from moothall.customers.queries.person import export, timeline

        register_person_provider(PersonProvider("customers", timeline, export, erase, rank=100))
