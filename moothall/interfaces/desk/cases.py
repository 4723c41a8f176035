"""One case: what was asked and decided, what is promised, what was done; and everything an officer can do to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.cases import actions
from moothall.cases.actions import ChangedMeanwhile
from moothall.cases.actions.rows import NoSuchCase
from moothall.cases.queries import CasePage, case_page, find_by_reference
from moothall.core import clock
from moothall.core.packs import Pack, current_pack, pack_at
from moothall.core.staff import staff_of_team
from moothall.core.zone import LONDON, council_date
from moothall.customers.actions import log_look
from moothall.customers.queries import CustomerCard, customer_card, names_of
from moothall.intake.dialogue.figures import read_date
from moothall.intake.dialogue.words import AnswerLine, lines_of
from moothall.intake.draft_actions import drop_draft, keep_draft
from moothall.intake.draft_queries import draft
from moothall.intake.looking import why_about_case
from moothall.intake.posted.letters import write_letter
from moothall.intake.sealed import sealed_case
from moothall.interfaces.desk import case_permits, contractors, helping, labels, lines, pay_panel, street
from moothall.interfaces.desk.postroom import letter_fields
from moothall.interfaces.desk.screen import draw, found, go, part, read_id, wrong
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.jinja import with_query
from moothall.notifications.queries import messages_of
from moothall.payments.queries import bill_of_case
from moothall.promises.actions import explain_promise
from moothall.promises.queries import PromiseView
from moothall.services.pack import SERVICES, Question, Service

PURPOSE = "case"
NEW_DATE = Question(id="new_date", type="date", label="New date", dates="future")
SHORTCUTS = (
    ("n", "Write a note"), ("m", "Take it: make it mine"), ("g", "Give it to somebody"), ("p", "Wait, with a reason"),
    ("r", "Go on again"), ("s", "Set the status"), ("e", "Explain a promise, with a new date"), ("k", "Back to the list"),
    ("j", "Next case of the list"), ("u", "Change how urgent it is"), ("d", "The same as another: join"), ("z", "Close it"),
    ("o", "Open it again"), ("l", "Write a letter"), ("+", "Add a task"), ("f", "Send it on to whoever looks after it"),
)  # fmt: skip


@require_safe
@policy("staff", needs="case.view", purpose=PURPOSE)
def case(request: Request, case_id: UUID) -> HttpResponse:
    """The case page. One that is sealed, and may be opened in need, leads to where that is done."""
    try:
        return show(request, case_id)
    except Http404:
        if sealed_case(case_id, visible_to=request.actor):
            return go("desk:sealed-case", case_id)
        raise


def show(
    request: Request, case_id: UUID, *, status: int = 200, typed: QueryDict | None = None, **more: Any
) -> HttpResponse:
    """Draw the case page; ``typed`` and ``more`` bring back what a form could not do, word for word."""
    at = clock.now()
    page: CasePage = found(case_page(case_id, visible_to=request.actor, at=at))
    if request.actor.id is not None:
        actions.be_present(case_id, staff_id=request.actor.id, at=at)
    card = _card(request, page, at)
    service, pack = _service(page)
    kept = draft(note_key(case_id), visible_to=request.actor)
    written = messages_of(visible_to=request.actor, case_id=case_id)
    texts = {str(line.id): line.subject or line.body[:240] for line in written}
    changed = lines.since(page, more.pop("since", None)) if "since" in more else None
    context = {
        "page": page,
        "changed": changed,
        "card": card,
        "withheld": _withheld(request, page, card),
        "service": service,
        "answers": _answers(request, page, service, at),
        "decisions": _decisions(page),
        "open_promises": [p for p in page.promises if p.is_open],
        "pauses": _pauses(page, pack),
        "asking": [str(p.says) for p in pack.section("pauses").values() if p.asks],
        "reasons": [(code, str(p.says)) for code, p in pack.section("pauses").items()],
        "statuses": _statuses(service, pack),
        "closings": _closings(service),
        "colleagues": [(str(i), name) for i, name in staff_of_team(page.case.team)],
        "days": lines.of_case(page, texts, at),
        "note": kept,
        "typed": typed or QueryDict(),
        "seen_at": at.isoformat(),
        "came_from": _came_from(request),
        "shortcuts": SHORTCUTS,
        "open_act": "",
        "pay": pay_panel.shown(bill_of_case(case_id, visible_to=request.actor), request.actor),
        "case_id": case_id,
        **street.beside(request, page.case.service, case_id, at=at),
        **helping.beside(request, case_id),
        **contractors.beside(request, page.case.service, case_id, at=at),
        **case_permits.beside(request, page.case.service, case_id, at=at),
    }
    return draw(request, "desk/case.html", status=status, **(context | more))


def note_key(case_id: UUID) -> str:
    """Return the name of the draft of a case's note."""
    return f"case:{case_id}:note"


