"""Django's handle on this room."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.intake"
    label = "intake"
