"""A round's plan as another system delivers it: its streets by number or by name, each with the time it is passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.rounds.actions.schedules import plan_streets
from moothall.rounds.queries import StreetsOfRound, streets_of_rounds

LONGEST_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class PlannedStreet:
    """One line of a plan. ``row`` is where it stands; ``minute`` counts from the start of the rounds' working day."""

    row: int
    minute: int
    usrn: int | None = None
    street: str = ""
    locality: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """What became of a plan: how many streets it has, whether anything changed, and the lines that cannot be right.

    ``without``: how many streets of the round have no time in it.
    """

    streets: int
    changed: bool
    without: int = 0
    refused: tuple[tuple[int, str], ...] = ()


def take_plan(
    schedule: str, lines: Sequence[PlannedStreet], *, check_only: bool = False, streets: StreetsOfRound | None = None,
    by: Actor,
) -> Planned:  # fmt: skip
    """Take a round's plan whole, in place of the one it had. One line that cannot be right, and the old plan stays.

    A street named instead of numbered is one of the round's own. ``streets`` saves a query where many plans come at once.

    Raises:
        Refused: the actor may not deliver plans.
    """
    require(by, "rounds.plan")
    known = streets if streets is not None else streets_of_rounds([schedule])
    minutes: dict[int, int] = {}
    refused: list[tuple[int, str]] = []
    for line in lines:
        usrn, why = known.find(schedule, usrn=line.usrn, street=line.street, locality=line.locality)
        if not why and not 0 <= line.minute < LONGEST_DAY:
            why = "its time is not within the day after the round starts"
        if not why and usrn in minutes:
            why = "its street stands in an earlier row of this round"
        if why or usrn is None:
            refused.append((line.row, why))
        else:
            minutes[usrn] = line.minute
    without = len(known.of(schedule)) - len(minutes)
    if refused or check_only:
        return Planned(len(minutes), False, without, tuple(refused))
    return Planned(len(minutes), plan_streets(schedule, list(minutes.items()), by=by), without)
