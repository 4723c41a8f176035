"""What the twins of the providers share: a real HTTP server on this machine, faults to order, and payments that are kept.

A twin speaks its provider's own contract; `/_twin/…` is for whoever plays the customer on the provider's page.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import requests

from moothall.core import clock
from moothall.core.twin_server import Fault, LocalServer, QuietHandler, next_fault

MOST_KEPT: Final = 20_000
Reply = tuple[int, Any]


class Refuse(Exception):
    """Answer with an error of the contract's own shape."""

    def __init__(self, status: int, body: Any) -> None:
        self.status, self.body = status, body
        super().__init__(str(body))


class _Dropped(Exception):
    pass


@dataclass
class Call:
    """One call as a twin sees it."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    raw: bytes

    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.raw or b"{}")
        except ValueError:
            return None

    def form(self) -> dict[str, str]:
        """The body as a form."""
        return {name: values[-1] for name, values in parse_qs(self.raw.decode("utf-8", "replace")).items()}


class _Handler(QuietHandler):
    twin: TwinServer

    def do_GET(self) -> None:  # noqa: N802 - the library’s own name
        self._serve()

    def do_POST(self) -> None:  # noqa: N802 - the library’s own name
        self._serve()

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        call = Call(self.command, parts.path, query, self.headers, raw)  # type: ignore[arg-type]
        handle: Callable[[Call], Reply] = self.twin.handle
        try:
            status, body = handle(call)
        except Refuse as no:
            status, body = no.status, no.body
        except _Dropped:
            self.drop()
            return
        self.reply(status, b"" if body is None else json.dumps(body).encode(), "application/json")


@dataclass
class TwinServer(LocalServer):
    """One twin. ``pages``: where its payment page stands; ``callback``: where its webhooks go, by themselves if ``tells``."""

    handler = _Handler
    pages: str = ""
    callback: str = ""
    tells: bool = False
    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    callers: list[str] = field(default_factory=list)
    hooks: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    down: bool = False
    lasts: timedelta = timedelta(minutes=90)
    refunds_wait: bool = False

    def state(self) -> Any:
        """Return the payments, and whatever else a twin keeps."""
        return {"payments": self.payments}

    def restore(self, kept: Any) -> None:
        """Go on with the payments that were kept."""
        self.payments = kept.get("payments", kept)  # earlier versions kept the payments alone

    # -- what each twin is ----------------------------------------------------------------------------------------

    def answer(self, call: Call) -> Reply:
        """Answer one call of the API."""
        raise NotImplementedError

    def page_of(self, payment_id: str) -> dict[str, Any]:
        """Return what the payment page shows."""
        raise NotImplementedError

    def play(self, payment_id: str, outcome: str) -> str:
        """Play the customer on the page: ``pay``, ``decline`` or ``cancel``; return where the page leads back to."""
        raise NotImplementedError

    def signed(self, raw: bytes) -> dict[str, str]:
        """Return the headers that sign a webhook."""
        raise NotImplementedError

    # -- what they share --------------------------------------------------------------------------------------------

    def handle(self, call: Call) -> Reply:
        """Answer one call, or a fault that was ordered."""
        fault = self._fault(call.path)
        if (self.down and not call.path.startswith("/_twin")) or (fault is not None and fault.kind == "drop"):
            raise _Dropped
        if fault is not None and fault.kind == "status":
            return fault.code, {"code": "P0900", "description": "Trouble that was ordered"}
        with self.lock:
            reply = self._own(call) if call.path.startswith("/_twin") else self.answer(call)
            self._kept()
        if fault is not None:
            raise _Dropped
        return reply

    def _own(self, call: Call) -> Reply:
        parts = call.path.strip("/").split("/")
        if len(parts) == 3 and parts[1] == "payments":
            if parts[2] not in self.payments:
                raise Refuse(404, {})
            if call.method == "POST":
                back = self.play(parts[2], str((call.json() or {}).get("outcome", "")))
                return 200, {"back": back, "moto": bool(self.payments[parts[2]].get("moto"))}
            return 200, self.page_of(parts[2])
        if call.method == "POST" and parts[1:] == ["keypad", "sessions"]:
            return self._put_through(call.json() or {})
        if parts[1:] == ["payments"]:
            return 200, {"payments": list(self.payments.values())}
        raise Refuse(404, {})

    def _put_through(self, asked: Mapping[str, Any]) -> Reply:
        """Take a caller on the payment line, as a keypad service does: it types on the page so that nobody hears."""
        id_ = str(asked.get("page", "")).rsplit("/", 1)[-1]
        if id_ not in self.payments:
            raise Refuse(404, {"code": "unknown-page", "description": "There is no such payment page"})
        self.callers.append(id_)
        return 201, {"session": f"line-{len(self.callers)}"}

    def tell(self, body: Mapping[str, Any]) -> None:
        """Make a webhook: kept for ``deliver``, and sent by itself where this twin tells."""
        raw = json.dumps(body).encode()
        hook = (raw, {"Content-Type": "application/json", **self.signed(raw)})
        self.hooks.append(hook)
        if self.tells and self.callback:
            threading.Thread(target=self._send, args=(hook,), daemon=True).start()

    def deliver(self, number: int = -1) -> int:
        """Send a webhook that was made; return the status of the answer."""
        raw, headers = self.hooks[number]
        return requests.post(self.callback, data=raw, headers=headers, timeout=10).status_code

    def _send(self, hook: tuple[bytes, dict[str, str]]) -> None:
        for wait in (0.2, 1.0, 5.0, 30.0):
            time.sleep(wait)
            try:
                if requests.post(self.callback, data=hook[0], headers=hook[1], timeout=10).ok:
                    return
            except requests.RequestException:
                continue

    def _fault(self, path: str) -> Fault | None:
        with self.lock:
            return next_fault(self.faults, path) if not path.startswith("/_twin") else None

    def _kept(self) -> None:
        while len(self.payments) > MOST_KEPT:
            self.payments.pop(next(iter(self.payments)))
        self.write_down()


def moment() -> str:
    """The present moment as providers write it."""
    return clock.now().strftime("%Y-%m-%dT%H:%M:%S.") + f"{clock.now().microsecond // 1000:03d}Z"


def is_past(text: str, lasts: timedelta) -> bool:
    """Whether something made at ``text`` has lasted its time."""
    return datetime.fromisoformat(text) + lasts <= clock.now()
