"""The Facebook half of the twin: one page with its feed, comments and Messenger, as the Graph API tells and takes them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs
from zlib import crc32

from moothall.notifications.adapters.social.twin_pictures import as_facebook

PAGE: Final = "100200300"
TOKEN: Final = "twin-of-facebook"  # noqa: S105  the twin's own, good for nothing else
SECRET: Final = "twin-secret"  # noqa: S105  likewise
WORD: Final = "twin-word"
KEY: Final = f"{PAGE}:{TOKEN}:{SECRET}:{WORD}"
FIRST: Final = 1_000_000
LONGEST, LONGEST_TALK = 8000, 2000
Reply = tuple[int, Any, dict[str, str]]


def answer(
    twin: Any, method: str, path: str, query: Mapping[str, list[str]], headers: Mapping[str, str], raw: bytes
) -> Reply:
    """Answer one call."""
    asked = {key: values[-1] for key, values in query.items()}
    if headers.get("Authorization") != f"Bearer {TOKEN}":
        return *_no(190, "Invalid OAuth access token - Cannot parse access token", kind="OAuthException"), {}
    if asked.get("appsecret_proof") != hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest():
        return *_no(100, "Invalid appsecret_proof provided in the API argument"), {}
    posts = [one for one in twin.posts if one["network"] == "facebook"]
    public = [one for one in posts if not one["private"]]
    status: int
    body: Any
    match method, path.strip("/").split("/")[1:]:
        case "GET", [page, "feed"] if page == PAGE:
            roots = [one for one in reversed(public) if _root(one, public) is one]
            status, body = _paged([_post(one, public) for one in roots], asked)
        case "GET", [page, "conversations"] if page == PAGE:
            status, body = _paged(_talks(posts), asked)
        case "GET", [id_, "messages"]:
            status, body = _paged(_talk(id_.removeprefix("t_"), posts), asked)
        case "GET", [id_, "comments"]:
            status, body = _paged([_comment(one, public) for one in reversed(_under(id_, public))], asked)
        case "POST", [page, "messages"] if page == PAGE:
            status, body = _send(twin, posts, json.loads(raw or b"{}"))
        case "POST", [id_, "comments"]:
            form = {name: values[-1] for name, values in parse_qs(raw.decode("utf-8", "replace")).items()}
            status, body = _answer(twin, public, id_, form.get("message", ""))
        case "GET", [id_]:
            found = next((one for one in public if _id(one, public) == id_), None)
            status, body = (200, _told(found, public)) if found else _gone(id_)
        case _:
            status, body = _no(2500, "Unknown path components")
    return status, body, {}


def webhook(twin: Any, number: int) -> tuple[bytes, dict[str, str]]:
    """Return what Facebook would call about one post: the body and its signature."""
    posts = [one for one in twin.posts if one["network"] == "facebook"]
    one = next(row for row in posts if row["number"] == number)
    entry: dict[str, Any] = {"id": PAGE, "time": 1_700_000_000}
    if one["private"]:
        said = {"mid": f"m_{number}", "text": one["text"]}
        entry["messaging"] = [{"sender": {"id": psid(one["author"])}, "recipient": {"id": PAGE}, "message": said}]
    else:
        public = [row for row in posts if not row["private"]]
        value = {"from": _from(one), "verb": "add", "message": one["text"], "created_time": 1_700_000_000}
        root = _root(one, public)
        value |= {"post_id": _id(root, public), "item": "status"}
        if root is not one:
            value |= {"item": "comment", "comment_id": _id(one, public), "parent_id": _id(root, public)}
        entry["changes"] = [{"field": "feed", "value": value}]
    raw = json.dumps({"object": "page", "entry": [entry]}).encode()
    return raw, {"X-Hub-Signature-256": f"sha256={hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()}"}


def psid(author: str) -> str:
    """Return the number by which the page knows somebody."""
    return str(10**9 + crc32(author.encode()))


def _send(twin: Any, posts: list[dict[str, Any]], body: dict[str, Any]) -> tuple[int, Any]:
    to, text = body.get("recipient") or {}, str((body.get("message") or {}).get("text", ""))
    if body.get("messaging_type") not in {"RESPONSE", "UPDATE", "MESSAGE_TAG"}:
        return _no(100, "(#100) Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG}")
    if (body["messaging_type"] == "MESSAGE_TAG") != bool(body.get("tag")):
        return _no(100, "(#100) Tag is required, and goes with MESSAGE_TAG only")
    if not text or len(text) > LONGEST_TALK:
        return _no(100, "(#100) Length of param message[text] must be less than or equal to 2000")
    whom = next((one["author"] for one in posts if not one["ours"] and psid(one["author"]) == to.get("id")), None)
    found: dict[str, Any] | None = None
    if about := to.get("comment_id") or to.get("post_id"):
        public = [one for one in posts if not one["private"]]
        found = next((one for one in public if _id(one, public) == about), None)
        if found is None:
            return _gone(str(about))
        if found.get("replied"):
            return _no(10900, "(#10900) Activity already replied to")
        whom = found["author"]
    if whom is None or whom in twin.closed:
        return _no(551, "(#551) This person isn't available right now.")
    if found is not None:
        found["replied"] = True
    number = twin.add(
        network="facebook", author="council", name="The council", text=text, ours=True, answers=0, private=True,
        visibility="direct", talk=whom,
    )  # fmt: skip
    return 200, {"recipient_id": psid(whom), "message_id": f"m_{number}"}


def _answer(twin: Any, public: list[dict[str, Any]], id_: str, text: str) -> tuple[int, Any]:
    answered = next((one for one in public if _id(one, public) == id_), None)
    if answered is None:
        return _gone(id_)
    if not text.strip() or len(text) > LONGEST:
        return _no(100, "(#100) Missing or invalid message")
    twin.add(
        network="facebook", author="council", name="The council", text=text, ours=True, answers=answered["number"],
        private=False, visibility="public",
    )  # fmt: skip
    return 200, {"id": _id(twin.posts[-1], [*public, twin.posts[-1]])}


def _no(code: int, message: str, *, kind: str = "OAuthException", sub: int = 0) -> tuple[int, Any]:
    error: dict[str, Any] = {"message": message, "type": kind, "code": code, "fbtrace_id": "twin"}
    return 400, {"error": error | ({"error_subcode": sub} if sub else {})}


def _gone(id_: str) -> tuple[int, Any]:
    return _no(
        100, f"Unsupported request. Object with ID '{id_}' does not exist", kind="GraphMethodException", sub=33
    )  # fmt: skip


def _paged(rows: list[Any], asked: Mapping[str, str]) -> tuple[int, Any]:
    begin, most = int(asked.get("after") or 0), min(int(asked.get("limit") or 25), 100)
    page: dict[str, Any] = {"data": rows[begin : begin + most]}
    if page["data"]:
        page["paging"] = {"cursors": {"before": str(begin), "after": str(begin + len(page["data"]))}}
        if len(rows) > begin + most:
            page["paging"]["next"] = "https://graph.example/next"
    return 200, page


def _root(one: dict[str, Any], public: list[dict[str, Any]]) -> dict[str, Any]:
    above = next((row for row in public if row["number"] == one["answers"]), None)
    return one if above is None else _root(above, public)


def _id(one: dict[str, Any], public: list[dict[str, Any]]) -> str:
    root, own = _root(one, public), FIRST + one["number"]
    return f"{PAGE}_{own}" if root is one else f"{FIRST + root['number']}_{own}"


def _from(one: Mapping[str, Any]) -> dict[str, str]:
    return {"id": PAGE, "name": "The council"} if one["ours"] else {"id": psid(one["author"]), "name": one["name"]}


def _told(one: dict[str, Any], public: list[dict[str, Any]]) -> dict[str, Any]:
    return _base(one, public) if _root(one, public) is one else _comment(one, public)


def _base(one: dict[str, Any], public: list[dict[str, Any]]) -> dict[str, Any]:
    id_ = _id(one, public)
    pictures = as_facebook(one)
    shown: dict[str, Any] = {}
    if pictures:
        whole = {
            "data": pictures if len(pictures) == 1 else [{"media_type": "album", "subattachments": {"data": pictures}}]
        }
        shown = {"attachments": whole} if _root(one, public) is one else {"attachment": pictures[0]}
    return {
        "id": id_, "message": one["text"], "created_time": _time(one), "from": _from(one),
        "permalink_url": f"https://www.facebook.example/{id_}", **shown,
    }  # fmt: skip


def _post(one: dict[str, Any], public: list[dict[str, Any]]) -> dict[str, Any]:
    under = [_comment(row, public) for row in reversed(_under(_id(one, public), public))]
    return _base(one, public) | ({"comments": _paged(under, {"limit": "50"})[1]} if under else {})


def _under(id_: str, public: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What stands under a post, answers to comments too; or under one comment."""
    whole = id_.startswith(f"{PAGE}_")
    return [
        one for one in public if _root(one, public) is not one and (
            _id(_root(one, public), public) == id_ if whole
            else any(row["number"] == one["answers"] and _id(row, public) == id_ for row in public)
        )
    ]  # fmt: skip


