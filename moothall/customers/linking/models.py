"""Deliveries of other systems, the records in them, whom they speak of, and every decision about that."""

from django.db import models
from django.db.models import F, Q

from moothall.core.ids import new_id
from moothall.customers.models import Customer


class DeliveryState(models.TextChoices):
    """How far a delivery has come."""

    READING = "reading", "Being read"
    HELD = "held", "Held: somebody must look"
    DONE = "done", "Read"
    REFUSED = "refused", "Refused"


class Delivery(models.Model):
    """One lot of records from one system: a file, a call, a page of changes. ``as_of``: the moment it speaks of."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    system = models.CharField(max_length=64)
    how = models.CharField(max_length=12, help_text="file, rest or feed.")
    name = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64)
    as_of = models.DateTimeField()
    whole = models.BooleanField(help_text="It holds every record: one that is not in it is gone.")
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.READING)
    problem = models.CharField(max_length=400, blank=True)
    missing = models.JSONField(default=list, help_text="Columns that were not there and are not needed.")
    next_row = models.IntegerField(default=1, help_text="Where reading goes on.")
    new = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    same = models.IntegerField(default=0)
    late = models.IntegerField(default=0)
    gone = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    received_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "digest", "as_of"], name="delivery_once")]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="delivery_newest"),
            models.Index(fields=["system", "-as_of"], name="delivery_whole", condition=Q(whole=True, state="done")),
        ]


class Source(models.Model):
    """A feed or folder of one system that we fetch its deliveries from: how far it was read, and what is wrong with it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    system = models.CharField(max_length=64)
    how = models.CharField(max_length=12, help_text="feed or folder.")
    place = models.CharField(max_length=400, blank=True, help_text="How far the feed was read.")
    answered_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=400, blank=True)
    since = models.DateTimeField(null=True, help_text="When the trouble began.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "how"], name="source_once")]


class RefusedRow(models.Model):
    """What there is to say of a row: refused, as it came and why; or ``kept``, with something in it that was not read."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="refusals")
    row = models.IntegerField()
    key = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300)
    kept = models.BooleanField(default=False)
    raw = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "row"], name="refused_row_once")]


class SourceRecord(models.Model):
    """What one system says now of one person or organisation. ``fields`` are ours, ``summary`` the system's own figures."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    system = models.CharField(max_length=64)
    key = models.CharField(max_length=120)
    restricted = models.CharField(max_length=40, blank=True, help_text="The kind one must be allowed to see.")
    gone = models.BooleanField(default=False)
    as_of = models.DateTimeField()
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, help_text="The last that spoke of it in time.")
    digest = models.CharField(max_length=64)
    fields = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    own = models.ForeignKey(
        Customer, null=True, on_delete=models.SET_NULL, related_name="+", help_text="The customer made from it alone."
    )
    first_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "key"], name="source_record_once")]
        indexes = [models.Index(fields=["own"], name="source_record_own", condition=Q(own__isnull=False))]


class RecordVersion(models.Model):
    """One row of one delivery, as it came. Kept for as long as the pack says; ``in_force``: it was news when it came."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="versions")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="versions")
    row = models.IntegerField()
    as_of = models.DateTimeField()
    gone = models.BooleanField(default=False)
    in_force = models.BooleanField(default=True)
    raw = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "record"], name="record_version_once")]
        indexes = [models.Index(fields=["record", "-as_of"], name="record_version_newest")]


class Decided(models.TextChoices):
    """Who decided."""

    MACHINE = "machine", "The machine, by weight"
    OFFICER = "officer", "An officer"
    OWN = "own", "Nobody: a record by itself"


class Link(models.Model):
    """A record speaks of a customer. Never changed but to be undone; a record has one that stands."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="links")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="links")
    weight = models.FloatField(null=True, help_text="Log2 of the odds; none where nobody weighed.")
    parts = models.JSONField(default=list, help_text="Field, how alike, weight: the explanation.")
    how = models.CharField(max_length=8, choices=Decided.choices)
    decided_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)
    undone_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record"], condition=Q(undone_at__isnull=True), name="link_stands_once")
        ]
        indexes = [
            models.Index(fields=["customer"], name="link_customer", condition=Q(undone_at__isnull=True)),
            models.Index(
                fields=["-at", "-id"], name="link_by_machine", condition=Q(how="machine", undone_at__isnull=True)
            ),
        ]


class Merge(models.Model):
    """Two customers are one: ``joined`` leads to ``into``. Those that stand are a forest; ``joined_to`` is its roots."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    joined = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merged_away")
    into = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merged_in")
    weight = models.FloatField(null=True)
    parts = models.JSONField(default=list)
    how = models.CharField(max_length=8, choices=Decided.choices)
    decided_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)
    undone_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["joined"], condition=Q(undone_at__isnull=True), name="merge_stands_once"),
            models.CheckConstraint(condition=~Q(joined=F("into")), name="merge_of_two"),
        ]
        indexes = [
            models.Index(fields=["into"], name="merge_into", condition=Q(undone_at__isnull=True)),
            models.Index(fields=["-at", "-id"], name="merge_newest"),
        ]


class Apart(models.Model):
    """These two are never to be joined, by anybody or any machine. ``one`` is the smaller id. There is no taking it back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    one = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    decided_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="apart_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="apart_in_order"),
        ]
        indexes = [models.Index(fields=["other"], name="apart_other")]


