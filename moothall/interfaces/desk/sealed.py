"""Sealed records at the desk: met, opened in need for a stated reason, read only, over after a while."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core import clock
from moothall.core.limits import TooManyAttempts
from moothall.core.lines import one_line
from moothall.core.packs import current_pack, pack_at
from moothall.core.zone import council_date
from moothall.customers.actions import log_look
from moothall.customers.privacy.actions import NeedsReason, break_glass, close_opening, seek
from moothall.customers.privacy.pack import PRIVACY
from moothall.customers.privacy.queries.seeking import Sought
from moothall.customers.queries import customer_card
from moothall.customers.rules.finding import read_typed
from moothall.intake.dialogue.words import lines_of
from moothall.intake.sealed import kinds_to_open, opened, opened_case, sealed_case
from moothall.interfaces.desk import lines
from moothall.interfaces.desk.screen import draw, found, go, wrong
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.fields import FieldView
from moothall.services.pack import SERVICES

PURPOSE = "break-glass"
SOUGHT = ("given", "family", "born", "address", "kind", "reason")


@require_http_methods(["GET", "HEAD", "POST"])
@policy("staff", needs=("case.view", "glass.break"), purpose=PURPOSE)
def met(request: Request, case_id: UUID) -> HttpResponse:
    """A case that is sealed: nothing of it is said, and how to open it in need."""
    kind = sealed_case(case_id, visible_to=request.actor)
    if not kind:
        raise Http404
    errors = []
    if request.method == "POST":
        try:
            made = break_glass(kind=kind, reason=request.POST.get("reason", ""), case_id=case_id, by=request.actor,
                               at=clock.now())  # fmt: skip
            return go("desk:sealed-open", made.id)
        except NeedsReason as no:
            errors = [wrong("reason", str(no))]
    return _ask(request, errors)


@require_http_methods(["GET", "HEAD", "POST"])
@policy("staff", needs=("customer.view", "glass.break"), purpose=PURPOSE)
def of_person(request: Request, customer_id: UUID) -> HttpResponse:
    """What may be sealed about a person: the same page for everybody, whether or not there is anything."""
    card, kinds = found(customer_card(customer_id, request.actor, on=clock.now().date())), kinds_to_open(request.actor)
    log_look(customer_id=card.id, screen="desk.sealed", by=request.actor, at=clock.now())
    errors = []
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        try:
            if kind not in {one.code for one in kinds}:
                errors = [wrong(f"kind-{kinds[0].code}" if kinds else "reason", "Choose what you need to see.")]
            else:
                made = break_glass(kind=kind, reason=request.POST.get("reason", ""), customer_id=card.id,
                                   by=request.actor, at=clock.now())  # fmt: skip
                return go("desk:sealed-open", made.id)
        except NeedsReason as no:
            errors = [wrong("reason", str(no))]
    return _ask(request, errors, card=card, kinds=kinds)


@require_http_methods(["GET", "HEAD", "POST"])
@policy("staff", needs=("customer.view", "glass.break"), purpose=PURPOSE)
def find(request: Request) -> HttpResponse:
    """Look behind a seal for somebody whom only a restricted system knows: by who she exactly is, for a reason."""
    kinds, typed, errors = kinds_to_open(request.actor), {name: request.POST.get(name, "") for name in SOUGHT}, []
    if request.method == "POST":
        try:
            born = read_typed(typed["born"]).born
            sought = Sought(
                one_line(typed["given"])[:80], one_line(typed["family"])[:80], born, one_line(typed["address"])[:120]
            )
            if typed["born"].strip() and born is None:
                errors = [wrong("born", "Enter the date of birth as day, month and year, like 27 3 1964.")]
            elif typed["kind"] not in {one.code for one in kinds}:
                errors = [wrong(f"kind-{kinds[0].code}" if kinds else "reason", "Choose what you need to see.")]
            else:
                made = seek(sought, kind=typed["kind"], reason=typed["reason"], by=request.actor, at=clock.now())
                return go("desk:sealed-open", made.id)
        except TooManyAttempts as no:
            errors = [wrong("given", f"You have looked for as many people as one may in an hour. {no}")]
        except NeedsReason as no:
            errors = [wrong("reason" if sought.whole else "given", str(no))]
    return _ask(request, errors, seeking=True, kinds=kinds, typed=typed, chosen=typed["kind"])


def _ask(request: Request, errors: Sequence[FieldView], **more: object) -> HttpResponse:
    context: dict[str, object] = {
        "card": None, "kinds": (), "errors": errors, "reason": request.POST.get("reason", ""),
        "chosen": request.POST.get("kind", ""), "seeking": False, "typed": {},
        "minutes": current_pack().one(PRIVACY).break_glass_minutes,
    }  # fmt: skip
    return draw(request, "desk/sealed.html", status=422 if errors else 200, **(context | more))


@require_safe
@policy("staff", needs=("case.view", "glass.break"), purpose=PURPOSE)
def look(request: Request, opening_id: UUID) -> HttpResponse:
    """What is open now; a single case at once."""
    at = clock.now()
    held = found(opened(opening_id, visible_to=request.actor, at=at))
    if held.one.case_id is not None and held.cases:
        return show_case(request, opening_id, held.one.case_id)
    if held.customer_id is not None:
        log_look(customer_id=held.customer_id, screen="desk.sealed-open", by=request.actor, at=at)
    return draw(request, "desk/sealed_open.html", held=held, page=None)


@require_safe
@policy("staff", needs=("case.view", "glass.break"), purpose=PURPOSE)
def case(request: Request, opening_id: UUID, case_id: UUID) -> HttpResponse:
    """One case through an opening."""
    return show_case(request, opening_id, case_id)


def show_case(request: Request, opening_id: UUID, case_id: UUID) -> HttpResponse:
    """Draw a case that is open for a while: read only. The look is logged as break-glass."""
    at = clock.now()
    try:
        held, page = opened_case(opening_id, case_id, visible_to=request.actor, at=at)
    except LookupError as no:
        raise Http404 from no
    if page is None:
        if held.still_open:
            raise Http404
        return draw(request, "desk/sealed_open.html", held=held, page=None)
    customer = page.case.customer_id
    if customer is not None:
        log_look(customer_id=customer, screen="desk.sealed-case", case_id=case_id, by=request.actor, at=at)
    service = (pack_at(page.pack_version_id) if page.pack_version_id else current_pack()).of(SERVICES).get(
        page.case.service
    )  # fmt: skip
    answers = lines_of(service, page.answers, council_date(at), page.case.channel) if service else []
    named = customer if request.actor.may("customer.view") else None
    return draw(
        request, "desk/sealed_open.html", held=held, page=page, days=lines.of_case(page, {}, at),
        answers=[line for line in answers if line.answered],
        card=customer_card(named, request.actor, on=at.date()) if named else None,
    )  # fmt: skip


@require_POST
@policy("staff", needs=("case.view", "glass.break"), purpose=PURPOSE)
def close(request: Request, opening_id: UUID) -> HttpResponse:
    """Close it before its time is over."""
    try:
        close_opening(opening_id, by=request.actor, at=clock.now())
    except LookupError as no:
        raise Http404 from no
    return go("desk:sealed-open", opening_id)
