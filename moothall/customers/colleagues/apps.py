"""Django's handle on this room."""

from django.apps import AppConfig


class ColleaguesConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.customers.colleagues"
    label = "customer_colleagues"
