"""People who were referred: for the officer and for her, for the partner by its link, and how partners answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from uuid import UUID

from moothall.cases.models import Case, CaseState
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.models import Event
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.core.zone import council_date
from moothall.partners.models import ANSWERABLE, Help, HelpState, PersonReferral, Referral
from moothall.partners.pack import REFERRING, Taker, taker_of
from moothall.partners.queries.directory import shown_to
from moothall.partners.shared import HER, TELLS, called, referral_in, shared_words, told_of

COUNTED = ("referred", "accepted", "declined", "silent", "missed", "done", "taken_back")


@dataclass(frozen=True, slots=True)
class PersonReferralLine:
    """One referral of a person. ``open``: an answer may still come and it may be taken back; ``ring``: an adviser rings them.

    For an officer: ``who``, ``says``, ``theirs`` (what is shared). As she reads it: ``called`` (what few may know of is not
    named: others may read with her), ``tells``, ``because``, ``sees`` (what is shared). Each of these is a sentence or a few
    words by itself, so that a page in another language has it whole.
    """

    id: UUID
    help_id: UUID
    name: str
    organization: str
    who: str
    way: str
    state: str
    says: str
    open: bool
    ring: str
    called: str
    tells: str
    because: str
    sees: tuple[str, ...]
    theirs: str
    about: str
    reason: str
    words: str
    agreed_how: str
    made_at: datetime
    due_at: datetime | None
    reference: str


@dataclass(frozen=True, slots=True)
class PartnerPage:
    """What a partner sees by its link. ``told``: what of her, by its name; nothing once it is ``over``."""

    id: UUID
    organization: str
    name: str
    reference: str
    state: str
    over: bool
    told: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str], ...]
    due_at: datetime | None
    case_id: UUID
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class Answering:
    """How one organisation answers, counted from events. ``days``: half of its answers came within so many."""

    organization: str
    counts: dict[str, int]
    days: float | None


def person_referrals_of(case_id: UUID, *, visible_to: Actor) -> list[PersonReferralLine]:
    """Return where the customer of a case was referred, newest first. One query. Raises Refused."""
    require(visible_to, "case.view")
    pack = current_pack()
    why = {one.code: one.says for one in pack.one(REFERRING).reasons}
    lines = []
    for row in PersonReferral.objects.filter(case_id=case_id).order_by("-made_at", "-id"):
        taker = taker_of(pack, row.organization, row.name)
        waits = row.state == HelpState.WAITING
        lines.append(
            PersonReferralLine(
                id=row.id,
                help_id=row.help_id,
                name=row.name,
                organization=row.organization,
                who=row.organization or row.name,
                way=row.way,
                state=row.state,
                says=HelpState(row.state).label,
                open=row.state in ANSWERABLE,
                ring=(taker.phone if taker else "") or "" if waits else "",
                called=_named(row, taker),
                tells=TELLS[row.state],
                because=f"{why[row.reason].rstrip('.')}." if row.reason in why else "",
                sees=tuple(HER[one][:1].upper() + HER[one][1:] for one in row.shares if one in HER),
                theirs=shared_words(row.shares, to_her=False),
                about=row.about,
                reason=why.get(row.reason, ""),
                words=row.words,
                agreed_how=row.agreed_how,
                made_at=row.made_at,
                due_at=row.due_at,
                reference=_quoted(row),
            )
        )
    return lines


def _named(row: PersonReferral, taker: Taker | None) -> str:
    """Who it is, at the head of its part of the page."""
    name, _ = called(row, taker)
    return name[:1].upper() + name[1:] if taker is not None and taker.restricted else name


def partner_page(token: str, *, at: datetime) -> PartnerPage | None:
    """Return what a partner sees by its link, ``None`` where it is none of ours. The view logs the look. Twelve queries."""
    referral_id = referral_in(token)
    row = PersonReferral.objects.filter(id=referral_id).first() if referral_id else None
    case = Case.objects.filter(id=row.case_id).first() if row else None
    if row is None or case is None:
        return None
    over = row.state not in ANSWERABLE or case.state not in (CaseState.OPEN, CaseState.WAITING)
    told = [] if over else told_of(row, case.customer_id, on=council_date(at))
    return PartnerPage(
        id=row.id, organization=row.organization, name=row.name, reference=_quoted(row), state=row.state,
        over=over, told=tuple(told), reasons=tuple((one.code, one.says) for one in current_pack().one(REFERRING).reasons),
        due_at=row.due_at if row.state == HelpState.SENT else None, case_id=row.case_id, customer_id=row.customer_id,
    )  # fmt: skip


def cases_of_references(references: Collection[str]) -> dict[str, UUID]:
    """Return the case of each referral by the number (stored form) that a partner quotes to an officer. One query.

    Were it to open what hers opens, a partner would hold both halves of her key: it is told how to reach her.
    """
    wanted = list(references)
    people = PersonReferral.objects.filter(reference__in=wanted).values_list("reference", "case_id")
    requests = Referral.objects.filter(reference__in=wanted).values_list("reference", "case_id")
    return {reference: case_id for reference, case_id in people.union(requests, all=True) if reference}


def _quoted(row: PersonReferral) -> str:
    return show_reference(row.reference) if row.reference else ""


def answering(*, since: datetime, until: datetime, visible_to: Actor) -> list[Answering]:
    """Return how each organisation answered what people were referred to it for in a time, by name. Two queries.

    Only organisations whose help this actor may know of. Raises Refused.
    """
    require(visible_to, "case.view")
    rows = Event.objects.filter(
        name__in=[f"help.{one}" for one in COUNTED],
        recorded_at__gte=since,
        occurred_at__gte=since,
        occurred_at__lt=until,
    ).values_list("name", "data")
    told = [(name.removeprefix("help."), data) for name, data in rows]
    ids = {str(data.get("help", "")) for _, data in told}
    known = shown_to(visible_to, Help.objects.filter(id__in=ids)).values_list("id", "name", "organization")
    names = {str(id_): organization or name for id_, name, organization in known}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    days: dict[str, list[int]] = defaultdict(list)
    for what, data in told:
        who = names.get(str(data.get("help", "")))
        if who is not None:
            counts[who][what] += 1
            if what in ("accepted", "declined"):
                days[who].append(int(data.get("days", 0)))
    return [
        Answering(who, {one: counts[who][one] for one in COUNTED}, median(days[who]) if days[who] else None)
        for who in sorted(counts)
    ]
