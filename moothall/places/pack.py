"""The `places` section of a council pack: where people can come to us, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Self

from pydantic import Field, model_validator

from moothall.core.packs import Pack, PackModel, Problem, register_check, register_section
from moothall.core.packs.sections import ChannelCode, Code, Text


class Place(PackModel):
    """A place people can come to: what the council calls it, where it stands in words, its hours and what it has."""

    code: Code
    name: Text
    kind: Text | None = Field(None, description="What the council calls such a place: `One Stop Centre`.")
    where: Text
    uprn: int | None = Field(None, ge=1, le=999_999_999_999)
    calendar: Code
    channels: tuple[ChannelCode, ...] = ("counter",)
    services: tuple[Code, ...] = Field((), description="What can be asked for there; empty: everything at the counter.")
    facilities: tuple[Text, ...] = ()
    opens: date | None = None
    closes: date | None = None
    note: Text | None = None
    source: Text | None = None
    doubt: Text | None = None

    @model_validator(mode="after")
    def _sense(self) -> Self:
        if self.opens and self.closes and self.closes < self.opens:
            raise ValueError("A place cannot close before it opens.")
        return self

    def there_on(self, day: date) -> bool:
        """Whether people can come there on a date, its first and last days included."""
        return (self.opens is None or self.opens <= day) and (self.closes is None or day <= self.closes)


PLACES = register_section("places", Place)


def _check(pack: Pack) -> Iterator[Problem]:
    """Hours and services that the rest of the pack knows."""
    for code, place in pack.of(PLACES).items():
        if place.calendar not in pack.section("calendars"):
            yield pack.problem("there is no such calendar", "places", code, "calendar", value=place.calendar)
        for number, service in enumerate(place.services):
            if service not in pack.section("services"):
                yield pack.problem("there is no such service", "places", code, "services", number, value=service)


register_check("places", _check)
