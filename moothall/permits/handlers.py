"""What this room does when something happens: the holder is told what she holds, that it ends, and why it was ended."""

from __future__ import annotations

from typing import Final

from moothall.cases.models import CaseState
from moothall.core import clock
from moothall.core.events import Recorded, handles
from moothall.notifications.actions import queue_message
from moothall.notifications.values import about_case, rate_link
from moothall.permits.links import permit_link
from moothall.permits.queries import permit
from moothall.promises.rules import say_day

TEMPLATES: Final = {"permit.issued": "permit-issued", "permit.ended": "permit-ended", "permit.reminded": "permit-ends"}


@handles(*TEMPLATES, as_="permits.tell_holder")
def tell_holder(event: Recorded) -> None:
    """Write it down for her, while it is still so. A reminder that was overtaken by the renewal says nothing."""
    at = clock.now()
    view = permit(event.subject_id, at=at) if event.subject_id else None
    about = about_case(event.case_id, at) if event.case_id else None
    if view is None or about is None or about.case.state != CaseState.CLOSED:
        return
    if event.name == "permit.reminded" and (view.renewed or view.standing in {"over", "ended"}):
        return
    today = at.astimezone(clock.LONDON).date()
    values = {
        "permit": view.name, "number": view.number, "what": view.what, "starts": say_day(view.starts, today),
        "ends": say_day(view.ends, today), "link": permit_link(view.id), "because": view.ended_because,
        "renew": view.may_renew, "rate": rate_link(about.case, at) if event.name == "permit.issued" else "",
    }  # fmt: skip
    whom = about.to.customer_id or (about.to.addresses[0].value if about.to.addresses else about.case.id)
    template = TEMPLATES[event.name]
    queue_message(
        key=f"{event.id}:{whom}:{template}", template=template, to=about.to, values={**about.values, **values}, at=at,
        case_id=about.case.id, event_id=event.id,
    )  # fmt: skip
