"""Bookings, what they claim of the world, who waits, and the cards that vouch for people."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from moothall.core.ids import new_id


class BookingState(models.TextChoices):
    """Where a booking stands."""

    HELD = "held", "Held"
    CONFIRMED = "confirmed", "Booked"
    EXPIRED = "expired", "Not kept: the time ran out"
    RELEASED = "released", "Let go"
    CANCELLED = "cancelled", "Cancelled"
    ATTENDED = "attended", "Came"
    MISSED = "missed", "Did not come"


LIVE = ("held", "confirmed")


class Booking(models.Model):
    """One booking from the moment it is held. ``needs`` are booked along; ``load`` is what it takes of a crew's day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=8, unique=True)
    state = models.CharField(max_length=10, choices=BookingState.choices, default=BookingState.HELD)
    bookable = models.CharField(max_length=64)
    site = models.CharField(max_length=64, blank=True, help_text="Code of the site; blank: we come to the customer.")
    resource = models.CharField(max_length=70)
    service = models.CharField(max_length=80, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    way = models.CharField(max_length=10, default="in_person")
    places = models.PositiveSmallIntegerField(default=1)
    places_given_up = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Of those it was booked and paid with."
    )
    load = models.JSONField(default=dict, help_text="units, minutes, metres, kilograms")
    needs = ArrayField(models.CharField(max_length=40), default=list)
    indoor = models.BooleanField(
        null=True, help_text="True: it was looked for under a roof, and stays there when it is moved."
    )
    language = models.CharField(max_length=40, blank=True)
    access = models.CharField(max_length=500, blank=True, help_text="What the customer said we should know.")
    card = models.CharField(max_length=64, blank=True, help_text="Code of the card that authenticates it.")
    customer_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    for_kind = models.CharField(max_length=20, help_text="dialogue, contact, wait, staff, case")
    for_id = models.UUIDField()
    series_id = models.UUIDField(null=True, help_text="Of a recurring or block booking.")
    title = models.CharField(max_length=120, blank=True, help_text="Of a block booking: whose it is.")
    held_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, help_text="Until when it is held; null once it is booked.")
    owes_pence = models.PositiveIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=60, blank=True)
    moved = models.PositiveSmallIntegerField(default=0)
    remind_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    minutes_late = models.PositiveSmallIntegerField(null=True)
    visits_failed = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_runs_forward"),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(expires_at__isnull=False), name="booking_hold_has_an_end"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="booking_hold_expiry", condition=Q(state="held")),
            models.Index(fields=["remind_at"], name="booking_reminder", condition=Q(state="confirmed")),
            models.Index(fields=["case_id"], name="booking_case", condition=Q(case_id__isnull=False)),
            models.Index(fields=["for_id"], name="booking_for"),
            models.Index(fields=["customer_id", "-starts_at"], name="booking_customer"),
            models.Index(fields=["ends_at", "id"], name="booking_ended"),
            models.Index(fields=["resource", "starts_at"], name="booking_diary"),
            models.Index(fields=["series_id"], name="booking_series", condition=Q(series_id__isnull=False)),
        ]


class Claim(models.Model):
    """The use of one resource for a stretch of time, set-up and clearing included. No two live ones may overlap.

    ``expires_at`` is the hold's: a search takes an overdue claim for free, and whoever takes its time ends it first.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="claims")
    resource = models.CharField(max_length=70)
    during = DateTimeRangeField()
    live = models.BooleanField(default=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="claim_never_twice",
                expressions=[("resource", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(live=True),
            )
        ]
        indexes = [models.Index(fields=["booking"], name="claim_booking", condition=Q(live=True))]


class Tally(models.Model):
    """What is taken of a crew's day or a session, beside the most there is. The database refuses more than the most."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resource = models.CharField(max_length=70)
    starts_at = models.DateTimeField()
    units = models.PositiveIntegerField(default=0)
    minutes = models.PositiveIntegerField(default=0)
    metres = models.PositiveIntegerField(default=0)
    kilograms = models.PositiveIntegerField(default=0)
    most_units = models.PositiveIntegerField(null=True)
    most_minutes = models.PositiveIntegerField(null=True)
    most_metres = models.PositiveIntegerField(null=True)
    most_kilograms = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "starts_at"], name="tally_once"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"most_{what}": None}) | Q(**{f"{what}__lte": F(f"most_{what}")}),
                    name=f"tally_{what}_within",
                )
                for what in ("units", "minutes", "metres", "kilograms")
            ),
        ]


