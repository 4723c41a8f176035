"""Copies of what is held on people: made with one click, looked through line by line, released."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as notes
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.references import NotAReference, read_reference
from moothall.customers.actions import log_look
from moothall.customers.privacy.actions.copies import NotNow, withhold
from moothall.customers.privacy.pack import PRIVACY
from moothall.customers.privacy.queries.copies import copies_done, copies_open, copy_view, lines, sections
from moothall.customers.queries import customer_of_reference, names_of, references_of
from moothall.intake.copies import ask_for_copy, release, with_promises
from moothall.interfaces.console.screen import draw
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.jinja import with_query

NEEDS = ("console.view", "customer.view", "copy.manage")


@policy("staff", needs=NEEDS, purpose="privacy")
@require_http_methods(["GET", "HEAD", "POST"])
def copies(request: Request) -> HttpResponse:
    """Those that need somebody, the first due first; making one for a person by her reference."""
    at, wrong, asked = clock.now(), {}, request.POST.get("reference", "").strip()[:40]
    if request.method == "POST":
        try:
            found = customer_of_reference(read_reference(asked), request.actor)
            if found is None:
                raise LookupError("There is no customer with this reference.")
            row = ask_for_copy(found, channel="counter", by=request.actor, at=at)
            return HttpResponseRedirect(reverse("console:copy", args=[row.id]))
        except (NotAReference, LookupError) as no:
            wrong = {"reference": str(no)}
    waiting, done = copies_open(visible_to=request.actor), copies_done(visible_to=request.actor)
    people = names_of([one.customer_id for one in (*waiting, *done)], request.actor)
    return draw(
        request, "copies", here="copies", waiting=with_promises(waiting, at=at), done=done, people=people, asked=asked,
        wrong=wrong, status=422 if wrong else 200,
    )  # fmt: skip


@policy("staff", needs=NEEDS, purpose="privacy")
@require_safe
def copy(request: Request, copy_id: UUID) -> HttpResponse:
    """One copy, a part of it at a time."""
    one = copy_view(copy_id, visible_to=request.actor)
    if one is None:
        raise Http404
    at = clock.now()
    log_look(customer_id=one.customer_id, screen="console.copy", case_id=one.case_id, by=request.actor, at=at)
    parts = sections(copy_id, visible_to=request.actor)
    wanted = request.GET.get("part", "") or (parts[0].code if parts else "")
    after = request.GET.get("after", "")
    shown, more = lines(copy_id, wanted, visible_to=request.actor, after=int(after) if after.isdigit() else 0)
    here = reverse("console:copy", args=[copy_id])
    return draw(
        request, "copy", here="copies", copy=one, parts=parts, part=wanted, lines=shown,
        more=with_query(here, part=wanted, after=more) if more else "", back=request.get_full_path(),
        names=names_of([one.customer_id], request.actor), reasons=current_pack().one(PRIVACY).withhold,
        people=references_of([one.customer_id], request.actor), out=sum(part.out for part in parts),
    )  # fmt: skip


@policy("staff", needs=NEEDS, purpose="privacy")
@require_POST
def take_out(request: Request, copy_id: UUID) -> HttpResponse:
    """Take the ticked lines out for a reason, or put them back."""
    numbers = [int(text) for text in request.POST.getlist("line") if text.isdigit() and len(text) < 8]
    back = "" if request.POST.get("do") == "back" else request.POST.get("why", "") or "none"
    try:
        changed = withhold(copy_id, numbers, why=back, by=request.actor, at=clock.now())
        notes.success(request, f"{changed} changed.") if changed else notes.error(request, "Tick the lines first.")
    except NotNow as no:
        notes.error(request, str(no))
    except LookupError as no:
        raise Http404 from no
    part, after = request.POST.get("part", "")[:60], request.POST.get("after", "")[:8]
    return HttpResponseRedirect(with_query(reverse("console:copy", args=[copy_id]), part=part, after=after))


@policy("staff", needs=(*NEEDS, "case.close"), purpose="privacy")
@require_POST
def let_go(request: Request, copy_id: UUID) -> HttpResponse:
    """Release it: they are told where to fetch it."""
    try:
        release(copy_id, by=request.actor, at=clock.now())
        notes.success(request, "Released. They are told where to fetch it.")
    except NotNow as no:
        notes.error(request, str(no))
    except LookupError as no:
        raise Http404 from no
    return HttpResponseRedirect(reverse("console:copies"))
