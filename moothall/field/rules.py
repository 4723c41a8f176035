"""What a report from the field means: when it happened by our clock, and whether it changes the job. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from moothall.field.models import JobState, ReportKind, Verdict

GIVEN_UP: Final = timedelta(minutes=10)
"""A planning that has not ended by then has failed: it may be asked for again."""

ENDS: Final = frozenset({ReportKind.DONE, ReportKind.NOT_DONE})
FRESH: Final = timedelta(minutes=30)
"""How old a report may be for the customer to be told of it as of something that happens now."""
SLACK: Final = timedelta(minutes=2)
"""What a call may take on its way before two clocks are said to differ."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a job when a report on it arrives. ``crew_name`` is whose it is, ``ended_name`` who ended it."""

    state: str
    crew: str = ""
    crew_name: str = ""
    ended_by: str = ""
    ended_name: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a report: whether it changes the job, what the crew is told, whether people must look."""

    verdict: Verdict
    told: str = ""
    differ: bool = False


def corrected(
    device_at: datetime, skew: timedelta, *, received_at: datetime, after: datetime | None = None,
    then: timedelta | None = None,
) -> datetime:  # fmt: skip
    """Return when something happened by our clock: the device's time and how far it was behind.

    ``skew`` is how far it is behind now, ``then`` how far it thought it was when it wrote, if it knew. Where its clock was
    set in between the two differ, and the one counts that makes the report neither later than when we heard of it nor
    earlier than what the same device reported before (``after``). It is brought within these two in any case.
    """
    found = [_shifted(device_at, one) for one in (then, skew) if one is not None]
    fits = [at for at in found if at <= received_at + SLACK and (after is None or at >= after - SLACK)]
    at = min((fits or found)[0], received_at)
    return max(at, min(after, received_at)) if after is not None else at


def _shifted(at: datetime, by: timedelta) -> datetime:
    try:
        return at + by
    except OverflowError:
        return at


def judge(job: Standing | None, kind: ReportKind, *, crew: str) -> Judged:
    """Say what a report does to a job. Nothing is ever thrown away: what changes nothing is kept beside."""
    if kind == ReportKind.FAULT:
        return Judged(Verdict.TAKEN)
    if job is None:
        return Judged(Verdict.REFUSED, "We don’t know this job. What you wrote is kept. Ring the office.")
    if job.state == JobState.WITHDRAWN:
        return Judged(
            Verdict.BESIDE, "The office had taken this job back. What you reported is kept with it.", kind in ENDS
        )
    if job.state in {JobState.DONE, JobState.NOT_DONE}:
        return _after_the_end(job, kind, crew)
    if job.crew != crew:
        return _not_theirs(job, kind)
    if kind == ReportKind.STARTED and job.state == JobState.STARTED:
        return Judged(Verdict.BESIDE, "Your crew had started it already.")
    if kind == ReportKind.GOING and job.state != JobState.WAITING:
        return Judged(Verdict.BESIDE)
    if kind == ReportKind.PAUSED and job.state == JobState.PAUSED:
        return Judged(Verdict.BESIDE)
    return Judged(Verdict.TAKEN)


def stays_behind(there: Mapping[str, int], left: Mapping[str, int]) -> dict[str, int]:
    """Return what of the things that are there stays behind; empty where nothing was taken, or nobody said.

    What is not there cannot stay, and no more of a thing than there is: a device may hold an older list.
    """
    held = {code: min(count, left.get(code, 0)) for code, count in there.items()}
    held = {code: count for code, count in held.items() if count > 0}
    return held if held != dict(there) else {}


def _after_the_end(job: Standing, kind: ReportKind, crew: str) -> Judged:
    if kind not in ENDS:
        return Judged(Verdict.BESIDE)
    who = "Your crew" if job.ended_by == crew else (job.ended_name or "Another crew")
    if job.state == JobState.NOT_DONE and kind == ReportKind.DONE:
        return Judged(Verdict.TAKEN, f"{who} had reported that it could not be done. It counts as done now.")
    if job.state == JobState.DONE and kind == ReportKind.NOT_DONE:
        return Judged(
            Verdict.BESIDE, f"{who} had reported it done. The office has both reports and will look.", differ=True
        )
    said = "done" if job.state == JobState.DONE else "not done"
    return Judged(Verdict.BESIDE, f"{who} had reported it {said}. Yours is kept too; it counts once.")


def _not_theirs(job: Standing, kind: ReportKind) -> Judged:
    now = f"{job.crew_name}’s" if job.crew_name else "not yours"
    if kind == ReportKind.DONE:
        return Judged(Verdict.TAKEN, f"It was {now} by then. Your report counts; it is off their list.")
    if kind == ReportKind.NOT_DONE:
        return Judged(Verdict.BESIDE, f"It is {now} now and stays with them. Your reason is kept.")
    return Judged(Verdict.BESIDE, f"It is {now} now. Agree with them who does it.")
