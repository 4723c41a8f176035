"""Files go with the case they came with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from moothall.core.actors import Actor
from moothall.core.retention import register_companion
from moothall.documents.actions import forget_documents


def forget(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Delete the files of these cases."""
    return forget_documents(ids, by=by)


register_companion("case", "documents", forget)
