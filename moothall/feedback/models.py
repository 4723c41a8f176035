"""What customers say of us, at the point of contact."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class Score(models.TextChoices):
    """Three faces, three words."""

    GOOD = "good", "Good"
    AVERAGE = "average", "Average"
    POOR = "poor", "Poor"


class Rating(models.Model):
    """One rating of one contact, or of a case as a whole; a second one replaces the words and keeps the event.

    With ``contact_id`` it is of that contact (and its case, where there is one); without, of the case.
    """

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
            models.UniqueConstraint(
                fields=["case_id"],
                name="rating_whole_case_once",
                condition=Q(case_id__isnull=False, contact_id__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["contact_id"], name="rating_contact_once", condition=Q(contact_id__isnull=False, imported=False)
            ),
        ]
        indexes = [
            models.Index(fields=["service", "-given_at"], name="rating_service"),
            models.Index(fields=["given_at", "id"], name="rating_said", condition=~Q(why="")),
        ]


class Ask(models.Model):
    """One time that somebody was asked how we did: about which contact or case, and that she was, so that she is not asked
    too often. Who it was is kept as marks only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    people = ArrayField(models.CharField(max_length=40))
    contact_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    service = models.CharField(max_length=80, blank=True)
    channel = models.CharField(max_length=12)
    standard = models.CharField(max_length=80, blank=True)
    team = models.CharField(max_length=60, blank=True)
    area = models.CharField(max_length=20, blank=True)
    code = models.CharField(
        max_length=8, blank=True, default="", db_default="", help_text="What is typed from a letter to answer it."
    )
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact_id"], name="ask_contact_once", condition=Q(contact_id__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["case_id"], name="ask_case_once", condition=Q(case_id__isnull=False, contact_id__isnull=True)
            ),
        ]
        indexes = [
            GinIndex(fields=["people"], name="ask_people"),
            models.Index(fields=["asked_at"], name="ask_asked"),
            models.Index(fields=["code"], name="ask_code", condition=~Q(code="")),
        ]


class NotAsked(models.Model):
    """Somebody who asked not to be asked how we did, as a mark only: it leads to nobody."""

    mark = models.CharField(primary_key=True, max_length=40)
    since = models.DateTimeField()