def _comment(one: dict[str, Any], public: list[dict[str, Any]]) -> dict[str, Any]:
    above = next(row for row in public if row["number"] == one["answers"])
    parent = {} if _root(above, public) is above else {"parent": {"id": _id(above, public)}}
    return _base(one, public) | parent


def _talks(posts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Talks, the one that moved last first."""
    rows = [one for one in posts if one["private"]]
    who = list(dict.fromkeys(one.get("talk") or one["author"] for one in reversed(rows)))
    return [
        {
            "id": f"t_{one}", "updated_time": _talk(one, posts)[0]["created_time"],
            "participants": {"data": [{"id": psid(one), "name": one}, {"id": PAGE, "name": "The council"}]},
            "messages": _paged(_talk(one, posts), {"limit": "50"})[1],
        }
        for one in who
    ]  # fmt: skip


def _talk(who: str, posts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = [one for one in posts if one["private"] and (one.get("talk") or one["author"]) == who]
    return [
        {"id": f"m_{one['number']}", "created_time": _time(one), "from": _from(one), "message": one["text"]}
        | ({"attachments": {"data": [
            {"mime_type": "image/jpeg", "image_data": {"url": each["url"]}} for each in one["pictures"]
        ]}} if one.get("pictures") else {})
        for one in reversed(rows)
    ]  # fmt: skip


def _time(one: Mapping[str, Any]) -> str:
    return f"{one['at'][:19]}+0000"
