"""What a telephone exchange tells of a call, read strictly: JSON of ``id``, ``call``, ``event``, ``at``, ``caller``."""

from __future__ import annotations

from typing import Any

from moothall.channels.phone.calls import read_number
from moothall.channels.reading import NotReadable, as_moment, as_text
from moothall.intake.talking.told import EVENTS, CallEvent


def read_event(payload: Any) -> CallEvent:
    """Return an event of a call. ``offered_at`` may come with any of them. Raises NotReadable with what is wrong."""
    event = as_text(payload, "event", longest=20)
    if event not in EVENTS:
        raise NotReadable(f"“event” is “{event}”; it should be one of {', '.join(EVENTS)}.")
    return CallEvent(
        id=as_text(payload, "id", longest=200), call_id=as_text(payload, "call", longest=200), event=event,
        at=as_moment(payload, "at"), caller=read_number(as_text(payload, "caller", longest=80, empty=True)),
        offered_at=as_moment(payload, "offered_at") if payload.get("offered_at") else None,
    )  # fmt: skip
