"""What privacy has to remember: sealed records opened, why officers looked, erasures, copies, holds, what was forgotten."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class Opening(models.Model):
    """A sealed record opened by an officer without the permission, for a reason and a while; looked into afterwards.

    Either of one case (``case_id``) or of what there is of one ``kind`` about a person; or a look for somebody of that kind
    that found nobody (``nobody``), which is judged alike. Who opened it never reviews it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    staff_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=40, help_text="The restricted kind it opens; no other.")
    reason = models.CharField(max_length=500)
    sought = models.CharField(
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text="Whom somebody looked for behind the seal, as typed.",
    )
    nobody = models.BooleanField(
        default=False, db_default=False, help_text="Nobody was found by it, and nothing opened."
    )
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, help_text="Closed early by who opened it.")
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.UUIDField(null=True)
    justified = models.BooleanField(null=True)
    finding = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["opened_at", "id"], name="opening_waiting", condition=Q(reviewed_at=None)),
            models.Index(fields=["-opened_at", "-id"], name="opening_newest"),
            models.Index(fields=["staff_id", "opened_at"], name="opening_staff"),
            models.Index(fields=["customer_id"], name="opening_customer", condition=Q(customer_id__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(case_id__isnull=False) | Q(customer_id__isnull=False) | Q(nobody=True),
                name="opening_of_something",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=models.F("staff_id")), name="opening_two_people"
            ),
        ]


class Erasure(models.Model):
    """An erasure that was done, or refused and why. It names nobody: the reference stays with the emptied record."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer_id = models.UUIDField()
    reference = models.CharField(max_length=8, help_text="Of the record, which stays, empty.")
    number = models.CharField(max_length=8, unique=True, help_text="The receipt's own reference.")
    done = models.BooleanField(help_text="False: refused; `kept` says why.")
    counts = models.JSONField(default=dict, help_text="Room to the number of rows emptied or deleted.")
    kept = models.JSONField(default=list, help_text="What stays: what, count, because, until.")
    at = models.DateTimeField()
    by_staff_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="erasure_newest")]


class CopyState(models.TextChoices):
    """How far a copy has come."""

    BUILDING = "building", "Being put together"
    REVIEW = "review", "To be looked through"
    RELEASED = "released", "Ready for them"
    OVER = "over", "Fetched or run out"


class Copy(models.Model):
    """A copy of all that is held on one person, asked for, built by a job, looked through, released for a while."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer_id = models.UUIDField()
    case_id = models.UUIDField(null=True, help_text="The request, with its promise.")
    state = models.CharField(max_length=8, choices=CopyState.choices, default=CopyState.BUILDING)
    asked_at = models.DateTimeField()
    asked_by_kind = models.CharField(max_length=12)
    built_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.UUIDField(null=True)
    fetch_until = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["asked_at", "id"], name="copy_open", condition=Q(state__in=["building", "review"])),
            models.Index(fields=["customer_id", "-asked_at"], name="copy_customer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer_id"], condition=Q(state__in=["building", "review"]), name="copy_one_at_a_time"
            )
        ]


class CopyLine(models.Model):
    """One value in a copy: where it stands, what it says; taken out with a reason, or not. ``file_key`` names a file."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    copy = models.ForeignKey(Copy, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    section = models.CharField(max_length=60)
    path = models.JSONField()
    value = models.JSONField()
    file_key = models.CharField(max_length=80, blank=True)
    withheld = models.CharField(
        max_length=40, blank=True, help_text="Code of the reason in the pack; blank: it goes out."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["copy", "number"], name="copy_line_once")]
        indexes = [models.Index(fields=["copy", "section", "number"], name="copy_line_section")]


class Reason(models.Model):
    """Why an officer said she must see a person's record, where nothing else says it. It stands until ``until``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer_id = models.UUIDField()
    staff_id = models.UUIDField()
    purpose = models.CharField(max_length=60, help_text="A code of the pack's purposes.")
    note = models.CharField(max_length=300, blank=True, help_text="In her words, where the purpose asks for them.")
    said_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["staff_id", "until"], name="reason_standing"),
            models.Index(fields=["customer_id", "-said_at"], name="reason_customer"),
            models.Index(fields=["said_at", "id"], name="reason_oldest"),
        ]


class Hold(models.Model):
    """Something kept although its years are over: one record of a class, or (``record_id`` null) everything of a person.

    ``reason`` is a code of the pack. It stands until it is lifted; on ``review_on`` somebody looks whether it must.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record_class = models.CharField(max_length=40, blank=True, help_text="Blank: everything of the person.")
    record_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    reference = models.CharField(max_length=8, blank=True, help_text="Of the record, or of the person.")
    reason = models.CharField(max_length=40)
    note = models.CharField(max_length=200, blank=True)
    review_on = models.DateField()
    placed_at = models.DateTimeField()
    placed_by = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["review_on", "id"], name="hold_standing", condition=Q(lifted_at=None))]
        constraints = [
            models.UniqueConstraint(
                fields=["record_class", "record_id"], name="hold_record_once",
                condition=Q(lifted_at=None, record_id__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["customer_id"], name="hold_person_once", condition=Q(lifted_at=None, record_id=None)
            ),
            models.CheckConstraint(
                condition=Q(record_id__isnull=False) | Q(customer_id__isnull=False), name="hold_of_something"
            ),
        ]  # fmt: skip


class RetentionRun(models.Model):
    """One night's forgetting: what went, what was left and why, class by class; and what is due after it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    forgot = models.JSONField(default=dict, help_text="Class to the number of records.")
    left = models.JSONField(default=dict, help_text="Class to reason to number.")
    places = models.JSONField(default=dict, help_text="Class to where the run has come; a class that is done: null.")
    ahead = models.JSONField(default=dict, help_text="Class to what was due at the end, and when the next one is.")

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="retention_run_newest")]