def _card(request: Request, page: CasePage, at: datetime) -> CustomerCard | None:
    """The person the case is for, where this officer may see people and it is known why; the look is logged."""
    if page.case.customer_id is None or not request.actor.may("customer.view"):
        return None
    shown = why_about_case(page.case.customer_id, page.case.id, visible_to=request.actor, at=at)
    if shown.why is None:
        return None
    looking = request.actor.because(shown.why.purpose)
    log_look(customer_id=page.case.customer_id, screen="desk.case", case_id=page.case.id, by=looking, at=at)
    return customer_card(page.case.customer_id, looking, on=at.date())


def _withheld(request: Request, page: CasePage, card: CustomerCard | None) -> str:
    """The name alone of somebody whom this officer may see once she has said why."""
    if card is not None or page.case.customer_id is None or not request.actor.may("customer.view"):
        return ""
    return names_of([page.case.customer_id], request.actor).get(page.case.customer_id, "")


def _answers(request: Request, page: CasePage, service: Service | None, at: datetime) -> list[AnswerLine]:
    """What was asked and answered, in words; what is private only for those who work cases."""
    if service is None:
        return [AnswerLine(key, labels.plain(key), str(value)) for key, value in page.answers.items()]
    shown = lines_of(service, page.answers, council_date(at), page.case.channel)
    return [line for line in shown if line.answered and (not line.sensitive or request.actor.may("case.work"))]


def _decisions(page: CasePage) -> list[tuple[str, str]]:
    """Which table decided what and why, in words."""
    return [
        (labels.plain(str(d.get("table", ""))), str(d.get("because", ""))) for d in page.decisions if d.get("because")
    ]


def _pauses(page: CasePage, pack: Pack) -> list[tuple[str, str]]:
    """The reasons for which a clock of this case may stop."""
    allowed = dict.fromkeys(reason for p in page.promises if p.is_open for reason in p.may_pause_for)
    known = pack.section("pauses")
    return [(code, str(known[code].says) if code in known else labels.plain(code)) for code in allowed]


def _statuses(service: Service | None, pack: Pack) -> list[tuple[str, str]]:
    """The words of progress that the customer sees; ending words are for closing."""
    own = [(s.code, str(s.says)) for s in service.statuses] if service else []
    return own + [
        (code, str(s.says)) for code, s in pack.section("statuses").items() if not getattr(s, "closed", False)
    ]


def _service(page: CasePage) -> tuple[Service | None, Pack]:
    """The service of a case as it was when it was asked for, with its pack."""
    pack = pack_at(page.pack_version_id) if page.pack_version_id else current_pack()
    return pack.of(SERVICES).get(page.case.service), pack


def _closings(service: Service | None) -> list[tuple[str, str]]:
    """How it may end: each outcome of the service, and its reasons for not doing it."""
    if service is None:
        return [("done", "Done"), ("not_done", "Not done")]
    return [(c.code, str(c.says)) for c in (*service.closings, *service.refusals)]


def _came_from(request: Request) -> dict[str, str] | None:
    """The list one came from and the place in it: where “next” and “back” lead."""
    told = request.GET if request.GET.get("list") else request.POST
    listed, place = told.get("list", ""), told.get("at", "")
    if not listed:
        return None
    query = "" if listed == "all" else listed
    return {
        "list": listed,
        "at": place,
        "back": f"{reverse('desk:queue')}?{query}" if query else reverse("desk:queue"),
        "next": with_query(reverse("desk:queue-next"), list=listed, at=place),
    }


@require_POST
@policy("staff", needs="case.view", quiet=True)
def here(request: Request, case_id: UUID) -> HttpResponse:
    """Say that the officer still has the case open; answer who else has."""
    at = clock.now()
    page = found(case_page(case_id, visible_to=request.actor, at=at))
    if request.actor.id is not None:
        actions.be_present(case_id, staff_id=request.actor.id, at=at)
    return part(request, "desk/case/present.html", page=page)


@require_POST
@policy("staff", needs=("case.view", "case.work"), quiet=True)
def keep(request: Request, case_id: UUID) -> HttpResponse:
    """Keep a half-written note."""
    keep_draft(note_key(case_id), request.POST.lists(), by=request.actor, at=clock.now())
    return HttpResponse(status=204)


