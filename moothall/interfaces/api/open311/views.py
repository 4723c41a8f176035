"""The operations of GeoReport v2: parse, one action or query, answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from moothall.cases.actions import customer_adds
from moothall.core import clock
from moothall.core.actors import Actor, customer_actor
from moothall.core.idempotency import KeyReused, fingerprint, once
from moothall.core.limits import TooManyAttempts, count
from moothall.core.packs import current_pack
from moothall.core.packs.queries import versions
from moothall.core.references import show_reference
from moothall.core.staff import actor_of_client
from moothall.core.zone import council_date
from moothall.intake.actions import Raised, raise_request
from moothall.intake.social.guard import PersonalData, check_public
from moothall.intake.whose import DECIDED
from moothall.interfaces.api.open311 import photos, shapes
from moothall.interfaces.api.open311.reading import MOST_LISTED, Sent, read_sent, read_span, read_wanted
from moothall.interfaces.api.open311.wire import Problem, allowed, answer, errors, format_of, moment, operation
from moothall.interfaces.policy import Request, address_of, policy
from moothall.promises.rules import say_moment
from moothall.reports.actions import describe_report, refresh_report
from moothall.reports.queries.outside import changed_reports, outside_reports

SCOPE: Final = "api.open311"
REMEMBERED: Final = timedelta(days=90)
TWICE: Final = timedelta(minutes=2)
SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"


@policy("public")
@operation("GET")
def discovery(request: Request, fmt: str) -> HttpResponse:
    """Say where the service is, in which formats, and how to get a key."""
    pack = current_pack()
    ways = [f"{one.label or one.channel}: {one.value}" for one in pack.council.contact]
    changed = moment(versions(1)[0].applied_at)
    endpoint = {
        "specification": SPECIFICATION, "url": f"{settings.PUBLIC_URL}/open311/v2", "changeset": changed,
        "type": "production" if settings.MODE == "production" else "test", "formats": ["text/xml", "application/json"],
    }  # fmt: skip
    body = {
        "changeset": changed, "contact": f"{pack.council.name}. {'; '.join(ways)}",
        "key_service": f"Ask us for a key: {settings.PUBLIC_URL}/contact", "endpoints": [endpoint],
    }  # fmt: skip
    return answer(fmt, "discovery", body)


@policy("public")
@operation("GET")
def services(request: Request, fmt: str) -> HttpResponse:
    """List the services that take reports."""
    return answer(fmt, "services", [shapes.service_row(one) for one in shapes.services_here()])


@policy("public")
@operation("GET")
def service(request: Request, fmt: str, code: str) -> HttpResponse:
    """List what a service asks besides the place."""
    found = shapes.service_here(code)
    if found is None:
        raise Problem(404, f"The service_code “{code[:80]}” was not found.")
    return answer(fmt, "service_definition", shapes.definition(found))


@csrf_exempt
@policy("public")
@operation("GET", "POST")
def requests(request: Request, fmt: str) -> HttpResponse:
    """List reports, or take a new one from a system with a key."""
    if request.method == "POST":
        return answer(fmt, "service_requests", [take(request)])
    wanted = read_wanted(request.GET, at=clock.now())
    found = outside_reports(
        references=wanted.references,
        services=wanted.services,
        since=wanted.since,
        until=wanted.until,
        states=wanted.states,
        limit=wanted.size,
        skip=wanted.skip,
        box=wanted.box,
        changed_since=wanted.changed_since,
        changed_until=wanted.changed_until,
    )
    return answer(fmt, "service_requests", [shapes.request_row(one) for one in found])


@policy("public")
@operation("GET")
def one_request(request: Request, fmt: str, number: str) -> HttpResponse:
    """Show where one report stands, or several with commas between them: those that are there."""
    asked = [part.strip() for part in number.split(",") if part.strip()][:MOST_LISTED]
    found = outside_reports(references=asked) if asked else []
    if not found:
        raise Problem(404, f"The service_request_id “{number[:80]}” was not found.")
    return answer(fmt, "service_requests", [shapes.request_row(one) for one in found])


@policy("public")
@operation("GET")
def token(request: Request, fmt: str, token: str) -> HttpResponse:
    """Return the service_request_id of a token that was given out for a report."""
    found = outside_reports(references=[token.removeprefix("t-")]) if token.startswith("t-") else []
    if not found:
        raise Problem(404, f"The token “{token[:80]}” was not found.")
    row = {"service_request_id": show_reference(found[0].report.reference), "token": token}
    return answer(fmt, "service_requests", [row])


@policy("public")
@operation("GET")
def updates(request: Request, fmt: str) -> HttpResponse:
    """List what changed in a span of time, oldest first: our extension, for whoever follows many reports."""
    span = read_span(request.GET, at=clock.now())
    found = changed_reports(since=span.since, until=span.until, limit=span.size, skip=span.skip)
    rows = [shapes.update_row(one) for one in found]
    return answer(fmt, "service_request_updates", rows)


@csrf_exempt
@policy("public")
def nothing(request: Request, rest: str = "") -> HttpResponse:
    """Say, in the format asked for, that there is nothing at an address under ``/open311``."""
    if request.method == "OPTIONS":
        return allowed(("GET", "POST"))
    fmt = format_of(request, "json" if rest.rstrip("/").endswith(".json") else "")
    return errors(fmt, 404, "There is nothing at this address. Look at /open311/discovery.xml.")


def take(request: Request) -> dict[str, Any]:
    """Take a new report and return how the sender follows it.

    The same report from the same key within two minutes is one, and with a ``client_reference`` of the sender's own
    within 90 days.

    Raises:
        Problem: 403 for the key, 400 and 404 for what was sent.
    """
    by, now = _key(request), clock.now()
    sent = read_sent(request.POST, at=now)
    pictures = photos.photos_in(request.FILES)
    body = {name: values for name, values in request.POST.lists() if name != "api_key"}
    if pictures:
        body["files"] = [one.digest for one in pictures]
    own = request.POST.get("client_reference", "").strip()[:120]
    try:
        made, ran = once(
            "open311.client_reference" if own else "open311.requests", f"{by.id}:{own or fingerprint(body)}", at=now,
            request=body, do=lambda: _raise(sent, pictures, by), expires=REMEMBERED if own else TWICE,
        )  # fmt: skip
    except KeyReused as reused:
        raise Problem(400, f"The client_reference “{own}” was sent before with another report.") from reused
    if case := made.get("case"):  # an answer that was kept before there was one to keep has none
        # there for whoever asks next; those who watch the place hear by the event
        _show(UUID(case), sent if ran else None, at=now)
    return {name: made[name] for name in _ORDER if name in made}  # kept as jsonb, which has an order of its own


def _show(case_id: UUID, sent: Sent | None, *, at: datetime) -> None:
    """Make the public report, when it is new with the words that came for everybody, unless they tell of somebody."""
    if refresh_report(case_id, at=at) is None or sent is None:
        return
    try:
        check_public(sent.description, names=sent.names)
    except PersonalData:
        return
    describe_report(case_id, sent.description)


WRONG_KEYS: Final = 20
"""Wrong keys from one network address in a quarter of an hour."""
_ORDER: Final = ("service_request_id", "token", "service_notice", "account_id")


def _key(request: Request) -> Actor:
    given = (request.POST.get("api_key") or request.GET.get("api_key") or "").strip()
    if not given:
        raise Problem(403, "Missing api_key: it is needed to send a report.")
    now = clock.now()
    actor = actor_of_client(given, at=now, purpose="integration")
    if actor is not None and actor.may(SCOPE):
        return actor  # never refused for what somebody else tried from the same address: it is too long to be guessed
    try:
        count("open311-key", {address_of(request): WRONG_KEYS}, at=now)
    except TooManyAttempts as many:
        raise Problem(403, f"Invalid api_key received too often. {many}") from many
    raise Problem(403, "Invalid api_key received: the report was not taken.")


def _raise(sent: Sent, pictures: list[photos.Photo], by: Actor) -> dict[str, Any]:
    now, service = clock.now(), sent.service
    group, kept = photos.keep(pictures, by=by, at=now)
    raised = raise_request(service, sent.answers, pack=current_pack(), channel="open311", by=by, at=now)
    if raised.case_id is None:
        raise Problem(400, raised.because or "We cannot take this report.")
    photos.give(group, kept, case_id=raised.case_id)
    if sent.words:
        customer_adds(raised.case_id, text=sent.words, by=customer_actor(None).because("tracking"), at=now)
    notice = _notice(raised)
    number = show_reference(raised.reference)
    if service.channel("open311").level == "begin":
        return {"case": str(raised.case_id), "token": f"t-{number}", "service_notice": notice, "account_id": None}
    return {"case": str(raised.case_id), "service_request_id": number, "service_notice": notice, "account_id": None}


def _notice(raised: Raised) -> str | None:
    """Whose job it is where it is not ours, else by when we do it."""
    if any(one.table == DECIDED for one in raised.course.decisions):
        return " ".join(raised.course.say)
    due = next((one.due_at for one in raised.promises if one.kind == "complete" and one.due_at), None)
    return f"We’ll deal with it by {say_moment(due, council_date(clock.now()))}." if due else None
