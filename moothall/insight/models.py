"""Read models over the event feed: figures by day, never typed by anyone. Rebuilt from events at any time."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class PromiseFact(models.Model):
    """One promise as insight sees it, projected from its events."""

    promise_id = models.UUIDField(primary_key=True)
    case_id = models.UUIDField(null=True)
    standard = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    service = models.CharField(max_length=80)
    channel = models.CharField(max_length=12)
    team = models.CharField(max_length=60)
    area = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12)
    broken_at = models.DateTimeField(null=True)
    explained = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="pfact_due"),
            models.Index(fields=["case_id"], name="pfact_case", condition=Q(case_id__isnull=False)),
        ]


class CaseFact(models.Model):
    """One case as insight sees it."""

    case_id = models.UUIDField(primary_key=True)
    contact_id = models.UUIDField(null=True, help_text="In which it was asked for.")
    service = models.CharField(max_length=80)
    channel = models.CharField(max_length=12)
    team = models.CharField(max_length=60)
    area = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=120, blank=True)
    resolved = models.BooleanField(null=True)
    reopened = models.IntegerField(default=0)
    chased = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["opened_at"], name="cfact_opened"),
            models.Index(fields=["closed_at"], name="cfact_closed", condition=Q(closed_at__isnull=False)),
        ]


class ContactFact(models.Model):
    """One contact as insight sees it: its channel, its cause, how long it waited.

    ``because``: why somebody was helped with what can be done online. ``outreach``: where away from our offices it was.
    """

    contact_id = models.UUIDField(primary_key=True)
    service = models.CharField(max_length=80)
    channel = models.CharField(max_length=12)
    area = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    answered_seconds = models.IntegerField(null=True)
    seconds = models.IntegerField(null=True)
    cause = models.CharField(max_length=40, blank=True)
    done_in_one = models.BooleanField(null=True)
    because = models.CharField(max_length=16, blank=True, default="", db_default="")
    outreach = models.CharField(max_length=12, blank=True, default="", db_default="")

    class Meta:
        indexes = [models.Index(fields=["received_at"], name="tfact_received")]


class RatingFact(models.Model):
    """One rating as insight sees it."""

    rating_id = models.UUIDField(primary_key=True)
    service = models.CharField(max_length=80)
    channel = models.CharField(max_length=12)
    area = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    score = models.CharField(max_length=8)

    class Meta:
        indexes = [models.Index(fields=["given_at"], name="rfact_given")]


class MonthlyFigure(models.Model):
    """Counts for one month and one cell of (measure, service, channel, team, area); ``*`` means all."""

    id = models.BigAutoField(primary_key=True)
    month = models.DateField()
    measure = models.CharField(max_length=40)
    service = models.CharField(max_length=80)
    channel = models.CharField(max_length=12)
    area = models.CharField(max_length=20)
    key = models.CharField(max_length=80, blank=True, help_text="Standard, cause or score the measure is split by.")
    count = models.IntegerField(default=0)
    of = models.IntegerField(default=0)
    total = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "measure", "service", "channel", "area", "key"], name="monthly_figure_cell"
            )
        ]
        indexes = [models.Index(fields=["measure", "service", "month"], name="monthly_figure_line")]


class Explanation(models.Model):
    """The words of whoever is responsible for a figure that dipped, and what was done about it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    month = models.DateField()
    measure = models.CharField(max_length=40)
    service = models.CharField(max_length=80)
    text = models.TextField()
    action_taken = models.TextField(blank=True)
    written_by = models.UUIDField(null=True)
    written_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["measure", "service", "month"], name="explanation_of", condition=Q(withdrawn_at=None))
        ]
