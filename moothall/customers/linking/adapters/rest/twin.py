"""Twins of line-of-business systems: a real HTTP server that speaks the contract, for tests and demonstrations.

All systems are served by one, each under its code. Each can be set to refuse, to be down, to answer later, or to keep what it
held. What they took is kept in memory: once for each key.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass
class Twins:
    """The state of the twins; ``start`` serves them on a port of the machine's own, ``stop`` ends them."""

    refuses: dict[str, str] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    contradicts: dict[str, dict[str, str]] = field(default_factory=dict)
    port: int = 0
    taken: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    _server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        """Where they are served; a system's code follows it."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Twins:
        """Serve until ``stop``, in a thread."""
        handler = type("Handler", (_Handler,), {"twins": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="system-twins", daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop serving; what they took stays."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def took(self, system: str) -> list[dict[str, Any]]:
        """Return the changes a system has taken, in order."""
        with self.lock:
            return [row for (code, _), row in self.taken.items() if code == system]

    def answer(
        self, method: str, system: str, record: str, key: str, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """Answer one call as the system would."""
        with self.lock:
            self.calls.append((method, system, key))
            if system in self.down:
                return 503, {"error": "Closed for maintenance"}
            known = self.taken.get((system, key))
            if method == "GET" and known is None:
                return 404, {}
            if known is None:
                if system in self.refuses:
                    return 422, {"state": "refused", "receipt": "", "reason": self.refuses[system]}
                known = {"record": record, "receipt": f"{system}-{len(self.taken) + 1:05}", **body}
                self.taken[(system, key)] = known
                if system in self.later:
                    return 202, {"state": "later", "receipt": known["receipt"]}
            holds = {**known.get("values", {}), **self.contradicts.get(system, {})}
            return 200, {"state": "confirmed", "receipt": known["receipt"], "holds": holds}


class _Handler(BaseHTTPRequestHandler):
    twins: Twins

    def do_PUT(self) -> None:
        """Take a change."""
        self._go(json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}"))

    def do_GET(self) -> None:
        """Say what became of one."""
        self._go({})

    def _go(self, body: dict[str, Any]) -> None:
        parts = [unquote(one) for one in urlsplit(self.path).path.strip("/").split("/")]
        status, said = 404, dict[str, Any]()
        if len(parts) == 5 and parts[1] == "records" and parts[3] == "changes":
            status, said = self.twins.answer(self.command, parts[0], parts[2], parts[4], body)
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
