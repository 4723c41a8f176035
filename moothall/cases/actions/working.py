"""A case is worked: handed over, noted, paused, resumed, answered by the customer."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from moothall.cases import events
from moothall.cases.actions.rows import TakenMeanwhile, refresh_due, save, take
from moothall.cases.models import Case, CaseState, Note
from moothall.core.actors import Actor
from moothall.core.events import record, together
from moothall.core.ids import new_id
from moothall.core.packs import current_pack
from moothall.core.rows import add_rows
from moothall.core.staff import staff_names
from moothall.promises import actions as promises
from moothall.services.pack import PAUSES

MOST_ASKED = 2000


def assign_case(
    case_id: UUID,
    *,
    team: str,
    assignee_id: UUID | None,
    reason: str,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """Hand a case to a team and, if named, a person. ``reason`` is a code of the pack."""
    with transaction.atomic(), together():
        case = take(case_id, by=by, permission="case.assign", version=version)
        before, case.team, case.assignee_id = case.team, team, assignee_id
        if before != team:
            promises.hand_promises(case.id, from_team=before, to_team=team, at=at)
        save(case, at, "team", "assignee_id")
        assigned = str(assignee_id) if assignee_id else None
        record(
            [
                events.happening(
                    events.ASSIGNED, case, at, team=team, assignee_id=assigned, from_team=before, reason=reason
                )
            ],
            by=by,
        )
        return case


def take_case(case_id: UUID, *, seen: UUID | None, by: Actor, at: datetime) -> Case:
    """Let an officer make a case hers. ``seen``: whose it was on her screen. Hers already is fine.

    Raises:
        TakenMeanwhile: it is another's by now. As `rows.take`.
    """
    with transaction.atomic(), together():
        case = take(case_id, by=by, permission="case.assign")
        if case.assignee_id == by.id:
            return case
        _no_others(case, seen, by)
        return assign_case(case_id, team=case.team, assignee_id=by.id, reason="taken", by=by, at=at)


def hand_on(case_id: UUID, *, team: str, seen: UUID | None, by: Actor, at: datetime) -> Case:
    """Give a case to a team, for whoever of it is free. ``seen``: whose it was on the officer's screen.

    Raises:
        TakenMeanwhile: it is another colleague's. As `rows.take`.
    """
    with transaction.atomic(), together():
        case = take(case_id, by=by, permission="case.assign")
        _no_others(case, seen, by)
        return assign_case(case_id, team=team, assignee_id=None, reason="reassigned", by=by, at=at)


def _no_others(case: Case, seen: UUID | None, by: Actor) -> None:
    if case.assignee_id is not None and case.assignee_id not in (by.id, seen):
        raise TakenMeanwhile(case, staff_names([case.assignee_id]).get(case.assignee_id, "A colleague"))


def note_case(
    case_id: UUID, *, text: str, visible_to_customer: bool, by: Actor, at: datetime, version: int | None = None,
    told: bool = False,
) -> Note:  # fmt: skip
    """Write a note. One the customer may read goes to her by the handler of its event, unless she is ``told`` otherwise."""
    with transaction.atomic():
        case = take(case_id, by=by, version=version)
        return _note(case, events.NOTED, text, visible_to_customer, by, at, told=told)


def customer_adds(case_id: UUID, *, text: str, by: Actor, at: datetime) -> Note:
    """The customer tells us more about her case. If it was waiting for her, the clock runs again; what her words do not end
    (a payment) goes on waiting.

    A closed case keeps its state: a "thank you" after closing reopens nothing; the team sees it and decides.
    """
    with transaction.atomic(), together():
        case = take(case_id, by=by)
        note = _note(case, events.ANSWERED, text, True, by, at)
        if case.state == CaseState.WAITING:
            holds = {code for code, pause in current_pack().of(PAUSES).items() if pause.holds}
            if promises.end_pauses(case.id, but=holds, by=by, at=at):
                _open(case, "customer_answered", by, at)
        return note


class NothingAsked(ValueError):
    """The clock would stop for an answer of the customer's, and nobody has asked her anything."""

    def __init__(self) -> None:
        super().__init__("Write the question: the customer is sent it, and answers it.")


