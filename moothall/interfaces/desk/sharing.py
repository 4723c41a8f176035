"""Helping somebody with the web journey: what is filled in with her at the desk goes on where she is, and comes back."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from moothall.contacts.actions import ContactClosed
from moothall.contacts.queries import contact as contact_of
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.intake.actions.sharing import NotShared, leave_to_them, share_matter, take_theirs
from moothall.intake.desk import SEEN, matter_key
from moothall.intake.dialogue.known import Known
from moothall.intake.draft_actions import keep_draft
from moothall.interfaces.desk.contact_page import frame
from moothall.interfaces.desk.questions import given_from
from moothall.interfaces.desk.screen import found, go, wrong
from moothall.interfaces.desk.why import shows_contact
from moothall.interfaces.policy import Request, policy
from moothall.services.pack import SERVICES

PURPOSE = "contact"


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
@shows_contact()
def share(request: Request, contact_id: UUID, matter_id: UUID) -> HttpResponse:
    """Send her the link, bring in what she has answered since, or leave the rest to her."""
    at, post = clock.now(), request.POST
    held = found(contact_of(contact_id, visible_to=request.actor))
    matter = found(next((m for m in held.matters if m.id == matter_id), None))
    service = found(current_pack().of(SERVICES).get(matter.service))
    keep_draft(matter_key(matter_id), post.lists(), by=request.actor, at=at)
    try:
        match post.get("share-do", ""):
            case "theirs":
                take_theirs(contact_id, matter_id=matter_id, by=request.actor, at=at)
            case "leave":
                leave_to_them(contact_id, matter_id=matter_id, by=request.actor, at=at)
            case _:
                to = post.get("share-to", "")
                share_matter(
                    contact_id, matter_id=matter_id, given=given_from(service, post, Known()),
                    to=post.get("share-other", "") if to == "other" else to, because=post.get("share-because", ""),
                    seen=post.get(SEEN, ""), by=request.actor, at=at,
                )  # fmt: skip
    except ContactClosed:
        return go("desk:contact", contact_id)
    except ObjectDoesNotExist:
        raise Http404 from None
    except NotShared as problem:
        return frame(
            request, contact_id, status=422, matter_id=matter_id, typed=post, sharing_open=True,
            errors=[wrong(problem.field, str(problem))],
        )  # fmt: skip
    return go("desk:contact", contact_id, matter=str(matter_id))
