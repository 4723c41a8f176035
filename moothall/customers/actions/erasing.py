"""Forgetting a person and keeping the statistics."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.actors import Actor
from moothall.customers.actions.record import locked, say
from moothall.customers.models import Consent, ContactPoint, Need, Warning
from moothall.customers.rules.access import require_erase


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Empty a person's record of all that tells who she is; the row, its area and its dates stay for the statistics.

    Returns how many rows were emptied or deleted. A second time changes nothing more. The look log holds no name and stays.

    Raises:
        NoSuchCustomer, Refused.
    """
    require_erase(by)
    with transaction.atomic():
        person = locked(customer_id)
        gone = 0
        for table in (ContactPoint, Need, Warning, Consent):
            gone += table.objects.filter(customer=person).delete()[0]
        if person.search or person.given_name or person.family_name or person.organisation_name:
            person.title = person.given_name = person.family_name = person.organisation_name = ""
            person.address_text = person.search = ""
            person.date_of_birth = person.uprn = None
            person.changed_at = at
            person.save()
            gone += 1
            say("customer.erased", person, [], by=by, at=at)
    return gone
