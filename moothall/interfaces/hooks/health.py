"""Says whether this process is alive, whether it is ready for work, and what it has counted."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse

from moothall.core import health
from moothall.interfaces.hooks import metrics
from moothall.interfaces.policy import policy


@policy("public")
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process can answer at all."""
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")


@policy("public")
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when pages can be served: the database answers, has this version's shape and a pack; else 503.

    Workers are told, but do not decide: without them the site still takes what people send, and nothing is lost.
    """
    try:
        waiting = health.pending_migrations()
        pack = None if waiting else health.pack_applied()
        outdated = "" if waiting else health.pack_outdated()
        workers = None if waiting else health.workers()
    except DatabaseError:
        return JsonResponse({"ready": False, "database": "does not answer"}, status=503)
    ready = not waiting and pack is not None and not outdated
    said = {
        "ready": ready,
        "database": "answers",
        "migrations_waiting": waiting,
        "pack": pack[0] if pack else None,
        "pack_readable": pack is not None and not outdated,
        "workers_alive": workers.alive if workers else 0,
        "worker_heartbeat_seconds": workers.newest_seconds if workers else None,
    }
    return JsonResponse(said, status=200 if ready else 503)


@policy("public")
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, to whoever bears the token; open in a demonstration, closed without a token elsewhere."""
    token = settings.METRICS_TOKEN
    if not token and settings.PRODUCTION:
        return HttpResponseNotFound("No such page.\n", content_type="text/plain; charset=utf-8")
    borne = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and not hmac.compare_digest(borne.encode(), token.encode()):
        answer = HttpResponse("A bearer token is needed.\n", status=401, content_type="text/plain; charset=utf-8")
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    text, kind = metrics.exposition()
    return HttpResponse(text, content_type=kind)
