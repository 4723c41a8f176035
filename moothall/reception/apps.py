"""Django's handle on this room."""

from django.apps import AppConfig


class ReceptionConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.reception"
    label = "reception"
