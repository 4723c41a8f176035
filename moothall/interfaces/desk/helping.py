"""Help that others give, at the desk: found while the caller waits, referred to as she agrees, followed beside her case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from moothall.cases.actions.rows import NoSuchCase
from moothall.cases.queries import CasePage, case_page
from moothall.contacts.actions import ContactClosed
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.paging import BadCursor
from moothall.intake.desk import matter_key
from moothall.intake.desk_actions import begin_matter
from moothall.intake.draft_actions import keep_draft
from moothall.interfaces.desk.screen import draw, found, go, read_id, wrong
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.jinja import with_query
from moothall.partners.actions import CannotRefer, answer_person, mark_asked, refer_person, take_back
from moothall.partners.pack import REFERRING
from moothall.partners.queries import HelpPage, answering, help_page, person_referrals_of, search_help

SAID_SO: Final = (
    ("phone", "On the telephone"),
    ("counter", "Face to face"),
    ("email", "By email"),
    ("post", "By letter"),
)
"""How somebody agreed."""
ANSWERS: Final = (
    ("accepted", "They take it on"), ("declined", "They cannot take it on"), ("missed", "They did not reach or meet them"),
    ("done", "It is done"),
)  # fmt: skip
MONTHS: Final = timedelta(days=365)


@require_safe
@policy("staff", needs="case.view")
def others(request: Request) -> HttpResponse:
    """Help that others give: find it while the caller waits, or for a request whose customer is to be referred."""
    return _page(request)


def _page(request: Request, *, status: int = 200, error: str = "", chosen: HelpPage | None = None) -> HttpResponse:
    words = request.GET.get("words", "")[:120]
    case = _case(request)
    about = str(case.case.id) if case else ""
    try:
        page = search_help(words, after=request.GET.get("after", ""), visible_to=request.actor)
    except BadCursor:
        return go("desk:help", case=about)
    older = with_query(request.path, words=words, case=about, after=page.after) if page.after else ""
    wanted = read_id(request.GET.get("open"))
    chosen = chosen or (help_page(wanted, visible_to=request.actor) if wanted else None)
    return draw(
        request, "desk/help.html", status=status, page=page, words=words, older=older, chosen=chosen, case=case, about=about,
        said_so=SAID_SO, typed=request.POST, by_service=current_pack().one(REFERRING).service, here="help",
        errors=[wrong("help-agreed" if "agree" in error else "help-refer", error)] if error else (),
    )  # fmt: skip


def _case(request: Request) -> CasePage | None:
    """The request that help is looked for, where the officer may know of it and work on it."""
    wanted = read_id(request.GET.get("case") or request.POST.get("case"))
    if wanted is None or not request.actor.may("case.work"):
        return None
    return case_page(wanted, visible_to=request.actor, at=clock.now())


@require_POST
@policy("staff", needs=("case.view", "case.work"), purpose="case")
def refer(request: Request, help_id: UUID) -> HttpResponse:
    """Refer the customer of a case to this help."""
    chosen: HelpPage = found(help_page(help_id, visible_to=request.actor))
    case_id = found(read_id(request.POST.get("case")))
    how = request.POST.get("how", "")
    try:
        if chosen.way != "herself" and how not in dict(SAID_SO):
            raise CannotRefer("Choose how they agreed.")
        refer_person(
            case_id, help_id, about=request.POST.get("about", ""), agreed=request.POST.get("agreed") == "yes", how=how,
            by=request.actor, at=clock.now(),
        )  # fmt: skip
    except CannotRefer as problem:
        return _page(request, status=422, error=str(problem), chosen=chosen)
    except (NoSuchCase, LookupError):
        raise Http404 from None
    return go("desk:case", case_id)


@require_POST
@policy("staff", needs="contact.take", purpose="contact")
def begin(request: Request, help_id: UUID) -> HttpResponse:
    """Begin a request for this help in the contact in hand; its form says what they are to be asked."""
    chosen: HelpPage = found(help_page(help_id, visible_to=request.actor))
    contact_id = found(read_id(request.POST.get("contact")))
    held, at = current_pack().one(REFERRING), clock.now()
    try:
        made = begin_matter(contact_id, service=held.service or "", by=request.actor, at=at)
    except ContactClosed:
        return go("desk:contact", contact_id)
    except ValueError as problem:
        return _page(request, status=422, error=str(problem), chosen=chosen)
    except LookupError:
        raise Http404 from None
    keep_draft(matter_key(made.id), [(held.help, [chosen.title])], by=request.actor, at=at)
    return go("desk:contact", contact_id, matter=str(made.id))


@require_safe
@policy("staff", needs="case.view")
def figures(request: Request) -> HttpResponse:
    """How partners answer: counted from events over the last twelve months."""
    at = clock.now()
    rows = answering(since=at - MONTHS, until=at, visible_to=request.actor)
    return draw(request, "desk/help_figures.html", rows=rows, here="help")


def beside(request: Request, case_id: UUID) -> dict[str, Any]:
    """Return what the case page shows of whom its customer was referred to. One query."""
    return {
        "helps": person_referrals_of(case_id, visible_to=request.actor),
        "help_answers": ANSWERS,
        "help_reasons": [(one.code, one.says) for one in current_pack().one(REFERRING).reasons],
        "help_said_so": SAID_SO,
        "help_agreed": dict(SAID_SO) | {"web": "On the website", "api": "Through another system"},
    }


def answered(case_id: UUID, request: Request, at: datetime) -> None:
    """Write down what a partner said of somebody who was referred, or that it was rung and is to answer."""
    row = _referral(case_id, request)
    said = request.POST.get("said", "")
    if said == "asked":
        mark_asked(row, by=request.actor, at=at)
        return
    answer_person(
        row, said, reason=request.POST.get("reason", ""), words=request.POST.get("their_words", ""), by=request.actor, at=at
    )  # fmt: skip


def taken_back(case_id: UUID, request: Request, at: datetime) -> None:
    """They tell us that they take it back."""
    how = request.POST.get("how", "")
    if how not in dict(SAID_SO):
        raise ValueError("Choose how they told you that they take it back.")
    take_back(_referral(case_id, request), how=how, by=request.actor, at=at)


def _referral(case_id: UUID, request: Request) -> UUID:
    wanted = read_id(request.POST.get("referral"))
    if wanted is None or wanted not in {one.id for one in person_referrals_of(case_id, visible_to=request.actor)}:
        raise ValueError("Nobody was referred there from this case.")
    return wanted
