"""Where things are: premises, streets and areas, as numbered nationally."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from moothall.core.ids import new_id


class Area(models.Model):
    """A ward or other area that figures are shown by."""

    code = models.CharField(max_length=20, primary_key=True)
    kind = models.CharField(max_length=20, default="ward")
    owner = models.CharField(max_length=60, blank=True, help_text="Who looks after its land; blank: the council.")
    name = models.CharField(max_length=120)


class Street(models.Model):
    """A street by its Unique Street Reference Number (up to 8 digits), or by a number of ours where it came without one.

    ``local``: the number was given here, to a name in a place (adr/0059). It has nine digits, so that no national one is it.
    """

    usrn = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=160)
    locality = models.CharField(max_length=120, blank=True)
    area_code = models.CharField(max_length=20, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    line = models.JSONField(default=list, blank=True, help_text="Its middle as [longitude, latitude] points, in order.")
    road_class = models.CharField(max_length=20, blank=True, help_text="main, distributor, local …")
    owner = models.CharField(max_length=60, blank=True, help_text="Who looks after it; blank: the council.")
    local = models.BooleanField(default=False, db_default=False, help_text="The number was given here, by its name.")

    class Meta:
        indexes = [
            GinIndex(OpClass(F("name"), name="gin_trgm_ops"), name="street_name_trgm"),
            models.Index(fields=["latitude", "longitude"], name="street_position", condition=Q(latitude__isnull=False)),
        ]


class Shape(models.Model):
    """The land of an area: one polygon with its holes, in a box that finds it. An area may have several."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    area_code = models.CharField(max_length=20)
    south = models.FloatField()
    west = models.FloatField()
    north = models.FloatField()
    east = models.FloatField()
    rings = models.JSONField(help_text="GeoJSON order: the outline, then holes; points are [longitude, latitude].")

    class Meta:
        indexes = [
            models.Index(fields=["south", "north"], name="shape_box"),
            models.Index(fields=["area_code"], name="shape_area"),
        ]


class Landmark(models.Model):
    """A place people know by name: a library, a school, a park. Reports may be near it."""

    code = models.CharField(max_length=60, primary_key=True)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=30, blank=True)
    latitude = models.FloatField()
    longitude = models.FloatField()

    class Meta:
        indexes = [GinIndex(OpClass(F("name"), name="gin_trgm_ops"), name="landmark_name_trgm")]


class Asset(models.Model):
    """A thing in the street that is somebody's to look after: a lamp, a bin, a cabinet."""

    code = models.CharField(max_length=60, primary_key=True)
    kind = models.CharField(max_length=30)
    label = models.CharField(max_length=160)
    owner = models.CharField(max_length=60, blank=True, help_text="Who looks after it; blank: the council.")
    latitude = models.FloatField()
    longitude = models.FloatField()

    class Meta:
        indexes = [models.Index(fields=["latitude", "longitude"], name="asset_position")]


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
            models.Index(
                fields=["latitude", "longitude"], name="property_position", condition=Q(latitude__isnull=False)
            ),
        ]
