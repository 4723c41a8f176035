"""One message at the desk: exactly as the customer saw it, and why it went that way."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from moothall.channels.post.pages import page_count, page_picture
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.customers.actions import log_look
from moothall.customers.pack import FORMATS, LANGUAGES
from moothall.interfaces.desk.screen import draw, found
from moothall.interfaces.desk.why import shows_message
from moothall.interfaces.policy import Request, policy
from moothall.notifications.queries import message_seen

KINDS: Final = {"email": "Email", "sms": "Text message", "post": "Letter"}
ABOUT: Final = {"channel": "Way", "language": "Language", "format": "Format", "time": "Time"}


@policy("staff", needs="case.view", purpose="service")
@csp_replace({"frame-src": [SELF]})
@require_safe
@shows_message()
def message(request: Request, message_id: UUID) -> HttpResponse:
    """Show one message, where it stands, and the reasons for its channel, language, format and time."""
    seen = found(message_seen(message_id, visible_to=request.actor))
    if seen.line.customer_id is not None:
        log_look(
            customer_id=seen.line.customer_id, screen="desk.message", by=request.actor, at=clock.now(),
            case_id=request.for_case or seen.line.case_id,
        )  # fmt: skip
    pack = current_pack()
    language, form = pack.of(LANGUAGES).get(seen.language), pack.of(FORMATS).get(seen.format)
    return draw(
        request, "desk/message.html", seen=seen, kind=KINDS.get(seen.line.channel, seen.line.channel),
        language=language.name if language else seen.language, form=form.name if form else seen.format,
        why=[(ABOUT.get(about, about), says) for about, says in seen.reasons], pages=page_count(seen.envelope.pdf),
    )  # fmt: skip


@policy("staff", needs="case.view", purpose="service")
@csp_replace({"style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF]})
@xframe_options_sameorigin
@require_safe
@shows_message(piece=True)
def as_seen(request: Request, message_id: UUID) -> HttpResponse:
    """Show an e-mail as a mail programme shows it. Its styles stand on its elements, as mail needs them to."""
    seen = found(message_seen(message_id, visible_to=request.actor))
    if not seen.envelope.html:
        raise Http404
    return HttpResponse(seen.envelope.html)


@policy("staff", needs="case.view", purpose="service")
@require_safe
@shows_message(piece=True)
def letter(request: Request, message_id: UUID) -> HttpResponse:
    """Give a letter as it was printed, or will be: a PDF."""
    seen = found(message_seen(message_id, visible_to=request.actor))
    if not seen.envelope.pdf:
        raise Http404
    made = HttpResponse(seen.envelope.pdf, content_type="application/pdf")
    made.headers["Content-Disposition"] = 'inline; filename="letter.pdf"'
    return made


@policy("staff", needs="case.view", purpose="service", quiet=True)
@require_safe
@shows_message(piece=True)
def letter_page(request: Request, message_id: UUID, number: int) -> HttpResponse:
    """Draw one page of a letter as the customer has it in her hand."""
    seen = found(message_seen(message_id, visible_to=request.actor))
    drawn = page_picture(seen.envelope.pdf, number) if seen.envelope.pdf else None
    return HttpResponse(found(drawn), content_type="image/png")
