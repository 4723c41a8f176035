"""Where things are: premises, streets and areas, as numbered nationally."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F


class Area(models.Model):
    """A ward or other area that figures are shown by."""

    code = models.CharField(max_length=20, primary_key=True)
    kind = models.CharField(max_length=20, default="ward")
    name = models.CharField(max_length=120)


class Street(models.Model):
    """A street by its Unique Street Reference Number (up to 8 digits)."""

    usrn = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=160)
    locality = models.CharField(max_length=120, blank=True)
    area_code = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [GinIndex(OpClass(F("name"), name="gin_trgm_ops"), name="street_name_trgm")]


class Property(models.Model):
    """Premises by Unique Property Reference Number (up to 12 digits). ``search`` is the address in plain lower case."""

    uprn = models.BigIntegerField(primary_key=True)
    address = models.CharField(max_length=300)
    search = models.CharField(max_length=300)
    number = models.CharField(max_length=40, blank=True)
    street = models.CharField(max_length=160, blank=True)
    postcode = models.CharField(max_length=8, blank=True, help_text="Upper case with its space: LS1 1UR.")
    postcode_key = models.CharField(max_length=7, blank=True, help_text="Upper case without space, for searching.")
    usrn = models.BigIntegerField(null=True)
    area_code = models.CharField(max_length=20, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    kind = models.CharField(max_length=20, default="home")

    class Meta:
        verbose_name_plural = "properties"
        indexes = [
            GinIndex(OpClass(F("search"), name="gin_trgm_ops"), name="property_search_trgm"),
            models.Index(fields=["postcode_key", "number"], name="property_postcode"),
            models.Index(fields=["usrn"], name="property_usrn"),
        ]
