"""What is answered when someone may not come in: sign in first, not with these roles, not without a token."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from moothall.core import clock
from moothall.core.access import Refused
from moothall.core.models import Staff
from moothall.core.packs import current_pack
from moothall.core.staff import actor_of_staff
from moothall.intake.draft_actions import keep_form
from moothall.intake.drafts import KeptForm
from moothall.interfaces.policy import SAFE
from moothall.interfaces.signin import council, last_officer


def sign_in_first(request: HttpRequest, officer: Staff | None = None) -> HttpResponse:
    """Send the person to sign in and back again. A form that was sent is kept for ``officer``, whose sign-in has run out, or
    for whoever was let in with this browser last, and offered to her alone afterwards, however she signs in.

    A script is told by its status, without a redirect it would follow blindly.
    """
    here = request.get_full_path()
    address = reverse("signin:sign-in")
    if request.headers.get("HX-Request") == "true":
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = f"{address}?{urlencode({'next': _path_of(request)})}"
        return answer
    if request.headers.get("X-Autosave") or request.headers.get("X-Requested-With"):
        return HttpResponse(status=401)
    if request.method in SAFE:
        return HttpResponseRedirect(f"{address}?{urlencode({'next': here})}")
    kept = _keep(request, officer or last_officer.of(request))
    page = {"kept": kept, "lost": not kept, "next": here, "username": "", "error": "", **council.shown()}
    return render(request, "signin/sign_in.html", page, status=401)


def account_first(request: HttpRequest) -> HttpResponse:
    """Send a resident to sign in to her account and back again; after a form that was sent, back to the page it was on."""
    here = request.get_full_path() if request.method in SAFE else "/account/"
    return HttpResponseRedirect(f"{reverse('account:sign-in')}?{urlencode({'next': here})}")


def refused(request: HttpRequest, why: Refused) -> HttpResponse:
    """Say calmly that this is not for these roles and who can help; a hidden thing is answered as one that is not there."""
    if why.hidden:
        return not_here(request)
    return render(request, "signin/refused.html", {"why": str(why)}, status=403)


def not_here(request: HttpRequest) -> HttpResponse:
    """Say that there is no such thing, in the same words whether it never was or may not be seen."""
    return render(request, "signin/not_here.html", status=404)


def one_step(request: HttpRequest) -> HttpResponse:
    """Say that an address is one step of a form: opened again by itself it has nothing to show."""
    return render(request, "signin/one_step.html", status=405)


def token_refused(why: Exception) -> HttpResponse:
    """Answer a call without a good token, in the API's one shape of errors."""
    answer = _problem(401, "no_token", str(why), "Authorization")
    answer["WWW-Authenticate"] = 'Bearer realm="api"'
    return answer


def device_refused(*, cut_off: bool) -> HttpResponse:
    """Answer a device that is not let in; one that is cut off reads here that it must forget all it holds."""
    code, words = (
        ("cut_off", "This device was cut off.") if cut_off else ("no_device", "This device is not known here.")
    )
    return _problem(401, code, words, "Authorization")


def scope_refused() -> HttpResponse:
    """Answer a call whose token may not do this."""
    return _problem(403, "not_allowed", "This token may not do that. Ask whoever gave it to you for one that may.", "")


def _problem(status: int, code: str, words: str, where: str) -> HttpResponse:
    return JsonResponse({"problems": [{"code": code, "message": words, "where": where}]}, status=status)


def _keep(request: HttpRequest, officer: Staff | None) -> bool:
    """Keep the form that was sent, without its guard and without anything secret; say whether it could be."""
    if officer is None:
        return False
    fields = tuple(
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name.lower()
    )
    files = tuple(one.name or "a file" for _, several in request.FILES.lists() for one in several)
    by = actor_of_staff(officer, current_pack())
    return keep_form(KeptForm(request.get_full_path(), fields, files), by=by, at=clock.now())


def _path_of(request: HttpRequest) -> str:
    """The page a script's call came from, without its host."""
    from urllib.parse import urlsplit

    here = urlsplit(request.headers.get("HX-Current-URL", ""))
    return f"{here.path}?{here.query}" if here.query else here.path or "/"
