"""Jobs follow their cases and bookings; whoever waits for a crew hears that it is on its way."""

from __future__ import annotations

from datetime import datetime

from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.events import Recorded, handles
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.field.actions.days import drop_in
from moothall.field.actions.jobs import make_job, move_to_day, withdraw_job
from moothall.field.models import Job, JobState
from moothall.field.pack import CREWS, FIELD_JOBS
from moothall.notifications.actions import queue_message
from moothall.notifications.values import about_case


@handles("case.opened", "case.reopened", "case.split", "referral.refused", as_="field.make_job")
def make(event: Recorded) -> None:
    """A case of a service that is worked on the spot has a job; an urgent one goes onto today's published plan.

    What was sent on to others has one when they send it back.
    """
    pack = current_pack()
    if event.case_id is None or event.service not in pack.of(FIELD_JOBS):
        return
    if any(question.books for question in pack.services[event.service].questions):
        return  # its job comes with its booking
    now = clock.now()
    job = make_job(event.case_id, from_day=council_date(now), by=SYSTEM, at=now)
    if job is not None:
        drop_in(job.id, by=SYSTEM, at=now)


@handles("booking.confirmed", "booking.moved", as_="field.follow_booking")
def follow_booking(event: Recorded) -> None:
    """What is booked is done on its day and no other."""
    if event.case_id is None or event.subject_id is None or event.service not in current_pack().of(FIELD_JOBS):
        return
    day = council_date(datetime.fromisoformat(str(event.data["starts_at"])))
    now = clock.now()
    make_job(event.case_id, from_day=day, fixed=True, booking_id=event.subject_id, by=SYSTEM, at=now)
    move_to_day(event.subject_id, day, by=SYSTEM, at=now)


@handles("booking.cancelled", "case.closed", "case.merged", "referral.made", as_="field.withdraw")
def withdraw(event: Recorded) -> None:
    """No visit for what is over, or others' to do. A booking ended by a failed visit has its job's end already."""
    if event.case_id is not None:
        withdraw_job(event.case_id, by=SYSTEM, at=clock.now())


@handles("job.going", as_="field.tell_on_the_way")
def tell_on_the_way(event: Recorded) -> None:
    """Who is met by the crew, or has the visit booked, hears that it is on its way: only while that is true."""
    if not event.data.get("fresh") or event.case_id is None or event.subject_id is None:
        return
    pack = current_pack()
    job = Job.objects.filter(id=event.subject_id, state__in=[JobState.GOING, JobState.STARTED]).first()
    rule = pack.of(FIELD_JOBS).get(job.service) if job is not None else None
    if job is None or rule is None or not (rule.meets or job.booking_id):
        return
    about = about_case(event.case_id, clock.now())
    if about is None:
        return
    crew = pack.of(CREWS).get(job.crew)
    whom = about.to.customer_id or (about.to.addresses[0].value if about.to.addresses else about.case.id)
    queue_message(
        key=f"{event.id}:{whom}:crew-on-its-way", template="crew-on-its-way", to=about.to,
        values={**about.values, "crew": crew.name if crew else ""}, at=clock.now(), case_id=event.case_id,
        event_id=event.id,
    )  # fmt: skip
