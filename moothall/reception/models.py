"""Visits in their queues, the day's tickets, officers on duty, and experts who were asked for."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class VisitState(models.TextChoices):
    """Where a visit stands."""

    WAITING = "waiting", "Waiting"
    CALLED = "called", "Called"
    SERVING = "serving", "At a desk"
    DONE = "done", "Finished"
    LEFT = "left", "Left before we finished"


HERE = ("waiting", "called", "serving")


class HowCalled(models.TextChoices):
    """How somebody wants to be called."""

    SCREEN = "screen", "On the screen and aloud"
    TEXT = "text", "By text message"
    STAFF = "staff", "Somebody comes to them"


class Interpreting(models.TextChoices):
    """Where the interpreter is that somebody needs."""

    NONE = "", "None needed"
    WANTED = "wanted", "Needed, not here yet"
    PHONE = "phone", "On the telephone"
    VIDEO = "video", "By video"
    HERE = "here", "Here in person"
    STAFF = "staff", "A colleague"


class Line(models.Model):
    """The day's tickets of one centre: locked by whoever changes the order, so that numbers and places are true.

    ``numbers`` holds the last number by letter; ``last_at`` is the last arrival: later ones are never earlier.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.CharField(max_length=64)
    day = models.DateField()
    numbers = models.JSONField(default=dict)
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "day"], name="line_once")]


class Visit(models.Model):
    """One coming in. ``ticket`` is what is called out; ``shown_as`` the first name, where they chose it instead.

    ``turn_at`` is when it is their turn by our own rule (see ``rules.turn_at``): the order of the queue.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contact_id = models.UUIDField(unique=True)
    centre = models.CharField(max_length=64)
    day = models.DateField()
    queue = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    ticket = models.CharField(max_length=6)
    state = models.CharField(max_length=8, choices=VisitState.choices, default=VisitState.WAITING)
    how = models.CharField(max_length=8, help_text="host, kiosk or booking: how they came into the queue")
    service = models.CharField(max_length=80, blank=True)
    customer_id = models.UUIDField(null=True)
    booking_id = models.UUIDField(null=True)
    booked_for = models.DateTimeField(null=True)
    shown_as = models.CharField(max_length=40, blank=True, help_text="First name, where they chose to be called by it.")
    call_by = models.CharField(max_length=6, choices=HowCalled.choices, default=HowCalled.SCREEN)
    phone = models.CharField(max_length=20, blank=True)
    find_by = models.CharField(max_length=120, blank=True, help_text="How an officer finds them: by the window.")
    about = models.CharField(max_length=300, blank=True, help_text="What they said they came for, in their words.")
    needs = ArrayField(models.CharField(max_length=40), default=list)
    language = models.CharField(max_length=10, blank=True)
    interpreter = models.CharField(max_length=8, choices=Interpreting.choices, blank=True, default="")
    arrived_at = models.DateTimeField()
    turn_at = models.DateTimeField()
    waiting_since = models.DateTimeField(help_text="When this wait began: arrival, or being handed on.")
    called_at = models.DateTimeField(null=True)
    calls = models.PositiveSmallIntegerField(default=0)
    warned_at = models.DateTimeField(null=True, help_text="When they were texted that it is nearly their turn.")
    desk = models.CharField(max_length=12, blank=True)
    staff_id = models.UUIDField(null=True)
    seen_at = models.DateTimeField(null=True, help_text="When an officer first sat down with them.")
    serving_since = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=20, blank=True)
    handed = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "day", "ticket"], name="visit_ticket_once")]
        indexes = [
            models.Index(fields=["centre", "turn_at", "number"], name="visit_here", condition=Q(state__in=HERE)),
            models.Index(fields=["centre", "day", "ended_at"], name="visit_day"),
            models.Index(fields=["booking_id"], name="visit_booking", condition=Q(booking_id__isnull=False)),
            models.Index(fields=["customer_id"], name="visit_customer", condition=Q(customer_id__isnull=False)),
        ]


class Duty(models.Model):
    """An officer on duty at a centre: at a desk, or to be called in. Over when ``ended_at`` is set."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    staff_id = models.UUIDField()
    centre = models.CharField(max_length=64)
    desk = models.CharField(max_length=12, blank=True)
    skills = ArrayField(models.CharField(max_length=60), default=list)
    busy_until = models.DateTimeField(null=True, help_text="Not to be asked before then.")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff_id"], name="duty_one_place", condition=Q(ended_at__isnull=True)),
            models.UniqueConstraint(
                fields=["centre", "desk"], name="duty_desk_once", condition=Q(ended_at__isnull=True) & ~Q(desk="")
            ),
        ]


class AskState(models.TextChoices):
    """What became of asking for an expert."""

    RINGING = "ringing", "Asked, no answer yet"
    COMING = "coming", "Coming"
    NOBODY = "nobody", "All are busy"
    OVER = "over", "Over"


class ExpertAsk(models.Model):
    """A desk asks for somebody with a skill. Whoever says so first comes; ``busy`` holds who cannot."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="asks")
    skill = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=AskState.choices, default=AskState.RINGING)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    staff_id = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)
    busy = ArrayField(models.UUIDField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], name="ask_one_at_a_time", condition=Q(state__in=("ringing", "coming"))
            )
        ]
