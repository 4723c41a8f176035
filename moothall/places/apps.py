"""Django's handle on this room."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Registers the room under its own name."""

    name = "moothall.places"
    label = "places"
