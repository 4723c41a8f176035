"""Measuring over HTTP: one client for latency, eight connections for throughput, from processes on the same machine."""

from __future__ import annotations

import http.client
import itertools
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


def latency(port: int, call: Call, *, times: int = 150, warm: int = 20) -> dict[str, float]:
    """Milliseconds one client waits: median and p95 of `times` calls after `warm` others."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    took = []
    for n in range(warm + times):
        began = time.perf_counter()
        _send(connection, call, n)
        if n >= warm:
            took.append((time.perf_counter() - began) * 1000)
    connection.close()
    return {"p50_ms": round(statistics.median(took), 1), "p95_ms": round(statistics.quantiles(took, n=20)[18], 1)}


def throughput(port: int, call: Call, *, seconds: float = 6) -> dict[str, float]:
    """Requests a second over eight connections, and the p95 that their users wait."""
    numbers, took = itertools.count(1_000), []
    until = time.perf_counter() + seconds

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.perf_counter() < until:
            began = time.perf_counter()
            _send(connection, call, next(numbers))
            took.append((time.perf_counter() - began) * 1000)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - began
    return {"per_second": round(len(took) / spent), "p95_ms_at_8": round(statistics.quantiles(took, n=20)[18], 1)}


def _send(connection: http.client.HTTPConnection, call: Call, n: int) -> None:
    method, path, body = call.make(n)
    connection.request(method, path, body, call.headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status not in call.expect:
        raise RuntimeError(f"{method} {path} answered {answer.status}: {content[:300]!r}")
