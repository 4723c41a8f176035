"""Work the council owns until it is done: case, task, note."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class CaseState(models.TextChoices):
    """The state of a case; ``status`` beside it is the pack's own finer word that the customer sees."""

    OPEN = "open", "Open"
    WAITING = "waiting", "Waiting for the customer or a partner"
    CLOSED = "closed", "Closed"
    MERGED = "merged", "Joined to another case"


class Case(models.Model):
    """One request of one service. ``version`` rises with every change: two who save at once are told, not lost."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=8, unique=True)
    service = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, default="request")
    restricted = models.CharField(
        max_length=40, blank=True, help_text="Restricted kind; blank: any officer of the role."
    )
    pack_version_id = models.UUIDField(null=True)
    state = models.CharField(max_length=8, choices=CaseState.choices, default=CaseState.OPEN)
    status = models.CharField(max_length=40, default="received")
    priority = models.CharField(max_length=20, default="normal")
    channel = models.CharField(max_length=12)
    customer_id = models.UUIDField(null=True)
    contact_id = models.UUIDField(null=True)
    team = models.CharField(max_length=60)
    assignee_id = models.UUIDField(null=True)
    uprn = models.BigIntegerField(null=True)
    area = models.CharField(max_length=20, blank=True)
    place_text = models.CharField(max_length=300, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    answers = models.JSONField(default=dict)
    decisions = models.JSONField(default=list)
    fee_pence = models.IntegerField(default=0)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=120, blank=True)
    resolved = models.BooleanField(null=True, help_text="Closed is not fixed: whether the customer got what was asked.")
    due_at = models.DateTimeField(null=True, help_text="The next open promise's due time, for queues; a cache.")
    late = models.BooleanField(default=False, help_text="An open promise of this case is broken; a cache for queues.")
    track_email = models.CharField(max_length=254, blank=True, help_text="Normalised, to track by; not shown.")
    track_postcode = models.CharField(max_length=7, blank=True)
    joined_to = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="joined")
    external_id = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=60, blank=True, help_text="The system it was imported from.")
    imported = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(
                fields=["team", "due_at", "id"], name="case_team_queue", condition=Q(state__in=["open", "waiting"])
            ),
            models.Index(
                fields=["assignee_id", "due_at"], name="case_mine", condition=Q(state__in=["open", "waiting"])
            ),
            models.Index(fields=["customer_id", "-opened_at"], name="case_customer"),
            models.Index(fields=["service", "-opened_at", "-id"], name="case_service"),
            models.Index(fields=["-opened_at", "-id"], name="case_newest"),
            models.Index(fields=["area", "service"], name="case_area_open", condition=Q(state__in=["open", "waiting"])),
            models.Index(fields=["uprn"], name="case_uprn", condition=Q(uprn__isnull=False)),
            models.Index(fields=["closed_at", "id"], name="case_closed", condition=Q(closed_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="case_external_once", condition=~Q(external_id="")
            )
        ]


class CaseContact(models.Model):
    """A contact's part in a case: it opened it, chased it, added to it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="contact_links")
    contact_id = models.UUIDField()
    role = models.CharField(max_length=12, default="opened")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "contact_id"], name="case_contact_once")]
        indexes = [models.Index(fields=["contact_id"], name="case_contact_contact")]


class Task(models.Model):
    """A piece of a case's work, for a team or a person, done or not."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, default="work", help_text="work, call_back, check …")
    team = models.CharField(max_length=60)
    assignee_id = models.UUIDField(null=True)
    promise_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["team", "due_at"], name="task_open_team", condition=Q(done_at__isnull=True)),
        ]


class Note(models.Model):
    """What an officer or the customer wrote on a case. ``visible_to_customer`` decides who reads it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    text = models.TextField()
    visible_to_customer = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["case", "at"], name="note_case_at")]


class Presence(models.Model):
    """A colleague who has this case open right now; stale after a minute."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="presences")
    staff_id = models.UUIDField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "staff_id"], name="presence_once")]
