"""The one box: people, references, addresses, services and words; and the slip a visitor takes home."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from moothall.bookings.queries import bookings_of_cases
from moothall.channels.counter import slip_of
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.actions import log_shown
from moothall.intake.desk_queries import desk_contact
from moothall.intake.finding_queries import search_box
from moothall.intake.sealed import sealed_reference
from moothall.interfaces.desk import labels
from moothall.interfaces.desk.screen import draw, found, go
from moothall.interfaces.desk.why import shows_contact
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.knowledge import kept_by
from moothall.services.pack import Article


@require_safe
@policy("staff", needs="contact.view", purpose="contact")
def search(request: Request) -> HttpResponse:
    """What fits what was typed. A reference of ours leads straight to its case."""
    text = request.GET.get("q", "").strip()[:200]
    results = search_box(text, visible_to=request.actor)
    log_shown((line.id for line in results.people), screen="desk.search", by=request.actor, at=clock.now())
    if results.case is not None and not results.people:
        return go("desk:case", results.case.id)
    if results.case is None and not results.people and (sealed := sealed_reference(text, visible_to=request.actor)):
        return go("desk:sealed-case", sealed)
    return draw(request, "desk/search.html", q=text, results=results, kept_by=_kept_by)


def _kept_by(article: Article) -> str:
    return kept_by(current_pack(), article.owner, article.review, council_date(clock.now()))


@require_safe
@policy("staff", needs="contact.take", purpose="contact")
@shows_contact()
def slip(request: Request, contact_id: UUID) -> HttpResponse:
    """The slip of a visit: what was asked, the reference, the promise. It names nobody."""
    at = clock.now()
    held = found(desk_contact(contact_id, visible_to=request.actor, at=at))
    booked = bookings_of_cases([m.case.id for m in held.matters if m.case is not None])
    asked = [
        (
            labels.service(m.service),
            m.case.reference,
            (m.promise.new_date_words or m.promise.due_words) if m.promise else "",
            "\n".join(f"{view.when}\n{view.where}" for view in booked.get(m.case.id, ()) if view.is_live),
        )
        for m in held.matters
        if m.case is not None
    ]
    return draw(request, "desk/slip.html", slip=slip_of(str(current_pack().council.name), at, asked), held=held)
