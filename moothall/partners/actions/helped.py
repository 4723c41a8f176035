"""What becomes of a person who was referred: what the partner says, that it says nothing, that she takes it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from django.db import transaction

from moothall.cases.actions import add_task, close_case, note_case
from moothall.cases.actions.rows import NoSuchCase
from moothall.cases.models import Case, CaseState
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.events import record, together
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.actions import withdraw_consent
from moothall.customers.queries import ids_of
from moothall.partners import events
from moothall.partners.actions.helping import (
    KIND,
    CannotRefer,
    held,
    next_choice,
    task_done,
    tell_partner,
    to_do,
)
from moothall.partners.models import ANSWERABLE, HelpState, PersonReferral
from moothall.partners.pack import REFERRING, taker_of
from moothall.partners.rules import may_say
from moothall.partners.shared import called
from moothall.promises.actions import meet_promises
from moothall.promises.rules import say_day

Said = Literal["accepted", "declined", "missed", "done"]
SAID: Final[dict[str, HelpState]] = {
    "accepted": HelpState.ACCEPTED, "declined": HelpState.DECLINED, "missed": HelpState.MISSED, "done": HelpState.DONE,
}  # fmt: skip
EVENTS: Final = {
    HelpState.ACCEPTED: events.HELP_ACCEPTED, HelpState.DECLINED: events.HELP_DECLINED,
    HelpState.MISSED: events.HELP_MISSED, HelpState.DONE: events.HELP_DONE,
}  # fmt: skip
OPEN_CASE: Final = (CaseState.OPEN, CaseState.WAITING)
MOST_WORDS: Final = 500
MOST_AT_ONCE: Final = 200


class IsOver(ValueError):
    """It was taken back or has ended: nothing more is taken, and nothing of her is shown."""


def answer_person(
    referral_id: UUID, said: str, *, reason: str = "", words: str = "", by: Actor, at: datetime
) -> PersonReferral:
    """Take in what a partner says of a person, by its link or as an adviser wrote it down. She is told; where it is no help,
    an adviser has a task with the next choice. The same again changes nothing.

    Raises:
        CannotRefer: what was said or why is not among the choices. IsOver, LookupError, NoSuchCase, Refused.
    """
    if said not in SAID:
        raise CannotRefer("Choose what you tell us." if by.kind is ActorKind.PARTNER else "Choose what they said.")
    why = {one.code: one.says for one in current_pack().one(REFERRING).reasons}
    if said == "declined" and reason not in why:
        raise CannotRefer("Choose why.")
    with transaction.atomic(), together():
        row = held(referral_id, SYSTEM if by.kind is ActorKind.PARTNER else by)
        case = Case.objects.get(id=row.case_id)
        if row.state == SAID[said]:
            return row
        if not may_say(row.state, said) or case.state not in OPEN_CASE:
            raise IsOver("This is over. If you can still help, ring us.")
        row.state, row.answered_at = SAID[said], at
        row.reason, row.words = reason if said == "declined" else "", words.strip()[:MOST_WORDS]
        row.ended_at = None if said == "accepted" else at
        row.due_at = at + timedelta(days=current_pack().one(REFERRING).stays) if said == "accepted" else None
        row.save(update_fields=["state", "answered_at", "reason", "words", "ended_at", "due_at"])
        record([events.of_person(EVENTS[row.state], row, at)], by=by)
        task_done(row, f"{row.organization or row.name}: {HelpState(row.state).label}", by=by, at=at)
        _tell(row, case, why.get(reason, ""), at=at)
        return row


def take_back(referral_id: UUID, *, how: str, by: Actor, at: datetime) -> PersonReferral:
    """She takes back that her details are shared: the partner sees nothing from now on, and is told. Again is fine.

    ``how`` is the channel she said so on. Raises LookupError, NoSuchCase, Refused.
    """
    with transaction.atomic(), together():
        row = held(referral_id, by)
        if row.state in ANSWERABLE:
            _end(row, HelpState.TAKEN_BACK, by=by, at=at)
            task_done(row, "They took it back", by=SYSTEM, at=at)
            _no_more(row.customer_id, how=how, at=at)
            case = Case.objects.get(id=row.case_id)
            if case.state in OPEN_CASE:
                name, (who, _) = row.organization or row.name, _called(row)
                note_case(
                    case.id, text=f"You took back that we share your details with {who}. They see nothing of you any more.",
                    visible_to_customer=True, by=SYSTEM, at=at,
                )  # fmt: skip
                title = f"They took back that they are referred to {name}. Ask whether they want other help"
                add_task(case.id, title=title[:200], team=case.team, kind=KIND, by=SYSTEM, at=at)
        return row


def end_with_case(case_id: UUID, *, at: datetime) -> int:
    """The case is over, and with it what was shared for it. A request that was withdrawn takes it back. Returns how many."""
    with transaction.atomic(), together():
        case = Case.objects.select_for_update().filter(id=case_id).first()
        if case is None or case.state not in (CaseState.CLOSED, CaseState.MERGED):
            return 0
        rows = PersonReferral.objects.select_for_update().filter(case_id=case_id, state__in=ANSWERABLE).order_by("id")
        ended = list(rows)
        for row in ended:
            back = case.outcome == "withdrawn"
            _end(row, HelpState.TAKEN_BACK if back else HelpState.OVER, by=SYSTEM, at=at)
        return len(ended)


def take_back_all(customer_ids: list[UUID], *, at: datetime) -> int:
    """Her agreement that partners are told of her was taken back as a whole. Returns how many referrals it ends."""
    rows = PersonReferral.objects.filter(customer_id__in=customer_ids, state__in=ANSWERABLE).order_by("id")
    return sum(
        take_back(one, how="", by=SYSTEM, at=at).ended_at == at for one in list(rows.values_list("id", flat=True))
    )


def chase(*, at: datetime) -> int:
    """Ask again whoever has not answered in its days; then it comes back to an adviser, and she is told. What was taken on
    and not ended in the pack's days is over: the partner has her by then. Returns how many moved.
    """
    due = PersonReferral.objects.filter(state__in=(HelpState.SENT, HelpState.ACCEPTED), due_at__lt=at)
    moved = 0
    for referral_id in list(due.order_by("due_at", "id").values_list("id", flat=True)[:MOST_AT_ONCE]):
        with transaction.atomic(), together():
            try:
                row = held(referral_id, SYSTEM)
            except (LookupError, NoSuchCase):
                continue
            if row.due_at is None or row.due_at >= at:
                continue
            if not Case.objects.filter(id=row.case_id, state__in=OPEN_CASE).exists():
                continue  # it ends with its case, and nobody is asked or told for one that is over
            if row.state == HelpState.ACCEPTED:
                _stayed(row, at=at)
            elif row.state == HelpState.SENT and row.chased_at is None:
                _again(row, at=at)
            elif row.state == HelpState.SENT:
                _silent(row, at=at)
            moved += 1
    return moved


def _tell(row: PersonReferral, case: Case, why: str, *, at: datetime) -> None:
    """She hears what they say; where it helps nobody, an adviser gets it with the next choice."""
    name, (who, what) = row.organization or row.name, _called(row)
    said = f" They say: {row.words}" if row.words else ""
    asked_by = case.service == current_pack().one(REFERRING).service
    match row.state:
        case HelpState.ACCEPTED:
            _note(case, f"{who} has taken this on{what}. They get in touch with you.{said}", at)
            if asked_by:
                meet_promises(case.id, kinds=["complete"], by=SYSTEM, at=at)
        case HelpState.DECLINED:
            because = f"{why[:1].lower()}{why[1:].rstrip('.')}"
            text = f"{who} cannot take this on: {because}.{said} They see nothing of you any more."
            _note(case, f"{text} We look for who else can help, and tell you.", at)
            _find_other(row, case, f"{name} cannot take this on", at=at)
        case HelpState.MISSED:
            text = f"{who} tells us that they could not reach you, or that you were not there.{said}"
            _note(case, f"{text} If you still want help, answer this or tell us.", at)
            _find_other(row, case, f"{name} did not reach or meet them: ask whether they still want it", at=at)
        case HelpState.DONE if asked_by:
            if said:
                note_case(case.id, text=f"{name}:{said}", visible_to_customer=False, by=SYSTEM, at=at)
            close_case(case.id, outcome="done", resolved=True, by=SYSTEM, at=at)
        case _:
            _note(case, f"{who} tells us that this is done{what}.{said} They see nothing of you any more.", at)


def _find_other(row: PersonReferral, case: Case, what: str, *, at: datetime) -> None:
    other = next_choice(row)
    to_do(row, f"{what}. Find other help" + (f": {other}" if other else ""), team=case.team, at=at)


def _again(row: PersonReferral, *, at: datetime) -> None:
    """Ask once more, for as many days again."""
    waited = (row.due_at or at) - row.made_at
    row.chased_at, row.due_at = at, at + waited
    row.save(update_fields=["chased_at", "due_at"])
    case = Case.objects.get(id=row.case_id)
    name = row.organization or row.name
    if not tell_partner(row, "help-chased", key="chased", at=at):
        to_do(row, f"Ring {name} again: they have not said whether they help", team=case.team, at=at)
    until = say_day(council_date(row.due_at), council_date(at))
    _note(
        case, f"{_called(row)[0]} has not answered yet. We have asked again, and tell you what they say by {until}.", at
    )
    record([events.of_person(events.HELP_CHASED, row, at)], by=SYSTEM)


def _silent(row: PersonReferral, *, at: datetime) -> None:
    row.state, row.due_at = HelpState.SILENT, None
    row.save(update_fields=["state", "due_at"])
    case = Case.objects.get(id=row.case_id)
    name = row.organization or row.name
    _note(case, f"{_called(row)[0]} has not answered us twice. We look for who else can help, and tell you.", at)
    _find_other(row, case, f"{name} has not answered", at=at)
    record([events.of_person(events.HELP_SILENT, row, at)], by=SYSTEM)


def _stayed(row: PersonReferral, *, at: datetime) -> None:
    """They have her by now: what she shared through us is shut, and what she asked us for is done."""
    row.state, row.ended_at, row.due_at = HelpState.OVER, at, None
    row.save(update_fields=["state", "ended_at", "due_at"])
    record([events.of_person(events.HELP_OVER, row, at)], by=SYSTEM)
    case = Case.objects.get(id=row.case_id)
    others = PersonReferral.objects.filter(case_id=case.id, state__in=ANSWERABLE).exists()
    if case.service == current_pack().one(REFERRING).service and not others:
        close_case(case.id, outcome="taken-on", resolved=True, by=SYSTEM, at=at)


def _end(row: PersonReferral, state: HelpState, *, by: Actor, at: datetime) -> None:
    """Shut what she shared; whoever has been told of her is asked to keep nothing."""
    knew = row.state
    row.state, row.ended_at, row.due_at = state, at, None
    row.save(update_fields=["state", "ended_at", "due_at"])
    if not tell_partner(row, "help-taken-back", key="back", at=at) and knew != HelpState.WAITING:
        case = Case.objects.get(id=row.case_id)
        if state == HelpState.TAKEN_BACK and case.state != CaseState.MERGED:
            title = (
                f"Ring {row.organization or row.name}: they are to keep nothing of this person, who has taken it back"
            )
            add_task(case.id, title=title[:200], team=case.team, kind=KIND, by=SYSTEM, at=at)
    name = events.HELP_TAKEN_BACK if state == HelpState.TAKEN_BACK else events.HELP_OVER
    record([events.of_person(name, row, at)], by=by)


def _no_more(customer_id: UUID, *, how: str, at: datetime) -> None:
    """With the last referral her agreement ends too: nobody else is to be told anything by it."""
    if not PersonReferral.objects.filter(customer_id__in=ids_of(customer_id), state__in=ANSWERABLE).exists():
        code = current_pack().one(REFERRING).agreement
        withdraw_consent(customer_id=customer_id, code=code, channel=how, by=SYSTEM, at=at)


def _called(row: PersonReferral) -> tuple[str, str]:
    return called(row, taker_of(current_pack(), row.organization, row.name))


def _note(case: Case, text: str, at: datetime) -> None:
    note_case(case.id, text=f"{text[:1].upper()}{text[1:]}"[:2000], visible_to_customer=True, by=SYSTEM, at=at)


__all__ = ["SAID", "IsOver", "Said", "answer_person", "chase", "end_with_case", "take_back", "take_back_all"]
