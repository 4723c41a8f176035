"""Devices: let in by whoever carries them, cut off by a supervisor, known by the digest of a token."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.access import Refused, require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.core.packs import current_pack
from moothall.core.staff.actor import TOKEN_PREFIX, token_digest
from moothall.field import events
from moothall.field.models import Device
from moothall.field.pack import CREWS


def add_device(*, name: str, crew: str, by: Actor, at: datetime) -> tuple[Device, str]:
    """Let this device in for a crew; return it and its token, which cannot be read again.

    Raises:
        Refused: the actor may not, or the crew is not of the actor's teams. ValueError: no name, no such crew.
    """
    require(by, "field.work")
    name, found = " ".join(name.split())[:80], current_pack().of(CREWS).get(crew)
    if not name:
        raise ValueError("Give the device a name, like “Van 3 tablet”.")
    if found is None:
        raise ValueError("Choose a crew.")
    if by.id is None or (found.team not in by.teams and not by.may("field.plan")):
        raise Refused("That crew is not one of your teams’. Ask your supervisor.")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        device = Device(
            id=new_id(), name=name, crew=crew, staff_id=by.id, token_digest=token_digest(token), added_at=at
        )
        device.save(force_insert=True)
        record([_happening(events.DEVICE_ADDED, device, at)], by=by)
    return device, token


def cut_off(device_id: UUID, *, by: Actor, at: datetime) -> Device:
    """Shut a lost or stolen device out: at its next contact it is refused and told to forget all it holds. Once.

    Raises:
        Refused; LookupError: there is no such device.
    """
    require(by, "field.plan")
    with transaction.atomic():
        device = Device.objects.select_for_update().filter(id=device_id).first()
        if device is None:
            raise LookupError("There is no such device.")
        if device.cut_off_at is None:
            device.cut_off_at = at
            device.save(update_fields=["cut_off_at"])
            record([_happening(events.DEVICE_CUT_OFF, device, at)], by=by)
        return device


def came_by(device_id: UUID, *, skew_seconds: int | None = None, waiting: int | None = None, at: datetime) -> None:
    """Note that a device was in touch; one that is cut off has now been told to forget."""
    Device.objects.filter(id=device_id, cut_off_at__isnull=False, told_at=None).update(told_at=at)
    more = {} if skew_seconds is None else {"skew_seconds": max(-2_000_000_000, min(2_000_000_000, skew_seconds))}
    if waiting is not None:
        more["waiting"] = max(0, min(waiting, 100_000))
    Device.objects.filter(id=device_id).update(seen_at=at, **more)


def _happening(name: str, device: Device, at: datetime) -> Happening:
    return Happening(
        name=name, subject_kind="device", subject_id=device.id, occurred_at=at, channel="field",
        data={"crew": device.crew},
    )  # fmt: skip
