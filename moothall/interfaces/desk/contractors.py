"""What contractors have of repairs: beside a case, and all that wants somebody on one board."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, Final
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.zone import LONDON, council_date
from moothall.field.pack import FIELD_JOBS
from moothall.field.queries import visits_of_case
from moothall.intake.dialogue.figures import read_date
from moothall.interfaces.desk.screen import draw, read_id
from moothall.interfaces.policy import Request, policy
from moothall.repairs.actions import mark_told, order_again, take_step, write_findings
from moothall.repairs.pack import CONTRACTORS, service_rule
from moothall.repairs.protocols import Heard
from moothall.repairs.queries import OrderLine, contractors_board, orders_of_case
from moothall.services.pack import Question

SAID: Final = (
    ("accepted", "They take it on"), ("booked", "They named a time"), ("visited", "They are there now"),
    ("no_access", "Nobody let them in"), ("follow_on", "More work is needed"), ("done", "They did it"),
    ("refused", "They refuse it"), ("note", "Something else"),
)  # fmt: skip
FOUND: Final = (
    ("none", "Looked into: nothing found"), ("significant", "Looked into: a significant hazard"),
    ("emergency", "Looked into: an emergency hazard"),
)  # fmt: skip
PARTS: Final = (
    ("morning", "8am to midday", 8, 12),
    ("afternoon", "midday to 5pm", 12, 17),
    ("day", "8am to 5pm", 8, 17),
)
VISIT: Final = Question(id="visit", type="date", label="Day of the visit", dates="future")


def beside(request: Request, service: str, case_id: UUID, *, at: datetime) -> dict[str, Any]:
    """Return what the case page shows of orders and of crews’ visits. No query where there can be none of either."""
    pack = current_pack()
    ordered = service_rule(pack, service) is not None
    orders = orders_of_case(case_id, visible_to=request.actor, at=at) if ordered else []
    return {
        "orders": orders,
        "visits": visits_of_case(case_id, visible_to=request.actor) if service in pack.of(FIELD_JOBS) else [],
        "contractors": [(one.code, one.name) for one in pack.of(CONTRACTORS).values()] if orders else [],
        "contractor_said": (*SAID, *(FOUND if any(one.kind == "inspection" for one in orders) else ())),
        "visit_parts": [(code, words) for code, words, _, _ in PARTS],
    }


def order(case_id: UUID, request: Request, at: datetime) -> None:
    """Give the work to a contractor: another one, or the same with more to do."""
    contractor = request.POST.get("contractor", "")
    if contractor not in current_pack().of(CONTRACTORS):
        raise ValueError("Choose who does the work.")
    what = request.POST.get("what", "").replace("\x00", "").strip()[:400]
    order_again(case_id, contractor=contractor, what=what, by=request.actor, at=at)


def said(case_id: UUID, request: Request, at: datetime) -> None:
    """Write down what a contractor said, by telephone or otherwise."""
    row, kind = _order(case_id, request, at), request.POST.get("kind", "")
    if kind not in dict((*SAID, *FOUND)):
        raise ValueError("Choose what they said.")
    words = request.POST.get("words", "").replace("\x00", "").strip()[:400]
    begins, ends = _window(request, at) if kind == "booked" else (None, None)
    hazard = kind if kind in dict(FOUND) else ""
    heard = Heard(
        str(row.id), f"officer:{uuid4()}", "inspected" if hazard else kind, at, starts_at=begins, ends_at=ends,
        hazard=hazard, words=words,
    )  # fmt: skip
    if not take_step(row.contractor, heard, by=request.actor, who="officer", at=at) and kind != "note":
        raise ValueError("That does not follow from how the order stands now. Look at it again.")


def told_by_hand(case_id: UUID, request: Request, at: datetime) -> None:
    """Note that the contractor has been told by telephone or otherwise."""
    row = _order(case_id, request, at)
    reference = request.POST.get("their_reference", "").replace("\x00", "")[:120]
    mark_told(row.id, reference=reference, by=request.actor, at=at)


def findings(case_id: UUID, request: Request, at: datetime) -> None:
    """Send the tenant what was found."""
    text, nothing = request.POST.get("findings", "").replace("\x00", ""), request.POST.get("nothing") == "yes"
    write_findings(case_id, text=text, nothing=nothing, by=request.actor, at=at)


def _order(case_id: UUID, request: Request, at: datetime) -> OrderLine:
    wanted = read_id(request.POST.get("order"))
    held = {one.id: one for one in orders_of_case(case_id, visible_to=request.actor, at=at)}
    if wanted is None or wanted not in held:
        raise ValueError("That order is not of this case.")
    return held[wanted]


def _window(request: Request, at: datetime) -> tuple[datetime, datetime]:
    given = {key: request.POST.get(f"visit-{key}", "") for key in ("day", "month", "year")}
    day = read_date(VISIT, given, VISIT.label, council_date(at))
    part = next((one for one in PARTS if one[0] == request.POST.get("part")), None)
    if day is None or part is None:
        raise ValueError("Enter the day of the visit, like 27 11 2026, and choose the time.")
    on = datetime.fromisoformat(day).date()
    return tuple(datetime.combine(on, time(hour), LONDON) for hour in part[2:])  # type: ignore[return-value]


@require_safe
@policy("staff", needs="contractor.manage")
def board(request: Request) -> HttpResponse:
    """The contractors’ board. Seven queries beside the frame's, however many orders there are."""
    wanted = request.GET.get("contractor", "")
    wanted = wanted if wanted in current_pack().of(CONTRACTORS) else ""
    at = clock.now()
    shown = contractors_board(visible_to=request.actor, at=at, contractor=wanted)
    names = [(code, one.name) for code, one in current_pack().of(CONTRACTORS).items()]
    return draw(request, "desk/contractors.html", board=shown, wanted=wanted, names=names, here="contractors")
