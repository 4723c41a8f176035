"""A Facebook page by the Graph API: posts and comments of visitors, Messenger. Sources: developers.facebook.com, Graph API
(page feed, comments, conversations, errors, secure requests), Messenger Platform (Send API, private replies, tags).

Posts are read by asking; a webhook only says that it is worth asking now, or which old comment thread has moved.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from moothall.core import clock
from moothall.notifications.adapters.social.network import Answered, Got, News, Wire, reading, same_words
from moothall.notifications.protocols import NotNow, Refused, Unclear

VERSION: Final = "v24.0"
PAGE: Final = 50
MOST_PAGES: Final = 60
OVERLAP: Final = timedelta(minutes=10)
"""Things may be told a little later than the moment they bear."""
WINDOW: Final = timedelta(hours=23)
"""How long after somebody wrote an answer is an ordinary one (24 hours, with time to get there)."""
PICTURE: Final = "media{image{src}}"
POST: Final = (
    "id,message,created_time,from,permalink_url,"
    f"attachments{{media_type,title,{PICTURE},subattachments{{media_type,{PICTURE}}}}}"
)
COMMENT: Final = f"id,message,created_time,from,parent{{id}},permalink_url,attachment{{type,{PICTURE}}}"
MESSAGE: Final = "id,created_time,from,message,attachments{mime_type,image_data{url}}"
TOO_OFTEN: Final = frozenset({4, 17, 32, 613, 80001, 80006})
NOT_LET: Final = frozenset({3, 10, 102, 190, *range(200, 300)})
"""It does not let us, for all we know by mistake: an administrator mends it, and what waits goes out then."""
BUSY: Final = frozenset({1, 2})
OUT_OF_TIME: Final = 2018278
_ID: Final = re.compile(r"\d{1,40}(_\d{1,40}){0,2}")
Kind = Literal["post", "comment"]


@dataclass(frozen=True, slots=True)
class Key:
    """How we and a page know each other: ``page:token:secret:word``, the last two for what Facebook calls."""

    page: str
    token: str
    secret: str
    word: str

    @classmethod
    def read(cls, key: str) -> Key:
        """Return the parts of a key as it is set up; what is left out is empty, and lets nobody in."""
        page, token, secret, word = (*key.split(":", 3), "", "", "", "")[:4]
        return cls(page, token, secret, word)

    def proof(self) -> str:
        """Return the proof that whoever has the token has the app's secret too (`appsecret_proof`)."""
        return hmac.new(self.secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()

    def signed(self, raw: bytes, given: str) -> bool:
        """Say whether Facebook signed a webhook's body (`X-Hub-Signature-256`)."""
        ours = f"sha256={hmac.new(self.secret.encode(), raw, hashlib.sha256).hexdigest()}"
        return bool(self.secret) and hmac.compare_digest(ours.encode(), given.encode())

    def may_subscribe(self, given: str) -> bool:
        """Say whether whoever sets up a webhook knows the word that was agreed."""
        return bool(self.word) and hmac.compare_digest(self.word.encode(), given.encode())


class Facebook:
    """One page. Its token has pages_read_user_content, pages_manage_engagement and pages_messaging."""

    code = "facebook"
    longest = 8000
    longest_private = 2000

    def __init__(self, address: str, key: str, timeout: float = 15.0) -> None:
        self._wire = Wire("Facebook", f"{address}/{VERSION}", timeout)
        self.key = Key.read(key)

    # -- reading --------------------------------------------------------------------------------------------------

    def news(self, places: Mapping[str, Any], *, since: datetime) -> Iterator[News]:
        """Yield what visitors posted and commented, then what came by Messenger, each oldest first and each once."""
        try:
            posts = _Place(places.get("posts"), since)
            wanted = posts.fresh(self._posts(posts.begin))
            here = dict(places) | {"posts": posts.kept()}
            yield News(tuple(wanted), here)
            talks = _Place(places.get("talks"), since)
            wanted = talks.fresh(self._messages(talks.begin))
            yield News(tuple(wanted), here | {"talks": talks.kept()})
        except (NotNow, Unclear, Refused) as error:
            raise reading(error) from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise reading(Unclear("Facebook answered in a way we cannot read.")) from error

    def one(self, kind: Kind, id_: str) -> dict[str, Any] | None:
        """Return one post or comment as it is told, nothing when it is gone or our own. Raises Away."""
        if not _ID.fullmatch(id_):
            return None
        try:
            told = self._get(id_, {"fields": POST if kind == "post" else COMMENT})
            return None if _author(told) == self.key.page else {"kind": kind, **told}
        except Refused:
            return None
        except (NotNow, Unclear) as error:
            raise reading(error) from error

    def _posts(self, begin: datetime) -> list[dict[str, Any]]:
        """Posts and comments since a moment, newest first: those of the newest posts, however old these are."""
        found: list[dict[str, Any]] = []
        fields = f"{POST},comments.filter(stream).order(reverse_chronological).limit({PAGE}){{{COMMENT}}}"
        for rows in self._pages(f"{self.key.page}/feed", {"fields": fields}):
            for row in rows:
                comments = row.pop("comments", {})
                if _moment(row) >= begin and _author(row) != self.key.page:
                    found.append({"kind": "post", **row})
                found += self._comments(str(row["id"]), comments, begin)
            if _moment(rows[-1]) < begin:
                break
        return sorted(found, key=_moment, reverse=True)

    def _comments(self, post: str, first: Mapping[str, Any], begin: datetime) -> Iterator[dict[str, Any]]:
        rows, more = list(first.get("data", [])), _after(first)
        pages: Iterator[list[dict[str, Any]]] = iter(())
        if more:
            asked = {"fields": COMMENT, "filter": "stream", "order": "reverse_chronological", "after": more}
            pages = self._pages(f"{post}/comments", asked)
        while rows:
            yield from (
                {"kind": "comment", **one}
                for one in rows
                if _moment(one) >= begin and _author(one) != self.key.page
            )  # fmt: skip
            rows = next(pages, []) if _moment(rows[-1]) >= begin else []

    def _messages(self, begin: datetime) -> list[dict[str, Any]]:
        """Messages of others since a moment, newest first."""
        found: list[dict[str, Any]] = []
        fields = f"id,updated_time,messages.limit({PAGE}){{{MESSAGE}}}"
        for talks in self._pages(f"{self.key.page}/conversations", {"fields": fields, "platform": "messenger"}):
            for talk in talks:
                rows, more = list(talk["messages"]["data"]), _after(talk["messages"])
                if more and _moment(rows[-1]) >= begin:
                    for page in self._pages(f"{talk['id']}/messages", {"fields": MESSAGE, "after": more}):
                        rows += page
                        if _moment(page[-1]) < begin:
                            break
                late = [one for one in rows if _moment(one) >= begin and _author(one) != self.key.page]
                found += [{"kind": "message", "talk": talk["id"], **one} for one in late]
            if _moment({"created_time": talks[-1]["updated_time"]}) < begin:
                break
        return sorted(found, key=_moment, reverse=True)

    def _pages(self, path: str, asked: Mapping[str, str]) -> Iterator[list[dict[str, Any]]]:
        query = {"limit": str(PAGE), **asked}
        for _ in range(MOST_PAGES):
            page = self._get(path, query)
            if not page["data"]:
                return
            yield page["data"]
            more = _after(page)
            if not more:
                return
            query["after"] = more
        raise Unclear("Facebook has more than we read at once.")

    # -- writing --------------------------------------------------------------------------------------------------

    def post(self, answered: Answered) -> str:
        """Comment under what was written, or write by Messenger: in the talk, or privately about a comment or post."""
        if not answered.private:
            got = self._call("POST", f"{answered.refs.get('object', '')}/comments", data={"message": answered.text})
            return self._written(got, "id")
        body: dict[str, Any] = {"message": {"text": answered.text}, "messaging_type": "RESPONSE"}
        if answered.refs.get("psid"):
            body["recipient"] = {"id": answered.refs["psid"]}
            if _is_late(answered.refs.get("at", "")):
                body |= {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
        else:
            name = "post_id" if answered.refs.get("kind") == "post" else "comment_id"
            body["recipient"] = {name: answered.refs.get("object", "")}
        return self._written(self._call("POST", f"{self.key.page}/messages", json=body), "message_id")

    def find(self, answered: Answered) -> str:
        """Look for our words under what was written, or among the newest talks with its author."""
        try:
            if answered.private:
                return self._said(answered)
            asked = {"fields": COMMENT, "filter": "stream", "order": "reverse_chronological"}
            for rows in self._pages(f"{answered.refs.get('object', '')}/comments", asked):
                for one in rows:
                    if _author(one) == self.key.page and same_words(str(one.get("message", "")), answered.text):
                        return str(one["id"])
            return ""
        except (Unclear, Refused, KeyError, TypeError, ValueError, AttributeError) as error:
            raise NotNow("Facebook cannot say just now.", unreachable=True) from error

    def _said(self, answered: Answered) -> str:
        asked = {"fields": f"id,participants,messages.limit({PAGE}){{{MESSAGE}}}", "platform": "messenger"}
        talks = self._get(f"{self.key.page}/conversations", {"limit": str(PAGE), **asked})["data"]
        for talk in talks:
            if answered.author_id not in {str(one.get("id")) for one in talk["participants"]["data"]}:
                continue
            for one in talk["messages"]["data"]:
                if _author(one) == self.key.page and same_words(str(one.get("message", "")), answered.text):
                    return str(one["id"])
        return ""

    # -- the wire -------------------------------------------------------------------------------------------------

    def _get(self, path: str, query: Mapping[str, str]) -> Any:
        got = self._call("GET", path, params=dict(query))
        if not isinstance(got.body, dict):
            raise Unclear("Facebook answered in a way we cannot read.")
        return got.body

    def _call(self, method: str, path: str, *, params: Mapping[str, str] | None = None, **more: Any) -> Got:
        proved = dict(params or {}) | {"appsecret_proof": self.key.proof()}
        headers = {"Authorization": f"Bearer {self.key.token}"}
        got = self._wire.call(method, f"/{path}", params=proved, headers=headers, **more)
        if got.status != 200:
            raise self._verdict(got)
        return got

    def _verdict(self, got: Got) -> Exception:
        """Tell apart by Facebook's own codes what will never go, what goes later, and what may have gone."""
        told = got.body.get("error") if isinstance(got.body, dict) else None
        if not isinstance(told, dict):
            return self._wire.verdict(got, "", 0)
        code, said = told.get("code"), f"Facebook says {told.get('code')}: {told.get('message', '')}"[:300]
        if told.get("error_subcode") == OUT_OF_TIME:
            return Refused(said)
        if code in TOO_OFTEN:
            return NotNow(said, unreachable=True, wait_seconds=_wait(got))
        if code in NOT_LET:
            return NotNow(said, unreachable=True)
        return Unclear(said) if code in BUSY or got.status >= 500 else Refused(said)

    def _written(self, got: Got, name: str) -> str:
        if not isinstance(got.body, dict) or not got.body.get(name):
            raise Unclear("Facebook answered in a way we cannot read.")
        return str(got.body[name])


class _Place:
    """How far a list was read: a moment, and what was told of the last minutes before it, so that nothing is told twice."""

    def __init__(self, kept: Any, since: datetime) -> None:
        known = kept if isinstance(kept, dict) else {}
        self.until = datetime.fromisoformat(known["until"]) if known else since
        self.begin = self.until - OVERLAP if known else since
        self.told: dict[str, str] = dict(known.get("told", {}))

    def fresh(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return what was not told before, oldest first."""
        new = [one for one in reversed(rows) if str(one["id"]) not in self.told]
        self.until = max([self.until, *(_moment(one) for one in new)])
        told = self.told | {str(one["id"]): _moment(one).isoformat() for one in new}
        self.told = {id_: at for id_, at in told.items() if datetime.fromisoformat(at) >= self.until - OVERLAP}
        return new

    def kept(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {"until": self.until.isoformat(), "told": self.told}


def _moment(one: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(one["created_time"])).astimezone(UTC)


def _author(one: Mapping[str, Any]) -> str:
    return str((one.get("from") or {}).get("id", ""))


def _after(page: Mapping[str, Any]) -> str:
    paging = page.get("paging") or {}
    return str(paging["cursors"]["after"]) if paging.get("next") else ""


def _is_late(at: str) -> bool:
    return bool(at) and clock.now() - datetime.fromisoformat(at) > WINDOW


def _wait(got: Got) -> int:
    """Seconds until calls count again, as `X-Business-Use-Case-Usage` says in minutes; ten minutes where it does not."""
    minutes = re.findall(
        r'"estimated_time_to_regain_access"\s*:\s*(\d{1,4})', got.headers.get("X-Business-Use-Case-Usage", "")
    )
    return min(3600, max([600, *(60 * int(one) for one in minutes)]))