class WaitState(models.TextChoices):
    """Where somebody on a waiting list stands."""

    WAITING = "waiting", "Waiting"
    OFFERED = "offered", "Offered a time"
    TAKEN = "taken", "Took it"
    LEFT = "left", "Left the list"
    PASSED = "passed", "The time has passed"


class Wait(models.Model):
    """Somebody who wants what is full: what she wishes for, and what was offered. First come, first offered."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    state = models.CharField(max_length=8, choices=WaitState.choices, default=WaitState.WAITING)
    bookable = models.CharField(max_length=64)
    service = models.CharField(max_length=80, blank=True)
    sites = ArrayField(models.CharField(max_length=64), default=list, help_text="Empty: any.")
    since = models.DateTimeField()
    until = models.DateTimeField()
    from_minute = models.PositiveSmallIntegerField(default=0)
    to_minute = models.PositiveSmallIntegerField(default=24 * 60)
    places = models.PositiveSmallIntegerField(default=1)
    load = models.JSONField(default=dict, db_default={}, help_text="What it would take of a crew's day.")
    way = models.CharField(max_length=10, blank=True, default="", db_default="")
    needs = ArrayField(
        models.CharField(max_length=40),
        default=list,
        db_default=[],
        help_text="As a booking's: what the place must have too.",
    )
    indoor = models.BooleanField(null=True, help_text="True: only indoors.")
    language = models.CharField(max_length=40, blank=True, default="", db_default="")
    access = models.CharField(max_length=500, blank=True, default="", db_default="")
    card = models.CharField(max_length=30, blank=True, default="", db_default="", help_text="The number she entered.")
    near_latitude = models.FloatField(null=True)
    near_longitude = models.FloatField(null=True)
    answers = models.JSONField(
        default=dict, db_default={}, help_text="What she had answered; goes with the end of the wait."
    )
    customer_id = models.UUIDField(null=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    joined_at = models.DateTimeField()
    booking_id = models.UUIDField(null=True, help_text="What is held for her now.")
    offers = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["bookable", "joined_at", "id"], name="wait_line", condition=Q(state="waiting")),
            models.Index(fields=["booking_id"], name="wait_booking", condition=Q(booking_id__isnull=False)),
        ]


class HeldCard(models.Model):
    """A card somebody holds: its number vouches for her, from when and until when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=30, unique=True, help_text="Without spaces, upper case.")
    card = models.CharField(max_length=64)
    customer_id = models.UUIDField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["customer_id"], name="heldcard_customer")]


class MoveOffer(models.Model):
    """Times offered by text for moving a booking: the number of the answer picks one."""

    booking = models.OneToOneField(Booking, primary_key=True, on_delete=models.CASCADE)
    slots = ArrayField(models.CharField(max_length=90))
    offered_at = models.DateTimeField()


class Closure(models.Model):
    """A place, or one thing at it, that had to close for a while, whatever the pack says; over when ``ended_at`` is set.

    ``reason`` is what the customers are told, as an officer wrote it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.CharField(max_length=64, blank=True)
    resource = models.CharField(max_length=70, blank=True, help_text="One thing at it; blank: all of it.")
    since = models.DateTimeField()
    until = models.DateTimeField()
    reason = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="closure_runs_forward"),
        ]
        indexes = [models.Index(fields=["until"], name="closure_to_come", condition=Q(ended_at__isnull=True))]
