"""What a message about a case says: the names its template may use, in the customer's words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from moothall.cases.models import Case
from moothall.core.packs import Pack, current_pack, pack_at
from moothall.core.references import show_reference, spell_reference
from moothall.core.zone import LONDON
from moothall.notifications.recipients import Recipient, told_of
from moothall.promises.queries import PromiseView, promises_of

SOFT = ("no_reason_recorded", "")
"""Reasons that say nothing to a customer: the template then says it without one."""


@dataclass(frozen=True, slots=True)
class AboutCase:
    """One case as messages speak of it: who to tell, and the values."""

    case: Case
    pack: Pack
    promises: tuple[PromiseView, ...]
    values: Mapping[str, Any]

    @property
    def to(self) -> Recipient:
        """Who is told: the customer, else the address given with the request. Queries as of `told_of`."""
        return told_of(self.case)

    def promise(self, promise_id: UUID | None) -> PromiseView | None:
        """Return one of the case's promises."""
        return next((promise for promise in self.promises if promise.id == promise_id), None)


def about_case(case_id: UUID, at: datetime) -> AboutCase | None:
    """Return what messages need to know of a case; three queries. ``None`` when it is not there (erased, imported away)."""
    case = Case.objects.filter(id=case_id).first()
    return case_values(case, at) if case is not None else None


def case_values(case: Case, at: datetime) -> AboutCase:
    """Return the values for a case. Of a restricted kind neither the service nor the place is named: the message may
    be read over a shoulder, or on a shared telephone.
    """
    pack = pack_at(case.pack_version_id) if case.pack_version_id else current_pack()
    views = tuple(promises_of([case.id], at=at)[case.id])
    service = pack.services.get(case.service)
    hidden = bool(case.restricted) or (service is not None and service.visibility != "public")
    named = service.name if service is not None and not hidden else "Your request"
    team = pack.teams.get(case.team)
    open_ones = [view for view in views if view.is_open and view.due_words and view.kind != "acknowledge"]
    due = (open_ones[0].new_date_words or open_ones[0].due_words) if open_ones else ""
    values = {
        "service": named,
        "reference": show_reference(case.reference),
        "spoken": spell_reference(case.reference),
        "place": "" if hidden else case.place_text,
        "track": track_link(case.reference),
        "status": status_words(pack, case),
        "team": team.name if team is not None and not hidden else "",
        "promise": f"{_VERBS.get(open_ones[0].kind, _VERBS[''])} by {due}." if open_ones else "",
        "due": due,
        "due_date": f"{open_ones[0].due_at.astimezone(LONDON):%d/%m/%Y}" if due and open_ones[0].due_at else "",
        "length": open_ones[0].length if open_ones else "",
    }
    return AboutCase(case, pack, views, values)


_VERBS = {
    "complete": "We’ll do this",
    "reply": "We’ll reply",
    "call_back": "We’ll call you back",
    "answer": "We’ll answer",
    "referral": "We’ll tell you what they say",
    "appointment": "You’ll have a time for the visit",
    "findings": "We’ll write to you what was found",
    "safety_work": "We’ll make it safe",
    "further_work": "We’ll have begun the work that stops it coming back",
    "": "You’ll hear from us",
}


def status_words(pack: Pack, case: Case) -> str:
    """Return the status of a case in the customer's words."""
    service = pack.services.get(case.service)
    for status in service.statuses if service is not None else ():
        if status.code == case.status:
            return str(status.says)
    known = pack.section("statuses").get(case.status)
    return str(known.says) if known is not None else ""


def reason_words(pack: Pack, code: str) -> str:
    """Return a reason (of a pause, a wait, a late promise) in the customer's words; nothing for one that says nothing."""
    if code in SOFT:
        return ""
    known = pack.section("pauses").get(code)
    return str(known.says) if known is not None else ""


def outcome_words(pack: Pack, case: Case) -> str:
    """Return how a case ended, in the customer's words."""
    service = pack.services.get(case.service)
    for closing in service.closings if service is not None else ():
        if closing.code == case.outcome:
            return str(closing.says)
    return ""


def redress_words(promise: PromiseView) -> str:
    """Return what the council owes for a broken promise, in the words of the pack; nothing for what was given already."""
    owed = promise.owed
    return owed.words if owed is not None and (owed.settled_at is None or owed.kind == "apology") else ""


def track_link(reference: str) -> str:
    """Return the address where a case is tracked; it asks for the e-mail address or postcode besides."""
    return f"{settings.PUBLIC_URL}/track?reference={show_reference(reference)}"


_asking: list[Callable[[Case, datetime], str]] = []


def register_asking(link: Callable[[Case, datetime], str]) -> None:
    """Let a higher room say by which link a closed case is rated, or (empty) that its customer is not asked now."""
    _asking[:] = [link]


def rate_link(case: Case, at: datetime) -> str:
    """Return the address where a closed case is rated; empty where its customer is not asked."""
    return _asking[0](case, at) if _asking else f"{track_link(case.reference)}#rate"
