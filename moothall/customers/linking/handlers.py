"""What the master index does when a customer's own record is made or changed."""

from uuid import UUID

from moothall.core import clock
from moothall.core.events import Recorded, handles
from moothall.customers.linking.actions.indexing import index_customers
from moothall.customers.linking.actions.placing import look_again, recognise


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


@handles("customer.unmerged", as_="linking.look_again")
def ask_again(event: Recorded) -> None:
    """Of two who were parted, each may be somebody else who was taken for the other: that is asked now, not at night."""
    parted = str(event.data.get("parted", ""))
    for customer_id in (event.customer_id, UUID(parted) if parted else None):
        if customer_id is not None:
            look_again(customer_id, at=clock.now())
