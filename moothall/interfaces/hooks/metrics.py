"""Figures for Prometheus: requests by route, and the state of background work at the moment of asking.

`moothall serve` gives its processes one folder (PROMETHEUS_MULTIPROC_DIR), so any of them answers for all.
"""

from __future__ import annotations

import os

from django.db import DatabaseError
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from moothall.core import health

REQUESTS = Counter("moothall_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "moothall_request_seconds",
    "Time to answer.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def note_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request by the template of its path."""
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)


def exposition() -> tuple[bytes, str]:
    """Everything counted, in Prometheus's text format, and its content type."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        multiprocess.MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    else:
        counted = REGISTRY
    return generate_latest(counted) + generate_latest(_state()), CONTENT_TYPE_LATEST


def _state() -> CollectorRegistry:
    """What the database says now; kept apart from what processes count."""
    registry = CollectorRegistry()
    up = Gauge("moothall_database_up", "1 while the database answers.", registry=registry)
    jobs = Gauge("moothall_jobs", "Background jobs by queue and state.", ["queue", "state"], registry=registry)
    oldest = Gauge(
        "moothall_job_oldest_seconds", "How long ago the first of them was due.", ["queue", "state"], registry=registry
    )
    workers = Gauge("moothall_workers_alive", "Workers that showed a sign of life.", registry=registry)
    try:
        for line in health.jobs():
            jobs.labels(line.queue, line.state).set(line.count)
            oldest.labels(line.queue, line.state).set(line.oldest_seconds)
        workers.set(health.workers().alive)
        up.set(1)
    except DatabaseError:
        up.set(0)
    return registry
