"""Schedules, the premises on them, and what came in from the cab."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class Collection(models.Model):
    """One bin of one round on one day. ``schedule_id`` is the waste system's code of the round, ``bin`` one of the pack."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    schedule_id = models.CharField(max_length=40)
    day = models.DateField()
    bin = models.CharField(max_length=40)
    moved_to = models.DateField(null=True, help_text="The day it is done instead; the plan’s own day stays as it was.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule_id", "day", "bin"], name="collection_once")]


class Stop(models.Model):
    """Premises on a round. ``schedule_id`` empty: we know the address and that no round serves it."""

    uprn = models.BigIntegerField(primary_key=True)
    schedule_id = models.CharField(max_length=40, blank=True)
    usrn = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["schedule_id", "usrn"], name="stop_schedule")]


class StreetPlan(models.Model):
    """When a round is planned to pass a street, in minutes after it starts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    schedule_id = models.CharField(max_length=40)
    usrn = models.BigIntegerField()
    minute = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule_id", "usrn"], name="street_plan_once")]


class CabKind(models.TextChoices):
    """What a crew can say from the cab."""

    STARTED = "started", "Round started"
    PASSED = "passed_street", "Street done"
    NOT_OUT = "not_out", "Not out"
    CONTAMINATED = "contaminated", "Wrong items inside"
    TOO_HEAVY = "too_heavy", "Too heavy"
    BLOCKED = "blocked", "Street blocked"
    BROKEN_DOWN = "broken_down", "Lorry broken down"
    RESUMED = "resumed", "Round going again"
    FINISHED = "finished", "Round finished"


class CabEvent(models.Model):
    """One thing the crew recorded. ``id`` is the device's own: sent twice, kept once. Never changed."""

    id = models.UUIDField(primary_key=True)
    schedule_id = models.CharField(max_length=40)
    day = models.DateField()
    bin = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, choices=CabKind.choices)
    usrn = models.BigIntegerField(null=True)
    uprn = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["schedule_id", "day", "usrn"], name="cab_event_round")]


class FlagKind(models.TextChoices):
    """Why a crew must not pass this door."""

    ASSISTED = "assisted", "Assisted collection"
    REPEAT = "repeat", "Missed before"


class Flag(models.Model):
    """A word to the crew about one door, from ``begins`` until ``ends`` (both included; open-ended without).

    It came of a case, or stands in a list of another system: ``source`` is what that list is called here.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    uprn = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=FlagKind.choices)
    case_id = models.UUIDField(null=True)
    begins = models.DateField()
    ends = models.DateField(null=True)
    source = models.CharField(max_length=60, blank=True, default="", db_default="")
    note = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="Where the bins are and how to get to them."
    )
    ended_here = models.BooleanField(
        default=False,
        db_default=False,
        help_text="It was ended here, at request; a list that still has it does not bring it back.",
    )

    class Meta:
        indexes = [models.Index(fields=["uprn"], name="flag_uprn")]
        constraints = [
            models.UniqueConstraint(
                fields=["case_id", "kind"], condition=Q(case_id__isnull=False), name="flag_case_once"
            ),
            models.UniqueConstraint(
                fields=["source", "uprn", "begins"], condition=~Q(source=""), name="flag_listed_once"
            ),
        ]
