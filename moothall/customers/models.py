"""People and organisations as the council knows them, and the log of who looked at them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value

from moothall.core.ids import new_id


class CustomerKind(models.TextChoices):
    """What a customer is."""

    PERSON = "person", "Person"
    ORGANISATION = "organisation", "Organisation"


class Customer(models.Model):
    """One person or organisation. ``joined_to`` redirects a merged id.

    ``search`` holds the words of name and address, each once, as ``rules.writing.words_of`` writes them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=8, unique=True)
    kind = models.CharField(max_length=12, choices=CustomerKind.choices, default=CustomerKind.PERSON)
    title = models.CharField(max_length=40, blank=True)
    given_name = models.CharField(max_length=120, blank=True)
    family_name = models.CharField(max_length=120, blank=True)
    organisation_name = models.CharField(max_length=200, blank=True)
    company_number = models.CharField(
        max_length=8,
        blank=True,
        default="",
        db_default="",
        help_text="Of an organisation, as Companies House writes it.",
    )
    date_of_birth = models.DateField(null=True)
    search = models.CharField(max_length=400)
    uprn = models.BigIntegerField(null=True)
    address_text = models.CharField(max_length=300, blank=True)
    area_code = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=12, default="en")
    preferred_channel = models.CharField(
        max_length=12, blank=True, help_text="email, sms, post or none; blank: not said."
    )
    preferred_format = models.CharField(max_length=20, default="standard")
    quiet_hours = models.BooleanField(default=True)
    sealed = models.CharField(
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text="Known only to restricted systems: the kinds one must be allowed to see, in order, between spaces.",
    )
    proof = models.CharField(max_length=20, default="stated", help_text="stated, confirmed, matched or verified.")
    joined_to = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="joined")
    imported = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            GinIndex(
                Func(Func(F("search"), Value(" "), function="string_to_array"), function="array_to_tsvector"),
                name="customer_words",
            ),
            models.Index(fields=["uprn"], name="customer_uprn", condition=Q(uprn__isnull=False)),
            models.Index(fields=["date_of_birth"], name="customer_dob", condition=Q(date_of_birth__isnull=False)),
            models.Index(fields=["company_number"], name="customer_company", condition=~Q(company_number="")),
        ]


class NameWord(models.Model):
    """A word that some record can be found by, with what a mistyped or misheard form of it would share with it.

    ``keys`` are the word, the word with each letter left out, and ``~`` with its sounds (double metaphone). Words stand
    alone here: nothing says whose they are.
    """

    word = models.CharField(max_length=120, primary_key=True)
    keys = ArrayField(models.CharField(max_length=120))

    class Meta:
        indexes = [GinIndex(fields=["keys"], name="name_word_keys")]


class ContactPointKind(models.TextChoices):
    """The ways to reach someone."""

    EMAIL = "email", "Email"
    PHONE = "phone", "Telephone"


class ContactPoint(models.Model):
    """An e-mail address or telephone number; ``value`` is normalised (lower case; E.164)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=8, choices=ContactPointKind.choices)
    value = models.CharField(max_length=254)
    shown = models.CharField(max_length=254, help_text="As the customer wrote it.")
    can_text = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True)
    sealed = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="The restricted kind whose system alone told it.",
    )
    stopped_at = models.DateTimeField(null=True, help_text="STOP by text, or unsubscribed: nothing more goes here.")
    heard_at = models.DateTimeField(
        null=True, help_text="An officer heard from her that it is hers: good for all that was one with her by then."
    )
    proved_at = models.DateTimeField(null=True, help_text="It was shown to be hers by whoever had proved who she is.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "kind", "value"], name="contact_point_once")]
        indexes = [models.Index(fields=["value"], name="contact_point_value")]


class Need(models.Model):
    """Something we must do or know before we speak: hard of hearing, large print, needs extra help. Codes of the pack."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="needs")
    code = models.CharField(max_length=60)
    note = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)


class Warning(models.Model):
    """A safe-contact warning, with the date it must be reviewed by and the roles that may see it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="warnings")
    code = models.CharField(max_length=60)
    note = models.CharField(max_length=300, blank=True)
    visible_to_roles = ArrayField(models.CharField(max_length=60), default=list, help_text="Empty: every officer.")
    since = models.DateTimeField()
    review_on = models.DateField()
    ended_at = models.DateTimeField(null=True)


class Consent(models.Model):
    """What the customer agreed to: the words she was shown (``asked``, ``why``), when and how, and when she took it back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    code = models.CharField(max_length=60)
    channel = models.CharField(max_length=12)
    asked = models.CharField(max_length=400, blank=True, default="", db_default="")
    why = models.CharField(max_length=400, blank=True, default="", db_default="")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_channel = models.CharField(max_length=12, blank=True, default="", db_default="")


class Look(models.Model):
    """One look at a person's record: who, when, why, from which screen. Append-only by trigger."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    customer_id = models.UUIDField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    purpose = models.CharField(max_length=60)
    screen = models.CharField(max_length=60)
    case_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["customer_id", "at"], name="look_customer_at"),
            models.Index(fields=["actor_id", "at"], name="look_actor_at"),
        ]
