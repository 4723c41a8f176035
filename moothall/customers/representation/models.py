"""Who may speak for whom."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from moothall.core.ids import new_id
from moothall.customers.models import Customer


class Representation(models.Model):
    """That one customer may speak for another: kind and scope by codes of the pack, dated, evidenced, revocable.

    ``areas`` and ``services`` are what it covers; both empty means everything. Never deleted: one that ended says so.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="represented_by")
    representative = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="represents")
    kind = models.CharField(max_length=60)
    role = models.CharField(
        max_length=80, blank=True, default="", db_default="", help_text="What she is there: office manager, director."
    )
    areas = ArrayField(models.CharField(max_length=60), default=list)
    services = ArrayField(models.CharField(max_length=80), default=list)
    evidence = models.CharField(max_length=60, help_text="What was seen: a code of the kind's evidence.")
    since = models.DateField()
    until = models.DateField(null=True, help_text="The last day; none: until it is ended.")
    recorded_by = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["customer", "since"], name="represented"),
            models.Index(fields=["representative", "since"], name="represents"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(customer=models.F("representative")), name="represents_another"
            ),
        ]  # fmt: skip


class Acting(models.Model):
    """A contact in which somebody speaks for the customer, under one representation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contact_id = models.UUIDField(unique=True)
    representation = models.ForeignKey(Representation, on_delete=models.PROTECT, related_name="acting")
    at = models.DateTimeField()
