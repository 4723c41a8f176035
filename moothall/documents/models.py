"""Files that came with a request, kept once by their content."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class Document(models.Model):
    """One file: what it says it is was checked against what it is (``media_type``) before it was kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200, help_text="The file's name as sent, without its path.")
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    path = models.CharField(max_length=200, help_text="Under the media folder, by digest.")
    scan = models.CharField(max_length=12, default="not_scanned", help_text="clean, not_scanned or refused")
    mark = models.BigIntegerField(
        null=True, help_text="For a photo: 64 bits of how it looks, to find the same one again."
    )
    case_id = models.UUIDField(null=True)
    dialogue_id = models.UUIDField(null=True)
    question = models.CharField(max_length=60, blank=True)
    customer_id = models.UUIDField(null=True)
    writing_id = models.UUIDField(null=True, help_text="The writing of the inbox it came with.")
    received_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["case_id"], name="document_case"),
            models.Index(fields=["dialogue_id"], name="document_dialogue"),
            models.Index(fields=["writing_id"], name="document_writing", condition=Q(writing_id__isnull=False)),
        ]
