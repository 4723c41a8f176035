"""The post room: scans brought in, letters given to person and case by single keys, the register of cheques and originals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.cases.actions.rows import NoSuchCase
from moothall.cases.queries import CaseLine, cases_by_id, cases_of
from moothall.channels.post.codes import SEPARATOR_CODE, svg_of
from moothall.channels.post.paper import NoPrinter
from moothall.core import clock
from moothall.core.money import read_pence
from moothall.core.zone import LONDON, council_date
from moothall.customers.actions import log_shown
from moothall.customers.queries import customers_with_ids, find_customers
from moothall.customers.queries.finding import CustomerLine
from moothall.documents.queries import content_of_writing
from moothall.documents.rules import FileRefused
from moothall.inbox.actions import NoSuchWriting
from moothall.inbox.post_queries import FOLDERS
from moothall.inbox.queries import writing
from moothall.intake.dialogue.errors import AnswerError
from moothall.intake.paper import Mark
from moothall.intake.posted.filing import NotHers, file_letter, propose_anew
from moothall.intake.posted.forms import FormNotWhole, FormRefused, form_in, send_form
from moothall.intake.posted.letters import CannotWrite, preview_letter
from moothall.intake.written.working import preview_answer
from moothall.interfaces.desk.away import WAITS, feeds_away
from moothall.interfaces.desk.screen import draw, found, go, read_id, wrong
from moothall.interfaces.desk.why import shows_asker, shows_writing
from moothall.interfaces.policy import Request, policy
from moothall.notifications.queries import letters_out
from moothall.postroom import actions, queries
from moothall.postroom.actions import CannotTake, FiledBefore, NoSuchLetter
from moothall.postroom.models import OriginalKind
from moothall.postroom.queries import LetterView

CHANNELS: Final = (("post", "Post"), ("fax", "Fax"))
MOST_CASES: Final = 3
SHORTCUTS: Final = (
    ("a", "File it as proposed"), ("1–9", "File it the other way with this number"), ("f", "Find somebody else"),
    ("n", "File it, sender not known"), ("j", "Leave it, next letter"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One person the letter may be from, with why, and her cases it may be about. ``to`` is what its buttons send."""

    person: CustomerLine
    points: int
    reasons: tuple[str, ...]
    cases: tuple[CaseLine, ...]
    proposed: str


@require_safe
@policy("staff", needs="post.file", purpose="contact")
def room(request: Request) -> HttpResponse:
    """What waits, what could not be read, where to bring scans in, our own letters. Nine queries beside the frame's."""
    return _room(request)


@require_POST
@policy("staff", needs="post.file", purpose="contact")
def bring(request: Request) -> HttpResponse:
    """Take scans that were uploaded; each is read in the background."""
    at, files = clock.now(), request.FILES.getlist("scans")
    channel = request.POST.get("channel", "post")
    errors = [] if files else [wrong("scans", "Choose the scans to bring in.")]
    for file in files if channel in dict(CHANNELS) else []:
        try:
            if (file.size or 0) > actions.LARGEST_SCAN:
                raise CannotTake(f"“{file.name}” is larger than 100 MB. Scan it in parts.")
            actions.take_scan(
                name=file.name or "scan", content=file.read(), channel=channel, source="desk",
                received_at=_day(request.POST.get("received", ""), at), by=request.actor, at=at,
            )  # fmt: skip
        except (CannotTake, FileRefused) as refused:
            errors.append(wrong("scans", str(refused)))
    return _room(request, errors) if errors else go("desk:post")


@require_http_methods(["GET", "HEAD", "POST"])
@policy("staff", needs="post.file", purpose="contact")
def letter(request: Request, letter_id: UUID) -> HttpResponse:
    """Show one letter beside what it says and whose it probably is; take what is decided, then show the next."""
    if request.method != "POST":
        return _letter(request, letter_id)
    do = request.POST.get("do", "")
    try:
        following = _decide(request, letter_id, do)
    except FiledBefore:
        return go("desk:post")
    except NoSuchLetter as gone:
        raise Http404 from gone
    except FormNotWhole as refused:
        return _letter(request, letter_id, [wrong(f"q-{one}", error.message) for one, error in refused.wrong.items()])
    except (CannotTake, NotHers, AnswerError, FormRefused) as refused:
        return _letter(request, letter_id, (wrong(do or "to", str(refused)),))
    return go("desk:post-letter", following) if following else go("desk:post")


@require_safe
@policy("staff", needs="post.file", quiet=True)
@cache_control(private=True, max_age=300)
def page(request: Request, sheet: UUID) -> HttpResponse:
    """Answer the picture of one page."""
    return HttpResponse(found(queries.picture(sheet, visible_to=request.actor)), content_type="image/jpeg")


