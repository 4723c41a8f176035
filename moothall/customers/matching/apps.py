"""Django's handle on this room."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.customers.matching"
    label = "customer_matching"
