"""A picture that came with a post: kept like any photo somebody sends us, or said not to be had. Twice is once."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from moothall.cases.models import Case
from moothall.core.packs import current_pack
from moothall.documents.actions import keep_photo_received
from moothall.documents.rules import FileRefused
from moothall.inbox.models import Writing
from moothall.inbox.post_actions import change_remark
from moothall.inbox.post_queries import feed_names, is_proved, post_of
from moothall.intake.social.taking import on_its_way

PART: Final = "picture"
"""The part by which a picture of a post is kept: made anew by us, so the screen may draw it."""


def keep_picture(writing_id: UUID, *, number: int, content: bytes, said: str, at: datetime) -> bool:
    """Keep picture ``number`` of a post, cleaned, with what its sender says is on it; ``False`` where it cannot be kept.

    It goes where the writing has gone meanwhile: with a case, where it was put with one.
    """
    with transaction.atomic():
        writing = Writing.objects.select_for_update().filter(id=writing_id).first()
        if writing is None:  # erased meanwhile: nothing of it comes back
            return True
        post = post_of(writing_id)
        proved = post is not None and is_proved(post)
        case = Case.objects.filter(id=writing.case_id).first() if writing.case_id and proved else None
        try:
            keep_photo_received(
                name=f"picture {number}.jpg", content=content, writing_id=writing_id, part=PART, at=at,
                case_id=case.id if case else None, customer_id=case.customer_id if case else None,
            )  # fmt: skip
        except FileRefused as refused:
            change_remark(writing, on_its_way(number), f"Picture {number} was not kept. {refused}")
            return False
        change_remark(writing, on_its_way(number), f"Picture {number} shows, they say: {said}" if said else "")
        return True


def picture_not_had(writing_id: UUID, *, number: int, network: str) -> None:
    """Say on a post that one of its pictures could not be fetched, and where it can be looked at."""
    with transaction.atomic():
        writing = Writing.objects.select_for_update().filter(id=writing_id).first()
        if writing is not None:
            where = feed_names(current_pack()).get(network, network)
            change_remark(writing, on_its_way(number), f"Picture {number} could not be fetched. See it on {where}.")
