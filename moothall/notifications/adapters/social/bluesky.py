"""Bluesky by the lexicons of AT Protocol: com.atproto.server, com.atproto.repo, app.bsky.notification, chat.bsky.convo."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from moothall.core import clock
from moothall.notifications.adapters.social.network import Answered, Got, News, Wire, reading, same_words
from moothall.notifications.protocols import NotNow, Refused, Unclear

CHAT: Final = {"Atproto-Proxy": "did:web:api.bsky.chat#bsky_chat"}
"""Direct messages are another service, reached through the account's own server."""
ASKED: Final = frozenset({"mention", "reply", "quote"})
PAGE: Final = 100
POSTS_AT_ONCE: Final = 25
"""As many `getPosts` takes."""
MOST_PAGES: Final = 200
OVERLAP: Final = timedelta(minutes=10)
"""Notifications are ordered by when they were indexed, which is not quite when we could see them."""
_DIGITS: Final = "234567abcdefghijklmnopqrstuvwxyz"
_LINK = re.compile(rb"https?://[^\s<>]+[^\s<>.,;:!?)]")


class Bluesky:
    """One account. The key is its handle and an app password that may read direct messages: ``handle:password``."""

    code = "bluesky"
    longest = 300
    longest_private = 1000

    def __init__(self, address: str, key: str, timeout: float = 15.0) -> None:
        self._wire = Wire("Bluesky", address, timeout)
        self._handle, _, self._password = key.partition(":")
        self._session: dict[str, Any] = {}
        self._lock = threading.Lock()

    # -- reading --------------------------------------------------------------------------------------------------

    def news(self, places: Mapping[str, Any], *, since: datetime) -> Iterator[News]:
        """Yield mentions, replies and quotations, then direct messages, each oldest first."""
        try:
            known = str(places.get("posts", ""))
            begin = datetime.fromisoformat(known) - OVERLAP if known else since
            rows = self._notifications(begin)
            wanted = self._shown([one for one in reversed(rows) if one["reason"] in ASKED])
            newest = max([known, *(str(one["indexedAt"]) for one in rows)])
            here = dict(places) | {"posts": newest or since.isoformat()}
            yield News(tuple({"kind": "post", **one} for one in wanted), here)
            rev, talks = str(places.get("chat", "")), self._talks(str(places.get("chat", "")), since)
            newest_rev = max([rev, *(str(one["message"]["rev"]) for one in talks)])
            yield News(tuple(talks), here | {"chat": newest_rev})
        except (NotNow, Unclear, Refused) as error:
            raise reading(error) from error
        except (KeyError, TypeError, ValueError) as error:
            raise reading(Unclear("Bluesky answered in a way we cannot read.")) from error

    def _notifications(self, begin: datetime) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        for _ in range(MOST_PAGES):
            query = {"limit": str(PAGE)} | ({"cursor": cursor} if cursor else {})
            page = self._call("GET", "app.bsky.notification.listNotifications", params=query)
            rows = page["notifications"]
            found += [one for one in rows if _moment(one["indexedAt"]) >= begin]
            cursor = str(page.get("cursor") or "")
            if not cursor or not rows or _moment(rows[-1]["indexedAt"]) < begin:
                return found
        raise Unclear("Bluesky has more than we read at once.")

    def _shown(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the posts, those that carry something with how it is shown: only there stands where a picture lies."""
        carry = [str(one["uri"]) for one in rows if isinstance(one.get("record"), dict) and one["record"].get("embed")]
        shown: dict[str, Any] = {}
        for begin in range(0, len(carry), POSTS_AT_ONCE):
            try:
                page = self._call(
                    "GET", "app.bsky.feed.getPosts", params={"uris": carry[begin : begin + POSTS_AT_ONCE]}
                )
            except Refused:
                continue  # the words are not held up by a picture
            shown |= {str(one["uri"]): one.get("embed") for one in page["posts"]}
        return [one | ({"shown": shown[str(one["uri"])]} if shown.get(str(one["uri"])) else {}) for one in rows]

    def _talks(self, rev: str, since: datetime) -> list[dict[str, Any]]:
        """Messages of others that came after ``rev``, with who wrote them; oldest first."""
        found: list[dict[str, Any]] = []
        own, cursor = self._did(), ""
        for _ in range(MOST_PAGES):
            query = {"limit": str(PAGE)} | ({"cursor": cursor} if cursor else {})
            page = self._call("GET", "chat.bsky.convo.listConvos", params=query, headers=CHAT)
            convos = page["convos"]
            for convo in convos:
                if str(convo["rev"]) > rev:
                    who = {one["did"]: one for one in convo["members"]}
                    found += [
                        {"kind": "message", "convo": convo["id"], "message": one, "author": who.get(one["sender"]["did"], {})}
                        for one in self._messages(str(convo["id"]), rev, since)
                        if one["sender"]["did"] != own
                    ]  # fmt: skip
            cursor = str(page.get("cursor") or "")
            if not cursor or not convos:
                break
        return sorted(found, key=lambda one: str(one["message"]["rev"]))

    def _messages(self, convo: str, rev: str, since: datetime) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        for _ in range(MOST_PAGES):
            query = {"convoId": convo, "limit": str(PAGE)} | ({"cursor": cursor} if cursor else {})
            page = self._call("GET", "chat.bsky.convo.getMessages", params=query, headers=CHAT)
            rows = page["messages"]
            fresh = [one for one in rows if str(one["rev"]) > rev and (rev or _moment(one["sentAt"]) >= since)]
            found += [one for one in fresh if "text" in one]
            cursor = str(page.get("cursor") or "")
            if not cursor or len(fresh) < len(rows) or not rows:
                break
        return found

    # -- writing --------------------------------------------------------------------------------------------------

    def post(self, answered: Answered) -> str:
        """Post a reply under a key of our own, or send a direct message."""
        if answered.private:
            convo = self._convo(answered)
            body = {"convoId": convo, "message": {"text": answered.text, **_facets(answered.text)}}
            return str(self._written(self._call("POST", "chat.bsky.convo.sendMessage", json=body, headers=CHAT), "id"))
        record = {
            "$type": "app.bsky.feed.post", "text": answered.text, "langs": ["en"], **_facets(answered.text),
            "createdAt": clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "reply": {
                "root": {"uri": answered.refs.get("root_uri", ""), "cid": answered.refs.get("root_cid", "")},
                "parent": {"uri": answered.refs.get("uri", ""), "cid": answered.refs.get("cid", "")},
            },
        }  # fmt: skip
        body = {
            "repo": self._did(), "collection": "app.bsky.feed.post", "rkey": key_of(answered.message_id), "record": record,
        }  # fmt: skip
        return str(self._written(self._call("POST", "com.atproto.repo.createRecord", json=body), "uri"))

    def find(self, answered: Answered) -> str:
        """Ask for our own record by its key, or look through the conversation for our words."""
        try:
            if answered.private:
                query = {"convoId": self._convo(answered), "limit": str(PAGE)}
                page = self._call("GET", "chat.bsky.convo.getMessages", params=query, headers=CHAT)
                own = self._did()
                for one in page["messages"]:
                    if one["sender"]["did"] == own and same_words(str(one.get("text", "")), answered.text):
                        return str(one["id"])
                return ""
            query = {"repo": self._did(), "collection": "app.bsky.feed.post", "rkey": key_of(answered.message_id)}
            return str(self._call("GET", "com.atproto.repo.getRecord", params=query)["uri"])
        except Refused as error:
            if "RecordNotFound" in str(error) or "Could not locate record" in str(error):
                return ""
            raise NotNow("Bluesky cannot say just now.", unreachable=True) from error
        except (Unclear, KeyError, TypeError) as error:
            raise NotNow("Bluesky cannot say just now.", unreachable=True) from error

    def _convo(self, answered: Answered) -> str:
        if answered.refs.get("convo"):
            return answered.refs["convo"]
        query = {"members": answered.author_id}
        return str(self._call("GET", "chat.bsky.convo.getConvoForMembers", params=query, headers=CHAT)["convo"]["id"])

    def _written(self, body: Any, name: str) -> Any:
        if not isinstance(body, dict) or not body.get(name):
            raise Unclear("Bluesky answered in a way we cannot read.")
        return body[name]

    # -- the session ----------------------------------------------------------------------------------------------

    def _did(self) -> str:
        with self._lock:
            if not self._session:
                self._begin()
            return str(self._session["did"])

    def _call(self, method: str, name: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> Any:
        """Call one method as ourselves; a token that has run out is renewed once."""
        for again in (True, False):
            with self._lock:
                if not self._session:
                    self._begin()
                bearer = {"Authorization": f"Bearer {self._session['accessJwt']}"}
            got = self._wire.call(method, f"/xrpc/{name}", headers={**bearer, **(headers or {})}, **more)
            if got.status == 200:
                if not isinstance(got.body, dict):
                    raise Unclear("Bluesky answered in a way we cannot read.")
                return got.body
            if not (again and (got.status == 401 or "ExpiredToken" in _words(got))):
                break
            with self._lock:
                self._renew()
        raise self._wire.verdict(got, _words(got), _wait(got))

    def _begin(self) -> None:
        told = {"identifier": self._handle, "password": self._password}
        self._keep(self._wire.call("POST", "/xrpc/com.atproto.server.createSession", json=told))

    def _renew(self) -> None:
        bearer = {"Authorization": f"Bearer {self._session.get('refreshJwt', '')}"}
        got = self._wire.call("POST", "/xrpc/com.atproto.server.refreshSession", headers=bearer)
        if got.status == 200:
            self._keep(got)
        else:
            self._session = {}
            self._begin()

    def _keep(self, got: Got) -> None:
        """Keep a session. One that was not given is never a message that went: it is tried again."""
        if got.status != 200:
            wait = _wait(got) if got.status == 429 else 0
            raise NotNow(f"Bluesky lets us in no more: {_words(got)}"[:300], unreachable=True, wait_seconds=wait)
        if not isinstance(got.body, dict) or not {"accessJwt", "refreshJwt", "did"} <= set(got.body):
            raise NotNow("Bluesky answered in a way we cannot read.", unreachable=True)
        self._session = got.body


def key_of(message_id: UUID) -> str:
    """Return the key (a TID) of the record a message becomes: the same for each try, so that none is posted twice.

    53 bits of microseconds and ten of a clock, thirteen digits of base 32; our ids are version 7 and begin with the moment.
    """
    number = ((message_id.int >> 80) * 1000 + (message_id.int >> 54) % 1000) << 10 | message_id.int & 0x3FF
    return "".join(_DIGITS[number >> shift & 31] for shift in range(60, -1, -5))


def _facets(text: str) -> dict[str, Any]:
    """Links of a text by the places of their bytes; without them nothing can be followed."""
    found = [
        {
            "index": {"byteStart": match.start(), "byteEnd": match.end()},
            "features": [{"$type": "app.bsky.richtext.facet#link", "uri": match[0].decode()}],
        }
        for match in _LINK.finditer(text.encode())
    ]
    return {"facets": found} if found else {}


def _moment(text: Any) -> datetime:
    return datetime.fromisoformat(str(text))


def _words(got: Got) -> str:
    if not isinstance(got.body, dict):
        return ""
    return f"{got.body.get('error', '')} {got.body.get('message', '')}".strip()


def _wait(got: Got) -> int:
    """Seconds until the limit is lifted, as `RateLimit-Reset` says (seconds since 1970)."""
    told = got.headers.get("RateLimit-Reset", "")
    return max(1, min(3600, int(told) - int(clock.machine_now().timestamp()) + 1)) if told.isdigit() else 0
