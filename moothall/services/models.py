"""What is kept beside the catalogue: the nation's list of what councils do, and the names of another system's services and
teams whose history was brought in."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F


class ListedService(models.Model):
    """One entry of the Local Government Services List (LGSL), as it was brought in. ``navigation`` is where sites file it.

    ``tier`` says which councils do it (``county/unitary``), where a list said so. ``words`` are its words for searching,
    those of its name marked apart.
    """

    lgsl = models.PositiveIntegerField(primary_key=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    navigation = models.CharField(max_length=300, blank=True)
    tier = models.CharField(max_length=40, blank=True)
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    words = models.GeneratedField(
        expression=SearchVector(F("name"), weight="A", config="english")
        + SearchVector(F("navigation"), weight="B", config="english")
        + SearchVector(F("description"), weight="D", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        indexes = [GinIndex(fields=["words"], name="listed_service_words")]


class PastKind(models.TextChoices):
    """What a name of another system is of."""

    SERVICE = "service", "Service"
    TEAM = "team", "Team"


class PastName(models.Model):
    """What another system called a service or team, by the code that its history has here and no pack knows."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=8, choices=PastKind.choices)
    code = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="past_name_once")]
