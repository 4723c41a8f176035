"""One message of ours in the form somebody can use, for whoever holds the link that came with it."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from moothall.channels.formats.braille import CannotEmboss, brf, can_emboss
from moothall.channels.formats.speech import CannotSpeak, can_speak, speak
from moothall.core.packs import current_pack
from moothall.customers.pack import LANGUAGES
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site.pages import AnswerView
from moothall.notifications.queries import words_of_message
from moothall.notifications.reading_links import read_reading_token


@policy("public")
@never_cache
@csp_replace({"media-src": [SELF]})  # type: ignore[arg-type]
@require_safe
def show(request: Request, token: str) -> HttpResponse:
    """Show the message large, to listen to and to emboss."""
    subject, words, language = _found(token)
    known = current_pack().of(LANGUAGES)
    says = dict(known["en"].says) | dict(known[language].says if language in known else {})
    forms = [(says["braille"], reverse("site:read-braille", args=[token]))] if can_emboss(language) else []
    view = AnswerView(
        title=subject or "Your message",
        paragraphs=tuple(part for part in words.split("\n\n") if part.strip()),
        language=language,
        direction="rtl" if language in known and known[language].right_to_left else "ltr",
        large=True,
        easy=False,
        machine=False,
        listen=reverse("site:read-listen", args=[token]) if can_speak(language) else "",
        listen_words=says["listen"],
        forms=tuple(forms),
        others_words="",
        languages=(),
        speak="",
        called=(),
    )
    return render(request, "site/answer.html", {"page": view})


@policy("public")
@never_cache
@require_safe
def listen(request: Request, token: str) -> HttpResponse:
    """Read the message aloud."""
    subject, words, language = _found(token)
    try:
        return HttpResponse(speak(f"{subject}.\n\n{words}", language), content_type="audio/wav")
    except CannotSpeak:
        raise Http404 from None


@policy("public")
@never_cache
@require_safe
def braille(request: Request, token: str) -> HttpResponse:
    """Give the message as a file for a Braille embosser or display."""
    subject, words, language = _found(token)
    try:
        answer = HttpResponse(brf(f"{subject}\n{words}", language), content_type="text/x-brf")
    except CannotEmboss:
        raise Http404 from None
    answer["Content-Disposition"] = 'attachment; filename="message.brf"'
    return answer


def _found(token: str) -> tuple[str, str, str]:
    message_id = read_reading_token(token)
    words = words_of_message(message_id) if message_id is not None else None
    if words is None:
        raise Http404
    return words
