"""Takes messages and keeps them where the demonstration shows them; nothing leaves the machine."""

from moothall.notifications.protocols import Accepted, Envelope


class LocalSender:
    """Accepts everything at once. The message row itself is the outbox that `/demo/outbox` shows."""

    name = "local"
    can_ask = True

    def send(self, envelope: Envelope) -> Accepted:
        """Take the message."""
        return Accepted(provider_id=f"local:{envelope.reference}")

    def find(self, reference: str) -> Accepted | None:
        """Nothing is ever half taken: what was not marked as sent had not come here."""
        return None
