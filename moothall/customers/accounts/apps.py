"""Django's handle on this room."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.customers.accounts"
    label = "customer_accounts"
