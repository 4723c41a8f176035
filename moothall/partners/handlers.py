"""What this room does when something happens: contractors are told of new cases, customers that theirs was sent on."""

from __future__ import annotations

from uuid import UUID

from moothall.cases.models import CaseState
from moothall.core import clock
from moothall.core.events import Recorded, handles
from moothall.core.packs import current_pack
from moothall.notifications.actions import queue_message
from moothall.notifications.values import about_case
from moothall.partners.actions.referring import hand_over, send_to_contractors
from moothall.partners.models import Purpose, Referral
from moothall.partners.pack import PARTNERS


@handles("case.opened", as_="partners.contract")
def contract(event: Recorded) -> None:
    """A contractor who works on this service for us is told at once."""
    if event.case_id is not None:
        send_to_contractors(event.case_id, at=clock.now())


@handles("job.not_done", as_="partners.hand_over")
def to_contractor(event: Recorded) -> None:
    """A crew on the spot says that it is one for the contractor."""
    if event.case_id is not None and event.data.get("then") == "contractor":
        hand_over(event.case_id, at=clock.now())


@handles("referral.sent", as_="partners.tell")
def tell(event: Recorded) -> None:
    """The customer hears who has it now, how to reach them and by when we say what they answer."""
    row = Referral.objects.filter(id=UUID(str(event.data["referral"]))).first()
    if row is None or row.purpose != Purpose.THEIRS:
        return
    about, partner = about_case(row.case_id, clock.now()), current_pack().of(PARTNERS).get(row.partner)
    if about is None or partner is None or about.case.state not in (CaseState.OPEN, CaseState.WAITING):
        return
    values = {
        **about.values, "partner": partner.title, "because": row.because, "partner_phone": partner.phone or "",
        "partner_web": partner.web or "", "their_reference": row.their_reference,
    }  # fmt: skip
    queue_message(
        key=f"{event.id}:case-passed-on", template="case-passed-on", to=about.to, values=values, at=clock.now(),
        case_id=row.case_id, event_id=event.id,
    )  # fmt: skip
