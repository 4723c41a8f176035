"""What the pack says of demand: how much is asked of a council, when, for what and how it goes (`demand.yaml`).

Shares are weights and need not add up to anything. Months run from January, days from Monday, slots are the 48 half hours of
a day from midnight. Every block says where it was read, or that it was judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from moothall.contacts.models import NotOnline, Outreach
from moothall.core.packs import Pack, PackModel, Problem, register_check, register_single
from moothall.core.packs.sections import ChannelCode, Code, Text

Weight = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Slots = Annotated[tuple[Weight, ...], Field(min_length=48, max_length=48)]
Days = Annotated[tuple[Weight, ...], Field(min_length=7, max_length=7)]
Months = Annotated[tuple[Weight, ...], Field(min_length=12, max_length=12)]


class Sourced(PackModel):
    """A block of figures with where it was read and what is not sure of it."""

    source: Text | None = None
    doubt: Text | None = None


class Contacts(Sourced):
    """Contacts a resident makes in a year, and how unevenly: the shape of a gamma distribution."""

    per_resident: Weight = 2.8
    heavy_users: float = Field(0.55, gt=0)


class Channels(Sourced):
    """The share of each channel."""

    weights: dict[ChannelCode, Weight] = {"phone": 1, "web": 1}


class Arrivals(Sourced):
    """When people come on one channel: days of the week, half hours of a weekday and of a day at the weekend."""

    code: ChannelCode
    days: Days
    weekday: Slots
    weekend: Slots | None = None


class BankHolidays(Sourced):
    """How much of an ordinary day comes on a bank holiday, by channel (others: none), and the day after."""

    on_the_day: dict[ChannelCode, Weight] = {}
    day_after: Weight = 1


class Noise(Sourced):
    """How much days differ that should be alike: the spread of the logarithm of a day's total."""

    day: Weight = 0.1


class Causes(Sourced):
    """Why avoidable contacts are made."""

    weights: dict[Code, Weight] = {"progress_chasing": 1}


class Helped(Sourced):
    """How many requests on a channel were made with help, why, and how many visits were away from our offices, and where."""

    shares: dict[ChannelCode, Share] = {}
    because: dict[NotOnline, Weight] = {NotOnline.NO_INTERNET: 1}
    away: Share = 0
    where: dict[Outreach, Weight] = {Outreach.HUB: 1}


class Weibull(PackModel):
    """A law of waiting times."""

    shape: float = Field(gt=0)
    scale: float = Field(gt=0)


class Repeats(Sourced):
    """How often the same is asked of the same place again within 30 days, and how many days later."""

    again_within_30_days: Share = 0.1
    days_between: Weibull = Weibull(shape=0.75, scale=7.4)


class Spread(PackModel):
    """A log-normal law: its median and the spread of its logarithm."""

    median: float = Field(gt=0)
    spread: Weight


class Waiting(Sourced):
    """How long people wait to be answered on the telephone and to be seen at a counter."""

    answered_seconds: Spread = Spread(median=30, spread=0.9)
    seen_minutes: Spread = Spread(median=5, spread=0.5)


class Ratings(Sourced):
    """How many of those whose case is closed rate it, and how, by channel."""

    answered: dict[ChannelCode, Share] = {}
    faces: dict[ChannelCode, dict[str, Weight]] = {}


class Split(PackModel):
    """The share of one line of business on each kind of channel; `written` is e-mail, letter, chat and social."""

    phone: Weight = 0
    web: Weight = 0
    counter: Weight = 0
    written: Weight = 0


class Call(PackModel):
    """Seconds on average: talking, and working on it afterwards."""

    talk: int = Field(300, ge=0)
    wrap: int = Field(60, ge=0)


class LineOfBusiness(Sourced):
    """What people ask about: its services by weight, its season, and how it goes."""

    code: Code
    services: dict[Code, Weight] = {}
    share: Split = Split()
    months: Months = (1,) * 12
    avoidable: Share = 0.3
    first_contact: Share = 0.7
    call: Call = Call()
    kept: Share = 0.9
    kept_by_service: dict[Code, Share] = {}


class Turn(PackModel):
    """A month that stood out: how often a service kept its promise, why, and what was done about it."""

    code: Code
    service: Code
    months_ago: int = Field(ge=0, le=12)
    kept: Share
    says: Text
    done: Text = ""


class Borough(Sourced):
    """What an invented borough is made of: outward codes, its town, the dialling code kept for drama, its middle."""

    outward: tuple[str, ...] = ("ZZ1",)
    town: str = "Moothall"
    dialling: str = "01632 960"
    centre: tuple[float, float] = (53.0, -1.5)


class Demand(PackModel):
    """The whole section."""

    contacts: Contacts = Contacts()
    channels: Channels = Channels()
    arrivals: tuple[Arrivals, ...] = ()
    bank_holidays: BankHolidays = BankHolidays()
    noise: Noise = Noise()
    causes: Causes = Causes()
    helped: Helped = Helped()
    repeats: Repeats = Repeats()
    waiting: Waiting = Waiting()
    ratings: Ratings = Ratings()
    lines: tuple[LineOfBusiness, ...] = ()
    turns: tuple[Turn, ...] = ()
    borough: Borough = Borough()


DEMAND = register_single("demand", Demand)


def _check(pack: Pack) -> Iterator[Problem]:
    """Services and causes that figures are given for must be the pack's."""
    demand, services, causes = pack.one(DEMAND), pack.section("services"), pack.section("causes")
    for n, line in enumerate(demand.lines):
        for field in ("services", "kept_by_service"):
            for code in getattr(line, field):
                if services and code not in services:
                    yield pack.problem("there is no such service", "demand", "lines", n, field, value=code)
    for n, turn in enumerate(demand.turns):
        if services and turn.service not in services:
            yield pack.problem("there is no such service", "demand", "turns", n, "service", value=turn.service)
    for code in demand.causes.weights:
        if causes and code not in causes:
            yield pack.problem("there is no such cause", "demand", "causes", "weights", value=code)


register_check("demand", _check)


def expected_on_web(pack: Pack) -> dict[str, float]:
    """Return how much is expected of each service on the web by the pack's demand, beside the others: what a council that has
    counted nothing yet can go by."""
    expected: dict[str, float] = {}
    for line in pack.one(DEMAND).lines:
        all_of_it = sum(line.services.values()) or 1
        for code, weight in line.services.items():
            expected[code] = expected.get(code, 0.0) + line.share.web * weight / all_of_it
    return expected
