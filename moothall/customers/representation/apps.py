"""Django's handle on this room."""

from django.apps import AppConfig


class RepresentationConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.customers.representation"
    label = "customer_representation"
