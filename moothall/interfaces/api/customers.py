"""Customers over the wire: find, read, record, change."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from django.http import Http404
from ninja import Query, Router

from moothall.core import clock
from moothall.core.zone import council_date
from moothall.customers.actions import create_customer, log_look, log_shown
from moothall.customers.queries import customer_card, find_customers
from moothall.customers.queries.card import CustomerCard
from moothall.intake.details import change_details
from moothall.interfaces.api import shapes
from moothall.interfaces.api.wire import ERRORS, WRITES, do_once
from moothall.interfaces.policy import Request, policy

customers = Router(tags=["customers"])


@customers.get("", response={200: list[shapes.CustomerOut], **ERRORS}, summary="Find customers")
@policy("token", needs="api.customers.read", purpose="integration")
def search_customers(request: Request, q: Annotated[str, Query(min_length=2, max_length=200)]) -> Any:
    """People by name (typos forgiven), telephone, e-mail, postcode, address, UPRN or reference: twenty at the most."""
    lines = find_customers(q, request.actor)
    log_shown((line.id for line in lines), screen="api.customers", by=request.actor, at=clock.now())
    return lines


@customers.post("", response={201: shapes.CustomerOut, **WRITES}, summary="Make a customer's record")
@policy("token", needs="api.customers.write", purpose="integration")
def post_customer(request: Request, body: shapes.CustomerIn) -> Any:
    """Record a person. Nobody is joined to another by e-mail or telephone alone."""
    now = clock.now()

    def make() -> dict[str, Any]:
        points = [(kind, value) for kind, value in (("email", body.email), ("phone", body.phone)) if value]
        fields = body.model_dump(exclude={"email", "phone"})
        made = create_customer(**fields, contact_points=points, by=request.actor, at=now)
        return {"id": str(made.id), "reference": made.reference}

    def told(kept: dict[str, Any]) -> dict[str, Any]:
        card = _card(request, UUID(kept["id"]))
        line = card and _line(card) | {"reference": kept["reference"]}
        return shapes.CustomerOut(**line).model_dump(mode="json") if line else kept

    return do_once(request, "customers", body.model_dump(mode="json"), make, told=told)


@customers.get("/{customer_id}", response={200: shapes.CustomerDetail, **ERRORS}, summary="One customer")
@policy("token", needs="api.customers.read", purpose="integration")
def get_customer(request: Request, customer_id: UUID) -> Any:
    """A person by any of her numbers: one that was joined to another leads to the record that stands. The look is logged."""
    card = _card(request, customer_id)
    if card is None:
        raise Http404
    log_look(customer_id=card.id, screen="api.customer", by=request.actor, at=clock.now())
    return _line(card) | {
        "ids": list(card.ids), "proof": card.proof, "uprn": card.uprn, "language": card.language, "area": card.area_code,
        "preferred_channel": card.preferred_channel, "preferred_format": card.preferred_format,
        "needs": [need.code for need in card.needs],
    }  # fmt: skip


@customers.post("/{customer_id}/details", response={204: None, **WRITES}, summary="Change a customer's details")
@policy("token", needs="api.customers.write", purpose="integration")
def post_details(request: Request, customer_id: UUID, body: shapes.DetailsIn) -> Any:
    """Change once: what is left out stays, and every system that holds the rest is told."""
    now = clock.now()
    changes = body.model_dump(exclude_unset=True)
    if _card(request, customer_id) is None:
        raise Http404

    def change() -> dict[str, Any]:
        change_details(customer_id, changes.get, key=f"api:{uuid4()}", by=request.actor, at=now)
        return {}

    return do_once(request, f"details.{customer_id}", changes, change, status=204)


def _card(request: Request, customer_id: UUID) -> CustomerCard | None:
    return customer_card(customer_id, request.actor, on=council_date(clock.now()))


def _line(card: CustomerCard) -> dict[str, Any]:
    """As lists show her."""
    return {
        "id": card.id, "reference": card.reference, "kind": card.kind, "name": card.name, "address": card.address,
        "date_of_birth": card.date_of_birth, "points": [point.shown for point in card.points],
    }  # fmt: skip
