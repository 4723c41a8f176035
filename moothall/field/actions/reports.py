"""What devices report is taken once each, in the order it happened, and does to jobs and cases what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from moothall.cases.actions import add_task
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.packs import Pack, current_pack
from moothall.field import events
from moothall.field.actions.effects import Taking, apply
from moothall.field.actions.jobs import on_cases
from moothall.field.actions.photos import hand_over
from moothall.field.models import Device, DeviceReport, Job, ReportKind, Verdict
from moothall.field.pack import CREWS, FIELD_REASONS
from moothall.field.rules import Judged, Standing, corrected, judge

MOST = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """One report as a device sends it. ``id`` is the device's own; ``skew`` how far its clock was behind ours then, as
    far as it knew (None: it had not been in touch)."""

    id: UUID
    number: int
    kind: str
    device_at: datetime
    job_id: UUID | None = None
    skew: timedelta | None = None
    reason: str = ""
    service: str = ""
    words: str = ""
    latitude: float | None = None
    longitude: float | None = None
    left: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one report, in words for the crew. ``new`` is false where we had it."""

    id: UUID
    verdict: str
    told: str
    new: bool


def take_reports(device_id: UUID, sent: Sequence[Sent], *, skew: timedelta, by: Actor, at: datetime) -> list[Told]:
    """Take what a device reports, each in a transaction of its own: one that cannot be taken stops none of the others.

    ``skew`` is how far the device's clock is behind ours now. Sent again, the answer is the first one.

    Raises:
        Refused: the actor may not. ValueError: more than two hundred at once.
    """
    require(by, "field.work")
    if len(sent) > MOST:
        raise ValueError(f"Send at most {MOST} reports at once; this call has {len(sent)}.")
    pack, device = current_pack(), Device.objects.get(id=device_id)
    return [_take(device, one, skew, pack, by=by, at=at) for one in sorted(sent, key=lambda one: one.number)]


def _take(device: Device, sent: Sent, skew: timedelta, pack: Pack, *, by: Actor, at: datetime) -> Told:
    known = _known(sent.id)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _take_new(device, sent, skew, pack, by=by, at=at)
    except IntegrityError:  # the same report at the same moment: the other one was first
        again = _known(sent.id)
        if again is None:
            raise
        return again


def _take_new(device: Device, sent: Sent, skew: timedelta, pack: Pack, *, by: Actor, at: datetime) -> Told:
    before = DeviceReport.objects.filter(device=device, number__lt=sent.number).aggregate(last=Max("occurred_at"))
    occurred = corrected(sent.device_at, skew, received_at=at, after=before["last"], then=sent.skew)
    job = Job.objects.select_for_update().filter(id=sent.job_id).first() if sent.job_id else None
    judged = _wrong(sent, pack) or judge(_standing(job, pack), ReportKind(sent.kind), crew=device.crew)
    kind = sent.kind if sent.kind in ReportKind.values else ReportKind.FAULT
    report = DeviceReport(
        id=sent.id, device=device, number=sent.number, job_id=sent.job_id, case_id=job.case_id if job else None,
        kind=kind, device_at=sent.device_at, occurred_at=occurred, received_at=at, reason=sent.reason[:40],
        left=dict(sent.left),
        service=sent.service[:80], words=sent.words.strip()[:1000], latitude=sent.latitude, longitude=sent.longitude,
        verdict=judged.verdict, told=judged.told[:300],
    )  # fmt: skip
    report.save(force_insert=True)
    hand_over(report)
    if judged.verdict == Verdict.TAKEN and job is not None and kind != ReportKind.FAULT:
        apply(Taking(job, report, device.crew, pack, by, at))
    elif judged.verdict == Verdict.TAKEN:
        happening = Happening(
            name=events.FAULT_FOUND, subject_kind="device_report", subject_id=report.id, occurred_at=occurred,
            service=report.service, channel="field", data={"crew": device.crew},
        )  # fmt: skip
        record([happening], by=by)
    elif judged.differ and job is not None:
        crew = pack.of(CREWS).get(device.crew)
        add_task(
            job.case_id, title=f"{crew.name if crew else device.crew} reports otherwise: {ReportKind(kind).label.lower()}",
            team=job.team, kind="crews_differ", by=on_cases(by), at=at,
        )  # fmt: skip
    return Told(report.id, report.verdict, report.told, new=True)


def _wrong(sent: Sent, pack: Pack) -> Judged | None:
    """Say what cannot be right with a report; it is kept all the same."""
    if sent.kind not in ReportKind.values:
        return Judged(Verdict.REFUSED, "This app is too old or too new for us. Ring the office.")
    if sent.kind == ReportKind.NOT_DONE and sent.reason not in pack.of(FIELD_REASONS):
        return Judged(Verdict.REFUSED, "We don’t know that reason any more. Ring the office.")
    if sent.kind == ReportKind.FAULT:
        if sent.service not in pack.services:
            return Judged(Verdict.REFUSED, "We don’t take that kind of fault any more. Ring the office.")
        if (sent.latitude is None or sent.longitude is None) and not sent.words.strip():
            return Judged(Verdict.REFUSED, "It doesn’t say where. Ring the office.")
    return None


def _standing(job: Job | None, pack: Pack) -> Standing | None:
    if job is None:
        return None
    crews = pack.of(CREWS)
    names = {code: crew.name for code, crew in crews.items()}
    return Standing(
        job.state, job.crew, names.get(job.crew, job.crew), job.ended_by, names.get(job.ended_by, job.ended_by)
    )


def _known(report_id: UUID) -> Told | None:
    row = DeviceReport.objects.filter(id=report_id).first()
    return Told(row.id, row.verdict, row.told, new=False) if row else None
