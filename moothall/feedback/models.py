"""What customers say of us, at the point of contact."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class Score(models.TextChoices):
    """Three faces, three words."""

    GOOD = "good", "Good"
    AVERAGE = "average", "Average"
    POOR = "poor", "Poor"


class Rating(models.Model):
    """One rating of one case or contact; a second one from the same person replaces the words, keeps the event."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField(null=True)
    contact_id = models.UUIDField(null=True)
    page = models.CharField(max_length=120, blank=True)
    score = models.CharField(max_length=8, choices=Score.choices)
    why = models.TextField(blank=True)
    service = models.CharField(max_length=80, blank=True)
    channel = models.CharField(max_length=12)
    standard = models.CharField(max_length=80, blank=True)
    team = models.CharField(max_length=60, blank=True)
    area = models.CharField(max_length=20, blank=True)
    given_at = models.DateTimeField()
    imported = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case_id"], name="rating_case_once", condition=Q(case_id__isnull=False))
        ]
        indexes = [models.Index(fields=["service", "-given_at"], name="rating_service")]
