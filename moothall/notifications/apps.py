"""Django's handle on this room."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.notifications"
    label = "notifications"
