"""What Facebook calls: that something is new on the council's page. It is signed, looked into, and never believed.

Nothing of what it tells is taken in: we read it where it stands, so that twice, late or out of order is all one. When we are
away Facebook calls again, and each minute's reading finds what it could not tell.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from moothall.channels.social.jobs import READ, READ_ONE
from moothall.core import clock
from moothall.core.jobs import enqueue
from moothall.interfaces.policy import Request, policy
from moothall.notifications.actions import quarantine
from moothall.notifications.adapters.social import Facebook, network

LONGEST = 500_000
MOST = 1000
POSTS = frozenset({"status", "post", "photo", "video", "share", "album"})


@csrf_exempt
@policy("public")
@require_http_methods(["GET", "HEAD", "POST"])
def facebook(request: Request) -> HttpResponse:
    """Take a webhook of Facebook, or show that the address is ours when it is set up."""
    there = network("facebook")
    if not isinstance(there, Facebook):
        return JsonResponse({"error": "No such network here."}, status=404)
    if request.method != "POST":
        asked = request.GET
        if asked.get("hub.mode") != "subscribe" or not there.key.may_subscribe(asked.get("hub.verify_token", "")):
            return JsonResponse({"error": "The word does not fit."}, status=403)
        return HttpResponse(asked.get("hub.challenge", "")[:200], content_type="text/plain; charset=utf-8")
    raw = request.body
    if len(raw) > LONGEST or not there.key.signed(raw, request.headers.get("X-Hub-Signature-256", "")):
        return JsonResponse({"error": "The signature does not fit."}, status=403)
    try:
        _look_into(json.loads(raw), there.key.page)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as strange:
        reason = f"It is no webhook we can read: {type(strange).__name__}."
        quarantine(source="social:facebook", reason=reason, raw=raw, details={}, at=clock.now())
    return HttpResponse(status=200)


def _look_into(told: Any, page: str) -> None:
    changes = [one["value"] for entry in told["entry"] for one in entry.get("changes", []) if one["field"] == "feed"]
    for value in changes[:MOST]:
        comment = value["item"] == "comment"
        ours = str((value.get("from") or {}).get("id", "")) == page
        if (comment or value["item"] in POSTS) and value["verb"] == "add" and not ours:
            id_ = str(value["comment_id" if comment else "post_id"])
            enqueue(
                READ_ONE, once=f"social:facebook:{id_}"[:110], network="facebook",
                kind="comment" if comment else "post", id_=id_,
            )  # fmt: skip
    if any(entry.get("messaging") for entry in told["entry"]):
        enqueue(READ, once="social:facebook", network="facebook")
