"""Django's handle on this room."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.partners"
    label = "partners"
