"""Mastodon by its REST API. Source: docs.joinmastodon.org (methods: notifications, statuses, accounts; rate limits)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import unescape
from typing import Any, Final

from moothall.core import clock
from moothall.notifications.adapters.social.network import Answered, Got, News, Wire, reading, same_words
from moothall.notifications.protocols import NotNow, Refused, Unclear

PAGE: Final = 40
MOST_PAGES: Final = 500
_BREAK = re.compile(r"<br\s*/?>|</p>\s*<p[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


class Mastodon:
    """One account on one server.

    The key is an OAuth token with read:notifications, read:statuses, read:accounts and write:statuses.
    """

    code = "mastodon"
    longest = 500
    longest_private = 500

    def __init__(self, address: str, key: str, timeout: float = 15.0) -> None:
        self._wire = Wire("Mastodon", address, timeout)
        self._headers = {"Authorization": f"Bearer {key}"}
        self._own_id = ""

    def news(self, places: Mapping[str, Any], *, since: datetime) -> Iterator[News]:
        """Yield mentions in the order they came, a page at a time."""
        try:
            last = str(places.get("after", ""))
            if not last:
                newest = self._get("/api/v1/notifications", {"types[]": "mention", "limit": "80"})
                late = [one for one in reversed(newest) if _moment(one) >= since]
                after = max((int(one["id"]) for one in newest if isinstance(one, dict)), default=0)
                yield News(tuple(late), {"after": str(after)})
                return
            for _ in range(MOST_PAGES):
                asked = {"types[]": "mention", "min_id": last, "limit": str(PAGE)}
                page = self._get("/api/v1/notifications", asked)
                if not page:
                    return
                rows = sorted(page, key=lambda one: int(one["id"]))
                last = str(max(int(last), int(rows[-1]["id"])))
                yield News(tuple(rows), {"after": last})
        except (NotNow, Unclear, Refused) as error:
            raise reading(error) from error
        except (KeyError, TypeError, ValueError) as error:
            raise reading(Unclear("Mastodon answered in a way we cannot read.")) from error

    def post(self, answered: Answered) -> str:
        """Post a status. The same message within an hour is the same status (Idempotency-Key)."""
        form = {"status": _status(answered), "visibility": answered.refs.get("visibility") or "unlisted"}
        if answered.private:
            form["visibility"] = "direct"
        if answered.refs.get("status"):
            form["in_reply_to_id"] = answered.refs["status"]
        got = self._wire.call(
            "POST", "/api/v1/statuses", data=form, headers=self._headers | {"Idempotency-Key": str(answered.message_id)}
        )
        if got.status != 200:
            raise self._wire.verdict(got, _words(got), _wait(got))
        if not isinstance(got.body, dict) or not got.body.get("id"):
            raise Unclear("Mastodon answered in a way we cannot read.")
        return str(got.body["id"])

    def find(self, answered: Answered) -> str:
        """Look through our own newest statuses for this answer."""
        try:
            if not self._own_id:
                self._own_id = str(self._get("/api/v1/accounts/verify_credentials", {}, one=True)["id"])
            rows = self._get(f"/api/v1/accounts/{self._own_id}/statuses", {"limit": "40", "exclude_reblogs": "true"})
            for row in rows:
                said = same_words(plain(str(row.get("content", ""))), _status(answered))
                if said and str(row.get("in_reply_to_id") or "") == answered.refs.get("status", ""):
                    return str(row["id"])
            return ""
        except (Unclear, Refused, KeyError, TypeError) as error:
            raise NotNow("Mastodon cannot say just now.", unreachable=True) from error

    def _get(self, path: str, query: Mapping[str, str], *, one: bool = False) -> Any:
        got = self._wire.call("GET", path, params=query, headers=self._headers)
        if got.status != 200:
            raise self._wire.verdict(got, _words(got), _wait(got))
        if not isinstance(got.body, dict if one else list):
            raise Unclear("Mastodon answered in a way we cannot read.")
        return got.body


def plain(content: str) -> str:
    """Return the words of a status, which comes as HTML: paragraphs as lines, nothing hidden put back in."""
    return unescape(_TAG.sub("", _BREAK.sub("\n", content))).strip()


def _status(answered: Answered) -> str:
    """The words with whom they answer: nobody is told of a status that does not name her."""
    return f"{answered.to} {answered.text}"


def _moment(one: Any) -> datetime:
    return datetime.fromisoformat(str(one["created_at"]))


def _words(got: Got) -> str:
    return str(got.body.get("error", "")) if isinstance(got.body, dict) else ""


def _wait(got: Got) -> int:
    """Seconds until the limit is lifted, as `X-RateLimit-Reset` says (a moment of ISO 8601)."""
    try:
        until = datetime.fromisoformat(got.headers.get("X-RateLimit-Reset", ""))
        return max(1, min(3600, int((until - clock.machine_now()).total_seconds()) + 1))
    except (ValueError, TypeError):
        return 0
