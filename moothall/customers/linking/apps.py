"""Django's handle on this sub-room."""

from django.apps import AppConfig


class LinkingConfig(AppConfig):
    """Registers the sub-room under its own name."""

    name = "moothall.customers.linking"
    label = "customer_linking"

    def ready(self) -> None:
        """Weigh by matching."""
        from moothall.customers.linking import weighing
        from moothall.customers.linking.matched import Matched

        weighing.use(Matched())
