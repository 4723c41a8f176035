"""Django's handle on this room."""

from django.apps import AppConfig


class AnnouncementsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.announcements"
    label = "announcements"
