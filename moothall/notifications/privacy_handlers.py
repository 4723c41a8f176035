"""Telling the data-protection officer that a sealed record was opened, and somebody that the copy of her data is ready."""

from django.conf import settings

from moothall.core import clock
from moothall.core.events import Recorded, handles
from moothall.core.packs import current_pack
from moothall.core.staff import staff_names
from moothall.core.zone import council_date
from moothall.customers.privacy.models import Copy
from moothall.customers.privacy.pack import PRIVACY
from moothall.notifications.actions.queueing import queue_message
from moothall.notifications.recipients import recipient
from moothall.promises.rules.words import say_day


@handles("glass.broken", as_="notifications.glass_broken")
def glass_broken(event: Recorded) -> None:
    """Write to the officer's address: who opened what kind, and where to look into it. Nobody's record is named."""
    pack = current_pack()
    told = pack.one(PRIVACY)
    if not told.officer_email:
        return
    kinds = {one.code: one.name for one in told.sealed}
    kind, who = str(event.data.get("kind", "")), staff_names([event.actor_id]) if event.actor_id else {}
    queue_message(
        key=f"{event.id}:{told.officer_email}:glass-broken", template="glass-broken",
        to=recipient(None, email=told.officer_email), channel="email", at=clock.now(), event_id=event.id,
        values={
            "officer": next(iter(who.values()), "An officer"), "kind": kinds.get(kind, kind),
            "minutes": str(event.data.get("minutes", "")), "nobody": bool(event.data.get("nobody")),
            "link": f"{settings.PUBLIC_URL}/console/sealed",
        },
    )  # fmt: skip


@handles("copy.released", as_="notifications.copy_released")
def copy_released(event: Recorded) -> None:
    """Say where it can be fetched and until when; the link works for nobody who is not signed in as her."""
    row = Copy.objects.filter(id=event.subject_id).first() if event.subject_id else None
    if row is None or row.fetch_until is None:
        return
    queue_message(
        key=f"{event.id}:{row.customer_id}:copy-released", template="copy-released", to=recipient(row.customer_id),
        at=clock.now(), case_id=row.case_id, event_id=event.id,
        values={"link": f"{settings.PUBLIC_URL}/account/data", "until": say_day(council_date(row.fetch_until))},
    )  # fmt: skip
