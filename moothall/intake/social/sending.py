"""What we write on a social network: a message like any other, with what its network needs in its headers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moothall.core.actors import Actor
from moothall.inbox.models import Post
from moothall.intake.written.ways import Outbound
from moothall.notifications.actions import queue_message
from moothall.notifications.models import Message
from moothall.notifications.recipients import Recipient
from moothall.notifications.rules import Address


def message_of(
    post: Post, out: Outbound, *, template: str, private: bool, by: Actor, at: datetime,
    values: Mapping[str, Any] | None = None, key: str = "",
) -> Message:  # fmt: skip
    """Queue one message about a post, once for its template (and ``key``): publicly under it, or to its author alone."""
    refs = dict(post.refs) | ({"visibility": "direct"} if private else {})
    headers = {name: str(value) for name, value in refs.items()} | {
        "network": post.network, "author": post.author_id, "private": "yes" if private else "",
    }  # fmt: skip
    return queue_message(
        key=f"{out.writing.id}:{template}:{key}", template=template,
        to=Recipient(customer_id=out.customer_id, addresses=(Address("social", post.author),), given={}),
        values={"words": out.text, "reference": out.reference} | dict(values or {}), at=at, by=by, channel="social",
        case_id=out.case_id, contact_id=out.contact_id, headers=headers,
    )  # fmt: skip
