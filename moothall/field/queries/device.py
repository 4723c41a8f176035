"""What a crew's device is given: its day's jobs with what must be known on the spot, and not a word more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from moothall.cases.models import Case
from moothall.core import clock
from moothall.core.actors import SYSTEM, Actor
from moothall.core.models import Staff
from moothall.core.packs import Pack, current_pack
from moothall.core.references import show_reference
from moothall.core.staff import actor_of_staff
from moothall.core.staff.actor import token_digest
from moothall.core.zone import council_date
from moothall.customers.queries import customer_card
from moothall.documents.models import Document
from moothall.documents.queries import photo_content
from moothall.field.models import CrewDay, Device, Job
from moothall.field.pack import CREWS, FIELD_JOBS, FIELD_REASONS, Crew, short_name
from moothall.field.things import things_of
from moothall.places.geometry import box_around
from moothall.places.models import Street
from moothall.promises.rules import say_moment
from moothall.services.pack import Service

MOST_PHOTOS: Final = 4
MOST_STREETS: Final = 1_500
AT_THE_DOOR: Final = frozenset({"do-not-visit-alone", "no-home-visit", "telephone-only"})


@dataclass(frozen=True, slots=True)
class Carried:
    """A device and who acts through it. ``actor`` is ``None`` once the device is cut off or its holder may not work."""

    id: UUID
    name: str
    crew: str
    actor: Actor | None


def device_of(token: str, *, purpose: str = "service") -> Carried | None:
    """Return the device with this token; ``None`` where there never was one. Two queries."""
    device = Device.objects.filter(token_digest=token_digest(token)).first()
    if device is None:
        return None
    staff = Staff.objects.filter(id=device.staff_id, is_active=True).first()
    if device.cut_off_at is not None or staff is None:
        return Carried(device.id, device.name, device.crew, None)
    actor = actor_of_staff(staff, current_pack(), purpose=purpose)
    return Carried(device.id, device.name, device.crew, actor if actor.may("field.work") else None)


def crews_for(actor: Actor) -> list[Crew]:
    """Return the crews this member of staff may carry a device for. No query."""
    crews = current_pack().of(CREWS).values()
    return [crew for crew in crews if crew.team in actor.teams or actor.may("field.plan")]


def _still_theirs(device: Device) -> bool:
    """Whether whoever signed the device in may carry it for its crew today: people change teams. One query."""
    staff = Staff.objects.get(id=device.staff_id)
    return any(crew.code == device.crew for crew in crews_for(actor_of_staff(staff, current_pack())))


def feed(device_id: UUID, *, at: datetime) -> dict[str, Any]:
    """Return what the device shows: today's published jobs in order, reasons, faults that can be raised, streets to draw.

    Where its bearer may not carry it for this crew any more, it is ``moved`` and holds none of the crew's jobs. At most nine
    queries, and six for each customer the crew is to meet.
    """
    pack, device = current_pack(), Device.objects.get(id=device_id)
    today = council_date(at)
    crew, moved = pack.of(CREWS).get(device.crew), not _still_theirs(device)
    out = (
        not moved
        and CrewDay.objects.filter(crew=device.crew, day=today, published_at__isnull=False, off=False).exists()
    )
    jobs = list(Job.objects.filter(day=today, crew=device.crew).order_by("place", "id")) if out else []
    cases = {case.id: case for case in Case.objects.filter(id__in=[job.case_id for job in jobs])}
    photos = _photos(list(cases))
    return {
        "device": {
            "id": str(device.id),
            "name": device.name,
            "crew": crew.name if crew else device.crew,
            "moved": moved,
        },
        "day": today.isoformat(),
        "published": out,
        "start": [crew.latitude, crew.longitude] if crew and crew.latitude is not None else None,
        "jobs": [
            _job(job, cases[job.case_id], photos.get(job.case_id, []), pack, today)
            for job in jobs
            if job.case_id in cases and not cases[job.case_id].restricted
        ],
        "reasons": [
            {"code": one.code, "says": one.crew, "services": list(one.services)}
            for one in pack.of(FIELD_REASONS).values()
        ],
        "faults": [
            {"code": code, "says": short_name(pack, code)}
            for code in pack.of(FIELD_JOBS)
            if _can_be_raised(pack.services[code])
        ],
        "streets": _streets(jobs),
    }


def device_photo(document_id: UUID, *, device_id: UUID, at: datetime) -> bytes | None:
    """Return a photo of a case that the device's crew has to do today; ``None`` for any other, and once it has `moved`."""
    device = Device.objects.get(id=device_id)
    document = Document.objects.filter(id=document_id).first()
    if document is None or document.case_id is None or not _still_theirs(device):
        return None
    today = council_date(at)
    mine = Job.objects.filter(case_id=document.case_id, crew=device.crew, day=today).exists()
    return photo_content(document.id, case_id=document.case_id) if mine else None


