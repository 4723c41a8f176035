"""Who works here, as a customer."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from moothall.core.ids import new_id
from moothall.customers.models import Customer


class Colleague(models.Model):
    """The customer record of somebody with a staff account, and the wards she sits for where she is a councillor."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    staff_id = models.UUIDField(unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    wards = ArrayField(models.CharField(max_length=20), default=list)
    made_at = models.DateTimeField()
