"""What a partner's Open311 system tells us of reports it has of ours: signed, sometimes twice, late or out of order."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from moothall.core import clock
from moothall.core.signing import is_signed
from moothall.interfaces.policy import Request, policy
from moothall.notifications.actions import quarantine
from moothall.partners.actions.following import take_told
from moothall.partners.adapters.open311.reading import NotReadable
from moothall.partners.adapters.registry import key_of

LONGEST = 1_000_000


@csrf_exempt
@policy("public")
@require_POST
def told(request: Request, partner: str) -> HttpResponse:
    """Take what a partner tells of our reports. What nobody can read is kept for a person and answered with 202."""
    at, raw = clock.now(), request.body
    if len(raw) > LONGEST:
        return JsonResponse({"error": "Too long."}, status=413)
    if not is_signed(raw, request.headers, key_of(partner), at=at):
        return JsonResponse({"error": "The signature does not fit, or is more than five minutes old."}, status=403)
    try:
        heard = take_told(partner, raw, request.headers.get("Content-Type", ""), at=at)
    except NotReadable as strange:
        kept = quarantine(source=f"open311.{partner}"[:40], reason=str(strange), raw=raw, details={}, at=at)
        return JsonResponse({"quarantined": str(kept.id)}, status=202)
    return JsonResponse({"taken": heard})
