"""Agreements to pay in parts: by Direct Debit from a bank account, or by a card that the provider keeps. Adr 0022."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id
from moothall.core.vault import LockedText
from moothall.payments.models.paying import Attempt, Intent


class MandateState(models.TextChoices):
    """Where an agreement stands. ``pending`` until the bank is told of it (or the first card payment made)."""

    PENDING = "pending", "New"
    ACTIVE = "active", "In force"
    ENDED = "ended", "Ended"
    DONE = "done", "All paid"


class Mandate(models.Model):
    """One person's leave to take payments. ``reference`` stands on her bank statement.

    The account is locked in the database, and shown by its last digits only.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=8, unique=True)
    provider = models.CharField(max_length=20, blank=True, help_text="Of a card agreement: who keeps it.")
    scheme = models.CharField(max_length=8, help_text="bacs: Direct Debit; card: an agreement at the provider")
    state = models.CharField(max_length=8, choices=MandateState.choices, default=MandateState.PENDING)
    intent = models.ForeignKey(Intent, on_delete=models.PROTECT, related_name="mandates")
    case_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    plan = models.CharField(max_length=40)
    day = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=12)
    holder = models.CharField(max_length=18, blank=True, help_text="As the account is named, at most 18 letters.")
    sort_code = LockedText(blank=True)
    account = LockedText(blank=True)
    agreement = models.CharField(max_length=80, blank=True, help_text="The provider's own id of a card agreement.")
    by_staff_id = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    lodged_at = models.DateTimeField(null=True, help_text="When its bank was told.")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=10, blank=True, help_text="payer, bank or council")
    why_ended = models.CharField(max_length=40, blank=True)
    undone_at = models.DateTimeField(null=True, help_text="When its bank was told that it ended.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["intent"], name="mandate_live_once", condition=Q(state__in=["pending", "active"])
            ),
        ]
        indexes = [
            models.Index(fields=["customer_id"], name="mandate_customer", condition=Q(customer_id__isnull=False)),
            models.Index(fields=["case_id"], name="mandate_case", condition=Q(case_id__isnull=False)),
            models.Index(fields=["-made_at", "-id"], name="mandate_newest"),
        ]


class InstalmentState(models.TextChoices):
    """Where one part stands. ``sent``: its bank is told, and has until a few days after the date to say no."""

    PLANNED = "planned", "To come"
    SENT = "sent", "On its way"
    TAKEN = "taken", "Paid"
    RETURNED = "returned", "Not paid"
    STOPPED = "stopped", "Stopped"


class Instalment(models.Model):
    """One part of what was agreed, on a day the payer was told of in time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    pence = models.BigIntegerField()
    vat_pence = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=InstalmentState.choices, default=InstalmentState.PLANNED)
    noticed_at = models.DateTimeField(help_text="When the payer was told of this day and amount.")
    sent_at = models.DateTimeField(null=True)
    file = models.ForeignKey("DebitFile", null=True, on_delete=models.PROTECT, related_name="instalments")
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="instalments")
    bill = models.ForeignKey(Intent, null=True, on_delete=models.PROTECT, related_name="parts", help_text="By card.")
    told_at = models.DateTimeField(null=True, help_text="By card: when the payer was told that it comes.")
    tries = models.PositiveSmallIntegerField(default=0)
    why = models.CharField(max_length=10, blank=True, help_text="The bank's code for why it was not paid.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mandate", "number"], name="instalment_numbered"),
            models.CheckConstraint(condition=Q(pence__gt=0), name="instalment_some_money"),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="instalment_due")]


class DebitFile(models.Model):
    """A file for the bank, or a report from it: each once. What came in is kept as its digest only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, help_text="submission, or auddis, addacs, arudd")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    pence = models.BigIntegerField(default=0)
    processing_on = models.DateField(null=True)
    content = LockedText(blank=True, help_text="The records of a file for the bank: accounts whole.")
    at = models.DateTimeField()
    by_staff_id = models.UUIDField(null=True)
    unknown = models.JSONField(default=list, help_text="What the report spoke of and we do not know.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sha256"], name="debit_report_once", condition=~Q(kind="submission"))
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="debit_file_newest")]
