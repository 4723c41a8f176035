"""Twins of contractors' systems: they take orders under their codes, and say step by step what whoever plays them wants.

For tests (`say`) and demonstrations, where a page of plain buttons at `/` plays all of them. What is said is sent to the
council's address at once, or left to be asked for.
"""

from __future__ import annotations

import json
import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import requests

from moothall.core import clock
from moothall.core.signing import is_signed, signed
from moothall.core.twin_server import LocalServer, QuietHandler
from moothall.repairs.adapters.works_orders import NAME

KEY: Final = "twin-of-the-contractors"
BUTTONS: Final = (
    ("accepted", "Take it on"), ("offered", "Offer two times"), ("booked", "Name a time"), ("going", "On the way"),
    ("visited", "At the home"), ("no_access", "No access"), ("inspected", "Looked into it"),
    ("follow_on", "More work needed"),
    ("done", "Done"), ("refused", "Refuse it"),
)  # fmt: skip
WORDS: Final = {
    "follow_on": "Scaffolding is needed to reach it", "refused": "Outside our contract",
    "no_access": "Nobody answered the door",
    "inspected": "Black mould on the outside wall, from the gutter", "done": "Put right",
}  # fmt: skip
MOST_KEPT: Final = 5_000


class _Handler(QuietHandler):
    twin: Twin

    def do_GET(self) -> None:  # noqa: N802 - the library’s own name
        self._serve()

    def do_PUT(self) -> None:  # noqa: N802 - the library’s own name
        self._serve()

    def do_POST(self) -> None:  # noqa: N802 - the library’s own name
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        form = {name: values[-1] for name, values in parse_qs(raw.decode("utf-8", "replace")).items()}
        if form.get("order") in self.twin.orders and form.get("kind") in dict(BUTTONS):
            self.twin.play(form["order"], form["kind"])
        self.reply(303, b"", "text/html", {"Location": "/"})

    def _serve(self) -> None:
        parts, raw = urlsplit(self.path), self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.twin.down:
            self.drop()
            return
        if parts.path == "/":
            self.reply(200, self.twin.page().encode(), "text/html; charset=utf-8")
            return
        if not is_signed(raw, self.headers, self.twin.key, at=clock.now(), name=NAME):  # type: ignore[arg-type]
            self.reply(403, b'{"error": "The signature does not fit."}', "application/json")
            return
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        status, body = self.twin.answer(self.command, parts.path, query, raw)
        self.reply(status, json.dumps(body).encode(), "application/json")


