"""What telephone systems ask of us: the next turn of a call as TwiML or VoiceXML, and what became of calls.

Twilio signs with its key; a VoiceXML system has a key of ours in the address it fetches; events of the exchange are signed.
"""

from __future__ import annotations

import json
from datetime import datetime
from hmac import compare_digest
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from moothall.channels.phone.calls import read_number
from moothall.channels.phone.events import read_event
from moothall.channels.reading import NotReadable, as_text
from moothall.channels.sms.twilio import read_text
from moothall.channels.voice import twiml, vxml
from moothall.channels.voice.signatures import is_signed
from moothall.core import clock
from moothall.core.idempotency import once
from moothall.core.lines import one_line
from moothall.core.packs import current_pack
from moothall.core.signing import is_signed as signed_by_key
from moothall.customers.rules.writing import CannotRead
from moothall.intake.actions.talking.calls import begin_call, end_call, hear_call
from moothall.intake.actions.talking.events import call_told
from moothall.intake.models import Conversation
from moothall.intake.pack import TALK
from moothall.interfaces.hooks.notify import take_arrived
from moothall.interfaces.policy import Request, policy
from moothall.notifications.actions import quarantine, take_receipt
from moothall.notifications.actions.receipts import UnknownMessage
from moothall.notifications.adapters.twilio import status_of
from moothall.notifications.reading_again import StillUnread, reads_again

XML = "application/xml; charset=utf-8"
VXML = "application/voicexml+xml; charset=utf-8"
LONGEST = 100_000
LONGEST_ID = 200
REFUSED = {"error": "The signature does not fit."}


@csrf_exempt
@policy("public")
@require_POST
def twilio(request: Request, number: int = 0) -> HttpResponse:
    """A call by Twilio: it begins (no number), answers turn ``number``, or is over."""
    if not _by_twilio(request):
        return JsonResponse(REFUSED, status=403)
    posted, at = request.POST.dict(), clock.now()
    call_id = one_line(posted.get("CallSid", ""))[:LONGEST_ID]
    if not call_id:
        return JsonResponse({"error": "There is no CallSid."}, status=400)
    if twiml.is_over(posted):
        end_call(call_id, how="hung_up", at=at)
        return HttpResponse(status=204)
    try:
        turn = (
            hear_call(call_id, number=number, words=twiml.heard(posted), at=at)
            if number
            else begin_call(call_id, line="twilio", caller=twiml.caller(posted), speech=settings.VOICE_SPEECH, at=at)
        )
    except Conversation.DoesNotExist:
        return JsonResponse({"error": "No such call."}, status=404)
    action = f"{settings.PUBLIC_URL}/hooks/voice/twilio/{turn.number}"
    body = twiml.render(turn, action=action, desk=settings.VOICE_DESK, voice=current_pack().one(TALK).voice)
    return HttpResponse(body, content_type=XML)


@csrf_exempt
@policy("public")
@require_http_methods(["GET", "POST"])
def voicexml(request: Request, key: str, call_id: str, number: int = 0) -> HttpResponse:
    """A call by a VoiceXML system: its first page (with ``caller``), and the page after each turn."""
    if not (settings.VOICE_KEY and compare_digest(key.encode(), settings.VOICE_KEY.encode())):
        return JsonResponse({"error": "The key does not fit."}, status=403)
    sent, at = {**request.GET.dict(), **request.POST.dict()}, clock.now()
    call_id = one_line(call_id)[:LONGEST_ID]
    try:
        if number:
            turn = hear_call(call_id, number=number, words=vxml.heard(sent), at=at)
        else:
            caller = read_number(sent.get("caller", ""))
            turn = begin_call(
                call_id,
                line="vxml",
                caller=caller if caller.startswith("+") else "",
                speech=settings.VOICE_SPEECH,
                at=at,
            )
    except Conversation.DoesNotExist:
        return JsonResponse({"error": "No such call."}, status=404)
    here = f"{settings.PUBLIC_URL}/hooks/voice/vxml/{key}/{quote(call_id, safe='')}"
    action, over = f"{here}/{turn.number}", f"{here}/over"
    body = vxml.render(turn, action=action, over=over, desk=settings.VOICE_DESK, voice=current_pack().one(TALK).voice)
    return HttpResponse(body, content_type=VXML)


