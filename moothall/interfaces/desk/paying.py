"""Money of a case at the desk: what is to be paid, put the caller through or send the link, and how it stands, live."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from moothall.core import clock
from moothall.interfaces.desk import cases
from moothall.interfaces.desk.pay_panel import shown
from moothall.interfaces.desk.screen import found, go, part
from moothall.interfaces.desk.screen import wrong as desk_wrong
from moothall.interfaces.policy import Request, policy
from moothall.notifications.paying import can_be_sent
from moothall.payments.actions import (
    CannotPay,
    WhichCall,
    look_at_intent,
    send_link,
    stop_by_phone,
    take_by_phone,
)
from moothall.payments.queries import Bill, bill_of_case

PURPOSE = "service"
NO_ADDRESS = "We have no email address and no mobile number of theirs. Add one to their record first."


@require_http_methods(["GET", "HEAD", "POST"])
@policy("staff", needs="case.view", quiet=True)
def look(request: Request, case_id: UUID) -> HttpResponse:
    """The panel as it stands; a POST asks the provider first, every few seconds while a caller is on the payment line."""
    about = bill_of_case(case_id, visible_to=request.actor)
    if request.method == "POST" and about is not None and about.state == "checking":
        look_at_intent(about.id, by=request.actor, at=clock.now())
        about = bill_of_case(case_id, visible_to=request.actor)
    return part(request, "desk/case/payment.html", pay=shown(about, request.actor), case_id=case_id)


@require_POST
@policy("staff", needs=("case.view", "payment.take"), purpose=PURPOSE)
def act(request: Request, case_id: UUID) -> HttpResponse:
    """Put the caller through, stop it, or send the link; then the panel again, or the case's page without a script."""
    about: Bill = found(bill_of_case(case_id, visible_to=request.actor))
    at, wrong, said, vouch = clock.now(), "", "", False
    try:
        match request.POST.get("do", ""):
            case "line" | "line-vouched" as do:
                take_by_phone(about.id, by=request.actor, at=at, vouched=do == "line-vouched")
            case "stop":
                stop_by_phone(about.id, by=request.actor, at=at)
            case "link" if not can_be_sent(about):
                wrong = NO_ADDRESS
            case "link":
                send_link(about.id, key=request.POST.get("key", "")[:60], by=request.actor, at=at)
                said = f"The link is on its way. It says {about.says} and what it is for."
    except CannotPay as no:
        wrong, vouch = str(no), isinstance(no, WhichCall)
    if "HX-Request" not in request.headers:
        if wrong:
            return cases.show(request, case_id, status=409, errors=[desk_wrong("paying", wrong)])
        return go("desk:case", case_id)
    now = shown(bill_of_case(case_id, visible_to=request.actor), request.actor, wrong=wrong, said=said, vouch=vouch)
    return part(request, "desk/case/payment.html", pay=now, case_id=case_id)
