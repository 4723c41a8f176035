"""The applied versions of the council's pack."""

from django.db import models

from moothall.core.ids import new_id


class PackVersion(models.Model):
    """One applied pack, whole and resolved. Append-only by trigger; a case keeps the version it was opened under."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveIntegerField(unique=True)
    council = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    content = models.JSONField()
    applied_at = models.DateTimeField()
    applied_by = models.UUIDField(null=True)

    class Meta:
        app_label = "core"
        db_table = "core_packversion"
