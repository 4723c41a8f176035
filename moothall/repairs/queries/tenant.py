"""A repair as its tenant sees it: each step, the visit, the times she may choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.cases.models import Case
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.repairs.links import order_path
from moothall.repairs.models import OPEN, Order, OrderState, Step, StepKind
from moothall.repairs.pack import CONTRACTORS, service_rule
from moothall.repairs.queries.words import SAYS, say_window


@dataclass(frozen=True, slots=True)
class TimeLine:
    """One time to choose: ``key`` is its start as the form sends it."""

    key: str
    starts_at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """One thing that happened, with what was said of it."""

    at: datetime
    says: str
    words: str


@dataclass(frozen=True, slots=True)
class RepairView:
    """The newest order of a case, with the steps of all of them, newest last. ``title`` says how it stands."""

    order_id: UUID
    case_id: UUID
    reference: str
    service: str
    contractor: str
    phone: str
    state: str
    title: str
    when: str
    starts_at: datetime | None
    ends_at: datetime | None
    what: str
    times: tuple[TimeLine, ...]
    steps: tuple[StepLine, ...]
    path: str
    open: bool
    emergency: bool


_TITLES = {
    OrderState.WAITING: "We are ordering this repair", OrderState.STUCK: "We are ordering this repair",
    OrderState.SENT: "We have asked {contractor}", OrderState.ACCEPTED: "{contractor} will send you times for a visit",
    OrderState.OFFERED: "Choose a time for the visit", OrderState.BOOKED: "Your visit is booked",
    OrderState.GOING: "{contractor} is on the way", OrderState.VISITED: "{contractor} is with you",
    OrderState.NO_ACCESS: "We came and nobody let us in", OrderState.DONE: "The work is done",
    OrderState.FOLLOW_ON: "More work is needed", OrderState.REFUSED: "We are finding somebody else for this",
    OrderState.CANCELLED: "This repair is not needed any more",
}  # fmt: skip


def repair_of_case(case_id: UUID, service: str, *, at: datetime) -> RepairView | None:
    """Return the repair of a case; no query where the pack orders nothing for its service, else two."""
    if service_rule(current_pack(), service) is None:
        return None
    rows = list(Order.objects.filter(case_id=case_id).order_by("number"))
    if not rows:
        return None
    return _view(
        rows, list(Step.objects.filter(order__in=rows).order_by("occurred_at", "received_at", "number", "id")), "", at
    )


def repair_of_order(order_id: UUID, *, at: datetime) -> RepairView | None:
    """Return the repair an order belongs to, for whoever has its link. Four queries."""
    row = Order.objects.filter(id=order_id).first()
    case = Case.objects.filter(id=row.case_id).only("reference").first() if row else None
    if row is None or case is None:
        return None
    rows = list(Order.objects.filter(case_id=row.case_id).order_by("number"))
    return _view(rows, _steps(rows), show_reference(case.reference), at)


def _steps(rows: list[Order]) -> list[Step]:
    return list(Step.objects.filter(order__in=rows).order_by("occurred_at", "received_at", "number", "id"))


def _view(rows: list[Order], steps: list[Step], reference: str, at: datetime) -> RepairView:
    pack, row = current_pack(), rows[-1]
    names = {code: one.name for code, one in pack.of(CONTRACTORS).items()}
    name, service = names.get(row.contractor, "The contractor"), pack.services.get(row.service)
    known = pack.of(CONTRACTORS).get(row.contractor)
    times = sorted((datetime.fromisoformat(one), datetime.fromisoformat(two)) for one, two in row.offers)
    return RepairView(
        order_id=row.id, case_id=row.case_id, reference=reference, service=service.name if service else row.service,
        contractor=name, phone=(known.phone if known else "") or "", state=row.state,
        title=_TITLES[OrderState(row.state)].format(contractor=name),
        when=say_window(row.starts_at, row.ends_at, at) if row.starts_at else "", starts_at=row.starts_at,
        ends_at=row.ends_at, what=row.what,
        times=tuple(TimeLine(one.isoformat(), one, say_window(one, two, at)) for one, two in times if one > at)
        if row.state == OrderState.OFFERED else (),
        steps=tuple(_lines(rows, steps, names, at)), path=order_path(row.id), open=row.state in OPEN,
        emergency=row.priority == "emergency",
    )  # fmt: skip


def _lines(rows: list[Order], steps: list[Step], names: dict[str, str], at: datetime) -> list[StepLine]:
    """Each order as it was given, and each step that counted."""
    by_id = {row.id: row for row in rows}
    found = [
        StepLine(row.made_at, _says("further" if row.what else "ordered", names, row, "", at), row.what) for row in rows
    ]
    for step in steps:
        if step.counted and step.kind != StepKind.NOTE:
            row = by_id[step.order_id]
            when = say_window(step.starts_at, step.ends_at, at) if step.starts_at else ""
            words = step.words if step.by != "tenant" and step.kind != StepKind.REFUSED else ""
            found.append(StepLine(step.occurred_at, _says(step.kind, names, row, when, at), words))
    return sorted(found, key=lambda line: line.at)


def _says(kind: str, names: dict[str, str], row: Order, when: str, at: datetime) -> str:
    return SAYS[kind].format(contractor=names.get(row.contractor, "the contractor"), when=when)