@dataclass
class Twin(LocalServer):
    """All contractors on one port. ``callback``: where steps are told, ``{code}`` in it; empty: they wait to be asked for."""

    handler = _Handler
    callback: str = ""
    key: str = KEY
    accepts: bool = False
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    refuses: str = ""
    down: bool = False
    answered: list[int] = field(default_factory=list)

    def state(self) -> Any:
        """Return the orders."""
        return self.orders

    def restore(self, kept: Any) -> None:
        """Go on with the orders that were kept."""
        self.orders = kept

    def say(self, order: str, kind: str, **more: Any) -> dict[str, Any]:
        """Say one thing of an order; return the step. Moments may be datetimes."""
        with self.lock:
            held = self.orders[order]
            step = {
                "order": order, "id": more.pop("id", str(uuid.uuid4())), "kind": kind, "number": len(held["steps"]) + 1,
                "occurred_at": clock.now().isoformat(), "reference": held["reference"], **_plain(more),
            }  # fmt: skip
            held["steps"].append(step)
            self.write_down()
        self.tell(held["contractor"], [step])
        return step

    def tell(self, contractor: str, steps: list[dict[str, Any]]) -> int:
        """Send steps to the council, signed; return the status of the answer, 0 for none."""
        if not self.callback:
            return 0
        raw = json.dumps({"steps": steps}).encode()
        headers = {"Content-Type": "application/json", **signed(raw, self.key, at=clock.now(), name=NAME)}
        try:
            answer = requests.post(self.callback.format(code=contractor), data=raw, headers=headers, timeout=10)
        except requests.RequestException:
            return 0
        self.answered.append(answer.status_code)
        return answer.status_code

    def play(self, order: str, kind: str) -> None:
        """Say what a button says, with times soon after now."""
        begins = (clock.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0, hour=9)
        windows = [(begins + timedelta(days=n), begins + timedelta(days=n, hours=3)) for n in (0, 1)]
        more: dict[str, Any] = {"words": WORDS.get(kind, "")}
        if kind == "offered":
            more["offers"] = [{"starts_at": one, "ends_at": two} for one, two in windows]
        if kind == "booked":
            soon = clock.now().replace(minute=0, second=0, microsecond=0)
            more |= {"starts_at": soon + timedelta(hours=1), "ends_at": soon + timedelta(hours=3)}
        if kind == "inspected":
            more["hazard"] = "significant"
        self.say(order, kind, **more)

    # -- what comes in --------------------------------------------------------------------------------------------

    def answer(self, method: str, path: str, query: dict[str, str], raw: bytes) -> tuple[int, Any]:
        """Answer one call of the contract."""
        parts = path.strip("/").split("/")
        with self.lock:
            if self.refuses and method == "PUT":
                return 422, {"error": self.refuses}
            match method, parts:
                case "PUT", [code, "orders", key]:
                    return self._order(code, key, json.loads(raw or b"{}"))
                case "PUT", [_, "orders", key, "told", told] if key in self.orders:
                    said = self.orders[key]["told"]
                    if all(one["id"] != told for one in said):
                        said.append({"id": told, **json.loads(raw or b"{}")})
                        self.write_down()
                    return 200, {}
                case "GET", [_, "orders", key, "steps"] if key in self.orders:
                    after = int(query.get("after") or 0)
                    return 200, {"steps": [one for one in self.orders[key]["steps"] if one["number"] > after]}
        return 404, {"error": "There is no such order."}

    def _order(self, code: str, key: str, work: dict[str, Any]) -> tuple[int, Any]:
        if key not in self.orders:
            reference = f"WO-{len(self.orders) + 1:05d}"
            self.orders[key] = {"contractor": code, "reference": reference, "work": work, "steps": [], "told": []}
            while len(self.orders) > MOST_KEPT:
                self.orders.pop(next(iter(self.orders)))
            self.write_down()
            if self.accepts:
                threading.Timer(1.0, self._accept, args=(key,)).start()
        return 200, {"reference": self.orders[key]["reference"]}

    def _accept(self, key: str) -> None:
        emergency = self.orders[key]["work"].get("emergency")
        self.say(key, "accepted")
        self.play(key, "booked" if emergency else "offered")

    def page(self) -> str:
        """The page of buttons that plays the contractors."""
        rows = []
        for key, held in reversed(list(self.orders.items())[-50:]):
            work, last = held["work"], held["steps"][-1]["kind"] if held["steps"] else "new"
            facts = "; ".join(f"{name} {value}" for name, value in (work.get("facts") or {}).items())
            told = ", ".join(one["kind"] for one in held["told"])
            buttons = "".join(
                f'<button name="kind" value="{kind}">{escape(words)}</button> ' for kind, words in BUTTONS
            )
            rows.append(
                f"<article><h2>{escape(held['reference'])} {escape(work.get('service', ''))}: {escape(last)}</h2>"
                f"<p>{escape(held['contractor'])} · {escape(work.get('priority', ''))} · {escape(work.get('address', ''))}"
                f"<br>{escape(work.get('what') or facts)}{'<br>Told: ' + escape(told) if told else ''}</p>"
                f'<form method="post" action="/"><input type="hidden" name="order" value="{escape(key)}">{buttons}</form>'
                "</article>"
            )
        return (
            "<!doctype html><html lang=en-GB><meta charset=utf-8><meta name=viewport content='width=device-width'>"
            "<title>Contractors (demonstration)</title><style>body{font:1rem/1.5 sans-serif;max-width:60rem;margin:2rem auto;"
            "padding:0 1rem}button{margin:.2rem;padding:.5rem .8rem;font:inherit}article{border-top:1px solid #999}</style>"
            f"<h1>Contractors</h1><p>Play the contractors of the demonstration.</p>{''.join(rows) or '<p>No orders yet.</p>'}"
        )


def _plain(given: Any) -> Any:
    if isinstance(given, datetime):
        return given.isoformat()
    if isinstance(given, dict):
        return {name: _plain(value) for name, value in given.items()}
    if isinstance(given, list | tuple):
        return [_plain(one) for one in given]
    return given
