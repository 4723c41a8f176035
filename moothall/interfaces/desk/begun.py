"""At the desk with somebody who began a request elsewhere: find it, make sure it is theirs, go on where they were."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from moothall.contacts.actions import ContactClosed
from moothall.core import clock
from moothall.core.limits import TooManyAttempts
from moothall.intake.carrying import NotBegun, ShowWho, carry_by_code, carry_to_desk
from moothall.interfaces.desk.contact_page import frame
from moothall.interfaces.desk.screen import go, read_id, wrong
from moothall.interfaces.desk.why import shows_contact
from moothall.interfaces.policy import Request, policy

PURPOSE = "contact"
GONE = "That request is not under way any more. Begin it with them here."


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@shows_contact()
def carry(request: Request, contact_id: UUID) -> HttpResponse:
    """Go on with what they began elsewhere: one of theirs by name, or the one whose code they say."""
    chosen, at = read_id(request.POST.get("dialogue")), clock.now()
    typed = {"code": request.POST.get("code", ""), "second": request.POST.get("second", "")}
    try:
        matter = (
            carry_to_desk(contact_id, dialogue_id=chosen, by=request.actor, at=at)
            if chosen
            else carry_by_code(contact_id, **typed, by=request.actor, at=at)
        )
    except ContactClosed:
        return go("desk:contact", contact_id)
    except (ShowWho, NotBegun, TooManyAttempts) as problem:
        said = wrong("begun-title" if chosen else "begun-code", GONE if isinstance(problem, NotBegun) else str(problem))
        return frame(request, contact_id, status=422, errors=[said], adding=True, shown=None, begun_typed=typed)
    return go("desk:contact", contact_id, matter=str(matter.id) if matter else "")
