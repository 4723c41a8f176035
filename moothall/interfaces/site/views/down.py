"""When the database cannot be reached: a calm page made of nothing that could be down too, and what was typed is on it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from moothall.core.packs import last_pack
from moothall.interfaces.site.views.carrying import carried, from_elsewhere

AGAIN_IN = 60
"""Seconds after which a machine may ask again."""


def unreachable(request: HttpRequest) -> HttpResponse:
    """Say that nothing was taken, how to send it again, and how to reach us otherwise. Asks the database nothing."""
    if request.path.startswith("/api/"):
        words = "We cannot reach our records just now. Nothing was done; send the same again in a minute."
        answer: HttpResponse = JsonResponse(
            {"problems": [{"code": "unavailable", "message": words, "where": ""}]}, status=503
        )
    else:
        answer = HttpResponse(_page(request), status=503)
    answer["Retry-After"] = str(AGAIN_IN)
    answer["Cache-Control"] = "no-store"
    return answer


def _page(request: HttpRequest) -> SafeString:
    pack = last_pack()
    council = pack.council.name if pack is not None else ""
    ways = [c for c in pack.council.contact if c.channel == "phone" and c.value] if pack is not None else []
    ring = format_html_join(
        "",
        "<p>If it can’t wait, ring us on <strong>{}</strong>.</p>",
        ((w.value.replace(" ", "\u00a0"),) for w in ways[:1]),
    )
    return format_html(
        '<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Try again in a minute</title>'
        '<link rel="stylesheet" href="{}"></head><body><main class="site-main"><div class="govuk-width-container">'
        '<div class="two-thirds stack"><p class="muted">{}</p><h1>Try again in a minute</h1>'
        "<p>We can’t reach our records just now. It is our fault, not yours, and we are working on it.</p>{}{}"
        "</div></div></main></body></html>",
        static("built/site.css"), council, _again(request), ring,
    )  # fmt: skip


def _again(request: HttpRequest) -> SafeString:
    """The way on: a form that was sent is here to be sent again, a page is asked for again."""
    if request.method != "POST":
        return format_html('<p>Nothing is lost. <a href="{}">Open this page again</a>.</p>', request.get_full_path())
    if from_elsewhere(request):
        return mark_safe("<p>Go back and send it again in a minute.</p>")
    fields = format_html_join("", '<input type="hidden" name="{}" value="{}">', carried(request))
    files = mark_safe("<p>Choose your file again after this.</p>") if request.FILES else ""
    return format_html(
        "<p>Nothing is lost: we did not take what you sent, and it is still here. Sending it twice does it only once.</p>{}"
        '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">{}'
        '<button class="govuk-button" type="submit">Send it again</button></form>',
        files, request.get_full_path(), get_token(request), fields,
    )  # fmt: skip
