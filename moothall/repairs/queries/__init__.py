"""The only readers of this room, by topic: what a tenant sees, what officers see."""

from moothall.repairs.queries.officer import (
    Board,
    ContractorSum,
    OrderLine,
    cases_of_references,
    contractors_board,
    orders_of_case,
)
from moothall.repairs.queries.tenant import RepairView, StepLine, TimeLine, repair_of_case, repair_of_order
from moothall.repairs.queries.words import say_window

__all__ = [
    "Board",
    "ContractorSum",
    "OrderLine",
    "RepairView",
    "StepLine",
    "TimeLine",
    "cases_of_references",
    "contractors_board",
    "orders_of_case",
    "repair_of_case",
    "repair_of_order",
    "say_window",
]
