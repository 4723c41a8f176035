"""What this room does when something happens: contractors are told of new cases, customers that theirs was sent on; what
somebody shares with a partner ends with her case, or when she agrees to it no more."""

from __future__ import annotations

from uuid import UUID

from moothall.cases.models import CaseState
from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.events import Recorded, handles
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.queries import customer_card, ids_of
from moothall.notifications.actions import queue_message
from moothall.notifications.values import about_case
from moothall.partners.actions.helped import end_with_case, take_back_all
from moothall.partners.actions.referring import hand_over, send_to_contractors
from moothall.partners.models import PersonReferral, Purpose, Referral
from moothall.partners.pack import PARTNERS, REFERRING


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


@handles("case.closed", "case.merged", as_="partners.end_sharing")
def end_sharing(event: Recorded) -> None:
    """What somebody shares for a case ends with it."""
    if event.case_id is not None:
        end_with_case(event.case_id, at=clock.now())


@handles("customer.changed", as_="partners.agreement")
def agreement(event: Recorded) -> None:
    """Whoever takes back, in her account or with us, that partners are told of her takes back every referral."""
    if event.customer_id is None or "consents" not in event.data.get("fields", ()):
        return
    if not PersonReferral.objects.filter(
        customer_id__in=ids_of(event.customer_id)
    ).exists():  # asked with any record of hers
        return
    at = clock.now()
    card = customer_card(event.customer_id, SYSTEM, on=council_date(at))
    code = current_pack().one(REFERRING).agreement
    if card is not None and not any(one.code == code for one in card.consents):
        take_back_all(list(card.ids), at=at)
