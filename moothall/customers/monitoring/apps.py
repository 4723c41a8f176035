"""Django's handle on this room."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.customers.monitoring"
    label = "customer_monitoring"
