"""A request, question by question: one thing per page, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core import clock
from moothall.documents.rules import FileRefused, check_size
from moothall.intake import actions, queries
from moothall.intake.actions import (
    AlreadySent,
    AnsweredElsewhere,
    Expired,
    NoSuchDialogue,
    NotFinished,
    NotOnThisChannel,
)
from moothall.intake.asking_for import NotAsking, OutsideScope
from moothall.intake.dialogue import AnswerError, answer_words
from moothall.intake.proving import NotYours
from moothall.intake.slots import TooManyTimes
from moothall.interfaces.account_session import actor_in, holder_in
from moothall.interfaces.policy import Request, address_of, policy
from moothall.interfaces.site import request_shapes as shapes
from moothall.interfaces.site.holds import counted_hold
from moothall.interfaces.site.keys import hold, token_in
from moothall.interfaces.site.messages import message
from moothall.interfaces.site.mounted import at_kiosk, channel_of, helped_at
from moothall.interfaces.site.pages import WriteView
from moothall.interfaces.site.place_question import looks_for_place, place_view
from moothall.interfaces.site.questions import addresses_for, draw, looks_for_address
from moothall.interfaces.site.sender import known_to_us, sender
from moothall.interfaces.site.slots import filter_of, search_view
from moothall.interfaces.site.speaking import chosen_in
from moothall.interfaces.site.tracking_proof import remember
from moothall.interfaces.site.views.paying import to_provider
from moothall.interfaces.ui import words
from moothall.interfaces.ui.debits import may_agree
from moothall.interfaces.ui.fields import FieldView
from moothall.interfaces.ui.questions import given_from
from moothall.payments.links import pay_token
from moothall.payments.pack import DIRECT_DEBIT

NOT_HERE = (
    "This browser doesn’t hold the key to it any more. Nothing is lost: the link we sent you when you saved it opens it"
    " again.\n"
    "If it was sent already, track it by its reference."
)
KEEPING = (
    "Your answers are kept already. We send you a link that opens them again, on this or another device, for 28 days."
)
WHERE_TO = FieldView(
    "to", "text", "Where shall we send the link?", hint="An email address or a mobile number", width="20"
)
WAITING = (
    "If a time that fits comes free, we keep it for you for a while and write to you at once. You can stop whenever you like:"
    " the message says how."
)
View = Callable[..., HttpResponse]


def kept(view: View) -> View:
    """Answer what can happen to a request under way: sent already, too old, not this browser's."""

    @wraps(view)
    def held(request: Request, dialogue: UUID, **parts: Any) -> HttpResponse:
        try:
            return view(request, dialogue=dialogue, **parts)
        except AlreadySent:
            return redirect("site:sent", dialogue)
        except Expired as old:
            again = reverse("site:service", args=[old.service])
            return message(request, "This request is too old to open", str(old), again, "Start again", status=410)
        except NoSuchDialogue:
            return message(request, "We can’t open this request here", NOT_HERE, status=404)
        except OutsideScope as outside:
            return _not_for_them(request, str(outside))
        except NotYours:
            here = reverse("site:check", args=[dialogue])
            return HttpResponseRedirect(f"{reverse('signin:sign-in')}?{urlencode({'next': here})}")
        except NotAsking as gone:
            if holder_in(request) is not None:
                return _not_for_them(request, str(gone))
            here = reverse("site:check", args=[dialogue])
            return HttpResponseRedirect(f"{reverse('account:sign-in')}?{urlencode({'next': here})}")
        except NotFinished as left:
            if isinstance(left.wrong, TooManyTimes):
                here = reverse("site:check", args=[dialogue])
                return message(
                    request, "You keep too many times", left.wrong.message, here, "Back to my answers", status=409
                )
            return HttpResponseRedirect(f"{reverse('site:question', args=[dialogue, left.question])}?again=1")

    return held


def _not_for_them(request: Request, why: str) -> HttpResponse:
    account = reverse("account:home")
    return message(request, "You can’t ask for this for them", why, account, "My account", status=409)


@policy("public")
@require_POST
def start(request: Request, code: str) -> HttpResponse:
    """Begin a request."""
    try:
        dialogue, token = actions.start_dialogue(
            code, channel=channel_of(request), by=actor_in(request), at=clock.now()
        )
    except KeyError:
        raise Http404 from None
    except NotOnThisChannel as other:
        return message(
            request, "This can’t be asked for here", str(other), reverse("site:contact"), "How to reach us", status=409
        )
    return hold(redirect("site:request", dialogue), dialogue, token)


