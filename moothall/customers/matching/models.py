"""What records say of people and organisations, ready to be compared; the weights learnt; how common each value is."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


def _text() -> "models.TextField[str | None, str | None]":
    return models.TextField(null=True)


def _texts() -> "ArrayField[list[str] | None, list[str] | None]":
    return ArrayField(models.TextField(), null=True)


class PersonKey(models.Model):
    """What one record says of a person, standardised (``rules.Person``), and the keys by which others find it.

    ``record_id`` is a source record's or a customer's own; ``customer_id`` whom it is linked to now. ``keys`` are
    ``rules.keys_of``, each as a number. Written anew whenever the record changes; what was written stays with the record.
    """

    record_id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField(null=True)
    source = models.CharField(max_length=64, blank=True)
    keys = ArrayField(models.BigIntegerField(), default=list)
    given = _text()
    given_roots = _texts()
    given_sound = _text()
    middles = _texts()
    family = _text()
    family_parts = _texts()
    family_sound = _text()
    generation = _text()
    dob = _text()
    sex = _text()
    phones = _texts()
    emails = _texts()
    email_name = _text()
    uprn = _text()
    number = _text()
    street = _text()
    locality = _text()
    postcode = _text()
    outward = _text()
    id_number = _text()
    other = _text()
    other_2 = _text()

    class Meta:
        indexes = [
            GinIndex(fields=["keys"], name="person_keys", fastupdate=False),
            models.Index(fields=["customer_id"], name="person_key_customer", condition=Q(customer_id__isnull=False)),
        ]


class FirmKey(models.Model):
    """What one record says of an organisation (``rules.organisations.Firm``), and the keys by which others find it.

    ``record_id`` is a source record's or a customer's own; ``customer_id`` whom it is linked to now. ``keys`` are
    ``rules.firms.keys_of_firm``. Written anew whenever the record changes; what was written stays with the record.
    """

    record_id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField(null=True)
    source = models.CharField(max_length=64, blank=True)
    keys = ArrayField(models.CharField(max_length=24), default=list)
    name = models.CharField(max_length=400, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    company_number = models.CharField(max_length=8, blank=True)
    charity_number = models.CharField(max_length=12, blank=True)
    vat_number = models.CharField(max_length=9, blank=True)
    uprn = models.CharField(max_length=12, blank=True)

    class Meta:
        indexes = [
            GinIndex(fields=["keys"], name="firm_keys", fastupdate=False),
            models.Index(fields=["customer_id"], name="firm_key_customer", condition=Q(customer_id__isnull=False)),
        ]


class TrainedModel(models.Model):
    """Weights learnt at one time from the council's own records. Never changed; one is in use."""

    version = models.AutoField(primary_key=True)
    weights = models.JSONField(help_text="rules.Model.as_json")
    records = models.IntegerField(help_text="How many it was learnt from.")
    known = models.JSONField(default=dict, help_text="The share of records that have each thing, 0 to 1.")
    sessions = models.JSONField(default=list, help_text="By what records were brought together to learn.")
    measured = models.JSONField(default=dict, help_text="What `link evaluate` said of it, where somebody measured.")
    trained_at = models.DateTimeField()
    trained_by = models.UUIDField(null=True)
    in_use = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["in_use"], condition=Q(in_use=True), name="one_trained_model_in_use")
        ]


class TermShare(models.Model):
    """How common a value is: its share of the records that have one, when a model was trained. Says nothing of anybody."""

    pk = models.CompositePrimaryKey("model_id", "field", "value")
    model = models.ForeignKey(TrainedModel, on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=20)
    value = models.TextField()
    share = models.FloatField()
