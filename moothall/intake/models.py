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
    link_to = models.CharField(
        max_length=254, blank=True, default="", db_default="", help_text="Where the way back to it was sent last."
    )
    code = models.CharField(
        max_length=8, blank=True, default="", db_default="", help_text="What she says when she rings to go on with it."
    )

    held_number = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Whose key opens it: 0 where it was begun, else of the link gone on by."
    )
    link_number = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Of the newest link.")
    helped_in = models.UUIDField(null=True, help_text="The contact in which an adviser shared it: she was helped.")
    helped_because = models.CharField(max_length=16, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["link_to"], name="dialogue_link_to", condition=~Q(link_to="")),
            models.Index(fields=["code"], name="dialogue_code", condition=Q(state="open") & ~Q(code="")),
            models.Index(
                fields=["customer_id"], name="dialogue_customer", condition=Q(state="open", customer_id__isnull=False)
            ),
            models.Index(fields=["contact_id"], name="dialogue_contact", condition=Q(contact_id__isnull=False)),
            models.Index(fields=["expires_at"], name="dialogue_expiry", condition=Q(state="open")),
        ]


class Conversation(models.Model):
    """A call or an exchange of texts in which a machine asks: where it stands, and what was said last.

    A call is known by its provider's id; of texts there is at most one under way for each number. ``held`` is what the next
    words are read by (pieces of an answer, what was offered); ``turn`` what was said last, to be said again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.CharField(max_length=12)
    line = models.CharField(max_length=12, help_text="What carries it: twilio, vxml, agi, text, try.")
    call_id = models.CharField(max_length=200, blank=True)
    caller = models.CharField(max_length=40, blank=True)
    customer_id = models.UUIDField(null=True)
    contact_id = models.UUIDField(null=True)
    dialogue_id = models.UUIDField(null=True)
    step = models.CharField(max_length=16)
    held = models.JSONField(default=dict)
    turn = models.JSONField(default=dict)
    turns = models.PositiveIntegerField(default=0)
    misses = models.PositiveSmallIntegerField(default=0)
    speech = models.BooleanField(default=False)
    language = models.CharField(
        max_length=12, blank=True, default="", db_default="", help_text="Empty: the council's own."
    )
    started_at = models.DateTimeField()
    heard_at = models.DateTimeField(help_text="When the last words were said, by the provider's clock.")
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=12, blank=True, help_text="sent, link, hung_up, transferred, silent, stopped.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "call_id"], name="conversation_call", condition=~Q(call_id="")),
            models.UniqueConstraint(
                fields=["caller"], name="conversation_texts", condition=Q(channel="sms", ended_at__isnull=True)
            ),
        ]
        indexes = [
            models.Index(fields=["dialogue_id"], name="conversation_dialogue", condition=Q(dialogue_id__isnull=False)),
            models.Index(fields=["changed_at"], name="conversation_open", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["caller", "-started_at"], name="conversation_caller"),
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


class ConsentAsked(models.Model):
    """A resident was asked whether we may tell a councillor who asks for her. Whom and where, the case's answers say.

    The last word counts: consent is taken back as easily as it is given, for as long as the enquiry is open.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField(unique=True)
    asked_at = models.DateTimeField()
    until = models.DateTimeField(
        help_text="By when we hope for an answer; then the councillor is told that there is none."
    )
    agreed = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True, help_text="When the councillor was told that there is no answer.")

    class Meta:
        indexes = [
            models.Index(
                fields=["until"],
                name="consent_unanswered",
                condition=Q(answered_at__isnull=True, missed_at__isnull=True),
            )
        ]
