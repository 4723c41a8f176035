"""What GOV.UK Notify calls: delivery receipts and texts that came in, with a bearer token of ours.

Anything that cannot be read goes to quarantine and is answered with 2xx, for sending it again would not mend it. When we
cannot keep it (no database) Notify gets an error and tries again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from moothall.channels.reading import NotReadable
from moothall.channels.sms import notify
from moothall.channels.sms.notify import ArrivedText
from moothall.channels.sms.text import is_chasing, understand
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.customers.pack import words_always
from moothall.customers.rules.writing import CannotRead, plain_phone
from moothall.intake.actions.talking.pictures import say_no_pictures
from moothall.intake.actions.talking.texts import text_came
from moothall.interfaces.policy import Request, policy
from moothall.notifications import actions
from moothall.notifications.actions.receipts import UnknownMessage
from moothall.notifications.reading_again import StillUnread, reads_again

LONGEST = 100_000
ONLY_PICTURES = "(A picture without words. It did not reach us.)"


@csrf_exempt
@policy("token", needs="hook.messages")
@require_POST
def receipt(request: Request) -> HttpResponse:
    """Take a delivery receipt."""
    return _read(request, "notify.receipt", _take_receipt)


@csrf_exempt
@policy("token", needs="hook.messages")
@require_POST
def text(request: Request) -> HttpResponse:
    """Take a text that came in."""
    return _read(request, "notify.text", _take_text)


def _take_receipt(payload: Any) -> None:
    read = notify.read_receipt(payload)
    actions.take_receipt(
        provider="notify", provider_id=read.provider_id, reference=read.reference, status=read.status, at=read.at
    )


def _take_text(payload: Any) -> None:
    read = notify.read_text(payload)
    take_arrived(read)


def _again(raw: bytes, take: Callable[[Any], None]) -> None:
    try:
        take(json.loads(raw))
    except (NotReadable, CannotRead, UnknownMessage, ValueError, RecursionError) as error:
        raise StillUnread(_say(error)) from error


reads_again("notify.receipt", lambda raw, _at, _details: _again(raw, _take_receipt))
reads_again("notify.text", lambda raw, _at, _details: _again(raw, _take_text))


def take_arrived(read: ArrivedText) -> None:
    """Hand on a text that came in by any provider, understood. Raises CannotRead: its sender is no number."""
    understood = understand(read.message or (ONLY_PICTURES if read.pictures else ""), words_always(current_pack()))
    contact_id = text_came(
        external_id=read.external_id, sender=plain_phone(read.sender), words=understood.words,
        wish=actions.Wish(understood.wish.value), reference=understood.reference, chasing=is_chasing(understood),
        received_at=read.at, at=clock.now(),
    )  # fmt: skip
    if read.pictures:
        say_no_pictures(read.external_id, sender=plain_phone(read.sender), contact_id=contact_id, at=clock.now())


def _read(request: Request, source: str, take: Callable[[Any], None]) -> HttpResponse:
    raw = request.body
    try:
        if len(raw) > LONGEST:
            raise NotReadable(f"It is {len(raw)} bytes long; the most is {LONGEST}.")
        take(json.loads(raw))
    except (NotReadable, CannotRead, UnknownMessage, ValueError, RecursionError) as error:
        kept = actions.quarantine(source=source, reason=_say(error), raw=raw, details={}, at=clock.now())
        return JsonResponse({"quarantined": str(kept.id)}, status=202)
    return HttpResponse(status=204)


def _say(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError | RecursionError):
        return "The body is not JSON."
    return str(error)
