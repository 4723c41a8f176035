"""Deposits: paid with what was booked, given back by themselves after it was used, or kept in part for a reason."""

from django.db import models
from django.db.models import F, Q

from moothall.core.ids import new_id
from moothall.payments.models.paying import Intent


class DepositState(models.TextChoices):
    """Where a deposit stands. ``asked``: somebody wants to keep so much of it that a second person has to agree."""

    HELD = "held", "Kept safe for them"
    ASKED = "asked", "Waiting for a second person"
    SETTLED = "settled", "Settled"


class Deposit(models.Model):
    """The deposit of one payment. At ``due_at`` it goes back by itself; ``kept_pence`` of it were kept, for ``why``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    intent = models.OneToOneField(Intent, on_delete=models.PROTECT, related_name="kept_deposit")
    state = models.CharField(max_length=8, choices=DepositState.choices, default=DepositState.HELD)
    pence = models.BigIntegerField()
    due_at = models.DateTimeField(null=True, help_text="When it goes back by itself; null: when an officer says so.")
    kept_pence = models.BigIntegerField(default=0)
    why = models.CharField(max_length=300, blank=True, help_text="Why some of it was kept, as the customer reads it.")
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField(null=True)
    agreed_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pence__gt=0) & Q(kept_pence__gte=0) & Q(kept_pence__lte=F("pence")), name="deposit_fits"
            ),
            models.CheckConstraint(condition=Q(kept_pence=0) | ~Q(why=""), name="deposit_kept_for_a_reason"),
            models.CheckConstraint(
                condition=Q(asked_by=None) | Q(agreed_by=None) | ~Q(asked_by=F("agreed_by")), name="deposit_two_people"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="deposit_due", condition=Q(state="held")),
            models.Index(fields=["asked_at"], name="deposit_to_agree", condition=Q(state="asked")),
        ]
