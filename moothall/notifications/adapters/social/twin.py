"""A twin of the social networks on one port: Mastodon under `/api`, Bluesky under `/xrpc`, Facebook under `/v24.0`, and at
`/` a page to write on.

It checks tokens and shapes, pages and orders as the published APIs say, keeps what was posted, and answers with the
networks' own errors. Faults can be ordered. What could not be held against the networks themselves is listed in
`docs/howto/social-media.md`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from moothall.core import clock
from moothall.core.twin_server import Fault, LocalServer, QuietHandler, next_fault
from moothall.notifications.adapters.social import twin_bluesky, twin_facebook, twin_mastodon
from moothall.notifications.adapters.social.twin_page import page
from moothall.notifications.adapters.social.twin_pictures import PATH, kept, sample

KEYS: Final = {
    "mastodon": "twin-of-mastodon",
    "bluesky": "council.bsky.example:twin-of-bluesky",
    "facebook": twin_facebook.KEY,
}
MOST_KEPT: Final = 5_000


class _Handler(QuietHandler):
    twin: Twin

    def do_GET(self) -> None:  # noqa: N802 - the library’s own name
        self._serve(b"")

    def do_POST(self) -> None:  # noqa: N802 - the library’s own name
        self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _serve(self, raw: bytes) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        if parts.path == "/":
            self._page(raw)
            return
        with self.twin.lock:
            fault = next_fault(self.twin.faults, parts.path)
        if self.twin.down or (fault is not None and fault.kind == "drop"):
            self.drop()
            return
        if fault is not None and fault.kind == "status":
            self.reply(fault.code, json.dumps({"error": "Trouble that was ordered"}).encode(), "application/json")
            return
        if parts.path.startswith(PATH):
            self._picture(parts.path, fault)
            return
        with self.twin.lock:
            if parts.path.startswith("/xrpc/"):
                status, body, more = twin_bluesky.answer(self.twin, self.command, parts.path, query, self.headers, raw)  # type: ignore[arg-type]
            elif parts.path.startswith("/v24.0/"):
                status, body, more = twin_facebook.answer(self.twin, self.command, parts.path, query, self.headers, raw)  # type: ignore[arg-type]
            else:
                status, body, more = twin_mastodon.answer(self.twin, self.command, parts.path, query, self.headers, raw)  # type: ignore[arg-type]
        if fault is not None and fault.kind == "swallow":
            self.drop()
            return
        if fault is not None and fault.kind == "slow":
            time.sleep(fault.seconds)
        said = b"<html>gateway</html>" if fault is not None and fault.kind == "garbage" else json.dumps(body).encode()
        self.reply(status, said, "application/json", more)

    def _picture(self, path: str, fault: Fault | None) -> None:
        held = self.twin.media.get(path)
        if held is None:
            self.reply(404, b"", "text/plain")
        elif fault is not None and fault.kind == "swallow":
            self.send_response(200)
            self.send_header("Content-Length", str(len(held)))
            self.end_headers()
            self.wfile.write(held[: len(held) // 2])
            self.drop()
        else:
            self.reply(200, held, "image/jpeg")

    def _page(self, raw: bytes) -> None:
        if self.command == "POST":
            form = {name: values[-1] for name, values in parse_qs(raw.decode("utf-8", "replace")).items()}
            network = form.get("network", "")
            if network in KEYS and form.get("text", "").strip():
                self.twin.say(
                    form["text"].strip()[:480], network=network, private=form.get("private") == "yes",
                    author="".join(c for c in form.get("author", "") if c.isalnum() or c in "._-")[:40] or "somebody",
                    answers=int(form["answers"]) if form.get("answers", "").isdigit() else 0,
                    pictures=((sample(), "A hole in the road"),) if form.get("picture") == "yes" else (),
                )  # fmt: skip
            self.reply(303, b"", "text/html", {"Location": "/"})
            return
        self.reply(200, page(self.twin.posts).encode(), "text/html; charset=utf-8")


@dataclass
class Twin(LocalServer):
    """The state of the networks."""

    handler = _Handler
    posts: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    down: bool = False
    closed: set[str] = field(default_factory=set)
    """Handles whose owners take no direct messages."""
    expired: bool = False
    """The next call on Bluesky finds its token too old."""
    once: dict[str, int] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)
    """Pictures by their path; not kept over a stop."""

    @property
    def addresses(self) -> dict[str, str]:
        """As ``MOOTHALL_SOCIAL`` names them."""
        return dict.fromkeys(KEYS, self.url)

    def state(self) -> Any:
        """Return the posts."""
        return self.posts

    def restore(self, kept: Any) -> None:
        """Go on with the posts that were kept."""
        self.posts = kept

    def say(
        self, text: str, *, network: str = "mastodon", author: str = "miss.may", name: str = "", private: bool = False,
        answers: int = 0, visibility: str = "", bot: bool = False, pictures: Sequence[tuple[bytes | str, str]] = (),
    ) -> int:  # fmt: skip
        """Let somebody write to the council, as an answer to post number ``answers``; return the number of the post.

        ``pictures``: each its content, or an address where it is said to lie, and what is said to be on it.
        """
        return self.add(
            network=network, author=author, name=name or author.replace(".", " ").title(), text=text, private=private,
            answers=answers, visibility=visibility or ("direct" if private else "public"), bot=bot,
            pictures=kept(self, pictures),
        )  # fmt: skip

    def add(self, **post: Any) -> int:
        """Keep a post; return its number."""
        with self.lock:
            number = (self.posts[-1]["number"] if self.posts else 0) + 1
            at = clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
            self.posts.append({"number": number, "at": at, "ours": False, "bot": False, **post})
            del self.posts[:-MOST_KEPT]
            self.write_down()
            return number

    def ours(self, network: str = "") -> list[dict[str, Any]]:
        """Return what the council wrote, oldest first."""
        with self.lock:
            return [one for one in self.posts if one["ours"] and network in ("", one["network"])]