class PairState(models.TextChoices):
    """What became of a pair."""

    OPEN = "open", "Waiting for somebody"
    JOINED = "joined", "The same person"
    APART = "apart", "Two people"
    UNSURE = "unsure", "Cannot be told"


class Pair(models.Model):
    """Two customers that may be one, for somebody to decide. ``one`` is the smaller id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    one = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    weight = models.FloatField()
    parts = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=PairState.choices, default=PairState.OPEN)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    merge = models.ForeignKey(Merge, null=True, on_delete=models.SET_NULL, related_name="+")
    by_hand = models.BooleanField(
        default=False, help_text="An officer took one down as new, or put the two side by side: no machine decides it."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="pair_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="pair_in_order"),
        ]
        indexes = [
            models.Index(fields=["-weight", "id"], name="pair_waiting", condition=Q(state="open")),
            models.Index(fields=["-decided_at", "-id"], name="pair_decided", condition=Q(decided_at__isnull=False)),
            models.Index(fields=["other"], name="pair_other"),
        ]


class HouseholdTie(models.Model):
    """Two who live at one address, and what binds them there, as far as records say. ``one`` is the smaller id.

    One that ended says why: they moved apart (nobody ended it), or an officer said that they are not of one household
    (``ended_by``), which no machine takes back.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    one = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    uprn = models.BigIntegerField()
    relation = models.CharField(max_length=12, help_text="A code of rules.households.RELATIONS.")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other", "uprn"], name="household_tie_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="household_tie_in_order"),
        ]
        indexes = [
            models.Index(fields=["other"], name="household_tie_other"),
            models.Index(fields=["uprn"], name="household_tie_door"),
        ]


class BulkRun(models.Model):
    """One look through every record at once: what it found is taken in order, a few at a time, until none is left."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    model_version = models.IntegerField(null=True, help_text="The weights used; none: those the product starts with.")
    records = models.IntegerField()
    compared = models.IntegerField()
    joins = models.IntegerField(help_text="Pairs the machine may join.")
    asks = models.IntegerField(help_text="Pairs to ask somebody about.")
    next_found = models.IntegerField(default=1, help_text="Where taking goes on.")
    joined = models.IntegerField(default=0)
    listed = models.IntegerField(default=0)
    started_at = models.DateTimeField()
    found_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-started_at", "-id"], name="bulk_run_newest")]


class FoundPair(models.Model):
    """A pair of records a bulk run found, in the order it is taken: joins first, the surest first. Gone when it is taken."""

    pk = models.CompositePrimaryKey("run_id", "number")
    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="+")
    number = models.IntegerField()
    one = models.UUIDField()
    other = models.UUIDField()
    weight = models.FloatField()
    kind = models.CharField(max_length=8, help_text="auto or review.")


class OwnValue(models.Model):
    """What a customer's own record said before a better value of the set was shown in its place."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=40)
    value = models.JSONField(null=True)
    shown = models.JSONField(null=True)
    origin = models.CharField(max_length=140, help_text="Whose value is shown: customer:ID or record:SYSTEM:KEY.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "field"], name="own_value_once")]


class Unsettled(models.Model):
    """A contact, case, booking or payment made while two were one: after they were parted, somebody says whose it is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="unsettled")
    kind = models.CharField(max_length=12, help_text="The room's word: contact, case.")
    thing_id = models.UUIDField()
    made_at = models.DateTimeField()
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    settled_to = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merge", "kind", "thing_id"], name="unsettled_once")]
        indexes = [models.Index(fields=["at", "id"], name="unsettled_waiting", condition=Q(settled_at__isnull=True))]


class Change(models.Model):
    """Somebody changed her details once: what kind, and what they are now. ``key`` makes it happen once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, help_text="name, address, contact or preference.")
    values = models.JSONField(default=dict)
    asked_by_kind = models.CharField(max_length=12)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["customer", "-asked_at"], name="change_customer")]


class TellingState(models.TextChoices):
    """How far a system has come with a change it was told."""

    WAITING = "waiting", "Being told"
    LATER = "later", "Will answer"
    CONFIRMED = "confirmed", "Confirmed"
    REFUSED = "refused", "Refused it"
    CONTRADICTS = "contradicts", "Holds something else"
    LATE = "late", "Has not answered"
    PERSON = "person", "Its team keys it in"
    SETTLED = "settled", "Settled by a person"
    OVERTAKEN = "overtaken", "Overtaken by a later change"


class Telling(models.Model):
    """One change told to one system about one record of it. Receipts are kept; what needs a person is a task of its team."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="tellings")
    record = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="+")
    system = models.CharField(max_length=64)
    restricted = models.CharField(max_length=40, blank=True)
    team = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=TellingState.choices, default=TellingState.WAITING)
    tries = models.IntegerField(default=0)
    receipt = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "record"], name="telling_once")]
        indexes = [
            models.Index(
                fields=["team", "due_at", "id"],
                name="telling_for_person",
                condition=Q(state__in=["refused", "contradicts", "late", "person"]),
            ),
            models.Index(fields=["due_at"], name="telling_waiting", condition=Q(state__in=["waiting", "later"])),
        ]
