"""The Mastodon half of the twin: notifications, statuses and the account of the council."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from html import escape
from typing import Any, Final
from urllib.parse import parse_qs

from moothall.core import clock
from moothall.notifications.adapters.social.twin_pictures import as_mastodon

HOST: Final = "town.example"
OWN: Final = {"id": "1", "username": "council", "acct": "council", "display_name": "The council", "bot": False}
US: Final = "https://council.example/@council"
LONGEST: Final = 500
FIRST: Final = 110_000
Reply = tuple[int, Any, dict[str, str]]


def answer(
    twin: Any, method: str, path: str, query: Mapping[str, list[str]], headers: Mapping[str, str], raw: bytes
) -> Reply:
    """Answer one call."""
    reset = (clock.machine_now() + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    limits = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "299", "X-RateLimit-Reset": reset}
    if headers.get("Authorization") != "Bearer twin-of-mastodon":
        return 401, {"error": "The access token is invalid"}, limits
    posts = [one for one in twin.posts if one["network"] == "mastodon"]
    match method, path.strip("/").split("/")[2:]:
        case "GET", ["notifications"]:
            status, body = _notifications(posts, query)
        case "POST", ["statuses"]:
            form = {name: values[-1] for name, values in parse_qs(raw.decode("utf-8", "replace")).items()}
            status, body = _post(twin, posts, form, headers.get("Idempotency-Key") or "")
        case "GET", ["statuses", id_]:
            found = next((one for one in posts if str(FIRST + one["number"]) == id_), None)
            status, body = (200, _status(found)) if found else (404, {"error": "Record not found"})
        case "GET", ["accounts", "verify_credentials"]:
            status, body = 200, OWN
        case "GET", ["accounts", "1", "statuses"]:
            most = int(query.get("limit", ["20"])[0])
            status, body = 200, [_status(one) for one in reversed(posts) if one["ours"]][:most]
        case _:
            status, body = 404, {"error": "Record not found"}
    return status, body, limits


def _notifications(posts: list[dict[str, Any]], query: Mapping[str, list[str]]) -> tuple[int, Any]:
    """Newest first; with `min_id` the page that comes right after it."""
    rows = [one for one in posts if not one["ours"]]
    most = min(int(query.get("limit", ["40"])[0]), 80)
    if "max_id" in query:
        rows = [one for one in rows if one["number"] < int(query["max_id"][0])]
    if "since_id" in query:
        rows = [one for one in rows if one["number"] > int(query["since_id"][0])]
    if "min_id" in query:
        rows = [one for one in rows if one["number"] > int(query["min_id"][0])][:most]
    rows = rows[::-1][:most]
    told = [
        {"id": str(one["number"]), "type": "mention", "created_at": one["at"], "account": _account(one),
         "status": _status(one)} for one in rows
    ]  # fmt: skip
    wanted = query.get("types[]")
    return 200, [one for one in told if wanted is None or one["type"] in wanted]


def _post(twin: Any, posts: list[dict[str, Any]], form: Mapping[str, str], key: str) -> tuple[int, Any]:
    text = form.get("status", "")
    if not text.strip():
        return 422, {"error": "Validation failed: Text can't be blank"}
    if len(text) > LONGEST:
        return 422, {"error": f"Validation failed: Text character limit of {LONGEST} exceeded"}
    if form.get("visibility", "public") not in {"public", "unlisted", "private", "direct"}:
        return 422, {"error": "Validation failed: Visibility is not included in the list"}
    if key and key in twin.once:
        return 200, _status(next(one for one in twin.posts if one["number"] == twin.once[key]))
    answered = int(form.get("in_reply_to_id") or FIRST) - FIRST
    if answered and not any(one["number"] == answered for one in posts):
        return 404, {"error": "Record not found"}
    number = twin.add(
        network="mastodon", author="council", name="The council", text=text, ours=True, answers=answered,
        private=form.get("visibility") == "direct", visibility=form.get("visibility", "public"),
    )  # fmt: skip
    if key:
        twin.once[key] = number
    return 200, _status(twin.posts[-1])


def _account(one: Mapping[str, Any]) -> dict[str, Any]:
    if one["ours"]:
        return dict(OWN)
    return {
        "id": f"9{sum(one['author'].encode())}{len(one['author'])}", "username": one["author"],
        "acct": f"{one['author']}@{HOST}", "display_name": one["name"], "bot": one["bot"],
        "url": f"https://{HOST}/@{one['author']}",
    }  # fmt: skip


def _status(one: Mapping[str, Any]) -> dict[str, Any]:
    words = "</p><p>".join(escape(line) for line in one["text"].split("\n"))
    tag = (
        ""
        if one["ours"]
        else f'<span class="h-card"><a href="{US}" class="u-url mention">@<span>council</span></a></span> '
    )
    id_ = str(FIRST + one["number"])
    return {
        "id": id_, "created_at": one["at"], "in_reply_to_id": str(FIRST + one["answers"]) if one["answers"] else None,
        "visibility": one["visibility"], "sensitive": False, "spoiler_text": "", "language": "en",
        "uri": f"https://{HOST}/users/{one['author']}/statuses/{id_}", "url": f"https://{HOST}/@{one['author']}/{id_}",
        "content": f"<p>{tag}{words}</p>", "account": _account(one), "media_attachments": as_mastodon(one),
        "mentions": [{"id": "1", "username": "council", "acct": "council", "url": US}],
    }  # fmt: skip
