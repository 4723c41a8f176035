"""Permits: what was issued for a case, from when until when."""

from django.db import models
from django.db.models import F, Q

from moothall.core.ids import new_id


class Permit(models.Model):
    """One thing issued for one case: a permit, licence or badge. Whose it is, its case says.

    It is in force from the morning of ``starts`` to the end of ``ends``, unless it was ended before.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=8, unique=True, help_text="Its number; shown after the pack's letters.")
    case_id = models.UUIDField(unique=True)
    service = models.CharField(max_length=80)
    what = models.CharField(max_length=200, blank=True, help_text="What it is for: a number plate, premises.")
    starts = models.DateField()
    ends = models.DateField()
    follows = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="followed_by", help_text="The one it renews."
    )
    issued_at = models.DateTimeField()
    issued_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="When it was ended before its day.")
    ended_because = models.CharField(max_length=200, blank=True, help_text="The customer reads it.")
    reminded = models.PositiveSmallIntegerField(
        null=True, help_text="The fewest days before its end that its holder has been reminded at."
    )

    class Meta:
        indexes = [models.Index(fields=["service", "ends"], name="permit_ending", condition=Q(ended_at__isnull=True))]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="permit_ends_after_it_starts"),
        ]
