"""Django's handle on this room."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.contacts"
    label = "contacts"