def _not_here(request: Request, why: str) -> HttpResponse:
    contact = reverse("site:contact")
    return message(request, "This can’t be asked for here", why, contact, "How to reach us", status=409)


@policy("public")
@never_cache
@require_safe
@kept
def carry_on(request: Request, dialogue: UUID) -> HttpResponse:
    """Go to what is to be answered next, or to the check when all is."""
    page = queries.dialogue_page(dialogue, token_in(request), at=clock.now())
    if page is None:
        return redirect("site:check", dialogue)
    if page.stop:
        return redirect("site:stop", dialogue)
    return redirect("site:question", dialogue, page.question.id)


@policy("public")
@never_cache
@require_safe
@kept
def stop(request: Request, dialogue: UUID) -> HttpResponse:
    """Danger to life: say what to do at once, and ask nothing more while the answer stands."""
    page = queries.check_answers(dialogue, token_in(request), at=clock.now())
    if page.stop is None:
        return redirect("site:request", dialogue)
    first, dot, rest = page.stop.says.partition(". ")
    change = reverse("site:question", args=[dialogue, page.stop.question])
    return message(request, first + dot.strip(), rest, change, "That is not it: change my answer", kind="late")


@policy("public")
@never_cache
@require_safe
@kept
def come_back(request: Request, dialogue: UUID, token: str) -> HttpResponse:
    """Open a request from the link we sent, and go on with it here, wherever it was begun.

    A wrong link does not take away what this browser holds.
    """
    queries.check_answers(dialogue, token, at=clock.now())
    actions.carry_on(dialogue, token, channel="web", at=clock.now())
    return hold(redirect("site:request", dialogue), dialogue, token)


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@kept
def question(request: Request, dialogue: UUID, question: str) -> HttpResponse:
    """Ask one question, or take its answer."""
    try:
        search = filter_of(request.GET)
        page = queries.dialogue_page(
            dialogue,
            token_in(request),
            question=question,
            at=clock.now(),
            wanted=search,
            held=known_to_us(request, dialogue),
        )
    except KeyError:
        return redirect("site:request", dialogue)
    if page is None or page.sent:
        return redirect("site:sent", dialogue)
    if page.stop and page.stop.question != question:
        return redirect("site:stop", dialogue)
    if request.method != "POST":
        return _draw(request, page)
    typed = given_from(page.question, request.POST)
    try:
        wanted = looks_for_address(request, page) or looks_for_place(request, page, token_in(request), at=clock.now())
        if wanted:
            return HttpResponseRedirect(wanted)
        return _take(request, page, typed)
    except (AnswerError, FileRefused) as wrong:
        error = wrong if isinstance(wrong, AnswerError) else AnswerError(str(wrong))
        return _draw(request, page, typed=typed, error=error, status=400)
    except AnsweredElsewhere as other:
        both = answer_words(page.question, other.current)
        current = queries.dialogue_page(dialogue, token_in(request), question=question, at=clock.now(), wanted=search)
        return _draw(request, current or page, typed=typed, elsewhere=both, status=409)


def _take(request: Request, page: queries.DialoguePage, typed: Any) -> HttpResponse:
    token, at = token_in(request), clock.now()
    if page.question.type in {"photo", "file"}:
        for sent in request.FILES.getlist(page.question.id):
            check_size(sent.name or "", sent.size or 0)
            actions.add_file(
                page.id,
                token,
                question=page.question.id,
                name=sent.name or "",
                content=sent.read(),
                by=request.actor,
                at=at,
            )
        if "add" in request.POST:
            return redirect("site:question", page.id, page.question.id)
        typed = typed or None
    with counted_hold(request) if page.slots is not None else nullcontext():
        answered = actions.answer(
            page.id,
            token,
            question=page.question.id,
            given=typed,
            seen=request.POST.get("as-seen"),
            by=request.actor,
            at=at,
        )
    if request.GET.get("change") or answered.next_question is None:
        if answered.next_question is None:
            return redirect("site:check", page.id)
        return HttpResponseRedirect(f"{reverse('site:question', args=[page.id, answered.next_question])}?change=1")
    return redirect("site:question", page.id, answered.next_question)


def _draw(
    request: Request, page: queries.DialoguePage, *, typed: Any = None, error: AnswerError | None = None,
    elsewhere: str = "", status: int = 200, waiting: tuple[str, str] = ("", ""),
) -> HttpResponse:  # fmt: skip
    if error is None and request.GET.get("again") and page.value is not None:
        error = AnswerError("This answer does not stand any more. Look at it again before you send your request.")
    field = draw(request, page, typed=typed, error=error)
    changing = bool(request.GET.get("change"))
    view = shapes.question(
        page, field, action=request.get_full_path(), changing=changing,
        search=addresses_for(request, page), elsewhere=elsewhere, place=place_view(request, page),
        find=search_view(page, changing=changing, wait_error=waiting[0], typed=waiting[1]),
    )  # fmt: skip
    return render(request, "site/question.html", {"page": view}, status=status)


