"""What is done with one visit: called, sat down with, gone, handed on, an interpreter or an expert found."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from moothall.core import clock
from moothall.interfaces.desk.screen import back_to, go
from moothall.interfaces.policy import Request, policy
from moothall.reception import actions
from moothall.reception.actions import NotSo

PURPOSE = "reception"
Act = Callable[[Request, UUID], HttpResponse]


def said(act: Act) -> Callable[..., HttpResponse]:
    """Do it and go back; what cannot be done is said on the page it was tried from."""

    @wraps(act)
    def tried(request: Request, visit_id: UUID) -> HttpResponse:
        try:
            return act(request, visit_id)
        except LookupError:
            raise Http404 from None
        except NotSo as problem:
            messages.error(request, str(problem))
            return back_to(request, "reception:desk")

    return tried


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@said
def call_again(request: Request, visit_id: UUID) -> HttpResponse:
    """Call somebody, again or out of turn."""
    actions.call(visit_id, by=request.actor, at=clock.now())
    return back_to(request, "reception:desk")


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@said
def sit_down(request: Request, visit_id: UUID) -> HttpResponse:
    """They are at the desk: the contact opens with all that is known."""
    visit = actions.serve(visit_id, by=request.actor, at=clock.now())
    return go("desk:contact", visit.contact_id)


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@said
def absent(request: Request, visit_id: UUID) -> HttpResponse:
    """They did not come when called."""
    actions.not_there(visit_id, by=request.actor, at=clock.now())
    return back_to(request, "reception:desk")


@require_POST
@policy("staff", needs="reception.run", purpose=PURPOSE)
@said
def leaves(request: Request, visit_id: UUID) -> HttpResponse:
    """They go before anybody has seen them."""
    actions.leave(visit_id, because=request.POST.get("because", ""), by=request.actor, at=clock.now())
    return back_to(request, "reception:host")


@require_POST
@policy("staff", needs="reception.run", purpose=PURPOSE)
@said
def change(request: Request, visit_id: UUID) -> HttpResponse:
    """What reception has learnt of them: needs, how to call them, where they sit."""
    post = request.POST
    actions.change_visit(
        visit_id, needs=tuple(post.getlist("needs")), find_by=post.get("find_by", ""), call_by=post.get("call_by") or None,
        by=request.actor, at=clock.now(),
    )  # fmt: skip
    return back_to(request, "reception:host")


@require_POST
@policy("staff", needs="contact.view", purpose=PURPOSE)
@said
def interpreter(request: Request, visit_id: UUID) -> HttpResponse:
    """Which language they speak, and where the interpreter is."""
    post = request.POST
    actions.interpret(
        visit_id, language=post.get("language", ""), how=post.get("how", ""), by=request.actor, at=clock.now()
    )
    return back_to(request, "reception:host")


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@said
def ask(request: Request, visit_id: UUID) -> HttpResponse:
    """Ask for an expert to come to this desk."""
    actions.ask_expert(visit_id, skill=request.POST.get("skill", ""), by=request.actor, at=clock.now())
    return back_to(request, "reception:desk")


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@said
def ask_no_more(request: Request, visit_id: UUID) -> HttpResponse:
    """The expert is not needed any more."""
    actions.stop_asking(visit_id, by=request.actor, at=clock.now())
    return back_to(request, "reception:desk")


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@said
def pass_on(request: Request, visit_id: UUID) -> HttpResponse:
    """Hand them on to another queue, with what was done so far."""
    post = request.POST
    actions.hand_on(
        visit_id, queue=post.get("queue", ""), so_far=post.get("so_far", ""), by=request.actor, at=clock.now()
    )
    return go("reception:desk")


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@said
def taken_over(request: Request, visit_id: UUID) -> HttpResponse:
    """The expert goes on herself."""
    visit = actions.take_over(visit_id, by=request.actor, at=clock.now())
    return go("desk:contact", visit.contact_id)