@require_safe
@policy("staff", needs="contact.view", purpose="contact", quiet=True)
@cache_control(private=True, max_age=300)
@shows_writing(piece=True)
def filed_page(request: Request, writing_id: UUID, document_id: UUID) -> HttpResponse:
    """Answer a picture that was made here: a page of a filed letter, a photo of a post. For whoever may see the writing."""
    found(writing(writing_id=writing_id, visible_to=request.actor))
    line, content = found(content_of_writing(document_id, writing_id=writing_id, visible_to=request.actor))
    if line.question not in {"page", "picture"} or line.media_type != "image/jpeg":
        raise Http404
    return HttpResponse(content, content_type="image/jpeg")


@require_POST
@policy("staff", needs=("contact.view", "inbox.answer"), purpose="contact")
@shows_writing()
def answer_as_letter(request: Request, writing_id: UUID) -> HttpResponse:
    """Show an answer as the letter it would be; nothing is sent."""
    text, ask = request.POST.get("text", ""), "no-ask" not in request.POST
    try:
        pdf = preview_answer(writing_id, text=text, ask=ask, by=request.actor, at=clock.now())
    except NoSuchWriting as gone:
        raise Http404 from gone
    except (ValueError, NoPrinter) as cannot:
        return draw(request, "desk/no_letter.html", why=str(cannot), status=400)
    return _pdf(pdf)


@require_POST
@policy("staff", needs=("case.view", "case.work"), purpose="case")
@shows_asker
def case_as_letter(request: Request, case_id: UUID) -> HttpResponse:
    """Show a letter about a case as the customer would have it; nothing is sent."""
    try:
        pdf = preview_letter(case_id, **letter_fields(request), by=request.actor, at=clock.now())
    except NoSuchCase as gone:
        raise Http404 from gone
    except (CannotWrite, NoPrinter) as cannot:
        return draw(request, "desk/no_letter.html", why=str(cannot), status=400)
    return _pdf(pdf)


def letter_fields(request: Request) -> dict[str, Any]:
    """What was typed of a letter about a case: subject, text, a line for each enclosure."""
    told = request.POST
    return {
        "subject": told.get("subject", ""), "text": told.get("text", ""),
        "enclosures": told.get("enclosures", "").splitlines(),
    }  # fmt: skip


def _pdf(content: bytes) -> HttpResponse:
    made = HttpResponse(content, content_type="application/pdf")
    made.headers["Content-Disposition"] = 'inline; filename="letter.pdf"'
    return made


@require_http_methods(["GET", "HEAD", "POST"])
@policy("staff", needs="post.file", purpose="contact")
def register(request: Request) -> HttpResponse:
    """Show where each cheque and original is, and take where one went. Two queries beside the frame's."""
    errors: tuple[Any, ...] = ()
    if request.method == "POST":
        original = read_id(request.POST.get("original"))
        try:
            if original is None:
                raise NoSuchLetter
            actions.settle_original(
                original, state=request.POST.get("state", ""), how=request.POST.get("how", ""), by=request.actor,
                at=clock.now(),
            )  # fmt: skip
            return go("desk:post-register")
        except NoSuchLetter as gone:
            raise Http404 from gone
        except CannotTake as refused:
            errors = (wrong("held", str(refused)),)
    rows = queries.register(visible_to=request.actor)
    return draw(
        request, "desk/post_register.html", rows=rows, here="post", errors=errors, status=400 if errors else 200
    )


@require_POST
@policy("staff", needs="post.file", purpose="contact")
def scan(request: Request, scan_id: UUID) -> HttpResponse:
    """Have a scan that failed read once more, or throw it away."""
    if request.POST.get("do") == "again":
        actions.read_again(scan_id, by=request.actor, at=clock.now())
    else:
        actions.drop_scan(scan_id, by=request.actor, at=clock.now())
    return go("desk:post")


@require_safe
@policy("staff", needs="post.file")
def separator(request: Request) -> HttpResponse:
    """The sheet to lay between two letters, to print as often as one likes."""
    return draw(request, "desk/post_separator.html", code=svg_of(SEPARATOR_CODE), here="post")


def _room(request: Request, errors: Sequence[Any] = ()) -> HttpResponse:
    at, actor = clock.now(), request.actor
    midnight = datetime.combine(council_date(at), time.min, tzinfo=LONDON)
    rows = queries.waiting_letters(visible_to=actor)
    best = {row.id: read_id(people[0]["id"]) for row in rows if (people := row.proposal.get("people"))}
    lines = {one.id: one for one in customers_with_ids([one for one in best.values() if one], actor)}
    log_shown(lines, screen="desk.post", by=actor, at=at)
    return draw(
        request, "desk/post.html", rows=rows, standing=queries.standing(visible_to=actor, since=midnight),
        names={row_id: lines[one].name for row_id, one in best.items() if one in lines}, here="post",
        failed=queries.failed_scans(visible_to=actor), channels=CHANNELS, errors=tuple(errors),
        today=council_date(at), status=400 if errors else 200,
        out=letters_out(visible_to=actor), away=feeds_away(FOLDERS.values()), waits=WAITS,
        shortcuts=(("j", "First letter"),),
    )  # fmt: skip


