"""Forgetting a person and keeping the statistics."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moothall.core.actors import Actor
from moothall.core.jobs import enqueue
from moothall.customers.actions.record import NoSuchCustomer, say, unlearn_words
from moothall.customers.models import Consent, ContactPoint, Customer, Need, Warning
from moothall.customers.rules.access import require_erase

RELEARN = timedelta(hours=2)
"""By then no process remembers a word that was taken away; whoever got it meanwhile is found by it again."""


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Empty a person's record of all that tells who she is; the row, its area and its dates stay for the statistics.

    Returns how many rows were emptied or deleted. A second time changes nothing more. The look log holds no name and stays.

    Raises:
        NoSuchCustomer, Refused.
    """
    require_erase(by)
    with transaction.atomic():
        person = Customer.objects.select_for_update().filter(pk=customer_id).first()  # a joined one is its own row
        if person is None:
            raise NoSuchCustomer("There is no such customer.")
        gone = 0
        for table in (ContactPoint, Need, Warning, Consent):
            gone += table.objects.filter(customer=person).delete()[0]
        if person.search or person.given_name or person.family_name or person.organisation_name:
            person.title = person.given_name = person.family_name = person.organisation_name = ""
            words = person.search.split()
            person.address_text = person.search = person.preferred_channel = person.company_number = ""
            person.language, person.preferred_format, person.quiet_hours, person.proof = (
                "en",
                "standard",
                True,
                "stated",
            )
            person.date_of_birth = person.uprn = None
            person.changed_at = at
            person.save()
            gone += 1
            unlearn_words(words)
            enqueue("customers.relearn_words", at=at + RELEARN, since=(at - RELEARN).isoformat())
            say("customer.erased", person, [], by=by, at=at)
    return gone
