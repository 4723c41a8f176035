"""Django's handle on this room."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.cases"
    label = "cases"
