"""The operations: parse, one action or query, answer."""

from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import NinjaAPI, Query, Router

from moothall.contacts.actions import record_contact
from moothall.contacts.queries import contact, newest_contacts
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.paging import pack_cursor, unpack_cursor
from moothall.customers.linking.actions import receive
from moothall.customers.linking.adapters.json_file import objects
from moothall.customers.linking.queries.deliveries import told_rows
from moothall.customers.queries import ids_of
from moothall.intake.queries.feed import events_shown
from moothall.interfaces.api import shapes
from moothall.interfaces.api.bookings import bookings
from moothall.interfaces.api.cases import case_routes
from moothall.interfaces.api.customers import customers
from moothall.interfaces.api.machines import machines
from moothall.interfaces.api.rounds import rounds
from moothall.interfaces.api.wire import (
    ERRORS,
    WRITES,
    After,
    NotValid,
    Size,
    do_once,
    known_service,
    not_later,
    own_id,
    refuse_unknown,
    tell_errors,
)
from moothall.interfaces.policy import Request, policy
from moothall.services.pack import Service

api = NinjaAPI(
    title="Moothall",
    version="1.0.0",
    description="Contacts, cases, customers, services and the feed of events of one council.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
tell_errors(api)
LONGEST_TX = 18  # digits that PostgreSQL’s bigint always holds
services, contacts, records, events = (Router(tags=[tag]) for tag in ("services", "contacts", "records", "events"))


@services.get("", response={200: list[shapes.ServiceOut], **ERRORS}, summary="List the catalogue")
@policy("token", needs="api.services")
def list_services(request: HttpRequest) -> Any:
    """Every service of the council, by code."""
    return [_service(service) for service in current_pack().services.values()]


@services.get("/{code}", response={200: shapes.ServiceDetail, **ERRORS}, summary="One service and its questions")
@policy("token", needs="api.services")
def get_service(request: HttpRequest, code: str) -> Any:
    """What a request of this service answers."""
    service = current_pack().services.get(code)
    if service is None:
        raise Http404
    asked = [
        {"id": q.id, "type": q.type, "label": q.label_on("api"), "hint": q.hint_on("api"), "required": q.required,
         "options": [option.value for option in q.options]}
        for q in service.questions
    ]  # fmt: skip
    return {**_service(service), "questions": asked}


@contacts.post("", response={201: shapes.ContactOut, **WRITES}, summary="Record a contact")
@policy("token", needs="api.contacts.write", purpose="integration")
def post_contact(request: Request, body: shapes.ContactIn) -> Any:
    """Record that somebody was in touch. Send ``Idempotency-Key``: the same call again records nothing more."""
    now = clock.now()

    def record() -> dict[str, Any]:
        made = record_contact(
            channel=body.channel, received_at=not_later(body.received_at, now), customer_id=body.customer_id,
            service=known_service(body.service).code if body.service else "", caller=body.caller, cause=body.cause,
            note=body.note, external_id=own_id(request, body.external_id), direction=body.direction, by=request.actor, at=now,
        )  # fmt: skip
        row = {
            field: getattr(made, field)
            for field in shapes.ContactOut.model_fields
            if field not in ("is_open", "matters")
        }
        return shapes.ContactOut(**row, is_open=made.state == "open", matters=[]).model_dump(mode="json")

    return do_once(request, "contacts", body.model_dump(mode="json"), record)


@contacts.get("", response={200: shapes.ContactPage, **ERRORS}, summary="List contacts, newest first")
@policy("token", needs="api.contacts.read", purpose="integration")
def list_contacts(request: Request, customer_id: UUID | None = None, after: After = "", size: Size = 20) -> Any:
    """A page of contacts, of one person where she is named (under any of her joined numbers); follow ``after``."""
    hers = ids_of(customer_id) if customer_id else None
    page = newest_contacts(visible_to=request.actor, customer_ids=hers, after=after, size=size)
    return {"rows": page.rows, "after": page.after}


@contacts.get("/{contact_id}", response={200: shapes.ContactOut, **ERRORS}, summary="One contact")
@policy("token", needs="api.contacts.read", purpose="integration")
def get_contact(request: Request, contact_id: UUID) -> Any:
    """A contact with its matters."""
    found = contact(contact_id, visible_to=request.actor)
    if found is None:
        raise Http404
    return found


@records.post("/{system}", response={200: shapes.DeliveryOut, **WRITES}, summary="Deliver records of a system")
@policy("token", needs="api.records.write", purpose="integration")
def post_records(request: Request, system: str, body: shapes.RecordsIn) -> Any:
    """Deliver what a line-of-business system holds of people, as the council's pack describes it. The same rows with the
    same `as_of` again change nothing; a row that cannot be kept is told with its number (from 1) and the reason."""
    now = clock.now()

    def take() -> dict[str, Any]:
        as_of = not_later(body.as_of, now) if body.as_of else None
        done = receive(
            system, objects(body.rows), how="rest", name="", as_of=as_of, whole=body.whole, by=request.actor, at=now
        )
        counted = {name: getattr(done, name) for name in ("new", "changed", "same", "late", "gone", "refused")}
        told = [shapes.RowOut(**row) for row in told_rows(done)]
        return shapes.DeliveryOut(
            id=done.id, state=str(done.state), problem=done.problem, rows=told, **counted
        ).model_dump(mode="json")

    return do_once(request, f"records.{system[:64]}", body.model_dump(mode="json"), take, status=200)


@events.get("", response={200: shapes.EventPage, **ERRORS}, summary="Follow the feed of events")
@policy("token", needs="api.events", purpose="integration")
def list_events(request: Request, after: After = "", size: Annotated[int, Query(ge=1, le=1000)] = 100) -> Any:
    """Events in commit order, none ever skipped. Keep ``after`` and ask again from there until it stays the same.

    Restricted kinds are left out, so that a page may be short, or empty, before the end.
    """
    tx, event_id = unpack_cursor(after, 2) if after else ("0", None)
    if tx is None or not (tx.isascii() and tx.isdigit() and len(tx) <= LONGEST_TX):
        raise NotValid([("after", "Use the place the last answer gave, or leave it out to begin.")])
    rows, place = events_shown(int(tx), UUID(event_id) if event_id else None, limit=size, visible_to=request.actor)
    return {"rows": rows, "after": pack_cursor(place or [0, None]) if place or not after else after}


def _service(service: Service) -> dict[str, Any]:
    return {
        "code": service.code, "name": service.name, "area": service.area, "lgsl": service.lgsl, "summary": service.summary,
        "channels": {channel: use.level for channel, use in service.channels.items()},
    }  # fmt: skip


for prefix, router in (
    ("/services", services), ("/contacts", contacts), ("/cases", case_routes), ("/customers", customers),
    ("/records", records), ("/events", events), ("/rounds", rounds), ("/bookings", bookings),
    ("/machines", machines),
):  # fmt: skip
    refuse_unknown(router)
    api.add_router(prefix, router)
