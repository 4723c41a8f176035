"""Telling people what an officer wrote down about them that opens doors: who may speak for them, who they are."""

from __future__ import annotations

from django.conf import settings

from moothall.core import clock
from moothall.core.events import Recorded, handles
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.accounts.pack import ACCOUNTS
from moothall.customers.representation.queries import RepresentationLine, representation
from moothall.notifications.actions.queueing import queue_message
from moothall.notifications.recipients import recipient
from moothall.promises.rules.words import say_day
from moothall.services.pack import AREAS, SERVICES


@handles("representation.recorded", as_="notifications.representation_recorded")
def representation_recorded(event: Recorded) -> None:
    """Say who may speak for her now, as what, about what and what showed it: nobody is named behind her back."""
    today = council_date(clock.now())
    line = representation(event.subject_id, on=today) if event.subject_id else None
    if line is None or event.actor_kind != "staff":
        return
    _tell(
        event, "representation-recorded", who=line.other, speaks_as=line.says, areas=_about(line), shown=line.evidence,
        until=say_day(line.until) if line.until else "",
    )  # fmt: skip


@handles("customer.verified", as_="notifications.identity_recorded")
def identity_recorded(event: Recorded) -> None:
    """Say that an officer wrote down having seen who she is; what she proved herself, online, she knows."""
    if event.actor_kind != "staff" or event.data.get("how") != "in_person":
        return
    names = {one.code: one.name for one in current_pack().one(ACCOUNTS).evidence}
    _tell(
        event, "identity-recorded", shown=", ".join(str(names.get(one, one)) for one in event.data.get("evidence", ()))
    )


def _about(line: RepresentationLine) -> str:
    pack = current_pack()
    areas, services = pack.of(AREAS), pack.of(SERVICES)
    names = [str(areas[code].name) for code in line.areas if code in areas]
    names += [str(services[code].name) for code in line.services if code in services]
    return ", ".join(names) or "anything"


def _tell(event: Recorded, template: str, **values: str) -> None:
    queue_message(
        key=f"{event.id}:{event.customer_id}:{template}", template=template, to=recipient(event.customer_id),
        values={"link": f"{settings.PUBLIC_URL}/account/", **values}, at=clock.now(), event_id=event.id,
    )  # fmt: skip