@policy("public")
@never_cache
@require_POST
@kept
def wait(request: Request, dialogue: UUID, question: str) -> HttpResponse:
    """Take an address for the waiting list."""
    token, wanted, to = token_in(request), filter_of(request.POST), request.POST.get("to", "")
    try:
        actions.wait_for_slot(
            dialogue,
            token,
            question=question,
            wanted=wanted,
            to=to,
            by=request.actor,
            at=clock.now(),
            sender=address_of(request),
        )
    except AnswerError as wrong:
        page = queries.dialogue_page(dialogue, token, question=question, at=clock.now(), wanted=wanted)
        if page is None:
            raise Http404 from wrong
        return _draw(request, page, status=400, waiting=(wrong.message, to))
    except KeyError:
        raise Http404 from None
    here = reverse("site:question", args=[dialogue, question])
    return message(request, "We’ll tell you", WAITING, here, "Look for another time", kind="kept")


@policy("public")
@require_POST
@kept
def remove_file(request: Request, dialogue: UUID, question: str) -> HttpResponse:
    """Take a file out of an answer."""
    try:
        document = UUID(request.POST.get("file", ""))
    except ValueError:
        raise Http404 from None
    actions.remove_file(
        dialogue, token_in(request), question=question, document_id=document, by=request.actor, at=clock.now()
    )
    return redirect("site:question", dialogue, question)


@policy("public")
@never_cache
@require_safe
@kept
def check(request: Request, dialogue: UUID) -> HttpResponse:
    """Show all answers before sending."""
    page = queries.check_answers(dialogue, token_in(request), at=clock.now())
    if page.sent:
        return redirect("site:sent", dialogue)
    if page.stop:
        return redirect("site:stop", dialogue)
    if page.missing:
        return redirect("site:question", dialogue, page.missing)
    return render(request, "site/check.html", {"page": shapes.check(page)})


@policy("public")
@require_POST
@kept
def send(request: Request, dialogue: UUID) -> HttpResponse:
    """Send the request, once what its service needs is shown. Twice is once."""
    from moothall.interfaces.site.views.proving import wanted_of

    if wanted_of(request, dialogue) is not None:
        return redirect("site:prove", dialogue)
    try:
        actions.submit(
            dialogue, token_in(request), helped_because=helped_at(request), language=chosen_in(request),
            by=sender(request, dialogue), at=clock.now(),
        )  # fmt: skip
    except NotOnThisChannel as other:
        return _not_here(request, f"{other} Your answers are kept.")
    return onward(request, dialogue)


def onward(request: Request, dialogue: UUID) -> HttpResponse:
    """Go on from a request that was sent: to pay where it costs, else to what became of it."""
    about = queries.bill_of_dialogue(dialogue, token_in(request), at=clock.now())
    to_debit = about is not None and about.how == DIRECT_DEBIT and not at_kiosk(request) and bool(may_agree(about))
    if about is None or not about.payable or not (about.how == "card" or to_debit):
        return redirect("site:sent", dialogue)
    if about.case_id is not None:
        remember(request, about.case_id)
    if to_debit:
        return redirect("site:debit-set-up", about.id, pay_token(about.id))
    return to_provider(request, about, pay_token(about.id))


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@kept
def keep(request: Request, dialogue: UUID) -> HttpResponse:
    """Save for later: send the way back."""
    token, to = token_in(request), request.POST.get("to", "")
    queries.check_answers(dialogue, token, at=clock.now())  # only who holds it may send its link
    field = replace(WHERE_TO, value=to)
    here = reverse("site:request", args=[dialogue])
    if request.method == "POST":
        try:
            until = actions.save_for_later(
                dialogue, token, to=to, language=chosen_in(request), by=request.actor, at=clock.now(),
                sender=address_of(request),
            )  # fmt: skip
        except AnswerError as wrong:
            field = replace(field, error=wrong.message)
        else:
            text = f"We’re sending a link to {to.strip()}. It opens your answers until {words.day_year(until)}."
            return message(request, "We’ve saved your answers", text, here, "Carry on now after all", kind="kept")
    page = WriteView("Save this and come back later", KEEPING, field, "Send me the link", here)
    return render(request, "site/write.html", {"page": page}, status=400 if field.error else 200)
