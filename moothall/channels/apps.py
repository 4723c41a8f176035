"""Django's handle on this room."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """Registers the room and tells notifications how a message looks on each channel."""

    name = "moothall.channels"
    label = "channels"

    def ready(self) -> None:
        """Fill the registry of renderers."""
        from moothall.channels.email.letter import render_email
        from moothall.channels.sms.text import render_text
        from moothall.notifications.senders import register_renderer

        register_renderer("email", render_email)
        register_renderer("sms", render_text)
