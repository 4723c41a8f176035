"""A firm or other organisation, taken down in the contact with somebody of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from moothall.contacts.actions import ContactClosed
from moothall.core import clock
from moothall.customers.actions import log_shown
from moothall.intake.new_organisations import MayBeKnown, NewOrganisation, NotTaken, take_organisation
from moothall.interfaces.desk.contact_page import frame
from moothall.interfaces.desk.organisation_form import form
from moothall.interfaces.desk.screen import go, read_id, wrong
from moothall.interfaces.desk.why import shows_contact
from moothall.interfaces.policy import Request, policy


@require_POST
@policy("staff", needs=("contact.take", "customer.change", "customer.search"), purpose="contact")
@shows_contact()
def organisation(request: Request, contact_id: UUID) -> HttpResponse:
    """Say that the contact is with an organisation: one we know, or a new record."""
    at, chosen = clock.now(), request.POST.get("known", "")
    typed = NewOrganisation.from_form(lambda name: request.POST.get(name, ""))
    try:
        take_organisation(contact_id, typed, chosen=chosen, known=read_id(chosen), by=request.actor, at=at)
    except ContactClosed:
        return go("desk:contact", contact_id)
    except MayBeKnown as may:
        log_shown((one.line.id for one in may.alike), screen="desk.organisation", by=request.actor, at=at)
        return frame(request, contact_id, status=422, firm=form(request, typed, alike=may.alike),
                     errors=[wrong("firm-known-1", str(may))])  # fmt: skip
    except NotTaken as no:
        return frame(request, contact_id, status=422, firm=form(request, typed, wrong={no.field: str(no)}),
                     errors=[wrong(f"firm-{no.field}", str(no))])  # fmt: skip
    return go("desk:contact", contact_id)
