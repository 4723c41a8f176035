"""The Bluesky half of the twin: sessions, notifications, records and conversations."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from moothall.notifications.adapters.social.twin_pictures import as_bluesky, as_bluesky_view

OWN: Final = "did:plc:council"
PASSWORD: Final = "twin-of-bluesky"  # noqa: S105  the twin's own, good for nothing else
LONGEST: Final = 300
LONGEST_TALK: Final = 1000
CHAT: Final = "did:web:api.bsky.chat#bsky_chat"
Reply = tuple[int, Any, dict[str, str]]


def answer(
    twin: Any, method: str, path: str, query: Mapping[str, list[str]], headers: Mapping[str, str], raw: bytes
) -> Reply:
    """Answer one call."""
    name = path.removeprefix("/xrpc/")
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        return *_no("InvalidRequest", "Input is no JSON"), {}
    bearer = (headers.get("Authorization") or "").removeprefix("Bearer ")
    if name == "com.atproto.server.createSession":
        right = body.get("password") == PASSWORD and bool(body.get("identifier"))
        return (*(_session("0") if right else _no("AuthenticationRequired", "Invalid identifier or password", 401)), {})
    if name == "com.atproto.server.refreshSession":
        twin.expired = False
        right = bearer.startswith("refresh-")
        return (*(_session("1") if right else _no("ExpiredToken", "Token has been revoked")), {})
    if not bearer.startswith("access-"):
        return *_no("AuthMissing", "Authentication Required", 401), {}
    if twin.expired:
        return *_no("ExpiredToken", "Token has expired"), {}
    if name.startswith("chat.") and headers.get("Atproto-Proxy") != CHAT:
        return *_no("MethodNotImplemented", "Method Not Implemented", 501), {}
    posts = [one for one in twin.posts if one["network"] == "bluesky"]
    asked = {key: values[-1] if key != "uris" else "\n".join(values) for key, values in query.items()}
    return *_method(twin, name, posts, asked, body), {"RateLimit-Limit": "3000", "RateLimit-Remaining": "2999"}


def _method(
    twin: Any, name: str, posts: list[dict[str, Any]], asked: Mapping[str, str], body: dict[str, Any]
) -> tuple[int, Any]:
    match name:
        case "app.bsky.notification.listNotifications":
            rows = [_notification(one, posts) for one in reversed(posts) if not one["ours"] and not one["private"]]
            return _paged("notifications", rows, asked)
        case "app.bsky.feed.getPosts":
            wanted = set(asked.get("uris", "").split("\n"))
            return 200, {"posts": [
                {"uri": _uri(one), "cid": _cid(one), "indexedAt": one["at"], **as_bluesky_view(one)}
                for one in posts if _uri(one) in wanted
            ]}  # fmt: skip
        case "com.atproto.repo.createRecord":
            return _create(twin, posts, body)
        case "com.atproto.repo.getRecord":
            found = next((one for one in posts if one["ours"] and one.get("rkey") == asked.get("rkey")), None)
            if found is None:
                return _no("RecordNotFound", f"Could not locate record: {asked.get('rkey')}")
            return 200, {"uri": _uri(found), "cid": _cid(found), "value": _record(found, posts)}
        case "chat.bsky.convo.listConvos":
            return _paged("convos", _convos(posts), asked)
        case "chat.bsky.convo.getConvoForMembers":
            handle = asked.get("members", "").removeprefix("did:plc:")
            if handle in twin.closed:
                return _no("MessagesDisabled", "recipient has disabled incoming messages")
            return 200, {"convo": _convo(handle, posts)}
        case "chat.bsky.convo.getMessages":
            handle = asked.get("convoId", "").removeprefix("convo-")
            return _paged("messages", [_message(one) for one in reversed(_talk(handle, posts))], asked)
        case "chat.bsky.convo.sendMessage":
            return _send(twin, body)
    return _no("MethodNotImplemented", "Method Not Implemented", 501)


def _create(twin: Any, posts: list[dict[str, Any]], body: dict[str, Any]) -> tuple[int, Any]:
    record, rkey = body.get("record") or {}, str(body.get("rkey") or "")
    text = str(record.get("text", ""))
    if body.get("repo") != OWN or body.get("collection") != "app.bsky.feed.post":
        return _no("InvalidRequest", 'Input must have the property "repo"')
    if not re.fullmatch(r"[234567a-j][234567a-z]{12}", rkey):
        return _no("InvalidRequest", "Invalid record key")
    if not text or len(text) > LONGEST or "createdAt" not in record:
        return _no(
            "InvalidRequest", "Invalid app.bsky.feed.post record: Record/text must not be longer than 300 graphemes"
        )
    parent = str(record.get("reply", {}).get("parent", {}).get("uri", ""))
    answered = next((one for one in posts if _uri(one) == parent), None)
    if answered is None:
        return _no(
            "InvalidRequest", "Invalid app.bsky.feed.post record: Record/reply/parent/uri must be a valid at-uri"
        )
    if any(one.get("rkey") == rkey for one in posts):
        return _no("InvalidRequest", "Record already exists at that key")
    twin.add(
        network="bluesky", author="council", name="The council", text=text, ours=True, answers=answered["number"],
        private=False, visibility="public", rkey=rkey,
    )  # fmt: skip
    return 200, {"uri": _uri(twin.posts[-1]), "cid": _cid(twin.posts[-1])}


def _send(twin: Any, body: dict[str, Any]) -> tuple[int, Any]:
    handle = str(body.get("convoId", "")).removeprefix("convo-")
    text = str((body.get("message") or {}).get("text", ""))
    if not handle or handle in twin.closed:
        return _no("InvalidConvo", "Convo not found")
    if not text or len(text) > LONGEST_TALK:
        return _no("InvalidRequest", "Message text is too long")
    twin.add(
        network="bluesky", author="council", name="The council", text=text, ours=True, answers=0, private=True,
        visibility="direct", talk=handle,
    )  # fmt: skip
    return 200, _message(twin.posts[-1])


def _session(number: str) -> tuple[int, Any]:
    return 200, {
        "accessJwt": f"access-{number}", "refreshJwt": f"refresh-{number}", "handle": "council.bsky.example", "did": OWN,
    }  # fmt: skip


def _no(error: str, message: str, status: int = 400) -> tuple[int, Any]:
    return status, {"error": error, "message": message}


def _paged(name: str, rows: list[Any], asked: Mapping[str, str]) -> tuple[int, Any]:
    begin, most = int(asked.get("cursor") or 0), min(int(asked.get("limit") or 50), 100)
    more = {"cursor": str(begin + most)} if len(rows) > begin + most else {}
    return 200, {name: rows[begin : begin + most], **more}


def _uri(one: Mapping[str, Any]) -> str:
    return f"at://{_did(one)}/app.bsky.feed.post/{one.get('rkey') or one['number']}"


def _cid(one: Mapping[str, Any]) -> str:
    return f"bafyrei{one['number']:050d}"


def _did(one: Mapping[str, Any]) -> str:
    return OWN if one["ours"] else f"did:plc:{one['author']}"


def _profile(handle: str, name: str = "") -> dict[str, Any]:
    return {"did": f"did:plc:{handle}", "handle": f"{handle}.bsky.example", "displayName": name}


def _record(one: Mapping[str, Any], posts: list[dict[str, Any]]) -> dict[str, Any]:
    record: dict[str, Any] = {
        "$type": "app.bsky.feed.post",
        "text": one["text"],
        "createdAt": one["at"],
        "langs": ["en"],
        **as_bluesky(one),
    }
    parent = next((other for other in posts if other["number"] == one["answers"]), None)
    if parent is not None:
        root = parent
        while root["answers"]:
            root = next(other for other in posts if other["number"] == root["answers"])
        record["reply"] = {
            "root": {"uri": _uri(root), "cid": _cid(root)}, "parent": {"uri": _uri(parent), "cid": _cid(parent)},
        }  # fmt: skip
    return record


def _notification(one: Mapping[str, Any], posts: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "uri": _uri(one), "cid": _cid(one), "author": _profile(one["author"], one["name"]), "isRead": False,
        "reason": "reply" if one["answers"] else "mention", "record": _record(one, posts), "indexedAt": one["at"],
    }  # fmt: skip


def _talk(handle: str, posts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in posts if one["private"] and (one.get("talk") or one["author"]) == handle]


def _message(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "$type": "chat.bsky.convo.defs#messageView", "id": f"m{one['number']}", "rev": f"3k{one['number']:011d}",
        "text": one["text"], "sender": {"did": _did(one)}, "sentAt": one["at"],
    }  # fmt: skip


def _convos(posts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    handles = dict.fromkeys(one.get("talk") or one["author"] for one in reversed(posts) if one["private"])
    return [_convo(handle, posts) for handle in handles]


def _convo(handle: str, posts: list[dict[str, Any]]) -> dict[str, Any]:
    said = _talk(handle, posts)
    rev = _message(said[-1])["rev"] if said else "3k00000000000"
    name = next((one["name"] for one in posts if one["author"] == handle), "")
    return {
        "id": f"convo-{handle}", "rev": rev,
        "members": [{"did": OWN, "handle": "council.bsky.example"}, _profile(handle, name)],
        "muted": False, "status": "accepted", "unreadCount": 0,
    }  # fmt: skip
