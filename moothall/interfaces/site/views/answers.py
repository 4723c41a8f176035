"""General knowledge in the language and the form somebody can use: to read, large, aloud, in Braille, as plain text."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from moothall.channels.formats.braille import CannotEmboss, brf, can_emboss
from moothall.channels.formats.speech import CannotSpeak, can_speak, speak
from moothall.core.packs import current_pack
from moothall.customers.pack import LANGUAGES
from moothall.intake.queries.catalogue import ArticlePage, article_page
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site.pages import AnswerView, Spoken
from moothall.interfaces.site.speaking import chosen_in
from moothall.interfaces.ui.jinja import with_query

_DAY = "public, max-age=3600"


@policy("public")
@csp_replace({"media-src": [SELF]})  # type: ignore[arg-type]
@require_safe
def answer(request: Request, code: str, large: bool = False) -> HttpResponse:
    """Show one piece of general knowledge, and how else it can be had."""
    chosen = chosen_in(request) or current_pack().council.languages[0]
    return render(request, "site/answer.html", {"page": _view(_found(code), large, chosen)})


@policy("public")
@require_safe
def listen(request: Request, code: str) -> HttpResponse:
    """Read it aloud."""
    page = _found(code)
    try:
        said = speak(_words(page, ".\n\n"), page.language)
    except CannotSpeak:
        raise Http404 from None
    return _file(said, "audio/wav", f"{code}.wav", inline=True)


@policy("public")
@require_safe
def braille(request: Request, code: str) -> HttpResponse:
    """Give it as a file for a Braille embosser or display."""
    page = _found(code)
    try:
        cells = brf(_words(page, "\n"), page.language)
    except CannotEmboss:
        raise Http404 from None
    return _file(cells, "text/x-brf", f"{code}.brf")


@policy("public")
@require_safe
def plain(request: Request, code: str) -> HttpResponse:
    """Give it as plain text."""
    return _file(_words(_found(code), "\n\n").encode(), "text/plain; charset=utf-8", f"{code}.txt", inline=True)


def _found(code: str) -> ArticlePage:
    page = article_page(code)
    if page is None:
        raise Http404
    return page


def _words(page: ArticlePage, after_title: str) -> str:
    return f"{page.article.title}{after_title}{page.article.body}\n"


def _file(content: bytes, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    answer["Cache-Control"] = _DAY
    return answer


def _view(page: ArticlePage, large: bool, chosen: str) -> AnswerView:
    """What the page shows; a form that this machine cannot make is not offered.

    ``chosen`` is the language of what stands around the text: where the text is in another, that is offered for both.
    """
    known, one = current_pack().of(LANGUAGES), page.article
    says = dict(known["en"].says) | dict(known[page.language].says if page.language in known else {})
    forms = [] if large else [(says.get("large", "Large print"), reverse("site:answer-large", args=[one.code]))]
    if page.easy and page.easy != one.code:
        forms.append((says.get("easy", "Easy read"), reverse("site:answer", args=[page.easy])))
    if can_emboss(page.language):
        forms.append((says.get("braille", "Braille file"), reverse("site:answer-braille", args=[one.code])))
    forms.append((says.get("plain", "Plain text"), reverse("site:answer-plain", args=[one.code])))
    return AnswerView(
        title=one.title,
        paragraphs=tuple(part for part in one.body.split("\n\n") if part.strip()),
        language=page.language,
        direction="rtl" if page.language in known and known[page.language].right_to_left else "ltr",
        large=large,
        easy=one.format == "easy-read",
        machine=one.machine,
        listen=reverse("site:answer-listen", args=[one.code]) if can_speak(page.language) else "",
        listen_words=says.get("listen", "Listen"),
        forms=tuple(forms),
        others_words=says.get("others", "Other languages"),
        languages=tuple(
            Spoken(
                known[tag].own_name or known[tag].name, known[tag].name, tag,
                "rtl" if known[tag].right_to_left else "ltr", with_query(reverse("site:answer", args=[code]), lang=tag),
            )
            for tag, code in page.languages
            if tag in known and (code != one.code or tag != chosen)
        ),
        speak=says.get("speak", "") if page.language != current_pack().council.languages[0] else "",
        called=tuple(way.value for way in current_pack().council.contact if way.channel == "phone")[:1],
    )  # fmt: skip
