"""Django's handle on this room."""

from django.apps import AppConfig


class PostroomConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.postroom"
    label = "postroom"
