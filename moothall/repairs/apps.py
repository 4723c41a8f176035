"""Django's handle on this room."""

from django.apps import AppConfig


class RepairsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.repairs"
    label = "repairs"
