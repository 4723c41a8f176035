"""The `contractors` and `repairs` parts of a council pack: who mends what, how soon, and what must not be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from moothall.core.packs import Pack, PackModel, Problem, register_check, register_section, register_single
from moothall.core.packs.sections import Code, Text
from moothall.promises.pack import STANDARDS
from moothall.repairs.models import OrderState


class Contractor(PackModel):
    """Who does repairs: for which teams' work, how it is ordered, how it is rung."""

    code: Code
    name: Text
    teams: tuple[Code, ...] = Field(min_length=1, description="Cases of these teams are ordered from it.")
    sends: Literal["works_orders", "by_hand"] = "by_hand"
    phone: Text | None = None
    instead: Code | None = Field(None, description="Who is asked when it refuses: what the board proposes.")


class AfterInspection(PackModel):
    """A clock that begins when something was looked into: a promise of the service, and what keeps it."""

    promise: Code = Field(description="The service's own promise: its length is `complete`.")
    kind: Literal["findings", "safety_work", "further_work"]
    hazards: tuple[Literal["none", "significant", "emergency"], ...]
    orders: Literal["safety", "further", ""] = Field("", description="The order that is given for it at once.")


class RepairService(PackModel):
    """A service whose cases become orders."""

    code: Code
    kind: Literal["repair", "inspection"] = "repair"
    show: tuple[Code, ...] = Field((), description="Questions whose answers the contractor needs.")
    done: Code = Field(description="The closing when the first visit did it.")
    done_later: Code = Field(description="The closing when more than one order did it.")
    nothing_found: Code | None = Field(None, description="The closing when an inspection finds nothing to do.")
    after: tuple[AfterInspection, ...] = ()


class Speed(PackModel):
    """How soon a contractor must take an order on and name a time. Tried in order; the first that fits decides."""

    code: Code
    priorities: tuple[str, ...] = Field((), description="None: any.")
    at_risk: bool | None = None
    accept_minutes: int = Field(ge=1)
    calendar: Code
    appointment: Code | None = Field(None, description="A standard of the kind `appointment`, promised to the tenant.")
    needs_choice: bool = Field(
        True, description="The tenant chooses from times; else the contractor names one and comes."
    )


class Raise(PackModel):
    """What is raised to whom, by itself, when an order stands still. Each speaks once for each time it comes to a state."""

    code: Code
    states: tuple[OrderState, ...]
    priorities: tuple[str, ...] = ()
    services: tuple[Code, ...] = ()
    at_risk: bool | None = None
    no_access: int = Field(0, ge=0, description="From so many visits that met nobody.")
    after_minutes: int = Field(0, ge=0)
    calendar: Code = "always"
    team: Code
    says: Text = Field(description="`{contractor}`, `{phone}` and `{why}` may be used.")
    priority: str = Field("", description="The case's priority from then on.")


class RaiseExample(PackModel):
    """What the rules must make of an order that has stood so for so long."""

    says: Text
    state: OrderState
    priority: str = "normal"
    service: Code = "housing-repair"
    at_risk: bool = False
    no_access: int = 0
    minutes: int = Field(0, ge=0, description="Open minutes since it came to this state.")
    speed: Code
    raises: tuple[Code, ...] = ()


class RepairRules(PackModel):
    """Everything that is decided of orders."""

    team: Code = Field("housing-repairs", description="Who looks after orders and hears of what cannot be sent.")
    services: tuple[RepairService, ...] = ()
    speeds: tuple[Speed, ...] = ()
    needs: tuple[Code, ...] = Field((), description="Needs of a customer that make somebody in the home at risk.")
    tell_needs: tuple[Code, ...] = Field((), description="Needs whoever comes to the door must know of.")
    tell_warnings: tuple[Code, ...] = Field((), description="Warnings whoever rings or comes to the door must know of.")
    raises: tuple[Raise, ...] = ()
    examples: tuple[RaiseExample, ...] = ()


CONTRACTORS = register_section("contractors", Contractor)
REPAIRS = register_single("repairs", RepairRules)


def service_rule(pack: Pack, service: str) -> RepairService | None:
    """Return how a service's cases are ordered; ``None``: they are not."""
    return next((one for one in pack.one(REPAIRS).services if one.code == service), None)


def contractor_of(pack: Pack, team: str) -> Contractor | None:
    """Return who does a team's repairs."""
    return next((one for one in pack.of(CONTRACTORS).values() if team in one.teams), None)


def _check(pack: Pack) -> Iterator[Problem]:
    """Teams, services, questions, closings, promises, calendars and standards that the pack has; examples that hold."""
    contractors = pack.of(CONTRACTORS)
    for code, one in contractors.items():
        for team in one.teams:
            if team not in pack.teams:
                yield pack.problem("there is no such team", "contractors", code, "teams", value=team)
        if one.instead and one.instead not in contractors:
            yield pack.problem("there is no such contractor", "contractors", code, "instead", value=one.instead)
    for n, rule in enumerate(pack.one(REPAIRS).services):
        yield from _check_service(pack, rule, n)
    yield from _check_rules(pack)
    yield from _check_examples(pack)


def _check_service(pack: Pack, rule: RepairService, n: int) -> Iterator[Problem]:
    service = pack.services.get(rule.code)
    if service is None:
        yield pack.problem("there is no such service", "repairs", "services", n, "code", value=rule.code)
        return
    if service.elsewhere:
        return  # this council has no homes of its own: nothing is ordered
    known = {
        "no such closing": (
            {c.code for c in service.closings}, filter(None, (rule.done, rule.done_later, rule.nothing_found))
        ),
        "no such question": (set(service.by_question), rule.show),
        "no such promise": ({p.code for p in service.promises}, (one.promise for one in rule.after)),
    }  # fmt: skip
    for says, (held, wanted) in known.items():
        for name in wanted:
            if name not in held:
                yield pack.problem(f"{rule.code} has {says}", "repairs", "services", n, value=name)


def _check_rules(pack: Pack) -> Iterator[Problem]:
    rules, calendars = pack.one(REPAIRS), pack.section("calendars")
    counted = [("speeds", n, one.calendar) for n, one in enumerate(rules.speeds)]
    counted += [("raises", n, one.calendar) for n, one in enumerate(rules.raises)]
    for name, n, calendar in counted:
        if calendar not in calendars:
            yield pack.problem("there is no such calendar", "repairs", name, n, "calendar", value=calendar)
    for n, speed in enumerate(rules.speeds):
        if speed.appointment and speed.appointment not in pack.of(STANDARDS):
            yield pack.problem(
                "there is no such standard", "repairs", "speeds", n, "appointment", value=speed.appointment
            )
    for n, one in enumerate(rules.raises):
        if one.team not in pack.teams:
            yield pack.problem("there is no such team", "repairs", "raises", n, "team", value=one.team)


def _check_examples(pack: Pack) -> Iterator[Problem]:
    from moothall.repairs.rules import Standing, raised, speed_of

    rules, calendars = pack.one(REPAIRS), pack.section("calendars")
    for n, example in enumerate(rules.examples):
        standing = Standing(
            example.state, example.priority, example.service, example.at_risk, example.no_access,
            dict.fromkeys(calendars, example.minutes),
        )  # fmt: skip
        speed = speed_of(rules, example.priority, at_risk=example.at_risk)
        found = tuple(one.code for one in raised(rules, standing))
        if speed is None or speed.code != example.speed or found != example.raises:
            yield pack.problem(
                f"the rules say {speed.code if speed else 'no speed'} and raise {', '.join(found) or 'nothing'}",
                "repairs", "examples", n, value=example.says,
            )  # fmt: skip


register_check("repairs", _check)
