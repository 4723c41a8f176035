"""Django's handle on this room."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.documents"
    label = "documents"
