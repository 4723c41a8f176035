"""Django's handle on this room."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.partners"
    label = "partners"

    def ready(self) -> None:
        """What a partner quotes of somebody it was referred leads officers, and nobody else, to her request."""
        from moothall.cases.named import register_references
        from moothall.partners.queries import cases_of_references

        register_references(self.label, cases_of_references, for_officers=True)
