"""Background entry points."""

from __future__ import annotations

from datetime import datetime

from moothall.core import clock, events, idempotency, jobs, limits
from moothall.core.jobs import every, job
from moothall.core.staff.sessions import SessionStore
from moothall.intake.actions import expire_dialogues
from moothall.intake.actions.talking.events import SETTLE, end_hanging, settle_ended
from moothall.intake.actions.talking.forgetting import forget_conversations
from moothall.intake.actions.talking.texts import rest_silent
from moothall.intake.constituents import tell_unanswered
from moothall.intake.draft_actions import drop_old_drafts


@every("17 3 * * *", "intake.forget")
def forget_unfinished() -> None:
    """Each night: empty requests that were never sent after 28 days, drafts nobody touched for a week, old tries."""
    while expire_dialogues(at=clock.now()):
        pass
    drop_old_drafts(clock.now())
    forget_conversations(at=clock.now())
    limits.forget_old(clock.now())


@every("41 3 * * *", "intake.keep_house")
def keep_house() -> None:
    """Each night: forget keys of writes that nobody sends again, sign-ins that ran out and workers that were killed; make
    months for events ahead."""
    idempotency.forget_old(clock.now())
    SessionStore.clear_expired()
    jobs.forget_silent()
    events.make_months(clock.now())


@every("*/5 * * * *", "intake.rest_silent")
def rest_conversations() -> None:
    """Every five minutes: texts nobody answered for the pack's while are over; who had begun gets the way on."""
    while rest_silent(at=clock.now()):
        pass


@every("*/5 * * * *", "intake.end_hanging")
def end_hanging_calls() -> None:
    """Every five minutes: calls of which the exchange tells nothing more are over, not known how."""
    while end_hanging(at=clock.now()):
        pass


@every("7 * * * *", "intake.consent_unanswered")
def consent_unanswered() -> None:
    """Each hour: tell councillors whose residents did not say in time whether they agree."""
    tell_unanswered(at=clock.now())


@job(SETTLE)
def settle_call(call_id: str, ended: str) -> None:
    """Count a call that is over as given up, where nobody answered it."""
    settle_ended(call_id, ended=datetime.fromisoformat(ended), at=clock.now())
