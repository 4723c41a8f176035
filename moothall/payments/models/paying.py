"""What is owed, how it was paid, and the ledger of every penny."""

from django.db import models
from django.db.models import F, Q

from moothall.core.ids import new_id


class IntentState(models.TextChoices):
    """Where something owed stands."""

    OWED = "owed", "To be paid"
    DONE = "done", "Paid"
    VOID = "void", "Not owed any more"


class Intent(models.Model):
    """One thing somebody owes for: a case's fee, a booking's price. ``lines`` say what for and why, as it was shown."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=8, unique=True)
    state = models.CharField(max_length=6, choices=IntentState.choices, default=IntentState.OWED)
    case_id = models.UUIDField(null=True)
    booking_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    service = models.CharField(max_length=80)
    channel = models.CharField(max_length=12)
    team = models.CharField(max_length=60, blank=True)
    area = models.CharField(max_length=20, blank=True)
    restricted = models.CharField(max_length=40, blank=True, help_text="As its case: invisible without the permission.")
    description = models.CharField(max_length=200)
    lines = models.JSONField(default=list)
    income = models.CharField(max_length=40)
    amount_pence = models.BigIntegerField()
    vat_pence = models.BigIntegerField(default=0)
    deposit_pence = models.BigIntegerField(default=0)
    how = models.CharField(max_length=12, blank=True, help_text="How the customer said she would pay.")
    expires_at = models.DateTimeField(null=True, help_text="Until when it may be paid in the ordinary way.")
    why_void = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    imported = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_pence__gte=0), name="intent_not_negative"),
            models.CheckConstraint(
                condition=Q(vat_pence__gte=0) & Q(deposit_pence__gte=0) & Q(amount_pence__gte=F("deposit_pence")),
                name="intent_parts_fit",
            ),
            models.UniqueConstraint(
                fields=["booking_id"], name="intent_booking_once", condition=Q(booking_id__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["case_id"], name="intent_case", condition=Q(case_id__isnull=False)),
            models.Index(fields=["customer_id", "-created_at"], name="intent_customer"),
            models.Index(fields=["created_at", "id"], name="intent_oldest", condition=Q(customer_id__isnull=False)),
            models.Index(fields=["expires_at"], name="intent_expiry", condition=Q(state="owed")),
            models.Index(fields=["changed_at"], name="intent_ran_out", condition=Q(state="void", why_void="expired")),
        ]


class AttemptState(models.TextChoices):
    """Where one try at paying stands. ``new`` is written before the provider is called."""

    NEW = "new", "Being started"
    STARTED = "started", "Started"
    AUTHORISED = "authorised", "Authorised, not taken yet"
    TAKEN = "taken", "Paid"
    FAILED = "failed", "Did not go through"
    CANCELLED = "cancelled", "Cancelled"


OPEN_ATTEMPTS = (AttemptState.NEW, AttemptState.STARTED, AttemptState.AUTHORISED)


class Attempt(models.Model):
    """One try at paying an intent, by one method at one provider. An intent may have several; what is too much goes back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    intent = models.ForeignKey(Intent, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    method = models.CharField(max_length=12, help_text="card or moto")
    provider = models.CharField(max_length=20)
    provider_id = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=AttemptState.choices, default=AttemptState.NEW)
    amount_pence = models.BigIntegerField()
    next_url = models.CharField(max_length=500, blank=True)
    failure = models.CharField(max_length=40, blank=True)
    by_staff_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True, help_text="When the provider was last asked.")
    matched_at = models.DateTimeField(null=True, help_text="When it was found in the provider's statement.")
    fee_pence = models.BigIntegerField(default=0)
    call = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="The call it is paid on, until that is recorded again.",
    )
    paused_at = models.DateTimeField(null=True, help_text="Since when that call is not recorded.")
    recorded_at = models.DateTimeField(null=True, help_text="When its recording went on.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["intent", "number"], name="attempt_numbered"),
            models.UniqueConstraint(
                fields=["provider", "provider_id"], name="attempt_provider_once", condition=~Q(provider_id="")
            ),
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="attempt_some_money"),
        ]
        indexes = [
            models.Index(
                fields=["created_at"], name="attempt_open", condition=Q(state__in=["new", "started", "authorised"])
            ),
            models.Index(
                fields=["call"], name="attempt_paused", condition=Q(paused_at__isnull=False, recorded_at=None)
            ),
            models.Index(
                fields=["provider", "taken_at"], name="attempt_unmatched", condition=Q(state="taken", matched_at=None)
            ),
        ]


