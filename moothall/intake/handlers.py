"""What comes to the front door by itself: a fault that a crew found, a way into an account that was changed."""

from __future__ import annotations

from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.events import Recorded, handles
from moothall.core.idempotency import once
from moothall.core.packs import current_pack
from moothall.customers.accounts.queries import told_of_change
from moothall.field.actions import fault_raised
from moothall.field.models import DeviceReport
from moothall.intake.actions import raise_request
from moothall.notifications.actions import queue_message
from moothall.notifications.recipients import recipient
from moothall.places.finding import surroundings
from moothall.services.pack import Service


@handles("fault.found", as_="intake.raise_fault")
def raise_fault(event: Recorded) -> None:
    """A fault becomes a case once, with its place, its words and its photos; what the crew did not say stays unsaid."""
    report = DeviceReport.objects.filter(id=event.subject_id).first() if event.subject_id else None
    pack = current_pack()
    service = pack.services.get(report.service) if report is not None else None
    if report is None or service is None:
        return

    def do() -> dict[str, str]:
        raised = raise_request(
            service, _answers(service, report), pack=pack, channel="field", by=SYSTEM, at=clock.now(),
            received_at=report.occurred_at, source="field",
        )  # fmt: skip
        if raised.case_id is not None:
            fault_raised(report.id, raised.case_id)
        return {"case_id": str(raised.case_id or "")}

    once("fault", str(event.id), at=clock.now(), do=do)


_CHANGED = {
    "app": "an app that shows codes", "passkey": "a passkey", "password": "a password", "provider": "a sign-in elsewhere",
    "email": "an email address", "phone": "a mobile number",
}  # fmt: skip


@handles("account.changed", "account.contact_confirmed", as_="intake.tell_of_way")
def tell_of_way(event: Recorded) -> None:
    """Whenever a way into an account is added or taken away, every address of it is told, the one taken away too: nobody
    else can do it and she not know."""
    said = event.data
    what = _CHANGED.get(str(said.get("set") or said.get("removed") or said.get("kind", "")))
    if what is None or event.subject_id is None:
        return
    change = (
        f"{what} was {'taken away' if said.get('removed') else 'added or changed' if what == 'a password' else 'added'}"
    )
    for kind, value in told_of_change(event.subject_id, str(said.get("point", ""))):
        by_email = kind == "email"
        queue_message(
            key=f"account-changed:{event.id}:{value}", template="account-changed", channel="email" if by_email else "sms",
            to=recipient(None, email=value if by_email else "", phone="" if by_email else value),
            values={"change": change}, at=clock.now(), by=SYSTEM,
        )  # fmt: skip


def _answers(service: Service, report: DeviceReport) -> dict[str, object]:
    where: dict[str, object] = {"text": report.words[:200]}
    if report.latitude is not None and report.longitude is not None:
        near = surroundings(report.latitude, report.longitude)
        said = f"{near.text} ({report.words})" if report.words and near.text else near.text or report.words
        where = {"text": said[:300], "latitude": report.latitude, "longitude": report.longitude}
    answers: dict[str, object] = {}
    for question in service.questions:
        if question.type == "place":
            answers.setdefault(question.id, where)
        elif question.type == "long_text" and report.words:
            answers.setdefault(question.id, report.words)
    return answers
