"""Django's handle on this room."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.core"
    label = "core"

    def ready(self) -> None:
        """Let every room fill the registries: its event handlers, its jobs, its part of the person view, its lookups."""
        autodiscover_modules("handlers", "jobs", "people", "retention", "lookups", "data_held")
