"""What contractors tell us of orders for repairs: signed, sometimes twice, late or out of order."""

from __future__ import annotations

import json

from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.signing import is_signed
from moothall.interfaces.policy import Request, policy
from moothall.notifications.actions import quarantine
from moothall.repairs.actions import CannotHear, take_step
from moothall.repairs.adapters.registry import key_of
from moothall.repairs.adapters.works_orders import NAME
from moothall.repairs.adapters.works_orders.reading import NotReadable, read_steps

LONGEST = 1_000_000


@csrf_exempt
@policy("public")
@require_POST
def told(request: Request, contractor: str) -> HttpResponse:
    """Take a contractor's steps; each is answered with whether it counted. What nobody can read is kept for a person."""
    at, raw = clock.now(), request.body
    if len(raw) > LONGEST:
        return JsonResponse({"error": "Too long."}, status=413)
    if not is_signed(raw, request.headers, key_of(contractor), at=at, name=NAME):
        return JsonResponse({"error": "The signature does not fit, or is more than five minutes old."}, status=403)
    try:
        steps = read_steps(json.loads(raw))
    except (NotReadable, ValueError, RecursionError) as strange:
        kept = quarantine(source=f"repairs.{contractor}"[:40], reason=str(strange)[:300], raw=raw, details={}, at=at)
        return JsonResponse({"quarantined": str(kept.id)}, status=202)
    answers = []
    for heard in steps:
        try:
            counted = take_step(contractor, heard, by=SYSTEM, at=at)
            answers.append({"id": heard.key, "counted": counted})
        except (CannotHear, LookupError) as wrong:
            answers.append({"id": heard.key, "refused": str(wrong)})
    return JsonResponse({"steps": answers})