def _letter(request: Request, letter_id: UUID, errors: Sequence[Any] = ()) -> HttpResponse:
    view = found(queries.letter(letter_id, visible_to=request.actor))
    if view.state != "waiting":
        return go("desk:post")
    form = form_in(view, _marks(request) if errors and request.POST.get("do") == "form" else None)
    q = request.GET.get("who", "").strip()[:120]
    choices = _choices(request, view, q)
    return draw(
        request, "desk/post_letter.html", form=form, wrong_at={one.id: one.error for one in errors}, letter=view,
        choices=choices, who=q, here="post", shortcuts=SHORTCUTS,
        doubts=view.proposal.get("doubts", ()), whys=list(actions.WHYS.items()), errors=tuple(errors),
        kinds=list(OriginalKind.choices), after=queries.next_letter(letter_id, visible_to=request.actor),
        typed=request.POST if errors else {}, status=400 if errors else 200,
    )  # fmt: skip


def _choices(request: Request, view: LetterView, q: str) -> list[Choice]:
    """Whom it may be from: those proposed, or those found; with their newest cases. Four queries."""
    proposed: Mapping[str, Any] = view.proposal
    points = {one["id"]: one for one in proposed.get("people", ())}
    if q:
        lines = find_customers(q, request.actor, limit=6)
    else:
        ids = [one for text in points if (one := read_id(text)) is not None]
        order = {one: place for place, one in enumerate(ids)}
        lines = sorted(customers_with_ids(ids, request.actor), key=lambda line: order.get(line.id, 99))[:4]
    log_shown((line.id for line in lines), screen="desk.post", by=request.actor, at=clock.now())
    case_id = read_id(str(proposed.get("case", "")))
    held = cases_of([line.id for line in lines], visible_to=request.actor, limit=60) if lines else []
    if case_id is not None and case_id not in {case.id for case in held}:
        held = [*cases_by_id([case_id], visible_to=request.actor).values(), *held]
    made = []
    for line in lines:
        hers = sorted((case for case in held if case.customer_id == line.id), key=lambda case: case.id != case_id)
        told = points.get(str(line.id), {})
        to = f"{line.id}:{case_id}" if any(case.id == case_id for case in hers) else f"{line.id}:"
        made.append(
            Choice(line, int(told.get("points", 0)), tuple(told.get("reasons", ())), tuple(hers[:MOST_CASES]), to)
        )
    return made


def _decide(request: Request, letter_id: UUID, do: str) -> UUID | None:
    """Do what was chosen; return the letter to show next."""
    at, by, told = clock.now(), request.actor, request.POST
    following = queries.next_letter(letter_id, visible_to=by)
    if do == "file":
        person, _, case = told.get("to", "").partition(":")
        file_letter(letter_id, customer_id=read_id(person), case_id=read_id(case), by=by, at=at)
        return following
    if do == "form":
        send_form(letter_id, marks=_marks(request), customer_id=read_id(told.get("from", "")), by=by, at=at)
        return following
    if do == "aside":
        actions.set_aside(letter_id, why=told.get("why", ""), by=by, at=at)
        return following
    if do == "split":
        new = actions.split(letter_id, before=_number(told.get("before", "")), by=by, at=at)
        for one in (letter_id, new):
            propose_anew(one, at=at)
        return letter_id
    if do == "join" and following is not None:
        actions.merge(letter_id, following, by=by, at=at)
        propose_anew(letter_id, at=at)
        return letter_id
    if do == "original":
        actions.record_original(
            letter_id, kind=told.get("kind", ""), description=told.get("description", ""),
            pence=read_pence(told.get("pounds", "")), by=by, at=at,
        )  # fmt: skip
        return letter_id
    raise CannotTake("Choose what to do with this letter.")


def _marks(request: Request) -> dict[str, Mark]:
    """What somebody who looked at the form says stands in its boxes: ticks by `tick`, words by `text:<box>`."""
    made = {key: Mark(ticked=True) for key in request.POST.getlist("tick")}
    for name, text in request.POST.items():
        if name.startswith("text:") and str(text).strip():
            made[name.removeprefix("text:")] = Mark(text=str(text))
    return made


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _day(text: str, at: datetime) -> datetime:
    """The day the post came, as a moment: noon of an earlier day, now for today or nonsense."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return at
    return at if day >= council_date(at) else datetime.combine(day, time(12), tzinfo=LONDON).astimezone(at.tzinfo)
