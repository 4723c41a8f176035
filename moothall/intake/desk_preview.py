"""What a request would come to if it were sent now: shown beside the form before anyone presses the key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moothall.core.packs import Pack
from moothall.core.zone import council_date
from moothall.intake.actions.raising import refusal_of
from moothall.intake.dialogue.known import known_from_answers
from moothall.intake.facts import course_now
from moothall.intake.lookups import found_for, with_found
from moothall.intake.place import where_is
from moothall.intake.slots import booked_day
from moothall.intake.whose import passed_on, referral_standard, whose_job
from moothall.promises.pack import calendar_of, standards_of_service
from moothall.promises.rules import due_at, say_amount, say_moment
from moothall.services.lookups import Found
from moothall.services.pack import Service
from moothall.services.rules import promise_of


@dataclass(frozen=True, slots=True)
class Preview:
    """The course these answers take: team, promise in words, what to say and do, fee in pence, what was looked up."""

    accepted: bool
    because: str
    team: str
    priority: str
    due_words: str
    length: str
    say: tuple[str, ...]
    do: tuple[str, ...]
    offer: tuple[str, ...]
    fee: int | None
    found: tuple[Found, ...] = ()
    booked: str = ""
    """The day and time that was chosen, where that is the promise."""

    @property
    def promised(self) -> str:
        """What is promised, with its word before it: "by Wednesday 9 December, 5pm", "on Wednesday 25 November, …"."""
        if not self.accepted:
            return ""
        return f"on {self.booked}" if self.booked else f"by {self.due_words}" if self.due_words else ""


def preview(
    service: Service, answers: Mapping[str, Any], *, pack: Pack, at: datetime, channel: str = "phone"
) -> Preview:
    """Return what the answers so far would come to, by the same tables and clock that sending uses.

    Three queries at
    most, and those of its lookups.
    """
    known = known_from_answers(service.by_question, answers)
    where = where_is(service, answers, known)
    found = found_for(service, answers, where, channel=channel, at=at)
    answers = with_found(answers, found)
    course = course_now(service, answers, where, known, at=at)
    theirs = whose_job(service, answers, where, pack) if course.accept != "no" else None
    course = passed_on(course, theirs, pack) if theirs else course
    standard = standards_of_service(service.code, promise_of(service, course), "complete")
    if theirs:
        standard = referral_standard(pack, service.code, on=council_date(at))
    booked = booked_day(service, answers, pack=pack, at=at) if theirs is None else None
    due = due_at(calendar_of(pack, standard.calendar), standard.unit, standard.amount, at) if standard else None
    return Preview(
        accepted=course.accept != "no",
        because=refusal_of(course),
        team=course.team,
        priority=course.priority,
        due_words=say_moment(due, council_date(at)) if due else "",
        length=say_amount(standard.amount, standard.unit) if standard else "",
        say=course.say,
        do=course.do,
        offer=course.offer,
        fee=course.fee,
        found=tuple(found.values()),
        booked=booked.words if booked else "",
    )