@csrf_exempt
@policy("public")
@require_POST
def voicexml_over(request: Request, key: str, call_id: str) -> HttpResponse:
    """A VoiceXML system tells that a call is over."""
    if not (settings.VOICE_KEY and compare_digest(key.encode(), settings.VOICE_KEY.encode())):
        return JsonResponse({"error": "The key does not fit."}, status=403)
    end_call(one_line(call_id)[:LONGEST_ID], how="hung_up", at=clock.now())
    return HttpResponse(vxml.NOTHING, content_type=VXML)


@csrf_exempt
@policy("public")
@require_POST
def calls(request: Request) -> HttpResponse:
    """Take what the telephone exchange tells of a call: offered, answered, abandoned, transferred, ended. Twice is once."""
    at, raw = clock.now(), request.body
    if len(raw) > LONGEST:
        return JsonResponse({"error": "Too long."}, status=413)
    if not signed_by_key(raw, request.headers, settings.CALLS_KEY, at=at, name="X-Moothall"):
        return JsonResponse({"error": "The signature does not fit, or is more than five minutes old."}, status=403)
    try:
        call_told(read_event(json.loads(raw)), at=at)
    except (NotReadable, ValueError, RecursionError) as strange:
        said = "The body is not JSON." if isinstance(strange, json.JSONDecodeError | RecursionError) else str(strange)
        kept = quarantine(source="calls", reason=said, raw=raw, details={}, at=at)
        return JsonResponse({"quarantined": str(kept.id)}, status=202)
    return HttpResponse(status=204)


def _event_again(raw: bytes) -> None:
    try:
        call_told(read_event(json.loads(raw)), at=clock.now())
    except (NotReadable, ValueError, RecursionError) as strange:
        raise StillUnread(str(strange) if isinstance(strange, NotReadable) else "The body is not JSON.") from strange


def _text_again(raw: bytes, arrived_at: datetime) -> None:
    try:
        take_arrived(read_text(json.loads(raw), at=arrived_at))
    except (NotReadable, CannotRead) as strange:
        raise StillUnread(str(strange)) from strange


reads_again("calls", lambda raw, _at, _details: _event_again(raw))
reads_again("twilio.text", lambda raw, at, _details: _text_again(raw, at))


@csrf_exempt
@policy("public")
@require_POST
def twilio_text(request: Request) -> HttpResponse:
    """Take a text that came in by Twilio. What nobody can read is kept for a person."""
    if not _by_twilio(request):
        return JsonResponse(REFUSED, status=403)
    at = clock.now()
    try:
        take_arrived(read_text(request.POST.dict(), at=at))
    except (NotReadable, CannotRead) as strange:
        raw = json.dumps(request.POST.dict()).encode()
        quarantine(source="twilio.text", reason=str(strange), raw=raw, details={}, at=at)
    return HttpResponse(b'<?xml version="1.0" encoding="UTF-8"?><Response/>', content_type=XML)


@csrf_exempt
@policy("public")
@require_POST
def twilio_status(request: Request, reference: str) -> HttpResponse:
    """Take what became of a text of ours, by our own reference. Each word once; what nobody can read is kept."""
    if not _by_twilio(request):
        return JsonResponse(REFUSED, status=403)
    posted, at = request.POST.dict(), clock.now()
    try:
        sid, told = as_text(posted, "MessageSid", longest=200), as_text(posted, "MessageStatus", longest=40)
        status = status_of(told, posted.get("ErrorCode", ""))

        def do() -> dict[str, str]:
            take_receipt(provider="twilio", provider_id=sid, reference=reference, status=status, at=at)
            return {}

        once("twilio-status", f"{sid}:{told}", at=at, do=do)
    except (NotReadable, UnknownMessage, ValueError) as strange:
        quarantine(source="twilio.status", reason=str(strange), raw=json.dumps(posted).encode(), details={}, at=at)
    return HttpResponse(status=204)


def _by_twilio(request: Request) -> bool:
    url = f"{settings.PUBLIC_URL}{request.get_full_path()}"
    fields = {name: [str(value) for value in values] for name, values in request.POST.lists()}
    return is_signed(url, fields, settings.TWILIO_TOKEN, request.headers.get("X-Twilio-Signature", ""))
