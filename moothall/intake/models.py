"""Dialogues under way: the answers so far, on whatever channel they were given."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class DialogueState(models.TextChoices):
    """Whether the dialogue can go on."""

    OPEN = "open", "Under way"
    SENT = "sent", "Sent"
    EXPIRED = "expired", "Expired"


class Dialogue(models.Model):
    """A conversation about one service. ``token_digest`` finds it from a link or cookie; the token itself is not kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    token_digest = models.CharField(max_length=64, unique=True)
    service = models.CharField(max_length=80)
    pack_version_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=12)
    state = models.CharField(max_length=8, choices=DialogueState.choices, default=DialogueState.OPEN)
    answers = models.JSONField(default=dict)
    at_question = models.CharField(max_length=60, blank=True)
    customer_id = models.UUIDField(null=True)
    representation_id = models.UUIDField(null=True, help_text="Under which somebody else asks for the customer.")
    contact_id = models.UUIDField(null=True)
    staff_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["contact_id"], name="dialogue_contact", condition=Q(contact_id__isnull=False)),
            models.Index(fields=["expires_at"], name="dialogue_expiry", condition=Q(state="open")),
        ]


class UnmetSearch(models.Model):
    """Words someone looked for and we had nothing for: unmet need, without who asked."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    words = models.CharField(max_length=200)
    channel = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="unmet_newest")]


class Draft(models.Model):
    """What an officer has typed on a screen and not sent: kept word for word, so that a dropped line loses nothing.

    ``key`` names the screen and its subject (``matter:<id>``, ``case:<id>:note``). Gone once sent, or a week after the last
    change.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    staff_id = models.UUIDField()
    key = models.CharField(max_length=120)
    fields = models.JSONField(default=dict, help_text="Names of the form's fields to the list of texts in each.")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff_id", "key"], name="draft_once")]
        indexes = [models.Index(fields=["changed_at"], name="draft_changed")]
