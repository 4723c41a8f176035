"""What the master index does when a customer's own record is made or changed."""

from moothall.core import clock
from moothall.core.events import Recorded, handles
from moothall.customers.linking.actions.indexing import index_customers
from moothall.customers.linking.actions.placing import recognise


@handles("customer.created", "customer.changed", as_="linking.know")
def know(event: Recorded) -> None:
    """Weigh newcomers and changed names against everybody from now on; whoever came by any channel is recognised.

    An officer who took somebody down as new was asked first: the machine does not join against her word, it asks a person.
    """
    if event.customer_id is None:
        return
    index_customers([event.customer_id])
    if event.name == "customer.created":
        recognise(event.customer_id, sure=event.actor_kind != "staff", at=clock.now())
