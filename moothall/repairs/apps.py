"""Django's handle on this room."""

from django.apps import AppConfig


class RepairsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.repairs"
    label = "repairs"

    def ready(self) -> None:
        """What a contractor quotes of an order leads officers, and nobody else, to the request it is for."""
        from moothall.cases.named import register_references
        from moothall.repairs.queries import cases_of_references

        register_references(self.label, cases_of_references, for_officers=True)