def wait_for(
    case_id: UUID, *, reason: str, by: Actor, at: datetime, version: int | None = None, told: bool = False,
    question: str = "",
) -> Case:  # fmt: skip
    """Wait for somebody else, with a reason of the pack; the clocks that may pause for it pause.

    ``told``: the customer hears of it by a message of its own. ``question`` is what we ask her, in the officer's words: it
    is kept as a note that she reads, and her answer ends the wait. A reason that `asks` needs one.

    Raises:
        NothingAsked: we would wait for an answer to nothing.
        NotAllowed: none of the case's clocks may pause for this reason; the message says for which they may.
    """
    question = question.strip()[:MOST_ASKED]
    pause = current_pack().of(PAUSES).get(reason)
    if pause is not None and pause.asks and not question:
        raise NothingAsked
    with transaction.atomic(), together():
        case = take(case_id, by=by, version=version)
        promises.pause_promises(case.id, reason=reason, by=by, at=at)
        case.state = CaseState.WAITING
        refresh_due(case)
        save(case, at, "state", "due_at", "late")
        asked = {"question": str(_asked(case, question, by, at).id)} if question else {}
        record([events.happening(events.WAITING, case, at, reason=reason, **asked, **_told(told))], by=by)
        return case


def resume_case(
    case_id: UUID, *, reason: str = "", by: Actor, at: datetime, version: int | None = None, told: bool = False,
    waited_for: str = "",
) -> Case:  # fmt: skip
    """Go on with a waiting case; its clocks run again. ``told``: the customer hears of it by a message of its own.

    ``waited_for``: only that pause is over; a case that waits for something else besides goes on waiting.
    """
    with transaction.atomic(), together():
        case = take(case_id, by=by, version=version)
        if case.state == CaseState.WAITING:
            if not waited_for:
                promises.resume_promises(case.id, by=by, at=at)
            if not waited_for or promises.end_pauses(case.id, only={waited_for}, by=by, at=at):
                _open(case, reason, by, at, told=told)
        return case


def set_status(
    case_id: UUID, *, status: str, by: Actor, at: datetime, version: int | None = None, told: bool = False
) -> Case:
    """Set the word the customer sees. The same word again changes nothing and tells nobody.

    ``told``: the customer hears of it by a message of its own.
    """
    with transaction.atomic():
        case = take(case_id, by=by, version=version)
        if case.status != status:
            before, case.status = case.status, status
            save(case, at, "status")
            data = {"status": status, "from": before, **_told(told)}
            happening = events.happening(events.STATUS_CHANGED, case, at, **data)
            record([happening], by=by)
        return case


def be_present(case_id: UUID, *, staff_id: UUID, at: datetime) -> None:
    """Say that an officer has the case open, for colleagues to see; stale after a minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_presence (id, case_id, staff_id, seen_at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (case_id, staff_id) DO UPDATE SET seen_at = EXCLUDED.seen_at",
            [new_id(), case_id, staff_id, at],
        )


def _told(told: bool) -> dict[str, bool]:
    return {"told": True} if told else {}


def _open(case: Case, reason: str, by: Actor, at: datetime, *, told: bool = False) -> None:
    case.state = CaseState.OPEN
    refresh_due(case)
    save(case, at, "state", "due_at", "late")
    record([events.happening(events.RESUMED, case, at, reason=reason, **_told(told))], by=by)


def _asked(case: Case, question: str, by: Actor, at: datetime) -> Note:
    """What we ask, among what was said about the case: told by the message that says that we wait, not by one of its own."""
    note = Note(
        id=new_id(), case=case, at=at, actor_kind=by.kind.value, actor_id=by.id, text=question, visible_to_customer=True
    )
    add_rows(note)
    return note


def _note(
    case: Case, event: str, text: str, visible: bool, by: Actor, at: datetime, *, told: bool = False
) -> Note:  # fmt: skip
    note = Note(
        id=new_id(), case=case, at=at, actor_kind=by.kind.value, actor_id=by.id, text=text, visible_to_customer=visible
    )
    add_rows(note)
    save(case, at)
    said = {"note_id": str(note.id), "visible_to_customer": visible} | ({"told": True} if told else {})
    record([events.happening(event, case, at, **said)], by=by)
    return note
