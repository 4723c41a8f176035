"""Django's handle on this room."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """Registers the room and tells notifications how a message looks on each channel."""

    name = "moothall.channels"
    label = "channels"

    def ready(self) -> None:
        """Fill the registries: how messages look, how what arrived in writing is answered and read again."""
        from moothall.channels.again import read_mail_again, read_post_again
        from moothall.channels.email.answering import acknowledge_by_email, answer_by_email, ask_by_email
        from moothall.channels.email.letter import render_email
        from moothall.channels.post import jobs  # noqa: F401  its jobs make themselves known
        from moothall.channels.post.answering import acknowledge_by_letter, answer_by_letter, preview_by_letter
        from moothall.channels.post.letter import render_letter
        from moothall.channels.sms.text import render_text
        from moothall.channels.social import jobs as social_jobs  # noqa: F401  likewise
        from moothall.channels.social.answering import answer_by_social, ask_by_social, render_social
        from moothall.intake.written import Way, register_way
        from moothall.notifications.reading_again import reads_again
        from moothall.notifications.senders import register_renderer

        register_renderer("email", render_email)
        register_renderer("sms", render_text)
        register_renderer("social", render_social)
        register_way("social", Way(answer=answer_by_social, ask=ask_by_social))
        register_renderer("post", render_letter)
        by_letter = Way(acknowledge=acknowledge_by_letter, answer=answer_by_letter, preview=preview_by_letter)
        register_way("post", by_letter)
        register_way("fax", by_letter)
        by_email = Way(acknowledge=acknowledge_by_email, answer=answer_by_email, ask=ask_by_email)
        register_way("email", by_email)
        reads_again("email", read_mail_again)
        reads_again("social", read_post_again)
