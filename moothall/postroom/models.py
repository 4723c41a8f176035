"""Scans as they came, their pages, the letters those make, and papers of value that lay in the envelope."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class ScanState(models.TextChoices):
    """How far the reading of a scan has come."""

    WAITING = "waiting", "Waiting to be read"
    READ = "read", "Read"
    FAILED = "failed", "Could not be read"


class Scan(models.Model):
    """One file from a scanner or a fax line, kept until each letter in it is filed. The same file again is the same scan."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.CharField(max_length=12, help_text="post or fax")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200, blank=True, help_text="Under the media folder; empty once all is filed.")
    source = models.CharField(max_length=20, help_text="folder or desk")
    state = models.CharField(max_length=8, choices=ScanState.choices, default=ScanState.WAITING)
    error = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField(help_text="When the post came: promises count from then.")
    arrived_at = models.DateTimeField(help_text="When the scan reached us.")
    read_at = models.DateTimeField(null=True)
    staff_id = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "sha256"], name="scan_once")]
        indexes = [
            models.Index(fields=["arrived_at"], name="scan_unread", condition=Q(state="waiting")),
            models.Index(fields=["-arrived_at", "-id"], name="scan_failed", condition=Q(state="failed")),
        ]


class LetterState(models.TextChoices):
    """Where a letter stands in the post room."""

    WAITING = "waiting", "To be filed"
    FILED = "filed", "Filed"
    SET_ASIDE = "set_aside", "Not for us"


class Letter(models.Model):
    """One letter: its pages in order, and whose it probably is. What it says goes with it to the inbox when it is filed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=LetterState.choices, default=LetterState.WAITING)
    received_at = models.DateTimeField()
    made_at = models.DateTimeField()
    language = models.CharField(max_length=12, default="en")
    proposal = models.JSONField(default=dict, help_text="People and case by id, with points and reasons; no names.")
    sure = models.BooleanField(default=False, help_text="Filed without a person, or could have been.")
    writing_id = models.UUIDField(null=True, unique=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True, help_text="Empty where the machine was sure and filed it.")
    why = models.CharField(max_length=40, blank=True, help_text="Why it was set aside.")

    class Meta:
        indexes = [
            models.Index(fields=["received_at", "id"], name="letter_waiting", condition=Q(state="waiting")),
            models.Index(fields=["done_at"], name="letter_done", condition=Q(done_at__isnull=False)),
        ]


class Sheet(models.Model):
    """One side of paper, upright and level. Picture and words go when its letter is filed: the writing has them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scan = models.ForeignKey(Scan, on_delete=models.CASCADE, related_name="sheets")
    number = models.PositiveSmallIntegerField(help_text="In the scan, from 1.")
    letter = models.ForeignKey(Letter, null=True, on_delete=models.SET_NULL, related_name="sheets")
    place = models.PositiveSmallIntegerField(default=0, help_text="In the letter, from 1.")
    path = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    sure = models.FloatField(default=0, help_text="Mean confidence of the reading, 0 to 100.")
    language = models.CharField(max_length=12, blank=True)
    turned = models.FloatField(default=0)
    codes = models.JSONField(default=list, help_text="Codes of ours on it.")
    filled = models.JSONField(default=dict, help_text="A page of a form: its mark, and what is in each of its boxes.")
    blank = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scan", "number"], name="sheet_once")]
        indexes = [models.Index(fields=["letter", "place"], name="sheet_letter")]


class OriginalKind(models.TextChoices):
    """What of value lay in an envelope."""

    CHEQUE = "cheque", "Cheque"
    CASH = "cash", "Cash"
    IDENTITY = "identity", "Passport or driving licence"
    CERTIFICATE = "certificate", "Certificate"
    BANK = "bank", "Bank statement or payslip"
    OTHER = "other", "Other original paper"


class OriginalState(models.TextChoices):
    """Where a paper of value is."""

    HELD = "held", "In the safe"
    BANKED = "banked", "Banked"
    RETURNED = "returned", "Sent back"
    PASSED_ON = "passed_on", "Given to the service"


class Original(models.Model):
    """A cheque, cash or original document that came with a letter, from the envelope to where it ended."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="originals")
    kind = models.CharField(max_length=12, choices=OriginalKind.choices)
    description = models.CharField(max_length=200, blank=True)
    pence = models.PositiveIntegerField(null=True, help_text="For a cheque or cash.")
    customer_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=OriginalState.choices, default=OriginalState.HELD)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    how = models.CharField(max_length=120, blank=True, help_text="Bank slip or post-office number.")

    class Meta:
        indexes = [
            models.Index(fields=["recorded_at", "id"], name="original_held", condition=Q(state="held")),
            models.Index(fields=["customer_id"], name="original_customer", condition=Q(customer_id__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(pence__isnull=False) | ~Q(kind__in=["cheque", "cash"]), name="original_money_has_amount"
            )
        ]


class PrintedForm(models.Model):
    """A form as it was once printed: where its boxes stand, so that it can be read whenever it comes back."""

    mark = models.CharField(max_length=8, primary_key=True, help_text="Eight capitals made of its words and places.")
    service = models.CharField(max_length=80)
    language = models.CharField(max_length=12)
    large = models.BooleanField(default=False)
    pages = models.PositiveSmallIntegerField()
    layout = models.JSONField(help_text="Of each box: key, kind, page, left, top, right, bottom (millimetres).")
    pack_version_id = models.UUIDField(null=True, help_text="The pack whose questions it asks.")
    made_at = models.DateTimeField()
