"""A councillor asks for a resident who has not agreed yet: the resident is asked, and the councillor told what she says.

Who is asked, and where, stands in the answers of the enquiry; only her answer is kept here. Nothing of hers is in the
question: the councillor's name, and what it is about in the councillor's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from moothall.cases.actions import add_task, note_case
from moothall.cases.models import Case, CaseState
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack, current_pack
from moothall.core.tokens import read_signed_id, signed_id
from moothall.core.zone import council_date
from moothall.customers.rules.writing import CannotRead, can_take_texts, plain_email, plain_phone
from moothall.intake.models import ConsentAsked
from moothall.intake.pack import ENQUIRIES, Enquiries
from moothall.notifications.actions import queue_message
from moothall.notifications.models import MessageState
from moothall.notifications.recipients import recipient
from moothall.promises.rules.words import say_day

USE: Final = "consent"
MOST_AT_ONCE: Final = 200
YES: Final = "The resident has agreed: we may tell you what we hold about this."
NO: Final = "The resident does not agree that we tell you about it. You get a general answer."
TAKEN_BACK: Final = "The resident has taken back what they agreed to. From now on you get general answers."
UNANSWERED: Final = "You get a general answer; if they agree later, we tell you more."
NOT_REACHED: Final = (
    "We could not reach the resident by what you gave us. You get a general answer until they have agreed."
)


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """What the resident reads: who enquires, about what, what she said so far; ``over``: the enquiry is closed."""

    member: str
    about: str
    agreed: bool | None
    over: bool


def ask_where_wanted(case_id: UUID, service: str, answers: Mapping[str, Any], pack: Pack, *, at: datetime) -> None:
    """Ask the resident where this is an enquiry whose councillor says that we should; in the caller's transaction, once."""
    held = pack.one(ENQUIRIES)
    if service != held.service or answers.get(held.consent) not in held.ask:
        return
    row, made = ConsentAsked.objects.get_or_create(
        case_id=case_id, defaults={"asked_at": at, "until": at + timedelta(days=held.days)}
    )
    if not made:
        return
    member, about = _said(held, answers)
    values = {
        "member": member, "about": about, "link": f"{settings.PUBLIC_URL}/enquiry/{signed_id(USE, row.id)}",
        "until": say_day(council_date(row.until)),
    }  # fmt: skip
    where = _reach(answers.get(held.reach))
    sent = [
        queue_message(
            key=f"consent:{row.id}:{channel}", template="consent-asked", channel=channel, values=values, case_id=case_id,
            to=recipient(None, **{"email" if channel == "email" else "phone": value}), at=at,
        )
        for channel, value in where[:1]
    ]  # fmt: skip
    if not any(one.state != MessageState.SUPPRESSED for one in sent):
        row.missed_at = at
        row.save(update_fields=["missed_at"])
        _tell(case_id, NOT_REACHED, "Ask the resident another way whether we may tell the councillor", at=at)


def consent_page(token: str) -> ConsentPage | None:
    """Return what the resident reads by the link she was sent; ``None`` where it is none of ours. Two queries."""
    found = _found(token)
    if found is None:
        return None
    row, case = found
    member, about = _said(current_pack().one(ENQUIRIES), case.answers)
    return ConsentPage(member, about, row.agreed, case.state == CaseState.CLOSED or not case.answers)


def say_consent(token: str, *, agreed: bool, at: datetime) -> bool:
    """Take the resident's word, and tell the councillor and the team. The same word again changes nothing; another one counts
    from then on. Returns whether it was taken: not once the enquiry is closed.

    Raises:
        LookupError: the link is none of ours.
    """
    with transaction.atomic():
        found = _found(token, lock=True)
        if found is None:
            raise LookupError("There is no such question.")
        row, case = found
        if case.state == CaseState.CLOSED:
            return False
        if row.agreed is agreed:
            return True
        words = YES if agreed else TAKEN_BACK if row.agreed else NO
        row.agreed, row.answered_at = agreed, at
        row.save(update_fields=["agreed", "answered_at"])
        title = "The resident has agreed: answer the councillor in full" if agreed else (
            "The resident does not agree: give the councillor a general answer only"
        )  # fmt: skip
        _tell(case.id, words, title, at=at)
        return True


def tell_unanswered(*, at: datetime) -> int:
    """Tell the councillors whose residents have not answered in time. Returns how many."""
    waiting = ConsentAsked.objects.filter(answered_at__isnull=True, missed_at__isnull=True, until__lt=at)
    told = 0
    for row_id in list(waiting.order_by("until").values_list("id", flat=True)[:MOST_AT_ONCE]):
        with transaction.atomic():
            row = ConsentAsked.objects.select_for_update().get(pk=row_id)
            if row.answered_at is not None or row.missed_at is not None:
                continue
            row.missed_at = at
            row.save(update_fields=["missed_at"])
            case = Case.objects.filter(pk=row.case_id).first()
            if case is None or case.state == CaseState.CLOSED:
                continue
            asked = say_day(council_date(row.asked_at))
            words = f"We asked the resident on {asked} and have no answer. {UNANSWERED}"
            _tell(row.case_id, words, "The resident has not answered: give the councillor a general answer only", at=at)
            told += 1
    return told


def _tell(case_id: UUID, words: str, title: str, *, at: datetime) -> None:
    """Tell the councillor by a note she reads and is sent; the team by a task."""
    case = Case.objects.only("team").get(pk=case_id)
    note_case(case_id, text=words, visible_to_customer=True, by=SYSTEM, at=at)
    add_task(case_id, title=title, team=case.team, kind="consent", by=SYSTEM, at=at)


def _found(token: str, *, lock: bool = False) -> tuple[ConsentAsked, Case] | None:
    asked = read_signed_id(USE, token)
    if asked is None:
        return None
    rows = ConsentAsked.objects.select_for_update() if lock else ConsentAsked.objects.all()
    row = rows.filter(pk=asked).first()
    case = Case.objects.filter(pk=row.case_id).first() if row else None
    return (row, case) if row and case else None


def _said(held: Enquiries, answers: Mapping[str, Any]) -> tuple[str, str]:
    who = answers.get(held.member)
    name = str(who.get("name", "")) if isinstance(who, Mapping) else ""
    return name or "A councillor", str(answers.get(held.about, ""))[:200]


def _reach(given: Any) -> list[tuple[str, str]]:
    """Where she can be asked, e-mail first."""
    found: list[tuple[str, str]] = []
    held = given if isinstance(given, Mapping) else {}
    for channel, name, read in (("email", "email", plain_email), ("sms", "phone", plain_phone)):
        try:
            value = read(str(held.get(name) or ""))
        except CannotRead:
            continue
        if channel == "email" or can_take_texts(value):
            found.append((channel, value))
    return found
