"""What every twin of an outside system stands on: a real HTTP server on this machine, in a thread, that keeps what it took.

Twins speak the real contracts of providers and contractors, for tests and demonstrations only.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar


class QuietHandler(BaseHTTPRequestHandler):
    """Answers for one twin, its ``twin``, and says nothing: a twin in a test is no server in a log."""

    twin: Any
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def drop(self) -> None:
        """Close the line without an answer, as a system does that is down."""
        self.close_connection = True
        self.connection.close()

    def reply(self, status: int, body: bytes, kind: str, more: dict[str, str] | None = None) -> None:
        """Send one answer."""
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@dataclass
class Fault:
    """What goes wrong with the next ``times`` calls whose path holds ``path``.

    ``kind``: ``status`` (answer ``code``, do nothing), ``swallow`` (do it, drop the line), ``drop`` (drop the line first);
    some twins know ``garbage`` (do it, answer with no JSON) and ``slow`` (do it, answer after ``seconds``) too.
    """

    kind: str
    times: int = 1
    code: int = 500
    path: str = ""
    seconds: float = 0.0


FaultT = TypeVar("FaultT", bound=Fault)


def next_fault(faults: list[FaultT], path: str = "") -> FaultT | None:
    """Use up one of the faults that were ordered for this path; the caller holds the twin's lock."""
    fault = next((one for one in faults if one.path in path), None)
    if fault is not None:
        fault.times -= 1
        if fault.times <= 0:
            faults.remove(fault)
    return fault


@dataclass
class LocalServer:
    """One server: at ``port`` (0: any that is free), going on with what is kept in the file ``keep``."""

    handler: ClassVar[type[QuietHandler]]
    port: int = 0
    keep: Path | None = None
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _server: ThreadingHTTPServer | None = field(default=None, init=False, repr=False)

    @property
    def url(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Serve until ``stop``, in a thread; go on with what was kept."""
        if self.keep is not None and self.keep.exists():
            self.restore(json.loads(self.keep.read_text(encoding="utf-8")))
        handler = type("Handler", (self.handler,), {"twin": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), name="twin", daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop serving; what it took stays."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def write_down(self) -> None:
        """Write down what is to be kept, where there is a file for it."""
        if self.keep is not None:
            self.keep.parent.mkdir(parents=True, exist_ok=True)
            self.keep.write_text(json.dumps(self.state()), encoding="utf-8")

    def state(self) -> Any:
        """Return what is kept over a stop, as plain data."""
        raise NotImplementedError

    def restore(self, kept: Any) -> None:
        """Go on with what ``state`` returned once."""
        raise NotImplementedError
