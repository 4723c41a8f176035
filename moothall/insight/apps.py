"""Django's handle on this room."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.insight"
    label = "insight"
