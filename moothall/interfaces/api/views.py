"""The operations: parse, one action or query, answer."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import NinjaAPI, Query, Router, Status

from moothall.cases import actions as cases
from moothall.cases.queries import case_page, find_by_reference, newest_cases
from moothall.contacts.actions import record_contact
from moothall.contacts.queries import contact, newest_contacts
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.paging import pack_cursor, unpack_cursor
from moothall.core.zone import council_date
from moothall.customers.actions import create_customer, log_look, log_shown
from moothall.customers.linking.actions import receive
from moothall.customers.linking.adapters.json_file import objects
from moothall.customers.linking.queries.deliveries import told_rows
from moothall.customers.queries import customer_card, find_customers
from moothall.intake.actions.raising import raise_request
from moothall.intake.lookups import read_now
from moothall.intake.queries.feed import events_shown
from moothall.intake.slots import SlotGone
from moothall.interfaces.api import shapes
from moothall.interfaces.api.bookings import bookings
from moothall.interfaces.api.machines import machines
from moothall.interfaces.api.rounds import rounds
from moothall.interfaces.api.wire import NotValid, do_once, refuse_unknown, tell_errors
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
ERRORS = {400: shapes.Problems, 401: shapes.Problems, 403: shapes.Problems, 404: shapes.Problems, 422: shapes.Problems}
WRITES = ERRORS | {409: shapes.Problems}
Size = Annotated[int, Query(ge=1, le=100)]
After = Annotated[str, Query(max_length=400)]
LONGEST_TX = 18  # digits that PostgreSQL’s bigint always holds
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
services, contacts, case_routes, customers, records, events = (Router(tags=[tag]) for tag in (
    "services", "contacts", "cases", "customers", "records", "events"))  # fmt: skip


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
            channel=body.channel, received_at=_not_later(body.received_at, now), customer_id=body.customer_id,
            service=_known(body.service).code if body.service else "", caller=body.caller, cause=body.cause,
            note=body.note, external_id=body.external_id, direction=body.direction, by=request.actor, at=now,
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
def list_contacts(request: Request, after: After = "", size: Size = 20) -> Any:
    """A page of contacts; follow ``after`` to the next."""
    page = newest_contacts(visible_to=request.actor, after=after, size=size)
    return {"rows": page.rows, "after": page.after}


@contacts.get("/{contact_id}", response={200: shapes.ContactOut, **ERRORS}, summary="One contact")
@policy("token", needs="api.contacts.read", purpose="integration")
def get_contact(request: Request, contact_id: UUID) -> Any:
    """A contact with its matters."""
    found = contact(contact_id, visible_to=request.actor)
    if found is None:
        raise Http404
    return found


@case_routes.post("", response={201: shapes.RaisedOut, **WRITES}, summary="Make a request")
@policy("token", needs="api.cases.write", purpose="integration")
def post_case(request: Request, body: shapes.CaseIn) -> Any:
    """Ask for a service: the contact is recorded, rules decide, the case is opened with its promises. Once per key."""
    now = clock.now()

    def ask() -> dict[str, Any]:
        service = _known(body.service)
        answers, wrong = read_now(service, body.answers, channel=body.channel, at=now)
        if wrong:
            raise NotValid([(f"answers.{question}", error.message) for question, error in wrong.items()])
        try:
            raised = raise_request(
                service, answers, pack=current_pack(), channel=body.channel, by=request.actor, at=now,
                customer_id=body.customer_id, received_at=_not_later(body.received_at, now),
                external_id=body.external_id, source="api",
            )  # fmt: skip
        except SlotGone as gone:
            raise NotValid([(f"answers.{gone.question}", gone.message)]) from gone
        return shapes.RaisedOut(
            accepted=raised.accepted, because=raised.because, case_id=raised.case_id, reference=raised.reference,
            contact_id=raised.contact_id, customer_id=raised.customer_id, team=raised.course.team,
            priority=raised.course.priority, fee_pence=raised.course.fee or 0,
            promises=[shapes.PromiseOut(kind=p.kind, standard=p.standard, due_at=p.due_at) for p in raised.promises],
        ).model_dump(mode="json")  # fmt: skip

    return do_once(request, "cases", body.model_dump(mode="json"), ask)


@case_routes.get("", response={200: shapes.CasePageOut, **ERRORS}, summary="List cases, newest first")
@policy("token", needs="api.cases.read", purpose="integration")
def list_cases(request: Request, service: str = "", team: str = "", after: After = "", size: Size = 20) -> Any:
    """A page of cases; follow ``after`` to the next. A service or team we do not know gives an empty page."""
    page = newest_cases(visible_to=request.actor, service=service, team=team, after=after, size=size)
    return {"rows": page.rows, "after": page.after}


@case_routes.get("/by-reference/{reference}", response={200: shapes.CaseOut, **ERRORS}, summary="One case by reference")
@policy("token", needs="api.cases.read", purpose="integration")
def get_case_by_reference(request: Request, reference: str) -> Any:
    """The case somebody read out."""
    found = find_by_reference(reference, visible_to=request.actor)
    if found is None:
        raise Http404
    return found


@case_routes.get("/{case_id}", response={200: shapes.CaseDetail, **ERRORS}, summary="One case")
@policy("token", needs="api.cases.read", purpose="integration")
def get_case(request: Request, case_id: UUID) -> Any:
    """A case with its answers and promises."""
    now = clock.now()
    page = case_page(case_id, visible_to=request.actor, at=now)
    if page is None:
        raise Http404
    if page.case.customer_id:
        log_look(customer_id=page.case.customer_id, screen="api.case", case_id=case_id, by=request.actor, at=now)
    return page


@case_routes.post("/{case_id}/notes", response={204: None, **WRITES}, summary="Write on a case")
@policy("token", needs="api.cases.write", purpose="integration")
def post_note(request: Request, case_id: UUID, body: shapes.NoteIn) -> Any:
    """Add a note; one the customer may read is sent to her."""

    def write() -> dict[str, Any]:
        cases.note_case(
            case_id, text=body.text, visible_to_customer=body.visible_to_customer, by=request.actor, at=clock.now()
        )
        return {}

    return do_once(request, f"notes.{case_id}", body.model_dump(mode="json"), write, status=204)


@case_routes.post("/{case_id}/status", response={204: None, **WRITES}, summary="Set a case's status")
@policy("token", needs="api.cases.write", purpose="integration")
def post_status(request: Request, case_id: UUID, body: shapes.StatusIn) -> Any:
    """Set the word the customer sees. The same word twice is once."""
    if body.status not in current_pack().section("statuses"):
        raise NotValid([("status", "Use one of the statuses of the council's pack.")])
    cases.set_status(case_id, status=body.status, version=body.version, by=request.actor, at=clock.now())
    return Status(204, None)


@case_routes.post("/{case_id}/close", response={204: None, **WRITES}, summary="Close a case")
@policy("token", needs="api.cases.write", purpose="integration")
def post_close(request: Request, case_id: UUID, body: shapes.CloseIn) -> Any:
    """Close with an outcome and whether it was resolved. A closed case stays as it is."""
    found = case_page(case_id, visible_to=request.actor, at=clock.now())
    if found is None:
        raise Http404
    if body.outcome not in {closing.code for closing in _known(found.case.service).closings}:
        raise NotValid([("outcome", "Use one of the ways this service can end: GET /services lists the service.")])
    cases.close_case(
        case_id, outcome=body.outcome, resolved=body.resolved, version=body.version, by=request.actor, at=clock.now()
    )
    return Status(204, None)


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
        card = customer_card(made.id, request.actor, on=council_date(now))
        points_shown = [point.shown for point in card.points] if card else []
        return shapes.CustomerOut(
            id=made.id, reference=made.reference, kind=made.kind, name=card.name if card else "",
            address=made.address_text, date_of_birth=made.date_of_birth, points=points_shown,
        ).model_dump(mode="json")  # fmt: skip

    return do_once(request, "customers", body.model_dump(mode="json"), make)


@records.post("/{system}", response={200: shapes.DeliveryOut, **WRITES}, summary="Deliver records of a system")
@policy("token", needs="api.records.write", purpose="integration")
def post_records(request: Request, system: str, body: shapes.RecordsIn) -> Any:
    """Deliver what a line-of-business system holds of people, as the council's pack describes it. The same rows with the
    same `as_of` again change nothing; a row that cannot be kept is told with its number (from 1) and the reason."""
    now = clock.now()

    def take() -> dict[str, Any]:
        as_of = _not_later(body.as_of, now) if body.as_of else None
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


def _known(code: str) -> Service:
    found: Service | None = current_pack().services.get(code)
    if found is None:
        raise NotValid([("service", f"There is no service “{code[:80]}”. GET /services lists them.")])
    return found


def _not_later(received: datetime | None, now: datetime) -> datetime:
    if received is None:
        return now
    if received.tzinfo is None or not LONG_AGO <= received <= now:
        raise NotValid([("received_at", "Give a time that has passed, with its zone: 2026-11-22T09:30:00Z.")])
    return received


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
