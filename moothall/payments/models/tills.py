"""Machines that take cash and cards: sessions of their tills and the journal of what each did. Adr 0022, at its end."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id
from moothall.payments.models.paying import Intent


class Till(models.Model):
    """One session of one machine's till, from the float that was put in to the count that ended it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    machine_id = models.UUIDField(help_text="The machine's own token: a client of the API.")
    machine = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    float_pence = models.BigIntegerField()
    counted_pence = models.BigIntegerField(null=True)
    difference_pence = models.BigIntegerField(default=0, help_text="Counted less what ought to be there.")
    bag = models.CharField(max_length=20, unique=True, help_text="The reference under which its cash is paid in.")
    banked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["machine_id", "number"], name="till_numbered"),
            models.UniqueConstraint(fields=["machine_id"], name="till_open_once", condition=Q(closed_at=None)),
            models.CheckConstraint(condition=Q(float_pence__gte=0), name="till_float_not_negative"),
        ]
        indexes = [models.Index(fields=["-opened_at", "-id"], name="till_newest")]


class SaleState(models.TextChoices):
    """Where one payment at a machine stands. ``held``: money is in the machine and nobody has settled what becomes of it."""

    OPEN = "open", "Going on"
    PAID = "paid", "Paid"
    ENDED = "ended", "Ended unpaid"
    HELD = "held", "Money to be settled"
    SETTLED = "settled", "Settled"


class Sale(models.Model):
    """One payment at a machine: cash put in, change given, or a card by the machine's own terminal."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="sales")
    code = models.CharField(max_length=40, help_text="The machine's own name for it.")
    intent = models.ForeignKey(Intent, on_delete=models.PROTECT, related_name="sales")
    state = models.CharField(max_length=8, choices=SaleState.choices, default=SaleState.OPEN)
    in_pence = models.BigIntegerField(default=0)
    out_pence = models.BigIntegerField(default=0)
    card_pence = models.BigIntegerField(default=0)
    cut = models.BooleanField(default=False, help_text="The power failed while it went on.")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["till", "code"], name="sale_once")]
        indexes = [models.Index(fields=["began_at"], name="sale_unsettled", condition=Q(state__in=["open", "held"]))]


class JournalLine(models.Model):
    """One line of a machine's journal, in its own numbering without gaps: sent again it is the same line."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    machine_id = models.UUIDField()
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=10)
    sale = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=20, blank=True)
    pence = models.BigIntegerField(default=0)
    at = models.DateTimeField(help_text="By the machine's clock.")
    came_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["machine_id", "seq"], name="journal_line_once")]
