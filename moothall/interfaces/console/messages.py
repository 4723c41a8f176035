"""Messages: how templates read, which messages are in trouble, and what came in and could not be read."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as notes
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.paging import BadCursor
from moothall.interfaces.console import previews
from moothall.interfaces.console.screen import draw
from moothall.interfaces.policy import Request, policy
from moothall.notifications.actions.troubles import (
    CannotReadAgain,
    CannotRetry,
    give_up_message,
    read_again,
    retry_message,
    settle_message,
    settle_quarantined,
)
from moothall.notifications.queries import quarantine, troubled_messages, waiting_messages

LONGEST_HOW = 200


@policy("staff", needs="console.view", purpose="administration")
@require_safe
def templates(request: Request) -> HttpResponse:
    """Every message template."""
    return draw(request, "templates", here="templates", templates=previews.templates(current_pack()))


@policy("staff", needs="console.view", purpose="administration")
@require_safe
def template(request: Request, code: str) -> HttpResponse:
    """One template as it reads on each of its channels, filled with invented values."""
    shown = previews.template(current_pack(), code)
    if shown is None:
        raise Http404
    return draw(request, "template", here="templates", shown=shown)


@policy("staff", needs="message.manage", purpose="administration")
@require_safe
def trouble(request: Request) -> HttpResponse:
    """Messages that did not arrive or may have gone twice, and those that wait for their next try."""
    after = request.GET.get("after", "")
    try:
        page = troubled_messages(visible_to=request.actor, after=after)
    except BadCursor as wrong:
        raise Http404 from wrong
    waiting = waiting_messages(visible_to=request.actor) if not after else None
    return draw(request, "trouble", here="trouble", page=page, waiting=waiting)


@policy("staff", needs="message.manage", purpose="administration")
@require_POST
def message_act(request: Request, message_id: UUID) -> HttpResponse:
    """Send a message again, give it up, or say that it has been dealt with."""
    wanted, how = request.POST.get("do", ""), " ".join(request.POST.get("how", "").split())[:LONGEST_HOW]
    try:
        if wanted == "retry":
            retry_message(message_id, by=request.actor, at=clock.now())
            notes.success(request, "It will be sent again within seconds.")
        elif wanted in {"settle", "give_up"} and not how:
            notes.error(request, "Say in a few words what was done about it, so that a colleague understands it later.")
        elif wanted == "settle":
            settle_message(message_id, by=request.actor, at=clock.now(), how=how)
            notes.success(request, "Settled. It is off the list and kept with the reason you gave.")
        elif wanted == "give_up":
            give_up_message(message_id, by=request.actor, at=clock.now(), reason=how)
            notes.success(request, "We won’t try to send it any more.")
    except CannotRetry as wrong:
        notes.error(request, str(wrong))
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return HttpResponseRedirect(reverse("console:trouble"))


@policy("staff", needs="quarantine.manage", purpose="administration")
@require_safe
def quarantined(request: Request) -> HttpResponse:
    """What came in and could not be read."""
    try:
        page = quarantine(visible_to=request.actor, after=request.GET.get("after", ""))
    except BadCursor as wrong:
        raise Http404 from wrong
    return draw(request, "quarantine", here="quarantine", page=page)


@policy("staff", needs="quarantine.manage", purpose="administration")
@require_POST
def quarantine_settle(request: Request, quarantined_id: UUID) -> HttpResponse:
    """Have something in quarantine read again, or say that it has been dealt with, and how."""
    if request.POST.get("do") == "again":
        return _read_again(request, quarantined_id)
    how = " ".join(request.POST.get("how", "").split())[:LONGEST_HOW]
    try:
        if how:
            settle_quarantined(quarantined_id, by=request.actor, at=clock.now(), how=how)
            notes.success(request, "Settled. It is kept with the reason you gave.")
        else:
            notes.error(request, "Say in a few words what was done about it, so that a colleague understands it later.")
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return HttpResponseRedirect(reverse("console:quarantine"))


def _read_again(request: Request, quarantined_id: UUID) -> HttpResponse:
    try:
        read_again(quarantined_id, by=request.actor, at=clock.now())
        notes.success(request, "It was read and taken in. It counts as having arrived when it did.")
    except CannotReadAgain as wrong:
        notes.error(request, str(wrong))
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return HttpResponseRedirect(reverse("console:quarantine"))
