"""Django's handle on this room."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.field"
    label = "field"
