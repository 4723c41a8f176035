"""Messages to people, from queued to received, and those that came in by text or could not be read."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class MessageState(models.TextChoices):
    """Where a message stands. ``doubt``: a worker died while sending and the provider cannot tell us."""

    QUEUED = "queued", "Waiting to be sent"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Not delivered"
    DEAD = "dead", "Given up"
    DOUBT = "doubt", "In doubt"
    SUPPRESSED = "suppressed", "Not sent: the customer asked us not to"
    HELD = "held", "Waiting to be told with others of the day"
    TOLD = "told", "Told together with others"


class Message(models.Model):
    """One message to one recipient for one event and purpose: ``key`` makes it unique."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=200, unique=True, help_text="event:recipient:purpose")
    event_id = models.UUIDField(null=True)
    template = models.CharField(max_length=80)
    pack_version_id = models.UUIDField(null=True)
    purpose = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, help_text="email, sms, post")
    language = models.CharField(max_length=12, default="en")
    format = models.CharField(max_length=20, default="standard")
    reasons = models.JSONField(
        default=list, help_text="Why this channel, language, format and time: about, code, says."
    )
    to = models.CharField(max_length=254)
    customer_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    contact_id = models.UUIDField(null=True)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField()
    values = models.JSONField(default=dict, help_text="What was filled in, to say the same by another channel.")
    given = models.JSONField(default=dict, help_text="Addresses given for just this matter, by channel.")
    headers = models.JSONField(default=dict, help_text="Headers of its own, for an e-mail that answers another.")
    state = models.CharField(max_length=12, choices=MessageState.choices, default=MessageState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    send_after = models.DateTimeField()
    sending_at = models.DateTimeField(null=True)
    sending_by = models.CharField(max_length=80, blank=True)
    sent_at = models.DateTimeField(null=True)
    provider = models.CharField(max_length=40, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=300, blank=True)
    unreachable = models.BooleanField(default=False, help_text="The last try found no provider at all.")
    doubt_at = models.DateTimeField(null=True, help_text="A worker died in the middle: it may have gone twice.")
    settled_at = models.DateTimeField(null=True, help_text="A person has dealt with the doubt or failure.")
    settled_by = models.UUIDField(null=True)
    settlement = models.CharField(max_length=200, blank=True)
    fell_back_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="fall_backs")
    told_in = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="tells")

    class Meta:
        indexes = [
            models.Index(fields=["send_after"], name="message_waiting", condition=Q(state="queued")),
            models.Index(fields=["sending_at"], name="message_sending", condition=Q(state="sending")),
            models.Index(
                fields=["-created_at", "-id"],
                name="message_unsettled",
                condition=Q(settled_at=None) & (Q(doubt_at__isnull=False) | Q(state__in=["failed", "dead"])),
            ),
            models.Index(fields=["case_id", "created_at"], name="message_case"),
            models.Index(fields=["-created_at", "-id"], name="message_letters", condition=Q(channel="post")),
            models.Index(fields=["customer_id", "-created_at"], name="message_customer"),
            models.Index(fields=["created_at", "id"], name="message_oldest"),
            models.Index(
                fields=["to", "-created_at"],
                name="message_to",
                condition=Q(state__in=["held", "queued", "sending", "sent", "delivered"]),
            ),
            models.Index(fields=["provider_id"], name="message_provider_id", condition=~Q(provider_id="")),
        ]


class Receipt(models.Model):
    """What a provider told us about a message, once per provider event."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="receipts")
    status = models.CharField(max_length=40)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "status", "at"], name="receipt_once")]


class Stopped(models.Model):
    """A number or address whose owner said STOP. Kept for ever, whoever's it is, until the same owner says START."""

    value = models.CharField(max_length=254, primary_key=True, help_text="Normalised: lower case, E.164.")
    channel = models.CharField(max_length=8)
    since = models.DateTimeField()
    how = models.CharField(max_length=40, help_text="text, unsubscribe, officer")


class Quarantined(models.Model):
    """Something that arrived and could not be read. It blocks nothing else and waits for a person."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=60)
    reason = models.CharField(max_length=300)
    raw = models.BinaryField()
    details = models.JSONField(default=dict)
    arrived_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    settlement = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-arrived_at"], name="quarantine_open", condition=Q(settled_at__isnull=True))]
