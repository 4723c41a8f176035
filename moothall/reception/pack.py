"""The pack's `centres`, `queues` and `reception`: where people come in, what they wait for, and who goes first."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, model_validator

from moothall.bookings.pack import SITES
from moothall.core.packs import Pack, PackModel, Problem, register_check, register_section, register_single
from moothall.core.packs.sections import Code, Text
from moothall.customers.pack import NEEDS
from moothall.promises.pack import CALENDARS
from moothall.services.pack import SERVICES


class Queue(PackModel):
    """What people wait for. Its ticket numbers begin with `letter`; whoever serves it has its `skill`."""

    code: Code
    name: Text
    letter: str = Field(pattern=r"^[A-Z]$", description="First letter of its tickets: A12.")
    skill: Code | None = Field(None, description="Skill of an officer who serves it; left out: anyone at a desk.")
    services: tuple[Code, ...] = Field(
        (), description="Services that lead to this queue; the others lead to the first."
    )
    minutes: int = Field(10, ge=1, le=240, description="How long a visit takes, until the day’s own visits tell.")


class Counter(PackModel):
    """One desk or room of a centre. Without `queues` it serves all of the centre’s."""

    code: str = Field(pattern=r"^[A-Za-z0-9-]{1,12}$")
    name: Text = Field(description="As it is called out: Desk 3.")
    queues: tuple[Code, ...] = ()


class Centre(PackModel):
    """A customer centre: its queues (the first takes whatever no other names), its desks and its hours."""

    code: Code
    name: Text
    site: Code | None = Field(None, description="The bookings’ site: who has an appointment there is recognised.")
    calendar: Code = "office"
    queues: tuple[Code, ...] = Field(min_length=1)
    desks: tuple[Counter, ...] = Field(min_length=1)
    estimate: bool = False
    doubt: Text | None = None

    @model_validator(mode="after")
    def _each_desk_once(self) -> Centre:
        codes = [desk.code for desk in self.desks]
        if len(codes) != len(set(codes)):
            raise ValueError("two desks have the same code")
        return self

    def desk(self, code: str) -> Counter | None:
        """Return one of its desks."""
        return next((desk for desk in self.desks if desk.code == code), None)


class Reception(PackModel):
    """How waiting is run: who is taken forward, how people are called, and when they count as gone."""

    ahead_minutes: dict[Code, int] = Field({}, description="Needs that take somebody forward, and by how many minutes.")
    come_to: tuple[Code, ...] = Field(
        (), description="Needs for which an officer goes to the person instead of calling."
    )
    skills: dict[Code, Text] = Field({}, description="Skills of officers and how the desk asks for them.")
    text_ahead: int = Field(2, ge=0, le=20, description="Who waits by text is warned when so many are before them.")
    calls: int = Field(3, ge=1, le=9, description="How often somebody is called before they count as gone.")
    speak: bool = Field(True, description="Screens in the room say the call aloud.")
    kiosk_idle: int = Field(
        90, ge=20, le=900, description="Seconds after which a kiosk that nobody touches clears itself."
    )
    kiosk_warn: int = Field(
        30, ge=20, le=120, description="Seconds before that in which it asks whether anybody is there."
    )
    late_minutes: int = Field(5, ge=0, le=60, description="Who comes within so long of an appointment is in time.")


QUEUES = register_section("queues", Queue)
CENTRES = register_section("centres", Centre)
RECEPTION = register_single("reception", Reception)


def queue_for(pack: Pack, centre: Centre, service: str) -> str:
    """Return the queue of a centre that a service leads to: the first that names it, else the centre’s first."""
    queues = pack.of(QUEUES)
    return next((code for code in centre.queues if service and service in queues[code].services), centre.queues[0])


def skills_of(pack: Pack) -> dict[str, str]:
    """Return every skill a desk may ask for, by code, with its words."""
    said = dict(pack.one(RECEPTION).skills)
    for queue in pack.of(QUEUES).values():
        if queue.skill:
            said.setdefault(queue.skill, queue.name)
    return said


def _check(pack: Pack) -> Iterator[Problem]:
    queues, services = pack.of(QUEUES), pack.of(SERVICES)
    for code, queue in queues.items():
        for service in queue.services:
            if service not in services:
                yield pack.problem("no such service", "queues", code, "services", value=service)
    yield from _check_centres(pack)
    rules = pack.one(RECEPTION)
    for need in (*rules.ahead_minutes, *rules.come_to):
        if need not in pack.of(NEEDS):
            yield pack.problem("no such need", "reception", "", value=need)


def _check_centres(pack: Pack) -> Iterator[Problem]:
    queues = pack.of(QUEUES)
    for code, centre in pack.of(CENTRES).items():
        if centre.calendar not in pack.of(CALENDARS):
            yield pack.problem("no such calendar", "centres", code, "calendar", value=centre.calendar)
        if centre.site and centre.site not in pack.of(SITES):
            yield pack.problem("no such site", "centres", code, "site", value=centre.site)
        for name in (*centre.queues, *(name for desk in centre.desks for name in desk.queues)):
            if name not in queues:
                yield pack.problem("no such queue", "centres", code, "queues", value=name)
        letters = [queues[name].letter for name in centre.queues if name in queues]
        if len(letters) != len(set(letters)):
            yield pack.problem("two of its queues have the same letter", "centres", code, "queues")
        for desk in centre.desks:
            for name in set(desk.queues) - set(centre.queues):
                yield pack.problem(
                    "a desk serves a queue that is not the centre’s", "centres", code, "desks", value=name
                )


register_check("reception", _check)