def _can_be_raised(service: Service) -> bool:
    return bool(service.public) and service.channel("field").level == "full"


def _job(job: Job, case: Case, photos: Sequence[str], pack: Pack, today: date) -> dict[str, Any]:
    service, rule = pack.services.get(job.service), pack.of(FIELD_JOBS).get(job.service)
    due = job.due_at.astimezone(clock.LONDON) if job.due_at else None
    asked = rule.show if rule else ()
    there, things = things_of(job, case, pack), rule.things if rule else None
    labels = {one.value: one.label for one in service.by_question[things].options} if service and things else {}
    warnings = _warnings(job, case, rule is not None and rule.meets, today)
    answers = dict(case.answers)
    if things and there:
        answers[things] = [{"item": code, "quantity": count} for code, count in there.items()]
    return {
        "id": str(job.id),
        "reference": show_reference(job.reference),
        "service": job.service,
        "what": short_name(pack, job.service),
        "place": job.place_text or "Place not known",
        "latitude": job.latitude,
        "longitude": job.longitude,
        "order": job.place,
        "state": job.state,
        "expected": job.starts_at.isoformat() if job.starts_at else None,
        "due": f"Promised by {say_moment(due, today)}" if due else "",
        "late": bool(due and job.starts_at and job.starts_at > due),
        "priority": job.priority,
        "minutes": job.minutes,
        "tries": job.tries,
        "proof": rule.proof if rule else "none",
        "hazards": [*(rule.hazards if rule else ()), *warnings],
        "warned": bool(warnings),
        "know": [
            {"asked": service.by_question[one].label, "said": said}
            for one in asked
            if service is not None and (said := _said(service, one, answers)) != ""
        ],
        "things": [{"code": code, "says": labels.get(code, code), "count": count} for code, count in there.items()],
        "meets": _meets(case, today) if rule is not None and rule.meets else None,
        "photos": list(photos),
    }


def _said(service: Service, question: str, answers: Mapping[str, Any]) -> str:
    value = answers.get(question)
    if value in (None, "", []):
        return ""
    labels = {option.value: option.label for option in service.by_question[question].options}
    if isinstance(value, bool):
        return "Yes" if value else "No"
    found = value if isinstance(value, list) else [value]
    said = [
        f"{one.get('quantity', '')} {_named(one, labels)}".strip()
        if isinstance(one, Mapping)
        else labels.get(str(one), {"yes": "Yes", "no": "No"}.get(str(one), str(one)))
        for one in found
    ]
    return ", ".join(filter(None, said))


def _named(one: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    item = str(one.get("item") or "")
    return str(one.get("name") or labels.get(item, item) or one.get("text") or "")


def _warnings(job: Job, case: Case, meets: bool, today: date) -> list[str]:
    """What is said at the door to keep a crew safe; never why, never a note."""
    if case.customer_id is None or not (meets or job.uprn):
        return []
    card = customer_card(case.customer_id, SYSTEM, on=today)
    return [f"{one.name}: {one.advice}" for one in card.warnings if one.code in AT_THE_DOOR] if card else []


def _meets(case: Case, today: date) -> dict[str, Any] | None:
    card = customer_card(case.customer_id, SYSTEM, on=today) if case.customer_id else None
    if card is None:
        return None
    return {"name": card.name, "needs": [f"{need.name}: {need.advice}" for need in card.needs]}


def _photos(case_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    rows = Document.objects.filter(case_id__in=case_ids, mark__isnull=False).order_by("received_at", "id")
    for case_id, document_id in rows.values_list("case_id", "id"):
        held = found.setdefault(case_id, []) if case_id is not None else []
        if len(held) < MOST_PHOTOS:
            held.append(str(document_id))
    return found


def _streets(jobs: Sequence[Job]) -> list[list[list[float]]]:
    """Return the lines of streets round the jobs, for a map that needs no network: [longitude, latitude], five places."""
    points = [(job.latitude, job.longitude) for job in jobs if job.latitude is not None and job.longitude is not None]
    if not points:
        return []
    box = box_around(sum(a for a, _ in points) / len(points), sum(b for _, b in points) / len(points), 800)
    south = min(box.south, *(a for a, _ in points)) - 0.004
    north = max(box.north, *(a for a, _ in points)) + 0.004
    west = min(box.west, *(b for _, b in points)) - 0.006
    east = max(box.east, *(b for _, b in points)) + 0.006
    rows = Street.objects.filter(latitude__range=(south, north), longitude__range=(west, east))
    lines = rows.order_by("usrn").values_list("line", flat=True)[:MOST_STREETS]
    return [[[round(x, 5), round(y, 5)] for x, y, *_ in line] for line in lines if len(line) > 1]
