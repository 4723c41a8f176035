"""What the public sees of a case about the street, and who wants to hear of it."""

from django.db import models
from django.db.models import F, Q

from moothall.core.ids import new_id


class Ending(models.TextChoices):
    """How a report ended, in the public's terms: closed is not fixed."""

    FIXED = "fixed", "Fixed"
    MADE_SAFE = "made_safe", "Made safe, lasting repair to come"
    NOT_OURS = "not_ours", "Not ours to fix"
    CANNOT_FIND = "cannot_find", "We could not find it"
    NOT_DONE = "not_done", "Closed without a repair"
    DUPLICATE = "duplicate", "The same as another report"
    WITHDRAWN = "withdrawn", "Taken back by who reported it"


class Report(models.Model):
    """One case of a public service as everyone may see it. Its own words, name and address of who asked are not here.

    ``cell15`` and ``cell18`` are grid squares (column × 2^level + row of the map grid): what finds reports near a point
    and in a box. ``words`` are for likeness only and are never shown.
    """

    case_id = models.UUIDField(primary_key=True)
    reference = models.CharField(max_length=8, unique=True)
    service = models.CharField(max_length=80)
    area = models.CharField(max_length=20, blank=True)
    place = models.CharField(max_length=200, blank=True, help_text="The street or landmark in words, no house number.")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    cell15 = models.BigIntegerField(null=True)
    cell18 = models.BigIntegerField(null=True)
    is_open = models.BooleanField(default=True)
    status = models.CharField(max_length=40)
    ending = models.CharField(max_length=12, choices=Ending.choices, blank=True)
    outcome = models.CharField(max_length=120, blank=True)
    duplicate_of = models.UUIDField(null=True)
    with_partner = models.CharField(
        max_length=60, blank=True, help_text="Who it was sent on to: a partner of the pack."
    )
    words = models.CharField(max_length=400, blank=True)
    description = models.TextField(
        blank=True, default="", db_default="", help_text="What another system sent with it to be public (Open311)."
    )
    photo_marks = models.JSONField(default=list, blank=True, help_text="64-bit marks of how its photos look.")
    followers = models.PositiveIntegerField(default=0)
    hidden = models.BooleanField(default=False, help_text="An officer has taken it off the public pages.")
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["cell18", "-opened_at"], name="report_near", condition=Q(hidden=False)),
            models.Index(fields=["cell15"], name="report_box", condition=Q(hidden=False)),
            models.Index(fields=["-opened_at", "-case_id"], name="report_newest", condition=Q(hidden=False)),
            models.Index(
                fields=["service", "-opened_at", "-case_id"], name="report_service", condition=Q(hidden=False)
            ),
            models.Index(fields=["area", "-opened_at", "-case_id"], name="report_area", condition=Q(hidden=False)),
            models.Index(fields=["duplicate_of"], name="report_same", condition=Q(duplicate_of__isnull=False)),
        ]


class Cell(models.Model):
    """How many reports of one kind lie in a square of the grid: what a map of a million is drawn from."""

    level = models.PositiveSmallIntegerField()
    x = models.PositiveIntegerField()
    y = models.PositiveIntegerField()
    service = models.CharField(max_length=80)
    area = models.CharField(max_length=20, blank=True)
    is_open = models.BooleanField()
    month = models.PositiveIntegerField(
        help_text="Year × 100 + month in which they were made, and in front how they ended: cells.ENDED."
    )
    reports = models.IntegerField(default=0)
    latitudes = models.FloatField(default=0, help_text="Their sum: the middle of a cluster is where its reports are.")
    longitudes = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["level", "x", "y", "service", "area", "is_open", "month"], name="report_cell_once"
            )
        ]


class Spot(models.Model):
    """How many reports were put on exactly one point. One with very many is where a system puts what it could not locate.

    Such a point is ``crowded`` from then on: a report on it has no place that anybody knows.
    """

    latitude_e6 = models.IntegerField()
    longitude_e6 = models.IntegerField()
    reports = models.IntegerField(default=0)
    crowded = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["latitude_e6", "longitude_e6"], name="report_spot_once")]
        indexes = [models.Index(F("reports").desc(), name="report_crowded")]


class Follower(models.Model):
    """Somebody who wants to hear of a report: by e-mail or text. ``said`` is "me_too" for one who has it as well.

    It stays with the report she chose, also when that is joined to another: see `queries.telling.followers_of`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField()
    address = models.CharField(max_length=254, help_text="E-mail address in lower case, or telephone number as +44…")
    said = models.CharField(max_length=8, default="follow")
    since = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    # Read by nothing since followers stay where they are; the version that still runs writes it, so it goes with the next.
    came_with = models.UUIDField(null=True, help_text="The report they followed, which was joined to this one.")
    proved_at = models.DateTimeField(
        null=True, help_text="Since when we know that she wants it. Only then is she counted."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case_id", "address"], name="follower_once")]


class Alert(models.Model):
    """Somebody who wants to hear of new reports near a place. Nothing is sent before the address is confirmed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    address = models.CharField(max_length=254)
    latitude = models.FloatField()
    longitude = models.FloatField()
    metres = models.PositiveIntegerField(default=500)
    place = models.CharField(max_length=200)
    service = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["latitude", "longitude"], name="alert_live",
                condition=Q(confirmed_at__isnull=False, stopped_at__isnull=True),
            )
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["address", "latitude", "longitude", "service"], name="alert_once")
        ]


class PhotoState(models.TextChoices):
    """Whether a photo may be seen by everyone: only after somebody has looked for faces and number plates."""

    WAITING = "waiting", "Waiting to be looked at"
    PUBLISHED = "published", "Shown"
    REFUSED = "refused", "Not shown"


class Photo(models.Model):
    """A photo of a report and whether the public may see it."""

    document_id = models.UUIDField(primary_key=True)
    case_id = models.UUIDField()
    state = models.CharField(max_length=9, choices=PhotoState.choices, default=PhotoState.WAITING)
    received_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=20, blank=True, default="", db_default="", help_text="Why it is not shown.")
    blurred = models.JSONField(
        default=list, db_default=[], blank=True,
        help_text="What is made unknowable before anyone sees it: [left, top, width, height] in thousandths of its sides.",
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["case_id"], name="report_photo_case"),
            models.Index(fields=["received_at"], name="report_photo_waiting", condition=Q(state="waiting")),
        ]
