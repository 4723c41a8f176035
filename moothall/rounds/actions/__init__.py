"""The only writers of rounds: what the waste system delivers, what the cab sends, what a crew must know of a door."""

from moothall.rounds.actions.cab import MOST_EVENTS, CabReport, Taken, take_cab_events
from moothall.rounds.actions.help import Listed, ListedHome, bring_list, end_flags, flag_door
from moothall.rounds.actions.plans import Planned, PlannedStreet, take_plan
from moothall.rounds.actions.schedules import (
    Laid,
    import_collections,
    import_stops,
    lay_days,
    leave_out,
    move_collections,
    plan_streets,
)

__all__ = [
    "MOST_EVENTS",
    "CabReport",
    "Laid",
    "Listed",
    "ListedHome",
    "Planned",
    "PlannedStreet",
    "Taken",
    "bring_list",
    "end_flags",
    "flag_door",
    "import_collections",
    "import_stops",
    "lay_days",
    "leave_out",
    "move_collections",
    "plan_streets",
    "take_cab_events",
    "take_plan",
]
