"""Django's handle on this room."""

from django.apps import AppConfig


class RoundsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.rounds"
    label = "rounds"
