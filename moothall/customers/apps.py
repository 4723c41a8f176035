"""Django's handle on this room."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.customers"
    label = "customers"
