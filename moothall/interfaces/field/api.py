"""What devices fetch and send. The token in the header says which device it is: no cookie, so no forged form either."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core import clock
from moothall.documents.rules import FileRefused
from moothall.field.actions import came_by, keep_photo, take_reports
from moothall.field.queries import device_photo, feed
from moothall.interfaces.field.shapes import read_reports
from moothall.interfaces.policy import Request, policy


@policy("device", needs="field.work")
@require_safe
def today(request: Request) -> JsonResponse:
    """The day's jobs of this device's crew, and the time here."""
    at = clock.now()
    came_by(request.device, at=at)
    return JsonResponse({"now": at.isoformat(), **feed(request.device, at=at)})


@csrf_exempt
@policy("device", needs="field.work")
@require_POST
def reports(request: Request) -> JsonResponse:
    """Take reports, each once however often it comes; answer each, with the time here."""
    at = clock.now()
    try:
        call, good, bad = read_reports(request.body)
    except ValueError:
        return _problem(422, "Send {sent_at, waiting, reports}, with times that name their zone.")
    skew = at - call.sent_at
    came_by(request.device, skew_seconds=int(skew.total_seconds()), waiting=call.waiting, at=at)
    told = take_reports(request.device, good, skew=skew, by=request.actor, at=at)
    answers = [{"id": str(one.id), "verdict": one.verdict, "told": one.told} for one in told]
    return JsonResponse({"now": at.isoformat(), "results": [*answers, *bad]})


@csrf_exempt
@policy("device", needs="field.work")
@require_http_methods(["GET", "HEAD", "PUT"])
def photo(request: Request, photo_id: UUID) -> HttpResponse:
    """Give a photo of a case on the crew's list, or take one the crew made for the report that `?report=` names."""
    at = clock.now()
    if request.method != "PUT":
        content = device_photo(photo_id, device_id=request.device, at=at)
        if content is None:
            raise Http404
        return HttpResponse(content, content_type="image/jpeg")
    try:
        report = UUID(request.GET.get("report", ""))
    except ValueError:
        return _problem(422, "Name the report the photo belongs to: ?report=")
    try:
        _, new = keep_photo(
            photo_id, device_id=request.device, report_id=report, content=request.body, by=request.actor, at=at
        )
    except FileRefused as why:
        return _problem(422, str(why))
    return JsonResponse({"id": str(photo_id), "new": new})


def _problem(status: int, words: str) -> JsonResponse:
    return JsonResponse({"problems": [{"code": "unreadable", "message": words, "where": ""}]}, status=status)
