"""What is offered from the waiting list, at the desk: taken, let go, or the list left."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from moothall.bookings.actions import HoldGone
from moothall.contacts.actions import ContactClosed
from moothall.core import clock
from moothall.intake.carrying import ShowWho
from moothall.intake.desk_waiting import leave_at_desk, take_at_desk
from moothall.interfaces.desk.contact_page import frame
from moothall.interfaces.desk.screen import go, read_id, wrong
from moothall.interfaces.desk.why import shows_contact
from moothall.interfaces.policy import Request, policy

GONE = "That time is not kept for them any more. They stay on the list for another, until the day has passed."


@require_POST
@policy("staff", needs="contact.take", purpose="contact")
@shows_contact()
def wait(request: Request, contact_id: UUID, matter_id: UUID) -> HttpResponse:
    """Take what is offered, let it go to the next, or take them off the list."""
    at, act, chosen = clock.now(), *(request.POST.get("wait", "").partition(":")[::2])
    wait_id = read_id(chosen)
    if wait_id is None or act not in {"take", "let-go", "leave"}:
        raise Http404
    try:
        if act == "take":
            matter_id = take_at_desk(contact_id, wait_id, by=request.actor, at=at).id
        else:
            leave_at_desk(contact_id, wait_id, stays=act == "let-go", by=request.actor, at=at)
    except ContactClosed:
        return go("desk:contact", contact_id)
    except LookupError:
        raise Http404 from None
    except (ShowWho, HoldGone) as problem:
        said = wrong("waits-title", GONE if isinstance(problem, HoldGone) else str(problem))
        return frame(request, contact_id, status=409, matter_id=matter_id, typed=request.POST, errors=[said])
    return go("desk:contact", contact_id, matter=str(matter_id))
