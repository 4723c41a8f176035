"""Django's handle on this room."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.feedback"
    label = "feedback"
