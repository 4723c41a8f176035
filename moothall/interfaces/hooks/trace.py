"""Gives each request an id, one log line, and a place in the metrics; never a path with its values or a query."""

from __future__ import annotations

import contextvars
import logging
import re
import secrets
import time
from collections.abc import Callable

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse

from moothall.interfaces.hooks import metrics

log = logging.getLogger("moothall.web")
request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
_GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_QUIET = {"healthz", "readyz", "metrics"}


class TraceMiddleware:
    """Numbers the request (or keeps the proxy's X-Request-ID), times it and writes its one line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, with its id in the answer's X-Request-ID."""
        given = request.headers.get("X-Request-ID", "")
        token = request_id.set(given if _GIVEN.fullmatch(given) else secrets.token_hex(8))
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            route = route_of(request)
            seconds = time.perf_counter() - began
            metrics.note_request(_method(request), route, response.status_code, seconds)
            if route not in _QUIET and not route.startswith("static/"):
                log.info(
                    "answered",
                    extra={
                        "request_id": request_id.get(),
                        "method": _method(request),
                        "route": route,
                        "status": response.status_code,
                        "ms": round(seconds * 1000, 1),
                    },
                )
            return response
        finally:
            request_id.reset(token)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Write down where a request broke: its places in the code, never what it carried."""
        if isinstance(exception, Http404 | PermissionDenied | SuspiciousOperation | BadRequest):
            return
        known = {"request_id": request_id.get(), "method": _method(request), "route": route_of(request)}
        log.error("broke", exc_info=exception, extra=known)


def _method(request: HttpRequest) -> str:
    """The method, when it is one people use; anything else is nobody's text to repeat."""
    return request.method if request.method in _METHODS else "OTHER"


def route_of(request: HttpRequest) -> str:
    """The template of the path (``track/<reference>/``), which holds no one's reference or name."""
    match = request.resolver_match
    if match is not None:
        return match.route
    return "static/" if request.path.startswith("/static/") else "(no such page)"
