"""How we did: said on the page after sending, or by the link in a message. One question and why."""

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
from moothall.core.packs import current_pack
from moothall.feedback.actions import BadRating, TooLateToSay, answer_ask
from moothall.feedback.links import ask_token, read_ask_token
from moothall.feedback.queries import AskLine, ask_of
from moothall.intake import queries
from moothall.intake.dialogue import AnswerError
from moothall.intake.dialogue.text import clean
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site.keys import token_in
from moothall.interfaces.site.messages import message
from moothall.interfaces.site.pages import DoneView, RateView
from moothall.interfaces.site.request_shapes import DONE, WHY
from moothall.interfaces.site.views.requests import kept

BY = customer_actor(None)
THANKS = "Somebody reads what you say when it was not good."


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
    if request.method == "POST":
        return _take(request, found, here=here, done="")
    return _draw(request, found, here)


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
    return message(request, "Thank you", THANKS, reverse("site:home"), "Go to the first page", kind="kept")


def _draw(
    request: Request, asked: AskLine, here: str, *, score: str = "", why: str = "", error: str = ""
) -> HttpResponse:
    service = current_pack().services.get(asked.service)
    view = RateView(
        service=service.name if service else "", action=here, why=replace(WHY, value=why), score=score, error=error
    )
    return render(request, "site/rate.html", {"page": view}, status=400 if error else 200)
