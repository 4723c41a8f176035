"""Rows that every room leans on: staff, events, idempotency keys, limits and read-model cursors."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class StaffManager(BaseUserManager["Staff"]):
    """Looks staff up by sign-in name, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "Staff":
        """Return the member of staff with this sign-in name."""
        return self.get(username=(username or "").lower())


class Staff(AbstractBaseUser):
    """A person who works here. Roles, teams and skills are codes of the council's pack, so a pack change moves nobody."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=150, unique=True, help_text="Sign-in name, kept in lower case.")
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    role_codes = ArrayField(models.CharField(max_length=60), default=list)
    team_codes = ArrayField(models.CharField(max_length=60), default=list)
    skill_codes = ArrayField(models.CharField(max_length=60), default=list)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False, help_text="Somebody else knows the password: a reset.")
    oidc_subject = models.CharField(max_length=255, unique=True, null=True, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar[StaffManager] = StaffManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        indexes = [models.Index(fields=["name"], name="staff_name")]

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """One thing that happened. Append-only, partitioned by month of ``recorded_at`` (see migration 0002).

    Holds who, what and codes; never names, text or addresses, so that erasure need not touch it. ``tx`` is the writing
    transaction's number: readers of the feed stay below the oldest open one and so never miss a late commit.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    recorded_at = models.DateTimeField(help_text="When we knew; the partition key.")
    occurred_at = models.DateTimeField(help_text="When it happened; what insight counts by.")
    tx = models.BigIntegerField()
    name = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    purpose = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    contact_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    service = models.CharField(max_length=80)
    channel = models.CharField(max_length=12)
    team = models.CharField(max_length=60)
    area = models.CharField(max_length=20)
    imported = models.BooleanField()
    data = models.JSONField(default=dict)

    class Meta:
        managed = False
        db_table = "core_event"


class IdempotencyKey(models.Model):
    """A write that was asked for once: its answer is kept so that the second asking is answered as the first."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scope = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, blank=True)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_scope_key")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_created")]


class Attempt(models.Model):
    """A guess at something secret (a password, a reference), counted per address and per account for a while."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scope = models.CharField(max_length=40)
    bucket = models.CharField(max_length=64, help_text="SHA-256 of the address or account; nothing readable is kept.")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["scope", "bucket", "at"], name="attempt_scope_bucket_at")]


class Cursor(models.Model):
    """How far a reader of the event feed has come."""

    name = models.CharField(max_length=60, primary_key=True)
    tx = models.BigIntegerField(default=0)
    event_id = models.UUIDField(null=True)
    moved_at = models.DateTimeField()


class ApiClient(models.Model):
    """A machine that may call us: its token is kept only as a digest, its scopes are permissions of the pack."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    token_digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=60), default=list)
    team_codes = ArrayField(models.CharField(max_length=60), default=list)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)


class Heartbeat(models.Model):
    """The last sign of life of a background process."""

    process = models.CharField(max_length=120, primary_key=True)
    at = models.DateTimeField()


class AwayService(models.Model):
    """A service of others that people come in by, while it does not do its work; no row while it does."""

    code = models.CharField(max_length=60, primary_key=True)
    why = models.CharField(max_length=12)
    since = models.DateTimeField()
    asked_at = models.DateTimeField()


class CameBack(models.Model):
    """What of others was away and is back: the last time of each, so that whoever was told of the one hears of the other."""

    code = models.CharField(max_length=60, primary_key=True)
    since = models.DateTimeField(help_text="It was away from then.")
    back_at = models.DateTimeField()


class Job(models.Model):
    """A piece of background work that waits, runs (``claimed_by``) or was given up. Done means deleted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    queue = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    arguments = models.JSONField(default=dict)
    run_at = models.DateTimeField()
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    lock = models.CharField(max_length=120, blank=True, db_default="")
    once = models.CharField(max_length=120, blank=True, db_default="")
    claimed_by = models.CharField(max_length=120, blank=True, db_default="")
    claimed_at = models.DateTimeField(null=True, help_text="On the machine's own clock.")
    error = models.CharField(max_length=300, blank=True, db_default="")
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["queue", "run_at", "id"], name="job_waiting", condition=Q(claimed_by="", given_up_at=None)
            ),
            models.Index(fields=["claimed_by"], name="job_claimed", condition=~Q(claimed_by="")),
            models.Index(fields=["-given_up_at"], name="job_given_up", condition=Q(given_up_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["once"], name="job_once_waiting", condition=~Q(once="") & Q(claimed_by="", given_up_at=None)
            ),
            models.UniqueConstraint(
                fields=["lock"], name="job_lock_claimed", condition=~Q(lock="") & ~Q(claimed_by="")
            ),
        ]


class Schedule(models.Model):
    """When a scheduled job is due next."""

    name = models.CharField(max_length=80, primary_key=True)
    due_at = models.DateTimeField()


class EventSeal(models.Model):
    """A seal over some events of one month: the digest of each (``held``), chained to the seal before. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    month = models.CharField(max_length=7, help_text="The partition: 2026-03.")
    number = models.PositiveIntegerField(help_text="From 1, without a gap, in each month.")
    rows = models.PositiveIntegerField()
    last_tx = models.BigIntegerField()
    last_id = models.UUIDField()
    held = models.BinaryField(help_text="48 bytes for each row: its id and its SHA-256.")
    before = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "number"], name="event_seal_once")]


from moothall.core.packs.models import PackVersion  # noqa: E402  kept beside the loader it belongs to

__all__ = [
    "ApiClient", "Attempt", "Cursor", "Event", "EventSeal", "Heartbeat", "IdempotencyKey", "Job", "PackVersion", "Schedule",
    "Staff",
]  # fmt: skip
