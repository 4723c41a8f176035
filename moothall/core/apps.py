"""Django's handle on this room."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.core"
    label = "core"
