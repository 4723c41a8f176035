"""Django's handle on this room."""

from django.apps import AppConfig


class PermitsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.permits"
    label = "permits"

    def ready(self) -> None:
        """Say which case a permit's number leads to."""
        from moothall.cases.named import register_references
        from moothall.permits.queries import cases_of_references

        register_references(self.label, cases_of_references, on_show=True)
