"""Measuring over HTTP: one client for latency, eight connections for throughput, from processes on the same machine.

The generator speaks HTTP itself, over plain sockets kept open, because it shares two cores with what it measures: Python's
own client takes about 0.3 ms of processor time for a request, this one about 0.06.
"""

from __future__ import annotations

import itertools
import socket
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

CONNECTIONS = 8


@dataclass(frozen=True)
class Call:
    """One kind of request: each call of `make` gives method, path and body of the next one."""

    make: Callable[[int], tuple[str, str, bytes | None]]
    headers: dict[str, str] = field(default_factory=dict)
    expect: tuple[int, ...] = (200, 201)


class Connection:
    """A connection to the server under test that sends one request after another."""

    def __init__(self, port: int, call: Call) -> None:
        self._call = call
        self._socket = socket.create_connection(("127.0.0.1", port), 60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        fields = {"Host": f"127.0.0.1:{port}", **call.headers}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())

    def send(self, n: int) -> float:
        """Send the n-th request and read its whole answer; return the seconds that took. Raises for any other status."""
        method, path, body = self._call.make(n)
        length = f"Content-Length: {len(body)}\r\n" if body is not None else ""
        sent = f"{method} {path} HTTP/1.1\r\n{self._head}{length}\r\n".encode() + (body or b"")
        began = time.perf_counter()
        self._socket.sendall(sent)
        head, _, content = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        content = self._body(head.lower(), content)
        took = time.perf_counter() - began
        status = int(head[9:12])
        if status not in self._call.expect:
            raise RuntimeError(f"{method} {path} answered {status}: {content[:300]!r}")
        return took

    def close(self) -> None:
        self._socket.close()

    def _until(self, mark: bytes) -> bytes:
        got = b""
        while mark not in got:
            got += self._more()
        return got

    def _body(self, head: bytes, content: bytes) -> bytes:
        if b"transfer-encoding: chunked" in head:
            while not content.endswith(b"0\r\n\r\n"):
                content += self._more()
            return content
        _, _, after = head.partition(b"content-length:")
        length = int(after.partition(b"\r\n")[0] or 0)
        while len(content) < length:
            content += self._more()
        return content

    def _more(self) -> bytes:
        got = self._socket.recv(262_144)
        if not got:
            raise RuntimeError("The server closed the connection in the middle of an answer.")
        return got


def latency(port: int, call: Call, *, times: int = 150, warm: int = 20) -> dict[str, float]:
    """Milliseconds one client waits: median and p95 of `times` calls after `warm` others."""
    connection = Connection(port, call)
    took = [connection.send(n) * 1000 for n in range(warm + times)][warm:]
    connection.close()
    return {"p50_ms": round(statistics.median(took), 1), "p95_ms": round(statistics.quantiles(took, n=20)[18], 1)}


def throughput(port: int, call: Call, *, seconds: float = 6) -> dict[str, float]:
    """Requests a second over eight connections, and the p95 that their users wait. Raises if any was refused."""
    numbers, took, wrong = itertools.count(1_000), list[float](), list[Exception]()
    until = time.perf_counter() + seconds

    def work() -> None:
        try:
            connection = Connection(port, call)
            while time.perf_counter() < until and not wrong:
                took.append(connection.send(next(numbers)) * 1000)
            connection.close()
        except Exception as trouble:
            wrong.append(trouble)

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - began
    if wrong:
        raise wrong[0]
    return {"per_second": round(len(took) / spent), "p95_ms_at_8": round(statistics.quantiles(took, n=20)[18], 1)}
