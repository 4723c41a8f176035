"""The only writers of drafts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from moothall.core.actors import Actor
from moothall.intake.drafts import KeptForm, keepable, whose
from moothall.intake.models import Draft

KEPT_FOR = timedelta(days=7)
FORM = "kept-form:"
MOST_FORMS = 5
LONGEST_FORM = 200_000
"""Characters of a form that is kept over a sign-in."""


def keep_draft(key: str, posted: Iterable[tuple[str, list[str]]], *, by: Actor, at: datetime) -> None:
    """Keep what an officer has typed so far, in place of what was kept before. One statement; nobody else sees it."""
    row = Draft(staff_id=whose(by), key=key, fields=keepable(posted), changed_at=at)
    Draft.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["staff_id", "key"], update_fields=["fields", "changed_at"]
    )


def drop_draft(key: str, *, by: Actor) -> None:
    """Forget a draft: it was sent, or given up. What acts by itself (the telephone menu) has none."""
    if by.id is None:
        return
    Draft.objects.filter(staff_id=whose(by), key=key).delete()


def keep_form(form: KeptForm, *, by: Actor, at: datetime) -> bool:
    """Keep a whole form that an officer sent after the sign-in had run out, word for word, for her alone; say whether it was.

    The same again is kept once. One that is endless is not kept in part. Of many the oldest go.
    """
    said = json.dumps([(name.replace("\x00", ""), text.replace("\x00", "")) for name, text in form.fields])
    path = form.path.replace("\x00", "")
    if len(said) > LONGEST_FORM:
        return False
    key = FORM + sha256(f"{path} {said}".encode()).hexdigest()[:32]
    fields = {"path": [path], "files": [name.replace("\x00", "") for name in form.files], "form": [said]}
    row = Draft(staff_id=whose(by), key=key, fields=fields, changed_at=at)
    with transaction.atomic():
        Draft.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["staff_id", "key"], update_fields=["changed_at"]
        )
        mine = Draft.objects.filter(staff_id=whose(by), key__startswith=FORM)
        newest = mine.order_by("-changed_at", "-id").values_list("id", flat=True)[:MOST_FORMS]
        mine.exclude(id__in=list(newest)).delete()
    return True


def take_forms(*, by: Actor) -> list[KeptForm]:
    """Return the forms that wait for this officer, newest first, and keep them no longer: whoever asks shows them."""
    with transaction.atomic():
        rows = list(
            Draft.objects.select_for_update()
            .filter(staff_id=whose(by), key__startswith=FORM)
            .order_by("-changed_at", "-id")
        )
        Draft.objects.filter(id__in=[row.id for row in rows]).delete()
    return [
        KeptForm(
            path=row.fields["path"][0], fields=tuple((name, text) for name, text in json.loads(row.fields["form"][0])),
            files=tuple(row.fields["files"]),
        )
        for row in rows
    ]  # fmt: skip


def drop_old_drafts(at: datetime) -> int:
    """Forget drafts nobody touched for a week. Returns how many."""
    gone, _ = Draft.objects.filter(changed_at__lt=at - KEPT_FOR).delete()
    return gone
