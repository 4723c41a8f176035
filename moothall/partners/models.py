"""What was sent on to others and what became of it; the directory of help that others give."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from moothall.core.ids import new_id


class Purpose(models.TextChoices):
    """Why another is told: it is theirs to do, or they do it for us."""

    THEIRS = "theirs", "Theirs to do"
    FOR_US = "for_us", "They do it for us"


class ReferralState(models.TextChoices):
    """Where something sent on stands."""

    WAITING = "waiting", "Not sent yet"
    SENT = "sent", "Sent, no answer yet"
    ACCEPTED = "accepted", "They have it"
    DONE = "done", "They say it is done"
    CLOSED = "closed", "They closed it and do not say that it is done"
    REFUSED = "refused", "They say it is not theirs"
    STUCK = "stuck", "Could not be sent"


OPEN = (ReferralState.WAITING, ReferralState.SENT, ReferralState.ACCEPTED, ReferralState.STUCK)


class Referral(models.Model):
    """One case sent on to one partner. For Open311: its number or token there, and how sending and asking went."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField()
    service = models.CharField(max_length=80)
    partner = models.CharField(max_length=60)
    reference = models.CharField(
        max_length=8,
        null=True,  # of what everybody sees on the map the request's own is quoted
        unique=True,
        help_text="What the partner quotes of a request that is not public: of the referral, never of the request.",
    )
    purpose = models.CharField(max_length=6, choices=Purpose.choices, default=Purpose.THEIRS)
    way = models.CharField(max_length=8)
    rule = models.CharField(max_length=60, blank=True)
    because = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=ReferralState.choices, default=ReferralState.WAITING)
    their_reference = models.CharField(max_length=120, blank=True)
    their_token = models.CharField(max_length=120, blank=True)
    their_status = models.CharField(max_length=400, blank=True)
    their_change = models.DateTimeField(null=True, help_text="The newest change of theirs that was taken in.")
    asked_at = models.DateTimeField(null=True, help_text="When we last asked where it stands there.")
    expected_at = models.DateTimeField(null=True, help_text="By when they say they do it.")
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case_id", "partner"], name="referral_once")]
        indexes = [
            models.Index(
                fields=["partner", "made_at"], name="referral_open",
                condition=Q(state__in=["waiting", "sent", "accepted", "stuck"]),
            ),
            models.Index(fields=["partner", "their_reference"], name="referral_theirs"),
        ]  # fmt: skip


class HelpState(models.TextChoices):
    """Where the referral of a person stands."""

    WAITING = "waiting", "Ring them"
    SENT = "sent", "Asked, no answer yet"
    SILENT = "silent", "They have not answered in time"
    ACCEPTED = "accepted", "They have taken it on"
    DECLINED = "declined", "They cannot take it on"
    MISSED = "missed", "They were not met or not reached"
    DONE = "done", "They say it is done"
    TOLD = "told", "Told how to reach them"
    TAKEN_BACK = "taken", "Taken back"
    OVER = "over", "Over"


ANSWERABLE = (HelpState.WAITING, HelpState.SENT, HelpState.SILENT, HelpState.ACCEPTED)
"""While a partner may still say something, and sees what was shared with it."""


class PersonReferral(models.Model):
    """One person referred to one service of another organisation, for a case of hers.

    What she shares is named here and read from her record when the partner looks: nothing of it is copied.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField()
    customer_id = models.UUIDField()
    help_id = models.UUIDField()
    name = models.CharField(max_length=300, help_text="Of the service, as it was called then.")
    organization = models.CharField(max_length=300, blank=True)
    taker = models.CharField(max_length=64, blank=True)
    way = models.CharField(max_length=8)
    reference = models.CharField(
        max_length=8,
        null=True,  # made before partners had a number of their own to quote
        unique=True,
        help_text="What the partner quotes: of the referral, never of her request.",
    )
    shares = models.JSONField(default=list, help_text="What it is told of her, by name.")
    about = models.TextField(blank=True, help_text="Why she is referred, in her or the adviser's words.")
    agreed = models.TextField(blank=True, help_text="What she agreed to, in the words of then.")
    agreed_how = models.CharField(max_length=12, blank=True, help_text="The channel she said so on.")
    state = models.CharField(max_length=8, choices=HelpState.choices)
    reason = models.CharField(max_length=60, blank=True)
    words = models.TextField(blank=True, help_text="What they wrote to her.")
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text="By when they are to answer.")
    chased_at = models.DateTimeField(null=True)
    task_id = models.UUIDField(null=True, help_text="What an adviser has to do for it: done of itself once it is moot.")
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case_id", "help_id"], name="help_asked_once",
                condition=Q(state__in=["waiting", "sent", "silent", "accepted"]),
            )
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["case_id", "made_at"], name="help_of_case"),
            models.Index(fields=["customer_id"], name="help_of_person"),
            models.Index(fields=["due_at"], name="help_due", condition=Q(state__in=["sent", "accepted"])),
        ]


class Help(models.Model):
    """A service of another organisation, as its directory (Open Referral UK 3.0) tells it; shown as help from others."""

    id = models.UUIDField(primary_key=True)
    source = models.CharField(max_length=60)
    name = models.CharField(max_length=300)
    organization = models.CharField(max_length=300, blank=True)
    summary = models.TextField(blank=True)
    phone = models.CharField(max_length=60, blank=True)
    email = models.CharField(max_length=254, blank=True)
    web = models.CharField(max_length=500, blank=True)
    where = models.CharField(max_length=400, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    minimum_age = models.PositiveSmallIntegerField(null=True)
    maximum_age = models.PositiveSmallIntegerField(null=True)
    costs = models.TextField(blank=True)
    topics = models.JSONField(default=list, help_text="What it is filed under there, in words.")
    search = models.TextField(help_text="All of it in plain lower case, for searching.")
    raw = models.JSONField(help_text="As it was delivered.")
    assured_on = models.DateField(null=True)
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "help"
        indexes = [
            GinIndex(OpClass(F("search"), name="gin_trgm_ops"), name="help_search_trgm"),
            models.Index(fields=["name", "id"], name="help_by_name", condition=Q(gone_at__isnull=True)),
            models.Index(fields=["source"], name="help_source"),
        ]
