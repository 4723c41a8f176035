"""Photos from the street that wait to be looked at: shown to everyone, with faces and plates blurred, or kept back."""

from __future__ import annotations

import re
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from moothall.core import clock
from moothall.interfaces.desk.screen import draw, found, go
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.fields import FieldView
from moothall.reports.actions import REASONS, CannotReview, review_photo
from moothall.reports.actions.photos import MOST_BLURRED, Rectangle
from moothall.reports.queries import photo_as_is, photo_to_review, photos_waiting

SMALL = 360
RECTANGLES = re.compile(r"(?:\d{1,4},){3}\d{1,4}(?:;(?:\d{1,4},){3}\d{1,4})*")
SHORTCUTS = (
    ("p", "Show it to everyone"),
    ("x", "Do not show it"),
    ("b", "Blur something"),
    ("j", "Leave it, next photo"),
)


@require_safe
@policy("staff", needs="report.review")
def waiting(request: Request) -> HttpResponse:
    """List the photos nobody has looked at, the oldest first. Two queries beside the frame's."""
    return draw(request, "desk/photos.html", rows=photos_waiting(visible_to=request.actor), here="photos")


@require_http_methods(["GET", "HEAD", "POST"])
@policy("staff", needs="report.review")
def photo(request: Request, document: UUID) -> HttpResponse:
    """Show one photo large, and take what is decided on it; then the next one that waits."""
    page = found(photo_to_review(document, visible_to=request.actor))
    if request.method != "POST":
        return _shown(request, document)
    publish, reason = request.POST.get("do") == "show", request.POST.get("reason", "")
    try:
        if not publish and not reason:
            raise CannotReview("Choose why it is not shown.")
        review_photo(
            document, case_id=page.photo.case_id, publish=publish, reason=reason,
            blurred=_rectangles(request.POST.get("blur", "")), by=request.actor, at=clock.now(),
        )  # fmt: skip
    except CannotReview as wrong:
        return _shown(request, document, str(wrong))
    return go("desk:photo", page.next_waiting) if page.next_waiting else go("desk:photos")


def _shown(request: Request, document: UUID, error: str = "") -> HttpResponse:
    page = found(photo_to_review(document, visible_to=request.actor))
    blur = request.POST.get("blur", ";".join(",".join(map(str, one)) for one in page.blurred))
    field = FieldView("reason", "choice", "Why is it not shown?", error=error) if error else None
    return draw(
        request, "desk/photo.html", page=page, reasons=list(REASONS.items()), blur=blur, here="photos",
        shortcuts=SHORTCUTS, errors=(field,) if field else (), status=400 if error else 200,
        chosen=request.POST.get("reason", page.reason),
    )  # fmt: skip


@require_safe
@policy("staff", needs="report.review", quiet=True)
@cache_control(private=True, max_age=300)
def picture(request: Request, document: UUID) -> HttpResponse:
    """Answer a photo as it is, small, or as it would look blurred."""
    try:
        blurred = _rectangles(request.GET.get("blur", ""))
    except CannotReview:
        blurred = []
    widest = SMALL if request.GET.get("small") else 0
    content = photo_as_is(document, visible_to=request.actor, blurred=blurred, widest=widest)
    if content is None:
        raise Http404
    return HttpResponse(content, content_type="image/jpeg")


def _rectangles(text: str) -> list[Rectangle]:
    """Read `left,top,width,height;…` in thousandths. Raises CannotReview."""
    plain = "".join(text.split())
    if not plain:
        return []
    if len(plain) > 24 * MOST_BLURRED or not RECTANGLES.fullmatch(plain):
        raise CannotReview("What to blur cannot be read. Draw it again.")
    held = [[int(part) for part in one.split(",")] for one in plain.split(";")]
    return [(left, top, width, height) for left, top, width, height in held]
