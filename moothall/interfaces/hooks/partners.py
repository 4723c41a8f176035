"""What a partner's Open311 system tells us of reports it has of ours: signed, sometimes twice, late or out of order."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.signing import is_signed
from moothall.interfaces.policy import Request, policy
from moothall.notifications.actions import quarantine
from moothall.partners.actions.following import take_told
from moothall.partners.adapters.open311.reading import NotReadable
from moothall.partners.adapters.registry import key_of
from moothall.partners.queries import case_of_photo
from moothall.reports.queries import photo_for_work

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


@policy("public")
@never_cache
@require_safe
def photo(request: Request, referral: UUID, photo: UUID, token: str) -> HttpResponse:
    """Show a contractor a photo of what we told it of, by the private link that it was told."""
    case_id = case_of_photo(referral, photo, token, at=clock.now())
    content = photo_for_work(photo, case_id=case_id) if case_id else None
    if content is None:
        raise Http404
    return HttpResponse(content, content_type="image/jpeg", headers={"X-Robots-Tag": "noindex"})
