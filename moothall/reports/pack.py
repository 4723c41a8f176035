"""The `street_reports` part of a council pack: what counts as near, the same and worth showing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from moothall.core.packs import Pack, PackModel, Problem, register_check, register_single
from moothall.core.packs.sections import Code

EndingCode = Literal["fixed", "made_safe", "not_ours", "cannot_find", "not_done", "duplicate", "withdrawn"]


class StreetReports(PackModel):
    """How reports from the street are compared and for how long they may be opened again."""

    near_metres: int = Field(90, ge=10, le=95, description="Beyond this two reports are not the same thing.")
    likely: float = Field(
        0.62, gt=0, lt=1, description="The likeness from which a report is shown as perhaps the same."
    )
    shown: int = Field(3, ge=1, le=10, description="How many are shown at most.")
    crowded_spot: int = Field(
        300, ge=20, description="A point with more reports than this is where unlocated ones were put: not a place."
    )
    crowded_share: float = Field(
        0.001, gt=0, lt=1, description="And with more than this share of all: a busy corner of a large city is a place."
    )
    closed_days: int = Field(14, ge=0, le=90, description="A closed report this old is no longer offered as the same.")
    reopen_days: int = Field(28, ge=0, le=365, description="Days in which whoever reported it may open it again.")
    follow_days: int = Field(90, ge=1, le=730, description="Days after closing in which followers' addresses are kept.")
    endings: dict[Code, EndingCode] = Field(
        {}, description="What a closing means to the public; else: done is fixed, not done is not done."
    )
    open311_words: bool = Field(
        False,
        description="Whether what another system sends as the description of a report is public there: never where it has"
        " a name of who asked, a way to reach somebody, a postcode or a reference in it.",
    )
    related: tuple[tuple[Code, ...], ...] = Field((), description="Groups of services that people mix up.")

    def crowded_above(self, located: int) -> float:
        """Return above how many reports one exact point is no place, where so many reports have a place."""
        return max(self.crowded_spot, self.crowded_share * located)

    def kin(self, service: str) -> frozenset[str]:
        """Return the services that reports of this one may be the same as, itself included."""
        return frozenset({service}.union(*(group for group in self.related if service in group)))


STREET_REPORTS = register_single("street_reports", StreetReports)


def _check(pack: Pack) -> Iterator[Problem]:
    """Services that the pack has."""
    for number, group in enumerate(pack.one(STREET_REPORTS).related):
        for place, code in enumerate(group):
            if code not in pack.section("services"):
                yield pack.problem("there is no such service", "street_reports", "related", number, place, value=code)


def is_public(pack: Pack, service: str) -> bool:
    """Say whether reports of a service are public: it says so, is for everyone, and is of no restricted kind."""
    found = pack.services.get(service)
    return found is not None and found.on_the_map


def public_services(pack: Pack) -> list[str]:
    """Return the codes of the services whose reports are public, in the pack's order."""
    return [code for code in pack.services if is_public(pack, code)]


register_check("street_reports", _check)
