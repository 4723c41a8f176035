"""Requests and cases over the wire: ask, follow, work, close."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import Http404
from ninja import Router

from moothall.cases import actions as cases
from moothall.cases.queries import CaseFilter, case_page, find_by_reference, newest_cases
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.customers.actions import log_look, log_shown
from moothall.customers.queries import ids_of
from moothall.intake.actions.beginning import begin_request, in_words
from moothall.intake.actions.raising import raise_request
from moothall.intake.lookups import read_now
from moothall.intake.slots import SlotGone
from moothall.interfaces.api import shapes
from moothall.interfaces.api.begun import begun_out, with_way_back
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
)
from moothall.interfaces.policy import Request, policy
from moothall.services.pack import PAUSES

case_routes = Router(tags=["cases"])


@case_routes.post("", response={201: shapes.RaisedOut, **WRITES}, summary="Make a request")
@policy("token", needs="api.cases.write", purpose="integration")
def post_case(request: Request, body: shapes.CaseIn) -> Any:
    """Ask for a service: the contact is recorded, rules decide, the case is opened with its promises. Once per key."""
    now = clock.now()

    def ask() -> dict[str, Any]:
        service = known_service(body.service)
        given, unknown = in_words(service, body.answers)
        answers, wrong = read_now(service, given, channel=body.channel, at=now)
        if wrong := wrong | {name: error for name, error in unknown.items() if name in answers}:
            raise NotValid([(f"answers.{question}", error.message) for question, error in wrong.items()])
        received, external = not_later(body.received_at, now), own_id(request, body.external_id)
        begun = begin_request(
            service, answers, channel=body.channel, by=request.actor, at=now, customer_id=body.customer_id,
            received_at=received, external_id=external,
        )  # fmt: skip
        if begun is not None:
            return begun_out(service, begun)
        try:
            raised = raise_request(
                service, answers, pack=current_pack(), channel=body.channel, by=request.actor, at=now,
                customer_id=body.customer_id, received_at=received, external_id=external, source="api",
            )  # fmt: skip
        except SlotGone as gone:
            raise NotValid([(f"answers.{gone.question}", gone.message)]) from gone
        return shapes.RaisedOut(
            accepted=raised.accepted, because=raised.because, say=list(raised.course.say),
            case_id=raised.case_id, reference=raised.reference,
            contact_id=raised.contact_id, customer_id=raised.customer_id, team=raised.course.team,
            priority=raised.course.priority, fee_pence=raised.course.fee or 0,
            promises=[shapes.PromiseOut(kind=p.kind, standard=p.standard, due_at=p.due_at) for p in raised.promises],
        ).model_dump(mode="json")  # fmt: skip

    return do_once(request, "cases", body.model_dump(mode="json"), ask, told=with_way_back)


@case_routes.get("", response={200: shapes.CasePageOut, **ERRORS}, summary="List cases, newest first")
@policy("token", needs="api.cases.read", purpose="integration")
def list_cases(
    request: Request, service: str = "", team: str = "", customer_id: UUID | None = None, state: shapes.State | None = None,
    late: bool | None = None, after: After = "", size: Size = 20,
) -> Any:  # fmt: skip
    """A page of cases; follow ``after`` to the next. A service or team we do not know gives an empty page.

    ``customer_id`` finds what is a person's under any of her joined numbers. ``late``: a promise of it is broken.
    """
    wanted = CaseFilter(service=service, team=team, state=state or "", late=late)
    if customer_id is not None:
        wanted = replace(wanted, customer_ids=ids_of(customer_id))
    page = newest_cases(wanted, visible_to=request.actor, after=after, size=size)
    whose = [case.customer_id for case in page.rows if case.customer_id]
    log_shown(whose, screen="api.cases", by=request.actor, at=clock.now())
    return {"rows": page.rows, "after": page.after}


@case_routes.get("/by-reference/{reference}", response={200: shapes.CaseOut, **ERRORS}, summary="One case by reference")
@policy("token", needs="api.cases.read", purpose="integration")
def get_case_by_reference(request: Request, reference: str) -> Any:
    """The case somebody read out."""
    found = find_by_reference(reference, visible_to=request.actor)
    if found is None:
        raise Http404
    if found.customer_id:
        log_look(
            customer_id=found.customer_id, screen="api.case", case_id=found.id, by=request.actor, at=clock.now()
        )  # fmt: skip
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

    def do() -> None:
        cases.set_status(case_id, status=body.status, version=body.version, by=request.actor, at=clock.now())

    return _changed(request, "status", case_id, body, do)


@case_routes.post("/{case_id}/wait", response={204: None, **WRITES}, summary="Wait for somebody else")
@policy("token", needs="api.cases.write", purpose="integration")
def post_wait(request: Request, case_id: UUID, body: shapes.WaitIn) -> Any:
    """Wait, for a reason the pack knows: the clocks that may stop for it stop. One that asks her needs a question."""
    if body.reason not in current_pack().of(PAUSES):
        raise NotValid([("reason", f"Use one of: {', '.join(sorted(current_pack().of(PAUSES)))}.")])

    def do() -> None:
        cases.wait_for(
            case_id, reason=body.reason, question=body.question, version=body.version, by=request.actor, at=clock.now()
        )

    return _changed(request, "wait", case_id, body, do, derived=True)


@case_routes.post("/{case_id}/resume", response={204: None, **WRITES}, summary="Go on with a case that waits")
@policy("token", needs="api.cases.write", purpose="integration")
def post_resume(request: Request, case_id: UUID, body: shapes.VersionIn) -> Any:
    """Go on: the clocks run again. A case that does not wait stays as it is."""

    def do() -> None:
        cases.resume_case(case_id, version=body.version, by=request.actor, at=clock.now())

    return _changed(request, "resume", case_id, body, do)


@case_routes.post("/{case_id}/reopen", response={204: None, **WRITES}, summary="Open a closed case again")
@policy("token", needs="api.cases.write", purpose="integration")
def post_reopen(request: Request, case_id: UUID, body: shapes.ReopenIn) -> Any:
    """Open it again: it was not done, or not right. A case that is open stays as it is."""

    def do() -> None:
        cases.reopen_case(case_id, reason=body.reason, version=body.version, by=request.actor, at=clock.now())

    return _changed(request, "reopen", case_id, body, do)


@case_routes.post("/{case_id}/close", response={204: None, **WRITES}, summary="Close a case")
@policy("token", needs="api.cases.write", purpose="integration")
def post_close(request: Request, case_id: UUID, body: shapes.CloseIn) -> Any:
    """Close with an outcome and whether it was resolved. A closed case stays as it is."""
    found = case_page(case_id, visible_to=request.actor, at=clock.now())
    if found is None:
        raise Http404
    if body.outcome not in {closing.code for closing in known_service(found.case.service).closings}:
        raise NotValid([("outcome", "Use one of the ways this service can end: GET /services lists the service.")])

    def do() -> None:
        cases.close_case(
            case_id,
            outcome=body.outcome,
            resolved=body.resolved,
            version=body.version,
            by=request.actor,
            at=clock.now(),
        )

    return _changed(request, "close", case_id, body, do)


def _changed(
    request: Request, what: str, case_id: UUID, body: shapes.Wire, do: Callable[[], None], *, derived: bool = False
) -> Any:
    """Change a case once for its key. Without one the call is simply made: the same change again changes nothing. Not so a
    question to the customer (``derived``): she is asked once."""

    def change() -> dict[str, Any]:
        do()
        return {}

    return do_once(request, f"{what}.{case_id}", body.model_dump(mode="json"), change, status=204, derived=derived)
