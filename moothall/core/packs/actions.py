"""Applying a pack: the only writer of its versions."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from moothall.core import access, events
from moothall.core.actors import Actor
from moothall.core.events import Happening

from .loader import pack_from_content
from .models import PackVersion
from .pack import Pack
from .queries import forget

PERMISSION = "pack.apply"


def apply_pack(pack: Pack, *, by: Actor, at: datetime) -> tuple[PackVersion, bool]:
    """Make `pack` the council's own from now on; returns its version and whether it is a new one.

    The content is kept whole and for ever. Applying what is already in force changes nothing. Cases keep the version
    they were opened under.
    """
    access.require(by, PERMISSION)
    if pack.council.abstract:
        raise ValueError(f"“{pack.name}” is there to be inherited from; it is no council’s own pack.")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE core_packversion IN SHARE ROW EXCLUSIVE MODE")
        last = PackVersion.objects.order_by("-number").first()
        if last is not None and last.sha256 == pack.sha256 and last.council == pack.name:
            return last, False
        number = (PackVersion.objects.aggregate(most=Max("number"))["most"] or 0) + 1
        pack_from_content(pack.name, pack.content)  # what is stored must be readable again
        version = PackVersion.objects.create(
            number=number, council=pack.name, sha256=pack.sha256, content=pack.content, applied_at=at, applied_by=by.id
        )
        said = Happening(
            name="pack.applied",
            subject_kind="pack",
            subject_id=version.id,
            occurred_at=at,
            data={"number": number, "council": pack.name},
        )
        events.record([said], by=by)
        transaction.on_commit(forget)
    forget()
    return version, True
