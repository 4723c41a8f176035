"""What was announced, what was said of it since, and who it touches."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class Scope(models.TextChoices):
    """How far a failure reaches."""

    BOROUGH = "borough", "The whole borough"
    AREA = "area", "One area"
    STREET = "street", "One street"
    ROUND = "round", "One collection round"


class Announcement(models.Model):
    """One failure, said once for everyone it touches. Over when ``ended_at`` is set.

    ``reach`` with one of ``area``, ``usrn`` and ``schedule_id`` says where; ``place`` says it in words. ``not_today`` and
    ``new_day`` say that what was due that day is done on another; ``reason`` is a code of the pack's pauses.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=120)
    doing = models.TextField(help_text="What we do about it.")
    services = models.JSONField(default=list, help_text="Codes of the services it touches.")
    reach = models.CharField(max_length=8, choices=Scope.choices)
    area = models.CharField(max_length=20, blank=True)
    usrn = models.BigIntegerField(null=True)
    schedule_id = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=160)
    since = models.DateTimeField()
    reason = models.CharField(max_length=60, blank=True)
    not_today = models.DateField(null=True)
    new_day = models.DateField(null=True)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    stopped_day = models.DateField(
        null=True, help_text="The day its round’s lorry broke down; it was announced by itself."
    )
    done_streets = models.JSONField(
        null=True, help_text="Streets of the round that were done before, and are not touched."
    )

    class Meta:
        indexes = [
            models.Index(fields=["-made_at"], name="announcement_newest"),
            models.Index(fields=["made_at"], name="announcement_live", condition=Q(ended_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule_id", "stopped_day"], condition=Q(ended_at__isnull=True, stopped_day__isnull=False),
                name="announcement_one_of_a_stop",
            ),
        ]  # fmt: skip


class NewsKind(models.TextChoices):
    """What a word is: the first, one on the way, the last."""

    MADE = "made", "Announced"
    NEWS = "news", "News"
    OVER = "over", "Over"


class News(models.Model):
    """One word about an announcement. Told once to each person who is touched by it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="news")
    kind = models.CharField(max_length=4, choices=NewsKind.choices)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["announcement", "at"], name="announcement_news_at")]


class How(models.TextChoices):
    """How somebody came to be touched by an announcement."""

    OPEN = "open", "Had something open"
    LATER = "later", "Asked for it later"
    RANG = "rang", "Was in touch about it"
    LIVES = "lives", "Lives where it is"


class Touched(models.Model):
    """Somebody an announcement touches: a case of theirs, a promise made to them, a contact about it, the home they live in.

    Who lives there is known only until the end was told.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="touched")
    how = models.CharField(max_length=5, choices=How.choices)
    case_id = models.UUIDField(null=True)
    contact_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "case_id"], condition=Q(case_id__isnull=False), name="touched_case_once"
            ),
            models.UniqueConstraint(
                fields=["announcement", "contact_id"],
                condition=Q(contact_id__isnull=False),
                name="touched_contact_once",
            ),
            models.UniqueConstraint(
                fields=["announcement", "customer_id"],
                condition=Q(how="lives", customer_id__isnull=False),
                name="touched_home_once",
            ),
        ]
        indexes = [
            models.Index(fields=["customer_id"], name="touched_customer", condition=Q(customer_id__isnull=False)),
            models.Index(fields=["contact_id"], name="touched_contact", condition=Q(contact_id__isnull=False)),
        ]
