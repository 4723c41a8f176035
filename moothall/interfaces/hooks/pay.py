"""What the payment provider calls: signed, sometimes twice, late or out of order. It is looked into, never believed.

A signature that does not fit is refused and noted; a signed body nobody can read is answered with 2xx and quarantined.
"""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from moothall.core import clock
from moothall.interfaces.policy import Request, policy
from moothall.notifications.actions import quarantine
from moothall.payments.actions import hear, refuse
from moothall.payments.protocols import Forged
from moothall.payments.providers import provider

LONGEST = 200_000


@csrf_exempt
@policy("public")
@require_POST
def pay(request: Request, name: str) -> HttpResponse:
    """Take a webhook of the payment provider of this name."""
    at, line = clock.now(), provider()
    if line is None or line.name != name:
        return JsonResponse({"error": "No such provider here."}, status=404)
    raw = request.body
    if len(raw) > LONGEST:
        refuse("webhook", f"A webhook of {len(raw)} bytes came; the most is {LONGEST}.", subject=name, at=at)
        return JsonResponse({"error": "Too long."}, status=413)
    try:
        heard = line.hear(raw, request.headers)
    except Forged as forged:
        refuse("forged-webhook", str(forged), subject=name, at=at)
        return JsonResponse({"error": "The signature does not fit."}, status=400)
    except ValueError as strange:
        kept = quarantine(source=f"pay.{name}", reason=str(strange), raw=raw, details={}, at=at)
        return JsonResponse({"quarantined": str(kept.id)}, status=202)
    hear(name, heard, at=at)
    return HttpResponse(status=204)
