"""Somebody looks into an answer that was not good; and the question in the message when a case is closed."""

from __future__ import annotations

from datetime import datetime

from moothall.cases.actions import NewCase, add_task, open_case
from moothall.cases.models import Case
from moothall.contacts.queries import contact as contact_view
from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.events import Recorded, handles
from moothall.core.idempotency import once
from moothall.core.packs import current_pack
from moothall.feedback.actions import About, ask
from moothall.feedback.links import ask_link
from moothall.feedback.models import Rating
from moothall.feedback.pack import FEEDBACK
from moothall.notifications.recipients import told_of
from moothall.notifications.values import register_asking
from moothall.promises.models import Promise
from moothall.services.pack import SERVICES

KIND = "feedback"
MOST_SHOWN = 150


@handles("rating.given", as_="feedback.look_into")
def look_into(event: Recorded) -> None:
    """Words beside a poor answer become a task of whoever did the work; where there is no case, one is opened for them."""
    rules = current_pack().one(FEEDBACK)
    row = Rating.objects.filter(id=event.subject_id or event.id, imported=False).first()
    if row is None or row.score not in rules.looked_into or not row.why.strip():
        return
    if row.case_id is None and rules.service is None:
        return
    said = " ".join(row.why.split())
    short = said if len(said) <= MOST_SHOWN else f"{said[:MOST_SHOWN]}…"

    def do() -> dict[str, str]:
        case_id, team = row.case_id, row.team
        if case_id is None:
            service = current_pack().of(SERVICES)[str(rules.service)]
            held = contact_view(row.contact_id, visible_to=SYSTEM) if row.contact_id else None
            team = service.team
            case_id = open_case(
                NewCase(
                    service=service.code, channel=row.channel, team=team, kind=service.kind, source=KIND,
                    customer_id=held.customer_id if held else None, contact_id=row.contact_id,
                    pack_version_id=current_pack().version_id,
                ),
                by=SYSTEM, at=clock.now(),
            ).id  # fmt: skip
        task = add_task(
            case_id, title=f"Not content with us: “{short}”", team=team, kind=KIND, by=SYSTEM, at=clock.now()
        )
        return {"task": str(task.id)}

    once("feedback-look-into", str(event.id), at=clock.now(), do=do)


def link_when_closed(case: Case, at: datetime) -> str:
    """Return the link by which a closed case is rated; empty where its customer was asked often enough lately."""
    if not current_pack().one(FEEDBACK).when_closed or case.restricted:
        return ""
    to = told_of(case)
    kept = Promise.objects.filter(subject_id=case.id, kind="complete").first()
    about = About(
        case_id=case.id, customer_id=case.customer_id, service=case.service, standard=kept.standard if kept else "",
        team=case.team, area=case.area,
    )  # fmt: skip
    people = {str(case.customer_id or ""), *(address.value for address in to.addresses)}
    asked = ask(about, people=people, channel=case.channel, by=SYSTEM, at=at)
    return ask_link(asked.id) if asked else ""


register_asking(link_when_closed)
