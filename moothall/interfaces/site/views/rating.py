"""How we did: said on the page after sending, by the link in a message, or by the code in a letter. One question and why."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from moothall.core import clock
from moothall.core.actors import customer_actor
from moothall.core.limits import TooManyAttempts
from moothall.core.packs import current_pack
from moothall.core.references import NotAReference
from moothall.feedback.actions import BadRating, TooLateToSay, answer_ask, ask_no_more, open_by_code
from moothall.feedback.links import ask_token, read_ask_token
from moothall.feedback.queries import AskLine, ask_of
from moothall.intake import queries
from moothall.intake.dialogue import AnswerError
from moothall.intake.dialogue.text import clean
from moothall.interfaces.policy import Request, address_of, policy
from moothall.interfaces.site.keys import token_in
from moothall.interfaces.site.messages import message
from moothall.interfaces.site.pages import DoneView, RateView, WriteView
from moothall.interfaces.site.request_shapes import DONE, WHY
from moothall.interfaces.site.views.requests import kept
from moothall.interfaces.ui.fields import FieldView

BY = customer_actor(None)
HOME = "Go to the first page"
THANKS = "Somebody reads what you say when it was not good."
NO_MORE = "We have written down that you do not want to be asked how we did. You can tell us anything at any time."
CODE = FieldView("code", "text", "Code", hint="It stands at the end of our letter, like 4HTK-7W2C.", max_length=20)
CODE_TEXT = "Our letter to you ends with a code. It leads to one question."
NO_SUCH_CODE = "We could not find that code. Check each letter and number. Your answer may also be too late."


def with_question(request: Request, view: DoneView, contact_id: UUID | None, dialogue: UUID) -> DoneView:
    """Return the page after sending with the question how we did, where it is asked; or with thanks. One query."""
    if "rated" in request.GET:
        return replace(view, notices=(DONE["rated"], *view.notices))
    asked = ask_of(contact_id=contact_id) if contact_id else None
    if asked is None or asked.answered_at is not None:
        return view
    return replace(view, rate=RateView(service="", action=reverse("site:rate-sent", args=[dialogue]), why=WHY))


@policy("public")
@require_POST
@kept
def sent(request: Request, dialogue: UUID) -> HttpResponse:
    """Take what somebody thinks of asking for what she just sent."""
    page = queries.confirmation(dialogue, token_in(request), at=clock.now())
    asked = ask_of(contact_id=page.contact_id) if page and page.contact_id else None
    if page is None or asked is None:
        return HttpResponseRedirect(reverse("site:request", args=[dialogue]))
    done = reverse("site:sent", args=[dialogue])
    return _take(request, asked, here=reverse("site:rate-sent", args=[dialogue]), done=f"{done}?rated=1")


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: Request, token: str) -> HttpResponse:
    """The question a message led to: draw it, or take its answer."""
    ask_id = read_ask_token(token)
    found = ask_of(ask_id=ask_id) if ask_id else None
    if found is None:
        raise Http404
    here = reverse("site:feedback", args=[ask_token(found.id)])
    if request.method == "POST" and request.POST.get("no-more") == "yes":
        ask_no_more(found.id, at=clock.now())
        return message(request, "We will not ask you again", NO_MORE, reverse("site:home"), HOME, kind="kept")
    if request.method == "POST":
        return _take(request, found, here=here, done="")
    return _draw(request, found, here, no_more=True)


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_code(request: Request) -> HttpResponse:
    """Ask for the code that stands in a letter; it leads to the question."""
    typed, problem = request.POST.get("code", "").replace("\x00", "")[:60], ""
    if request.method == "POST":
        try:
            found = open_by_code(typed, address=address_of(request), at=clock.now())
        except TooManyAttempts as limit:
            return message(
                request, "Too many tries", str(limit), reverse("site:contact"), "How to reach us", status=429
            )
        except NotAReference:
            found = None
        if found is not None:
            return HttpResponseRedirect(reverse("site:feedback", args=[ask_token(found)]))
        problem = NO_SUCH_CODE if typed.strip() else "Enter the code from our letter."
    view = WriteView("How did we do?", CODE_TEXT, replace(CODE, value=typed, error=problem), "Go on")
    return render(request, "site/write.html", {"page": view}, status=400 if problem else 200)


def _take(request: Request, asked: AskLine, *, here: str, done: str) -> HttpResponse:
    score, why = request.POST.get("score", ""), request.POST.get("why", "")
    try:
        answer_ask(asked.id, score=score, why=clean(why, "Why?", most=2000, lines=True), by=BY, at=clock.now())
    except TooLateToSay as late:
        return message(
            request, "This question is closed", str(late), reverse("site:contact"), "How to reach us", status=410
        )
    except (BadRating, AnswerError) as wrong:
        return _draw(request, asked, here, score=score, why=why, error=str(wrong))
    if done:
        return HttpResponseRedirect(done)
    return message(request, "Thank you", THANKS, reverse("site:home"), HOME, kind="kept")


def _draw(
    request: Request,
    asked: AskLine,
    here: str,
    *,
    score: str = "",
    why: str = "",
    error: str = "",
    no_more: bool = False,
) -> HttpResponse:
    service = current_pack().services.get(asked.service)
    view = RateView(
        service=service.name if service else "",
        action=here,
        why=replace(WHY, value=why),
        score=score,
        error=error,
        no_more=no_more,
    )
    return render(request, "site/rate.html", {"page": view}, status=400 if error else 200)
