"""The page behind “Stop messages like this one”, and the one-click of mail programmes (RFC 8058)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from moothall.core import clock
from moothall.interfaces.policy import Request, policy
from moothall.notifications import actions
from moothall.notifications.stop_links import read_stop_token


@csrf_exempt  # a mail programme posts here for its reader; the signed token says whose address it is
@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: Request, token: str) -> HttpResponse:
    """Ask once more (a link may be opened by a virus checker), then send nothing more to this address; or start again."""
    value = read_stop_token(token)
    if value is None:
        return render(request, "hooks/stop.html", {"value": "", "state": "unknown"}, status=404)
    state = "ask"
    if request.method == "POST" and request.POST.get("start"):
        actions.start_again(value, by=request.actor, at=clock.now())
        state = "started"
    elif request.method == "POST":
        actions.stop(value, channel="email", how="unsubscribe", by=request.actor, at=clock.now())
        state = "stopped"
    return render(request, "hooks/stop.html", {"value": value, "state": state})
