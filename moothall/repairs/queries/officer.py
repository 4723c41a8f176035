"""Orders as officers see them: beside a case, and all that wants somebody on the contractors' board."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from moothall.cases.queries import CaseLine, cases_by_id
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import Pack, current_pack
from moothall.core.references import show_reference
from moothall.core.zone import council_date
from moothall.promises.pack import calendar_of
from moothall.promises.queries import PromiseView, promises_of
from moothall.repairs.models import OPEN, Order, OrderState, Step, StepKind
from moothall.repairs.pack import CONTRACTORS, REPAIRS, Contractor
from moothall.repairs.queries.words import say_window
from moothall.repairs.rules import speed_of

MOST: Final = 200
LATELY: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order. ``late`` says in words what is late of it, empty: nothing is. ``steps`` only beside a case."""

    id: UUID
    case_id: UUID
    reference: str
    service: str
    place: str
    contractor: str
    name: str
    phone: str
    instead: str
    number: int
    kind: str
    state: str
    says: str
    emergency: bool
    at_risk: bool
    why_at_risk: str
    what: str
    reason: str
    when: str
    since: datetime
    due_at: datetime | None
    late: str
    no_access: int
    their_reference: str
    quoted: str
    open: bool
    steps: tuple[tuple[datetime, str, str], ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class ContractorSum:
    """One contractor in figures: what is open, late, refused lately; how many ended lately, and at once."""

    code: str
    name: str
    phone: str
    open: int
    late: int
    refused: int
    ended: int
    first_time: int


@dataclass(frozen=True, slots=True)
class Board:
    """What wants somebody now. Each order stands in the first list it fits."""

    late: tuple[OrderLine, ...]
    refused: tuple[OrderLine, ...]
    no_access: tuple[OrderLine, ...]
    follow_on: tuple[OrderLine, ...]
    today: tuple[OrderLine, ...]
    contractors: tuple[ContractorSum, ...]
    more: bool


def orders_of_case(case_id: UUID, *, visible_to: Actor, at: datetime) -> list[OrderLine]:
    """Return the orders of a case with their receipts, newest first. No query where nothing is ordered there; else five."""
    require(visible_to, "case.view")
    rows = list(Order.objects.filter(case_id=case_id).prefetch_related("tellings").order_by("-number"))
    if not rows:
        return []
    steps: dict[UUID, list[tuple[datetime, str, str]]] = {row.id: [] for row in rows}
    for step in Step.objects.filter(order__in=rows).order_by("-occurred_at", "-number"):
        words = step.words or (say_window(step.starts_at, step.ends_at, at) if step.starts_at else "")
        said = StepKind(step.kind).label + ("" if step.counted else " (came late, kept beside)")
        steps[step.order_id].append((step.occurred_at, said, words))
    return _lines(rows, visible_to, at, steps)


def contractors_board(*, visible_to: Actor, at: datetime, contractor: str = "") -> Board:
    """Return what wants somebody. Seven queries, however many orders there are. Raises Refused."""
    require(visible_to, "contractor.manage")
    mine = Order.objects.all() if not contractor else Order.objects.filter(contractor=contractor)
    waits = mine.filter(state__in=OPEN).prefetch_related("tellings").order_by("since", "id")
    open_rows = list(waits[: MOST + 1])
    ended = mine.exclude(state__in=OPEN).filter(since__gte=at - LATELY).order_by("-since", "id")
    ended_rows = list(ended.prefetch_related("followed_by")[:MOST])
    refused = [row for row in ended_rows if row.state == OrderState.REFUSED and not row.followed_by.all()]
    lines = {one.id: one for one in _lines([*open_rows[:MOST], *refused], visible_to, at)}
    seen: set[UUID] = set()

    def take(rows: Iterable[Order], *, late: bool = False) -> tuple[OrderLine, ...]:
        found = [lines[row.id] for row in rows if row.id in lines and row.id not in seen]
        found = [one for one in found if one.late or not late]
        seen.update(one.id for one in found)
        return tuple(sorted(found, key=lambda one: (not one.emergency, not one.at_risk, one.since)))

    day = council_date(at)
    stuck = [row for row in open_rows if row.state == OrderState.STUCK]
    return Board(
        refused=take([*refused, *stuck]), late=take(open_rows, late=True),
        no_access=take(row for row in open_rows if row.state == OrderState.NO_ACCESS),
        follow_on=take(row for row in open_rows if row.what),
        today=take(row for row in open_rows if row.starts_at and council_date(row.starts_at) == day),
        contractors=_sums(open_rows, ended_rows, lines, contractor), more=len(open_rows) > MOST,
    )  # fmt: skip


def _sums(
    open_rows: list[Order], ended: list[Order], lines: dict[UUID, OrderLine], only: str
) -> tuple[ContractorSum, ...]:  # fmt: skip
    found = []
    for code, one in current_pack().of(CONTRACTORS).items():
        if only and code != only:
            continue
        mine, over = [r for r in open_rows if r.contractor == code], [r for r in ended if r.contractor == code]
        worked = [r for r in over if r.state in (OrderState.DONE, OrderState.FOLLOW_ON) and r.kind == "repair"]
        found.append(
            ContractorSum(
                code, one.name, one.phone or "", len(mine), sum(bool(lines[r.id].late) for r in mine if r.id in lines),
                sum(r.state == OrderState.REFUSED for r in over), len(worked),
                sum(r.state == OrderState.DONE and r.number == 1 and not r.no_access for r in worked),
            )
        )  # fmt: skip
    return tuple(found)


def _lines(
    rows: list[Order], visible_to: Actor, at: datetime, steps: dict[UUID, list[tuple[datetime, str, str]]] | None = None
) -> list[OrderLine]:
    pack = current_pack()
    ids = {row.case_id for row in rows}
    cases, promised = cases_by_id(ids, visible_to=visible_to), promises_of(ids, at=at)
    return [
        _line(row, cases[row.case_id], promised[row.case_id], pack, at, tuple((steps or {}).get(row.id, ())))
        for row in rows
        if row.case_id in cases
    ]


def _line(
    row: Order, case: CaseLine, promised: list[PromiseView], pack: Pack, at: datetime,
    steps: tuple[tuple[datetime, str, str], ...],
) -> OrderLine:  # fmt: skip
    known = pack.of(CONTRACTORS).get(row.contractor)
    service = pack.services.get(row.service)
    instead = pack.of(CONTRACTORS).get(known.instead) if known and known.instead else None
    trouble = (
        next((one.trouble for one in row.tellings.all() if one.trouble), "") if steps or row.state == "stuck" else ""
    )
    return OrderLine(
        id=row.id, case_id=row.case_id, reference=case.reference, service=service.name if service else row.service,
        place=case.place_text, contractor=row.contractor, name=known.name if known else row.contractor,
        phone=(known.phone if known else "") or "", instead=instead.name if instead else "", number=row.number,
        kind=row.kind, state=row.state, says=OrderState(row.state).label, emergency=row.priority == "emergency",
        at_risk=row.at_risk, why_at_risk=row.why_at_risk, what=row.what, reason=row.reason,
        when=say_window(row.starts_at, row.ends_at, at) if row.starts_at else "", since=row.since, due_at=row.due_at,
        late=_late(row, known, promised, pack, at), no_access=row.no_access, their_reference=row.their_reference,
        quoted=show_reference(row.reference) if row.reference else "", open=row.state in OPEN, steps=steps, trouble=trouble,
    )  # fmt: skip


def cases_of_references(references: Collection[str]) -> dict[str, UUID]:
    """Return the case of each order by the number (stored form) that its contractor quotes to an officer. One query.

    Were it to open what the tenant's opens, a contractor would hold both halves of her key: it is told where she lives.
    """
    rows = Order.objects.filter(reference__in=list(references)).values_list("reference", "case_id")
    return {reference: case_id for reference, case_id in rows if reference}


def _late(row: Order, contractor: Contractor | None, promised: list[PromiseView], pack: Pack, at: datetime) -> str:
    """Say what is late of an open order: taking it on, naming a time, coming, or the work itself."""
    if row.state not in OPEN:
        return ""
    speed = speed_of(pack.one(REPAIRS), row.priority, at_risk=row.at_risk)
    if speed is not None and row.state in (OrderState.WAITING, OrderState.STUCK, OrderState.SENT):
        passed = calendar_of(pack, speed.calendar).working_minutes(row.made_at, at) if at > row.made_at else 0
        if passed > speed.accept_minutes:
            return "Not taken on in time"
    open_ones = [one for one in promised if one.is_open and one.due_at is not None and one.due_at < at]
    if any(one.kind == "appointment" for one in open_ones):
        return "No time for the visit yet"
    if row.state == OrderState.BOOKED and row.ends_at is not None and row.ends_at < at:
        return "Nobody has said that they came"
    late = next((one for one in open_ones if one.kind != "acknowledge"), None)
    return "The work is late" if late is not None else ""
