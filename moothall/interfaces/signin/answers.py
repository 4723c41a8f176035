"""What is answered when someone may not come in: sign in first, not with these roles, not without a token."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import urlencode

from moothall.core.access import Refused

SIGN_IN = "/sign-in/"


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Send the person to sign in and back again; a script is told so without a redirect it would swallow."""
    here = request.get_full_path()
    if request.headers.get("HX-Request") == "true":
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = f"{SIGN_IN}?{urlencode({'next': request.headers.get('HX-Current-URL', here)})}"
        return answer
    if request.headers.get("X-Autosave") or request.headers.get("X-Requested-With"):
        return HttpResponse(status=401)
    return HttpResponseRedirect(f"{SIGN_IN}?{urlencode({'next': here})}")


def refused(request: HttpRequest, why: Refused) -> HttpResponse:
    """Say calmly that this is not for these roles and who can help; a hidden thing is answered as one that is not there."""
    if why.hidden:
        return render(request, "signin/not_here.html", status=404)
    return render(request, "signin/refused.html", {"why": str(why)}, status=403)


def token_refused(why: Exception) -> HttpResponse:
    """Answer a call without a good token."""
    answer = JsonResponse({"title": "Not signed in", "status": 401, "detail": str(why)}, status=401)
    answer["WWW-Authenticate"] = "Bearer"
    answer["Content-Type"] = "application/problem+json"
    return answer
