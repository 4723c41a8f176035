"""The `bins` and `rounds` sections of a council pack: what is collected, the working day, what to say at the kerb."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from pydantic import Field

from moothall.core.packs import Pack, PackModel, Problem, register_check, register_section, register_single
from moothall.core.packs.sections import Code, Text


class Bin(PackModel):
    """One container: what people call it and what goes in it."""

    code: Code
    name: Text
    colour: Text
    holds: Text
    answers: tuple[str, ...] = Field((), description="Values of a service's questions that mean this bin.")
    imported_as: tuple[str, ...] = Field((), description="What the waste system calls it in its files.")


class Assisted(PackModel):
    """Which service sets up help with bins, and which closing means it is set up."""

    service: Code = "assisted-collection"
    closings: tuple[Code, ...] = ()
    ended_by: tuple[Code, ...] = ()


class LorryStopped(PackModel):
    """What is announced by itself when a lorry breaks down, and when it goes again. Without services nothing is."""

    services: tuple[Code, ...] = ()
    title: Text = "Bins not emptied yet"
    doing: Text = "The lorry has broken down. Please leave your bin out: we come back for every street that is left."
    again: Text = "The lorry is going again, to every street that is left. Please leave your bin out."
    reason: Code = "vehicle_breakdown"
    next_news: Code = Field("news-2-hours", description="By when there is word again: a standard of the kind news.")
    households: bool = Field(
        True, description="Whether whoever lives at a door that is left is told, or only who asked."
    )


class Rounds(PackModel):
    """The working day of a round and how a report is read against it."""

    starts: time = time(7, 0)
    ends: time = time(17, 0)
    look_back_days: int = Field(4, ge=1, le=14, description="How long after the round a miss can be reported.")
    look_ahead_days: int = Field(42, ge=7, le=366, description="How far ahead the calendar is shown.")
    missed_service: Code = "missed-bin"
    flag_weeks: int = Field(4, ge=1, le=52, description="How long a repeated miss stays on the crew's sheet.")
    assisted: Assisted = Assisted()
    stopped: LorryStopped = LorryStopped()
    unknown_says: Text = "We do not hold a round for this address. Ask us and we will find out who empties its bins."


BINS = register_section("bins", Bin)
ROUNDS = register_single("rounds", Rounds)


def _check(pack: Pack) -> Iterator[Problem]:
    """No two bins answer to one name; a round ends after it starts; services are the pack's."""
    rounds = pack.one(ROUNDS)
    if rounds.ends <= rounds.starts:
        yield pack.problem("a round must end after it starts", "rounds", "ends", value=str(rounds.ends))
    for code, service in (("missed_service", rounds.missed_service), ("assisted", rounds.assisted.service)):
        if pack.of(BINS) and service not in pack.section("services"):
            yield pack.problem("there is no such service", "rounds", code, value=service)
    for number, service in enumerate(rounds.stopped.services):
        if pack.of(BINS) and service not in pack.section("services"):
            yield pack.problem("there is no such service", "rounds", "stopped", "services", number, value=service)
    taken: dict[str, str] = {}
    for code, one in pack.of(BINS).items():
        for name in one.imported_as:
            if (other := taken.setdefault(name.upper(), code)) != code:
                yield pack.problem(f"{other} is called that already", "bins", code, "imported_as", value=name)


register_check("rounds", _check)