class RefundState(models.TextChoices):
    """Where a refund stands."""

    ASKED = "asked", "Waiting for a second person"
    AGREED = "agreed", "To be sent"
    SENDING = "sending", "Being sent"
    DONE = "done", "Given back"
    REFUSED = "refused", "Not agreed"
    FAILED = "failed", "Could not be sent"


class Refund(models.Model):
    """Money going back for one attempt. Whoever agrees is never who asked; the database holds that too."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120, unique=True)
    intent = models.ForeignKey(Intent, on_delete=models.PROTECT, related_name="refunds")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="refunds")
    amount_pence = models.BigIntegerField()
    reason = models.CharField(max_length=40)
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=RefundState.choices, default=RefundState.ASKED)
    provider_id = models.CharField(max_length=80, blank=True)
    asked_by = models.UUIDField(null=True)
    agreed_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    matched_at = models.DateTimeField(null=True, help_text="When it was found in the provider's statement.")
    tries = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="refund_some_money"),
            models.CheckConstraint(
                condition=Q(asked_by=None) | Q(agreed_by=None) | ~Q(asked_by=F("agreed_by")),
                name="refund_two_people",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "asked_at"], name="refund_waiting"),
            models.Index(
                fields=["done_at"],
                name="refund_unmatched",
                condition=Q(state="done", matched_at=None) & ~Q(provider_id=""),
            ),
        ]


class Entry(models.Model):
    """One thing that happened to money. Its postings come to nothing: a trigger sees to it. Never changed, never removed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    intent_id = models.UUIDField(null=True)
    attempt_id = models.UUIDField(null=True)
    refund_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["intent_id"], name="entry_intent", condition=Q(intent_id__isnull=False)),
            models.Index(fields=["at", "id"], name="entry_at"),
        ]


class Posting(models.Model):
    """One side of an entry: pence on an account, plus is debit, minus is credit."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=60)
    pence = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["account"], name="posting_account")]
        constraints = [models.CheckConstraint(condition=~Q(pence=0), name="posting_some_money")]


class Notice(models.Model):
    """A webhook as it came, or what was refused: once per provider's event. Keeps no body, only what it spoke of."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.CharField(max_length=20)
    external_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    provider_payment = models.CharField(max_length=80, blank=True)
    came_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "external_id"], name="notice_once")]


class Refusal(models.Model):
    """Something about money that was refused, for whoever looks into it: a forged signature, a tampered amount."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    why = models.CharField(max_length=300)
    subject = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="refusal_newest")]


class Statement(models.Model):
    """A file of a provider's or the bank's lines, brought in once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, unique=True)
    rows = models.PositiveIntegerField()
    brought_at = models.DateTimeField()
    brought_by = models.UUIDField(null=True)


class StatementLine(models.Model):
    """One line of a statement: ``pence`` minus where money went back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    source = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, help_text="payment, refund, chargeback or payout")
    provider_id = models.CharField(max_length=80, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    payout = models.CharField(max_length=40, blank=True)
    pence = models.BigIntegerField()
    fee_pence = models.BigIntegerField(default=0)
    on = models.DateField()
    matched = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["statement", "number"], name="line_numbered")]
        indexes = [models.Index(fields=["source", "on"], name="line_unmatched", condition=Q(matched=False))]


class Difference(models.Model):
    """Something reconciliation found that does not fit: looked into by a person, or closed when the money came late."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=16)
    source = models.CharField(max_length=20)
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="differences")
    line = models.ForeignKey(StatementLine, null=True, on_delete=models.PROTECT, related_name="differences")
    refund = models.ForeignKey(Refund, null=True, on_delete=models.PROTECT, related_name="differences")
    pence = models.BigIntegerField(default=0, help_text="Theirs less ours.")
    says = models.CharField(max_length=300)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    how = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["found_at", "id"], name="difference_open", condition=Q(settled_at=None))]
