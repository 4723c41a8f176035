"""Django's handle on this room."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.inbox"
    label = "inbox"
