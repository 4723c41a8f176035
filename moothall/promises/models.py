"""Promises made and the facts of their clocks. Due time and state are computed from facts; the columns here are a cache."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class PromiseState(models.TextChoices):
    """Where a promise stands, as last computed from its facts."""

    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    MET = "met", "Kept"
    LATE = "late", "Done late"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Promise(models.Model):
    """One promise to one customer: about a case, a contact or a call-back.

    ``due_at`` and ``state`` are a cache that ``promises.actions.facts.rebuild`` recomputes from the facts; nothing else
    writes them. ``broken_at`` is set once, to the due time that passed, when the break is owned up to.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject_kind = models.CharField(max_length=12, help_text="case or contact")
    subject_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=20, help_text="acknowledge, complete, reply, call_back, answer, seen …")
    standard = models.CharField(max_length=80, help_text="Code of the standard in the pack version below.")
    terms = models.JSONField(help_text="The standard as it stood; under `now` the one it was changed to.")
    pack_version_id = models.UUIDField(null=True)
    service = models.CharField(max_length=80, blank=True)
    channel = models.CharField(max_length=12, blank=True)
    team = models.CharField(max_length=60, blank=True)
    area = models.CharField(max_length=20, blank=True)
    after = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, choices=PromiseState.choices, default=PromiseState.RUNNING)
    ended_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    broken_at = models.DateTimeField(null=True)
    promised_again_at = models.DateTimeField(null=True, help_text="The new date given when it was explained.")
    imported = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["subject_id"], name="promise_subject"),
            models.Index(
                fields=["due_at"], name="promise_open_due", condition=Q(state="running", broken_at__isnull=True)
            ),
            models.Index(
                fields=["warn_at"], name="promise_open_warn", condition=Q(state="running", warned_at__isnull=True)
            ),
        ]


class ClockFact(models.Model):
    """One fact about a promise's clock. Append-only by trigger: a mistake is corrected by another fact."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="facts")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    reason = models.CharField(max_length=60, blank=True)
    data = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["promise", "sequence"], name="clock_fact_sequence")]


class RedressOwed(models.Model):
    """What is owed for one broken promise, by the pack's rule. Once for each promise, however long it stays broken."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    promise = models.OneToOneField(Promise, on_delete=models.CASCADE, related_name="redress_owed")
    code = models.CharField(max_length=64, help_text="Entry of the pack's redress section.")
    kind = models.CharField(max_length=12, help_text="apology, refund, priority or payment")
    pence = models.PositiveIntegerField(default=0)
    owed_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, help_text="When the customer was told, unasked.")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["owed_at"], name="redress_unsettled", condition=Q(settled_at__isnull=True))]
