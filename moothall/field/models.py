"""Jobs, the days of crews, devices and what they reported."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class JobState(models.TextChoices):
    """Where a job stands. Only the last three are ends."""

    WAITING = "waiting", "Waiting"
    GOING = "going", "Crew on its way"
    STARTED = "started", "Under way"
    PAUSED = "paused", "Paused"
    DONE = "done", "Done"
    NOT_DONE = "not_done", "Could not be done"
    WITHDRAWN = "withdrawn", "Not needed any more"


OPEN = (JobState.WAITING, JobState.GOING, JobState.STARTED, JobState.PAUSED)


class Job(models.Model):
    """One visit for a case. ``crew``, ``day`` and ``place`` are the plan; devices see it once the day is published."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField()
    task_id = models.UUIDField(null=True)
    booking_id = models.UUIDField(null=True)
    reference = models.CharField(max_length=8)
    service = models.CharField(max_length=80)
    team = models.CharField(max_length=60)
    skill = models.CharField(max_length=40)
    minutes = models.PositiveSmallIntegerField()
    priority = models.CharField(max_length=20, default="normal")
    place_text = models.CharField(max_length=300, blank=True)
    area = models.CharField(max_length=20, blank=True)
    uprn = models.BigIntegerField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    due_at = models.DateTimeField(
        null=True, help_text="When its promise falls due; a copy, renewed when days are planned."
    )
    from_day = models.DateField(help_text="Not before this day.")
    fixed_day = models.BooleanField(default=False, help_text="Booked with the customer: on this day and no other.")
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    crew = models.CharField(max_length=40, blank=True)
    day = models.DateField(null=True)
    place = models.PositiveSmallIntegerField(default=0, help_text="Its place in the crew's order.")
    starts_at = models.DateTimeField(null=True, help_text="When the plan expects the crew there.")
    pinned = models.BooleanField(
        default=False, help_text="A supervisor gave it to this crew: planning leaves it there."
    )
    tries = models.PositiveSmallIntegerField(default=0, help_text="Visits that came to nothing.")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True, help_text="The crew that ended it.")
    reason = models.CharField(max_length=40, blank=True)
    left = models.JSONField(
        default=dict,
        db_default={},
        help_text="What earlier visits left of the things to take: code and how many; empty: all.",
    )
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case_id"], condition=Q(state__in=OPEN), name="job_one_open_a_case")
        ]
        indexes = [
            models.Index(fields=["day", "crew", "place"], name="job_day", condition=Q(day__isnull=False)),
            models.Index(fields=["from_day", "due_at"], name="job_open", condition=Q(state__in=OPEN)),
            models.Index(fields=["case_id"], name="job_case"),
        ]


class CrewDay(models.Model):
    """One crew on one day: whether it works, and since when its devices have its jobs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    crew = models.CharField(max_length=40)
    day = models.DateField()
    off = models.BooleanField(default=False)
    why_off = models.CharField(max_length=120, blank=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["crew", "day"], name="crew_day_once")]


class Device(models.Model):
    """A telephone or tablet a crew carries. Its token is kept as a digest; cut off, it is told to forget all it holds."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    crew = models.CharField(max_length=40)
    staff_id = models.UUIDField(help_text="Who signed it in, and so who acts through it.")
    token_digest = models.CharField(max_length=64, unique=True)
    added_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    skew_seconds = models.IntegerField(default=0, help_text="How far its clock was behind ours when it was last seen.")
    waiting = models.PositiveIntegerField(default=0, help_text="What it said it still had to send.")
    cut_off_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True, help_text="When it first came by after that and was told to forget.")

    class Meta:
        indexes = [models.Index(fields=["crew"], name="device_crew")]


class ReportKind(models.TextChoices):
    """What a crew can report."""

    GOING = "going", "On the way"
    STARTED = "started", "Started"
    PAUSED = "paused", "Paused"
    DONE = "done", "Done"
    NOT_DONE = "not_done", "Could not be done"
    FAULT = "fault", "Found a fault"


class Verdict(models.TextChoices):
    """What became of a report. All are kept; only ``taken`` changed the job."""

    TAKEN = "taken", "Taken"
    BESIDE = "beside", "Kept beside what was known already"
    REFUSED = "refused", "Could not be taken"


class DeviceReport(models.Model):
    """One thing a device reported. ``id`` is the device's own: sent twice, kept once. Never changed but for its case."""

    id = models.UUIDField(primary_key=True)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="reports")
    number = models.PositiveIntegerField(help_text="The device's own count.")
    job_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=10, choices=ReportKind.choices)
    device_at = models.DateTimeField(help_text="By the device's clock.")
    occurred_at = models.DateTimeField(help_text="By ours: corrected by how far the device's was out.")
    received_at = models.DateTimeField()
    reason = models.CharField(max_length=40, blank=True)
    left = models.JSONField(
        default=dict, db_default={}, help_text="What stays behind, code and how many; empty: all of it."
    )
    service = models.CharField(max_length=80, blank=True)
    words = models.CharField(max_length=1000, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    told = models.CharField(max_length=300, blank=True, help_text="What the crew was told about it.")

    class Meta:
        indexes = [
            models.Index(fields=["job_id", "occurred_at"], name="device_report_job"),
            models.Index(fields=["device", "number"], name="device_report_device"),
        ]


class JobPhoto(models.Model):
    """A photo a crew took. ``id`` is the device's own. It may come before or after the report it belongs to."""

    id = models.UUIDField(primary_key=True)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="photos")
    report_id = models.UUIDField()
    document_id = models.UUIDField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["report_id"], name="job_photo_report")]


class PlanRun(models.Model):
    """One planning of a day: asked for, then done, with what came of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField()
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    placed = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    travel_minutes = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["day", "-asked_at"], name="plan_run_day")]
