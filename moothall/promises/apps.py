"""Django's handle on this room."""

from django.apps import AppConfig


class PromisesConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.promises"
    label = "promises"
