"""Django's handle on this room."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.reports"
    label = "reports"
