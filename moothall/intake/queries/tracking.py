"""A customer's own request: where it is now, what was promised, what was said. Opened by what only she would know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.cases.queries import TrackedCase, case_with, decided_of, proven_case, tracked_case
from moothall.core.actors import SYSTEM
from moothall.core.limits import count, give_back
from moothall.core.packs import current_pack, pack_at
from moothall.core.references import NotAReference, reference_in
from moothall.core.zone import council_date
from moothall.intake.dialogue import AnswerLine, answer_words
from moothall.intake.paying import nothing_to_pay
from moothall.notifications.queries import messages_of
from moothall.partners.queries import PersonReferralLine, person_referrals_of, referrals_of
from moothall.promises.queries import PromiseView
from moothall.promises.rules import say_day
from moothall.services.pack import PAUSES, SERVICES, STATUSES, Service

SCOPE = "track"
SENT_BY = {"email": "by email", "sms": "by text message", "post": "by letter"}
PEOPLE = frozenset(
    {
        "manager", "officer", "leader", "supervisor", "inspector", "warden", "surveyor", "clerk", "registrar", "adviser",
        "worker",
    }
)  # fmt: skip
_STATES = {
    "on_track": "on_track", "at_risk": "at_risk", "late": "late", "paused": "waiting", "kept": "done",
    "kept_late": "late",
}  # fmt: skip
ASIDE = frozenset({"appointment", "findings"})
"""Kinds of promise beside the work: never the one a finished request is judged by."""
MOST_TRIES = 10
MOST_TRIES_AT_ONE = 30  # from everywhere: higher, so that a stranger cannot shut a customer out of her own request
WITHIN_MINUTES = 15


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a request: ``state`` is done, now, next or stopped."""

    name: str
    state: str
    when: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Something said about the request: ``who`` is "You" or "We"; ``how`` the channel it went by, where it is a message.

    ``language`` is its tag; ``None`` where nobody knows it: her own words.
    """

    at: datetime
    who: str
    text: str
    how: str = ""
    language: str | None = "en"


@dataclass(frozen=True, slots=True)
class TrackPage:
    """A request as its customer sees it."""

    case: TrackedCase
    service: Service
    team: str
    now_words: str
    steps: tuple[Step, ...]
    promise: PromiseView | None
    promise_state: str
    promise_words: str
    answers: tuple[AnswerLine, ...]
    said: tuple[Said, ...]
    closed: bool
    can_withdraw: bool
    outcome: str
    asked: str = ""
    """What we asked her and wait for the answer to."""
    free: str = ""
    """Why it costs nothing, of a service that asks for money."""
    helps: tuple[PersonReferralLine, ...] = ()
    """Whom she was referred to, newest first."""


def prove_case(reference: str, second: str, *, address: str, at: datetime) -> UUID | None:
    """Return the case when reference and e-mail address (or postcode) are both right; else ``None``, whichever was wrong.

    Tries with the reference of a booking or a payment count against the request it belongs to, so that more references
    give no more guesses.

    Raises:
        core.limits.TooManyAttempts: too many wrong tries from this network address or at this reference.
    """
    plain = "".join(character for character in reference.upper() if character.isalnum())[:40]
    plain = str(case_with(reference) or plain)
    allowed = {f"address:{address}": MOST_TRIES, f"reference:{plain}": MOST_TRIES_AT_ONE}
    tries = count(SCOPE, allowed, at=at, minutes=WITHIN_MINUTES)
    found = tracked_case(reference, second, at=at)
    if found is None:
        return None
    give_back(tries)
    return found.case.id


def cannot_be(reference: str, second: str) -> tuple[str, str]:
    """Say what is missing, or cannot be a reference at all, of the two: words for each, empty where it may do.

    Nothing is looked up for it, so it is told freely and costs no try.
    """
    try:
        reference_in(reference)
        wrong = ""
    except NotAReference as problem:
        wrong = str(problem) if reference.strip() else "Enter your reference."
    return wrong, "" if second.strip() else "Enter your email address or postcode."


def track_page(case_id: UUID, *, at: datetime) -> TrackPage | None:
    """Return the page of a case whose customer proved it is hers.

    Seven queries, whatever was said; one more for what was passed on, and one for whom she was referred to.
    """
    found = proven_case(case_id, at=at)
    if found is None:
        return None
    sent_on = None
    if found.case.status == "passed_on":
        told = referrals_of(case_id, visible_to=SYSTEM)
        sent_on = next((one for one in told if one.purpose == "theirs"), None)
    pack = pack_at(found.pack_version_id) if found.pack_version_id else current_pack()
    service = pack.of(SERVICES).get(found.case.service) or current_pack().of(SERVICES)[found.case.service]
    teams = pack.teams
    team = team_words(teams[found.case.team].name) if found.case.team in teams else "our team"
    if sent_on is not None and found.case.status == "passed_on":
        team = sent_on.name[:1].lower() + sent_on.name[1:] if sent_on.name.startswith("The ") else sent_on.name
    closed = found.case.state in {"closed", "merged"}
    promise = _foremost(found.promises)
    statuses = {status.code: status.says for status in pack.of(STATUSES).values()} | {
        s.code: s.says for s in service.statuses
    }
    outcome = next((c.says for c in service.closings if c.code == found.case.outcome), "")
    state, words = _promise_words(promise, at)
    answers = tuple(
        AnswerLine(q.id, q.label, answer_words(q, found.answers[q.id]))
        for q in service.questions
        if q.id in found.answers
    )
    return TrackPage(
        case=found, service=service, team=team,
        now_words=_now(found, team, promise, statuses, {p.code: p.says for p in pack.of(PAUSES).values()}, outcome),
        steps=tuple(_steps(found, team, promise, outcome, at)), promise=promise, promise_state=state, promise_words=words,
        answers=answers,
        said=tuple(_said(found) + _messages(case_id)), closed=closed, can_withdraw=not closed, outcome=outcome,
        asked=_asked(found), free=nothing_to_pay(service, found.decisions, found.fee_pence), helps=_helps(found),
    )  # fmt: skip


def _helps(found: TrackedCase) -> tuple[PersonReferralLine, ...]:
    """Most requests refer nobody: their events say so, and nothing is asked."""
    if not any(event.name == "help.referred" for event in found.events):
        return ()
    return tuple(person_referrals_of(found.case.id, visible_to=SYSTEM))


def free_because(case_id: UUID) -> str:
    """Return why a request costs nothing, of a service that asks for money; else nothing. One query."""
    found = decided_of(case_id)
    service = current_pack().of(SERVICES).get(found[0]) if found else None
    return nothing_to_pay(service, found[1], found[2]) if found and service else ""


def _foremost(promises: Sequence[PromiseView]) -> PromiseView | None:
    """The promise to show: of those still open the work itself, else the newest; with none open the newest of all."""
    made = [p for p in promises if p.kind != "acknowledge"]
    still = [p for p in made if p.is_open]
    work = [p for p in still if p.kind == "complete"] or still
    done = [p for p in made if p.kind not in ASIDE] or made
    shown = work or done
    return shown[-1] if shown else None


def _asked(found: TrackedCase) -> str:
    """The question of the wait that goes on; nothing where it is for something else."""
    if found.case.state != "waiting":
        return ""
    last = next((event for event in reversed(found.events) if event.name == "case.waiting"), None)
    asked = str(last.data.get("question", "")) if last is not None else ""
    return next((note.text for note in found.notes if str(note.id) == asked), "") if asked else ""


def team_words(name: str) -> str:
    """Return a team as a sentence names it: "our refuse collection team", "our head of waste"."""
    first = name.split(maxsplit=1)[0]
    said = name if first.isupper() else name[:1].lower() + name[1:]
    person = said.rsplit(maxsplit=1)[-1].removesuffix("s") in PEOPLE or said.startswith("head of ")
    return f"our {said}" if person or said.endswith("team") else f"our {said} team"


def _now(
    found: TrackedCase,
    team: str,
    promise: PromiseView | None,
    statuses: dict[str, str],
    pauses: dict[str, str],
    outcome: str,
) -> str:
    """Where it is now, in one sentence."""
    case = found.case
    if case.state == "closed":
        if case.outcome == "withdrawn":
            return "You told us that you do not need this any more, so we stopped."
        said = outcome.rstrip(".") if outcome else statuses.get(case.status, "Closed")
        if said == "Done":
            return "This is done."
        return f"This is finished: {said[:1].lower()}{said[1:]}."
    if case.state == "merged":
        return "We have joined this to another report of the same thing, and work on both together."
    if case.state == "waiting" and promise is not None and promise.paused_for:
        return clock_stopped(promise, pauses)
    if case.state == "waiting":
        return "We are waiting for an answer before we can go on."
    if case.status == "passed_on":
        ours = f" We tell you what they say by {promise.due_words}." if promise and promise.is_open else ""
        return f"It is with {team}, whose job it is.{ours}"
    if case.status in {"received", "checking"}:
        return f"It is with {team}, in their list of work."
    word = statuses.get(case.status, "Being done")
    return f"It is with {team}: {word[:1].lower()}{word[1:].rstrip('.')}."


def clock_stopped(promise: PromiseView, pauses: Mapping[str, str]) -> str:
    """Say that a promise is paused, and for what; ``pauses`` are the pack's words for each reason."""
    why = pauses.get(promise.paused_for[0], "we are waiting")
    return f"Our clock has stopped for now: {why[:1].lower()}{why[1:].rstrip('.')}."


