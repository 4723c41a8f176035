"""Django's handle on this sub-room."""

from django.apps import AppConfig


class LinkingConfig(AppConfig):
    """Registers the sub-room under its own name."""

    name = "moothall.customers.linking"
    label = "customer_linking"
