"""Orders to contractors, what they said of them step by step, and what we have to tell them."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class OrderState(models.TextChoices):
    """Where an order stands. The last four are ends."""

    WAITING = "waiting", "Not sent yet"
    STUCK = "stuck", "Could not be sent"
    SENT = "sent", "Sent, not taken on yet"
    ACCEPTED = "accepted", "Taken on, no time for the visit yet"
    OFFERED = "offered", "Times offered to the tenant"
    BOOKED = "booked", "Visit booked"
    GOING = "going", "On the way"
    VISITED = "visited", "At the home"
    NO_ACCESS = "no_access", "Nobody let them in"
    DONE = "done", "Done"
    FOLLOW_ON = "follow_on", "More work ordered"
    REFUSED = "refused", "Refused"
    CANCELLED = "cancelled", "Not needed any more"


OPEN = (
    OrderState.WAITING, OrderState.STUCK, OrderState.SENT, OrderState.ACCEPTED, OrderState.OFFERED, OrderState.BOOKED,
    OrderState.GOING, OrderState.VISITED, OrderState.NO_ACCESS,
)  # fmt: skip


class Order(models.Model):
    """One piece of work given to one contractor for a case. Work that follows on is an order of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField()
    number = models.PositiveSmallIntegerField(help_text="First, second … order of its case.")
    reference = models.CharField(
        max_length=8,
        null=True,  # ordered before orders had a number of their own to quote
        unique=True,
        help_text="What the contractor quotes: of the order, never of her request.",
    )
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    contractor = models.CharField(max_length=60)
    way = models.CharField(max_length=12)
    kind = models.CharField(max_length=12, default="repair", help_text="repair, inspection, safety, further")
    service = models.CharField(max_length=80)
    priority = models.CharField(max_length=20)
    at_risk = models.BooleanField(default=False, help_text="Somebody in the home may come to harm sooner than others.")
    why_at_risk = models.CharField(max_length=200, blank=True)
    what = models.CharField(
        max_length=400, blank=True, help_text="What is to be done, where it is more than was asked."
    )
    state = models.CharField(max_length=10, choices=OrderState.choices, default=OrderState.WAITING)
    since = models.DateTimeField(help_text="When it came to this state.")
    due_at = models.DateTimeField(
        null=True, help_text="When the promise of the work falls due, as the contractor is told."
    )
    offers = models.JSONField(default=list, help_text="Times offered: pairs of moments.")
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    visits = models.PositiveSmallIntegerField(default=0)
    no_access = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(
        max_length=300, blank=True, help_text="Why it was refused or needs more work, in their words."
    )
    their_reference = models.CharField(max_length=120, blank=True)
    last_number = models.PositiveIntegerField(default=0, help_text="The newest of their steps that counted.")
    raised = models.JSONField(
        default=list, help_text="Which rules of escalation have spoken, with the state they spoke of."
    )
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case_id", "number"], name="repair_order_number")]
        indexes = [
            models.Index(fields=["case_id"], name="repair_order_case"),
            models.Index(fields=["contractor", "since"], name="repair_order_open", condition=Q(state__in=OPEN)),
            models.Index(fields=["state", "-since"], name="repair_order_state"),
        ]


class StepKind(models.TextChoices):
    """What can be said of an order."""

    ACCEPTED = "accepted", "Taken on"
    REFUSED = "refused", "Refused"
    OFFERED = "offered", "Times offered"
    BOOKED = "booked", "Visit booked"
    AGREED = "agreed", "Time chosen by the tenant"
    NONE_SUIT = "none_suit", "None of the times suit the tenant"
    GOING = "going", "On the way"
    VISITED = "visited", "At the home"
    NO_ACCESS = "no_access", "Nobody let them in"
    INSPECTED = "inspected", "Looked into"
    FOLLOW_ON = "follow_on", "More work needed"
    DONE = "done", "Done"
    NOTE = "note", "Said"


class Step(models.Model):
    """A receipt: one thing said of an order, kept as it came. ``key`` is the sender's own: sent twice, kept once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="steps")
    key = models.CharField(max_length=80)
    number = models.PositiveIntegerField(default=0, help_text="Their own count; 0 where they do not count.")
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    by = models.CharField(max_length=10, help_text="contractor, tenant or officer")
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    offers = models.JSONField(default=list)
    hazard = models.CharField(max_length=12, blank=True)
    words = models.CharField(max_length=400, blank=True)
    counted = models.BooleanField(help_text="Whether it moved the order; else it came late and is kept beside.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "key"], name="repair_step_once")]
        indexes = [models.Index(fields=["order", "occurred_at"], name="repair_step_order")]


class TellingState(models.TextChoices):
    """Where something to be told stands."""

    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    STUCK = "stuck", "Could not be sent"
    DROPPED = "dropped", "Not needed any more"


class Telling(models.Model):
    """The outbox: one thing a contractor must be told, tried until it arrives or a person must tell it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="tellings")
    kind = models.CharField(max_length=10, help_text="order, agreed, none_suit, cancelled")
    state = models.CharField(max_length=8, choices=TellingState.choices, default=TellingState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["order"], name="repair_telling_order")]