def _promise_words(promise: PromiseView | None, at: datetime) -> tuple[str, str]:
    """The state (as tags know it) and the promise in a sentence's second half."""
    if promise is None:
        return "", ""
    state = _STATES.get(promise.tag, "")
    if promise.new_date_words and promise.is_open:
        return state, f"{promise.new_date_words} (we first said {promise.due_words})"
    return state, promise.due_words


def _steps(found: TrackedCase, team: str, promise: PromiseView | None, outcome: str, at: datetime) -> list[Step]:
    case = found.case
    near = council_date(at)
    opened = say_day(council_date(case.opened_at), near)
    steps = [Step("We got it", "done", opened)]
    if case.state in {"closed", "merged"}:
        closed = say_day(council_date(case.closed_at), near) if case.closed_at else ""
        done = case.resolved is not False and case.outcome != "withdrawn"
        name = "Withdrawn" if case.outcome == "withdrawn" else ("Done" if done else "Closed without doing it")
        how = outcome if outcome != name else ""
        return [*steps, Step(f"With {team}", "done"), Step(name, "done" if done else "stopped", closed, how)]
    waiting = case.state == "waiting"
    steps.append(Step(f"With {team}", "done" if waiting else "now"))
    if waiting:
        steps.append(Step("Waiting", "now"))
    by = (promise.new_date_words or promise.due_words) if promise else ""
    last = "We tell you what they say" if promise and promise.kind == "referral" else "Done"
    steps.append(Step(last, "next", f"by {by}" if by else ""))
    return steps


def _messages(case_id: UUID) -> list[Said]:
    """What we sent her about it: its subject, or the whole of a text."""
    sent = messages_of(case_id=case_id, visible_to=SYSTEM)
    return [
        Said(m.sent_at, "We", m.body if m.channel == "sms" else m.subject, SENT_BY.get(m.channel, ""), m.language)
        for m in sent
        if m.sent_at is not None
    ]


def _said(found: TrackedCase) -> list[Said]:
    hers = {"customer", "anonymous"}
    return [
        Said(note.at, "You", note.text, language=None) if note.actor_kind in hers else Said(note.at, "We", note.text)
        for note in found.notes
    ]
