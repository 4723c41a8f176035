"""Whether an announcement touches a place and a service. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is, as far as is known: area, street, collection round."""

    area: str = ""
    usrn: int | None = None
    schedule: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """What an announcement covers: its services and how far it goes (``borough``, ``area``, ``street``, ``round``)."""

    services: tuple[str, ...]
    reach: str
    area: str = ""
    usrn: int | None = None
    schedule: str = ""
    done: tuple[int, ...] = ()
    """Streets of the round that were done before it stopped: what is there is not touched."""


def touches(reach: Reach, services: Collection[str], spot: Spot | None) -> bool:
    """Say whether it touches one of these services at this place.

    Without a place only what covers the whole borough does: who lives elsewhere is not to be worried. Without services
    any service counts: somebody is on the line and has not said yet what it is about.
    """
    if services and not set(services) & set(reach.services):
        return False
    if reach.reach == "borough":
        return True
    if spot is None:
        return False
    return {
        "area": bool(spot.area) and spot.area == reach.area,
        "street": spot.usrn is not None and spot.usrn == reach.usrn,
        "round": bool(spot.schedule) and spot.schedule == reach.schedule and spot.usrn not in reach.done,
    }.get(reach.reach, False)
