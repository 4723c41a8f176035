"""Django's handle on this room."""

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.services"
    label = "services"
