"""Her data: a copy of all of it, asked for and fetched; and being erased."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.customers.accounts.rules.levels import Proof
from moothall.customers.privacy.actions.copies import UNDER_WAY, note_fetched
from moothall.customers.privacy.queries.copies import copy_view
from moothall.intake.account_queries import own_card
from moothall.intake.copies import ask_for_copy, own_copies
from moothall.intake.erasing import ask_to_be_erased, asked_by
from moothall.interfaces.copy_file import copy_parts
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui import words


@policy("customer", purpose="privacy")
@require_http_methods(["GET", "HEAD", "POST"])
def data(request: Request) -> HttpResponse:
    """Her copies and how far they are; asking for one, and to be erased."""
    at, mine = clock.now(), request.holder.customer_id
    proved = request.holder.proof >= Proof.VERIFIED
    if request.method == "POST" and request.POST.get("ask") == "erase":
        if proved:
            ask_to_be_erased(mine, channel="web", by=request.actor, at=at)
        return HttpResponseRedirect(reverse("account:data"))
    if request.method == "POST":
        ask_for_copy(mine, channel="web", by=request.actor, at=at)
        return HttpResponseRedirect(reverse("account:data"))
    copies = own_copies(mine, visible_to=request.actor, at=at)
    under_way = any(one.state in UNDER_WAY for one, _ in copies)
    erasing = asked_by(own_card(request.holder, at=at).ids, at=at)
    context = {"copies": copies, "at": at, "under_way": under_way, "proved": proved, "erasing": erasing}
    return render(request, "account/data.html", context)


@policy("customer", purpose="privacy")
@require_safe
def fetch(request: Request, copy_id: UUID) -> HttpResponseBase:
    """The file itself, for who has shown who she is and nobody else."""
    at = clock.now()
    one = copy_view(copy_id, visible_to=request.actor)
    if one is None or not one.may_be_fetched(at) or request.holder.proof < Proof.VERIFIED:
        raise Http404
    note_fetched(copy_id, by=request.actor, at=at)
    card = own_card(request.holder, at=at)
    parts = copy_parts(
        copy_id,
        card.ids,
        council=str(current_pack().council.name),
        name=card.name,
        made=words.day_year(one.built_at or at),
    )
    answer = StreamingHttpResponse(parts, content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="what-we-hold-on-you.zip"'
    return answer
