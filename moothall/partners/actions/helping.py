"""A person is referred to somebody else's help: with her agreement, by the way they take people, and never into silence.

Her case carries it: what she hears are notes of it, what an adviser has to do are its tasks. Nothing of her goes out in a
message: a partner gets a private link, and what it sees there is read from her record as long as she lets it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from moothall.cases.actions import add_task, finish_task, note_case, set_status
from moothall.cases.actions.rows import NoSuchCase, take
from moothall.cases.models import Case, CaseState
from moothall.core.access import Refused, restrictions_visible_to
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.events import record, together
from moothall.core.packs import Pack, current_pack
from moothall.core.reference_numbers import next_reference
from moothall.core.references import show_reference
from moothall.core.zone import council_date
from moothall.customers.actions import give_consent
from moothall.notifications.actions import queue_message
from moothall.notifications.recipients import recipient
from moothall.partners import events
from moothall.partners.models import ANSWERABLE, Help, HelpState, PersonReferral
from moothall.partners.pack import REFERRING, Taker, taker_of
from moothall.partners.shared import agreed_words, called, how_to_reach, link_for_partner, shared_words
from moothall.promises.rules import say_day

KIND: Final = "help"
"""The kind of task: somebody is to be found who can help, or to be rung."""
MOST_ABOUT: Final = 1000
OPEN: Final = (CaseState.OPEN, CaseState.WAITING)


class CannotRefer(ValueError):
    """She cannot be referred there, or not yet; the message says what to do."""


def refer_person(
    case_id: UUID, help_id: UUID, *, about: str, agreed: bool, how: str, by: Actor, at: datetime
) -> PersonReferral:
    """Refer the customer of a case to a service of another organisation, by the way it takes people.

    ``agreed``: she was told what is shared with whom, and said yes; ``how`` is the channel she said so on. Whoever takes
    nobody from us is no referral: she is told how to reach it, by her own way. The same again changes nothing; what another
    partner has not answered in time is over with this.

    Raises:
        CannotRefer, NoSuchCase, Refused; LookupError: there is no such help, or not for this actor.
    """
    with transaction.atomic(), together():
        case = take(case_id, by=by)
        pack = current_pack()
        found, taker = _help(help_id, case, pack, by)
        standing = PersonReferral.objects.filter(case_id=case.id, help_id=found.id, state__in=ANSWERABLE).first()
        if standing is not None:
            return standing
        if case.state not in OPEN or case.customer_id is None:
            raise CannotRefer(
                "This request is closed. Open it again first."
                if case.customer_id
                else "Say first who it is: a referral needs somebody we know how to reach."
            )
        way = taker.way if taker else "herself"
        if way != "herself" and not agreed:
            raise CannotRefer(f"Ask first: {agreed_words(found.organization, taker)} Then tick that they agree.")
        _done_for_others(case.id, f"They were referred to {found.organization or found.name}", by=by, at=at)
        row = _made(case, case.customer_id, found, taker, way, about=about, how=how, at=at)
        _end_silent(case.id, but=row.id, at=at)
        record([events.of_person(events.HELP_REFERRED, row, at)], by=by)
        if case.service == pack.one(REFERRING).service:
            set_status(case.id, status="in_progress", by=SYSTEM, at=at, told=True)
        if taker is None or way == "herself":
            _say_how(row, found, at=at)
            return row
        give_consent(customer_id=case.customer_id, code=pack.one(REFERRING).agreement, channel=how, by=SYSTEM, at=at)
        _ask(row, case, found, taker, at=at)
        return row


def mark_asked(referral_id: UUID, *, by: Actor, at: datetime) -> PersonReferral:
    """Note that an adviser has rung them and they are to answer. Raises LookupError, NoSuchCase, Refused."""
    with transaction.atomic():
        row = held(referral_id, by)
        if row.state == HelpState.WAITING:
            row.state, row.due_at = HelpState.SENT, at + timedelta(days=_days(row))
            row.save(update_fields=["state", "due_at"])
            task_done(row, "rung; they are to answer", by=by, at=at)
        return row


def held(referral_id: UUID, by: Actor) -> PersonReferral:
    """Return a referral locked behind its case, which the actor may work on. Raises LookupError, NoSuchCase, Refused."""
    case_id = PersonReferral.objects.filter(id=referral_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise LookupError("There is no such referral.")
    take(case_id, by=by)
    return PersonReferral.objects.select_for_update().get(id=referral_id)


def to_do(row: PersonReferral, title: str, *, team: str, at: datetime, due_at: datetime | None = None) -> None:
    """Give an adviser something to do for a referral, in place of what stood there before."""
    task_done(row, "something else is to be done", by=SYSTEM, at=at)
    task = add_task(row.case_id, title=title[:200], team=team, kind=KIND, due_at=due_at, by=SYSTEM, at=at)
    row.task_id = task.id
    row.save(update_fields=["task_id"])


def task_done(row: PersonReferral, outcome: str, *, by: Actor, at: datetime) -> None:
    """End what an adviser has to do for a referral, as moot; nothing where it is done, or nothing is to do."""
    if row.task_id is None:
        return
    finish_task(row.task_id, outcome=outcome[:200], by=SYSTEM if by.kind is ActorKind.PARTNER else by, at=at)
    row.task_id = None
    row.save(update_fields=["task_id"])


def tell_partner(row: PersonReferral, template: str, *, key: str, at: datetime) -> bool:
    """Write to whoever takes people there, where that is by e-mail. Nothing of her is in it. Say whether it was."""
    taker = taker_of(current_pack(), row.organization, row.name)
    if row.way != "email" or taker is None or not taker.email:
        return False
    if not row.reference:  # referred before partners had a number of their own
        row.reference = next_reference()
        row.save(update_fields=["reference"])
    values = {
        "partner": row.organization or row.name, "what": row.name, "reference": show_reference(row.reference),
        "link": link_for_partner(row.id), "until": say_day(council_date(row.due_at or at)),
    }  # fmt: skip
    queue_message(
        key=f"help:{row.id}:{key}", template=template, to=recipient(None, email=taker.email), values=values, at=at
    )
    return True


def next_choice(row: PersonReferral) -> str:
    """Return who else may help with the same, as the directory names them; empty where there is nobody. Three queries."""
    tried = PersonReferral.objects.filter(case_id=row.case_id).values_list("help_id", flat=True)
    found = Help.objects.filter(id=row.help_id).first()
    pack = current_pack()
    likely: list[tuple[bool, str]] = []
    for topic in found.topics[:5] if found else ():
        others = Help.objects.filter(gone_at=None, topics__contains=[topic]).exclude(id__in=list(tried))
        for one in others.order_by("name", "id")[:20]:
            taker = taker_of(pack, one.organization, one.name)
            if taker is None or not taker.restricted:
                who = f" ({one.organization})" if one.organization else ""
                likely.append((taker is None or taker.way == "herself", f"{one.name}{who}"))
    return min(likely)[1] if likely else ""


def _help(help_id: UUID, case: Case, pack: Pack, by: Actor) -> tuple[Help, Taker | None]:
    """The help and who takes people for it, behind the wall of both."""
    found = Help.objects.filter(id=help_id, gone_at=None).first()
    taker = taker_of(pack, found.organization, found.name) if found else None
    allowed = restrictions_visible_to(by)
    if found is None or (taker and taker.restricted and allowed is not None and taker.restricted not in allowed):
        raise LookupError("This help is not in the directory any more. Look for other help.")
    if taker and taker.restricted and case.restricted != taker.restricted:
        raise CannotRefer(
            f"{found.organization or found.name} is only for requests that few may see. Open one of a restricted service"
            " for them, and refer them from there."
        )
    return found, taker


def _made(
    case: Case, customer_id: UUID, found: Help, taker: Taker | None, way: str, *, about: str, how: str, at: datetime
) -> PersonReferral:
    shares = list(taker.needs) if taker and way != "herself" else []
    why = about.strip()[:MOST_ABOUT] if "about" in shares else ""
    row = PersonReferral(
        case_id=case.id, customer_id=customer_id, help_id=found.id, name=found.name, organization=found.organization,
        taker=taker.code if taker else "", way=way, shares=shares, about=why,
        reference=next_reference() if way != "herself" else None,
        agreed=agreed_words(found.organization or found.name, taker) if shares else "", agreed_how=how if shares else "",
        state=HelpState.TOLD if way == "herself" else HelpState.WAITING, made_at=at,
        ended_at=at if way == "herself" else None,
    )  # fmt: skip
    row.save(force_insert=True)
    return row


def _ask(row: PersonReferral, case: Case, found: Help, taker: Taker, *, at: datetime) -> None:
    """Ask the partner: by a private link, or by an adviser who rings."""
    name = row.organization or row.name
    who, what = called(row, taker)
    told = shared_words(row.shares)
    back = "You can take this back at any time, on the page of this request or by telling us."
    row.due_at = at + timedelta(days=_days(row))
    if taker.way == "email":
        row.state = HelpState.SENT
        row.save(update_fields=["state", "due_at"])
        tell_partner(row, "help-asked", key="asked", at=at)
        until = say_day(council_date(row.due_at), council_date(at))
        says = f"We have asked {who} to help you{what}. They can see {told}, and nothing else. We tell you what"
        note_case(case.id, text=f"{says} they say by {until}. {back}", visible_to_customer=True, by=SYSTEM, at=at)
        return
    row.save(update_fields=["due_at"])
    theirs = shared_words(row.shares, to_her=False)
    title = f"Ring {name} on {taker.phone}, with them on the line if you can. Say only {theirs}; write down the answer"
    to_do(row, title, team=case.team, due_at=row.due_at, at=at)
    note_case(
        case.id, text=f"We ring {who} for you{what}. We tell them {told}, and nothing else. {back}",
        visible_to_customer=True, by=SYSTEM, at=at,
    )  # fmt: skip


def _done_for_others(case_id: UUID, outcome: str, *, by: Actor, at: datetime) -> None:
    """To find somebody else is done once somebody else is asked; to ring who may still answer is not."""
    asking = (HelpState.WAITING, HelpState.SENT, HelpState.ACCEPTED)
    rows = PersonReferral.objects.filter(case_id=case_id).exclude(task_id=None).exclude(state__in=asking)
    for row in rows.order_by("id"):
        task_done(row, outcome, by=by, at=at)


def _say_how(row: PersonReferral, found: Help, *, at: datetime) -> None:
    """She goes herself: what she needs for it, by the way she is told things."""
    text = f"{found.name}, from {found.organization or 'another organisation'}, may help you. {how_to_reach(found)}"
    note_case(row.case_id, text=f"{text} We have told them nothing of you.", visible_to_customer=True, by=SYSTEM, at=at)


def _end_silent(case_id: UUID, *, but: UUID, at: datetime) -> None:
    """Whoever has not answered in time has it no more once another is asked: two would come, or each wait for the other."""
    for row in PersonReferral.objects.filter(case_id=case_id, state=HelpState.SILENT).exclude(id=but).order_by("id"):
        row.state, row.ended_at = HelpState.OVER, at
        row.save(update_fields=["state", "ended_at"])
        tell_partner(row, "help-taken-back", key="over", at=at)
        record([events.of_person(events.HELP_OVER, row, at)], by=SYSTEM)


def _days(row: PersonReferral) -> int:
    taker = taker_of(current_pack(), row.organization, row.name)
    return (taker.days if taker else None) or current_pack().one(REFERRING).days


__all__ = [
    "ANSWERABLE", "KIND", "CannotRefer", "NoSuchCase", "Refused", "held", "mark_asked", "next_choice", "refer_person",
    "task_done", "tell_partner", "to_do",
]  # fmt: skip