@require_POST
@policy("staff", needs=("case.view", "case.work"), purpose=PURPOSE)
def act(request: Request, case_id: UUID, act: str) -> HttpResponse:
    """Do one thing to the case. What cannot be done is said beside the form, with what was typed still there."""
    do = found(_ACTS.get(act))
    at = clock.now()
    try:
        do(case_id, request, at)
    except NoSuchCase:
        return draw(request, "desk/gone.html", status=404)
    except ChangedMeanwhile as problem:
        since = _since(request.POST.get("seen_at", ""))
        return show(
            request,
            case_id,
            status=409,
            typed=request.POST,
            open_act=act,
            since=since,
            errors=[wrong(act, str(problem))],
        )
    except ValueError as problem:
        return show(
            request,
            case_id,
            status=422,
            typed=request.POST,
            open_act=act,
            errors=[wrong(_first_control(act), str(problem))],
        )
    came = _came_from(request)
    if act in {"close"} and came and request.POST.get("then") == "next":
        return go("desk:queue-next", list=came["list"], at=came["at"])
    return go("desk:case", case_id, list=came["list"] if came else "", at=came["at"] if came else "")


def _since(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


_FIRST = {
    "note": "note-text", "explain": "new_date-day", "wait": "wait-reason", "assign": "assign-team", "join": "join-into",
    "priority": "priority-why", "letter": "letter-text", "permit-end": "permit-because",
}  # fmt: skip


def _first_control(act: str) -> str:
    return _FIRST.get(act, act)


def _version(request: Request) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _note(case_id: UUID, request: Request, at: datetime) -> None:
    text = request.POST.get("text", "").strip()
    if not text:
        raise ValueError("Write the note first.")
    seen = request.POST.get("visible") == "yes"
    actions.note_case(case_id, text=text[:8000], visible_to_customer=seen, by=request.actor, at=at)
    drop_draft(note_key(case_id), by=request.actor)


def _letter(case_id: UUID, request: Request, at: datetime) -> None:
    """Send a letter. The moment the page was drawn makes it one, however often the button is pressed."""
    key = f"{request.actor.id}:{request.POST.get('seen_at', '')[:40]}"
    write_letter(case_id, **letter_fields(request), key=key, by=request.actor, at=at)


def _wait(case_id: UUID, request: Request, at: datetime) -> None:
    """Wait, for a reason that some clock of the case allows; the refusal says which those are, in the pack's words."""
    page = case_page(case_id, visible_to=request.actor, at=at)
    reason = request.POST.get("reason", "")
    allowed = dict(_pauses(page, current_pack())) if page else {}
    if page and any(p.is_open for p in page.promises) and reason not in allowed:
        may = f"It may stop for: {'; '.join(allowed.values())}." if allowed else "It stops for nothing."
        raise ValueError(f"The promise’s clock may not stop for “{labels.pause(reason)}”. {may}")
    actions.wait_for(
        case_id, reason=reason, question=request.POST.get("question", ""), by=request.actor, at=at,
        version=_version(request),
    )  # fmt: skip


def _resume(case_id: UUID, request: Request, at: datetime) -> None:
    actions.resume_case(case_id, by=request.actor, at=at, version=_version(request))


def _assign(case_id: UUID, request: Request, at: datetime) -> None:
    team = request.POST.get("team", "")
    if team not in dict(labels.team_choices()):
        raise ValueError("Choose the team to give it to.")
    page = case_page(case_id, visible_to=request.actor, at=at)
    moved = page is not None and page.case.team != team
    person = None if moved else read_id(request.POST.get("person"))
    actions.assign_case(
        case_id, team=team, assignee_id=person, reason=request.POST.get("why", "")[:60] or "reassigned", by=request.actor,
        at=at, version=_version(request),
    )  # fmt: skip


def _take(case_id: UUID, request: Request, at: datetime) -> None:
    actions.take_case(case_id, seen=read_id(request.POST.get("whose")), by=request.actor, at=at)


def _status(case_id: UUID, request: Request, at: datetime) -> None:
    page = case_page(case_id, visible_to=request.actor, at=at)
    chosen = request.POST.get("status", "")
    service = current_pack().of(SERVICES).get(page.case.service) if page else None
    if chosen not in dict(_statuses(service, current_pack())):
        raise ValueError("Choose one of the statuses.")
    actions.set_status(case_id, status=chosen, by=request.actor, at=at, version=_version(request))


def _close(case_id: UUID, request: Request, at: datetime) -> None:
    outcome, fixed = request.POST.get("outcome", ""), request.POST.get("fixed", "")
    if not outcome:
        raise ValueError("Choose how it ended.")
    page = case_page(case_id, visible_to=request.actor, at=at)
    if page is None:
        raise NoSuchCase
    if outcome not in dict(_closings(_service(page)[0])):
        raise ValueError("Choose one of the ways this service can end.")
    if fixed not in {"yes", "no"}:
        raise ValueError("Say whether the customer got what they asked for. Closed is not the same as fixed.")
    actions.close_case(
        case_id, outcome=outcome, resolved=fixed == "yes", by=request.actor, at=at, version=_version(request)
    )


def _reopen(case_id: UUID, request: Request, at: datetime) -> None:
    actions.reopen_case(case_id, reason=request.POST.get("why", "")[:60] or "not_put_right", by=request.actor, at=at,
                        version=_version(request))  # fmt: skip


def _explain(case_id: UUID, request: Request, at: datetime) -> None:
    """Give the new date, at the end of that day's work, with the reason the customer reads."""
    page = case_page(case_id, visible_to=request.actor, at=at)
    chosen = read_id(request.POST.get("promise"))
    promise: PromiseView | None = next((p for p in page.promises if p.id == chosen), None) if page else None
    if promise is None:
        raise ValueError("Choose the promise to explain.")
    reason = request.POST.get("reason", "")
    if not reason:
        raise ValueError("Choose the reason. The customer reads it.")
    given = {key: request.POST.get(f"new_date-{key}", "") for key in ("day", "month", "year")}
    day = read_date(NEW_DATE, given, NEW_DATE.label, council_date(at))
    if day is None:
        raise ValueError("Enter the new date, like 27 11 2026.")
    moment = datetime.combine(datetime.fromisoformat(day).date(), _end_of_work(promise), LONDON)
    explain_promise(promise.id, new_date=moment, reason=reason, by=request.actor, at=at)


def _end_of_work(promise: PromiseView) -> time:
    """The hour at which the promise's own days end: a new date is kept until the same hour as the first one."""
    due = promise.due_at
    ends = due.astimezone(LONDON).time() if due and promise.unit != "working_minutes" else time(17)
    return ends.replace(microsecond=0)


def _task(case_id: UUID, request: Request, at: datetime) -> None:
    title = " ".join(request.POST.get("title", "").split())[:200]
    if not title:
        raise ValueError("Say what is to be done.")
    team = request.POST.get("team", "")
    actions.add_task(case_id, title=title, team=team, by=request.actor, at=at)


def _task_done(case_id: UUID, request: Request, at: datetime) -> None:
    task = read_id(request.POST.get("task"))
    if task is not None:
        actions.finish_task(task, outcome=request.POST.get("outcome", "")[:200] or "done", by=request.actor, at=at)


def _priority(case_id: UUID, request: Request, at: datetime) -> None:
    why, level = request.POST.get("why", ""), request.POST.get("priority", "")
    if why not in labels.URGENT_BECAUSE:
        raise ValueError("Say why it is more or less urgent.")
    actions.set_priority(case_id, priority=level, by=request.actor, at=at, version=_version(request), reason=why)


def _join(case_id: UUID, request: Request, at: datetime) -> None:
    """Join it to the case whose reference was given: one thing, reported twice."""
    other = find_by_reference(request.POST.get("into", "")[:60], visible_to=request.actor)
    if other is None:
        raise ValueError("There is no case with this reference. Check it and try again.")
    actions.merge_case(case_id, into=other.id, by=request.actor, at=at, version=_version(request))


def _redress(case_id: UUID, request: Request, at: datetime) -> None:
    promise = read_id(request.POST.get("promise"))
    if promise is not None:
        actions.settle_redress(case_id, promise_id=promise, by=request.actor, at=at)


Act = Callable[[UUID, Request, datetime], None]
_ACTS: dict[str, Act] = {
    "note": _note, "letter": _letter, "wait": _wait, "resume": _resume, "assign": _assign, "take": _take, "status": _status,
    "close": _close,
    "reopen": _reopen, "explain": _explain, "task": _task, "task-done": _task_done, "priority": _priority, "join": _join,
    "redress": _redress, "refer": street.refer, "answer": street.answered, "split": street.part_again, "hide": street.hide,
    "order": contractors.order, "said": contractors.said, "ordered": contractors.told_by_hand,
    "findings": contractors.findings, "issue": case_permits.issued, "permit-end": case_permits.ended,
    "help-answer": helping.answered, "help-back": helping.taken_back,
}  # fmt: skip
