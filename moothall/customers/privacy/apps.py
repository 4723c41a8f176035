"""Django's handle on this room."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.customers.privacy"
    label = "customer_privacy"
