"""The only readers of the field room: what a device shows, a supervisor's board, devices, one case's visits."""

from moothall.field.queries.board import Board, BoardJob, CrewLine, DeviceLine, board, devices
from moothall.field.queries.device import Carried, crews_for, device_of, device_photo, feed
from moothall.field.queries.visits import VisitLine, visits_of_case

__all__ = [
    "Board",
    "BoardJob",
    "Carried",
    "CrewLine",
    "DeviceLine",
    "VisitLine",
    "board",
    "crews_for",
    "device_of",
    "device_photo",
    "devices",
    "feed",
    "visits_of_case",
]
