"""The e-mails and texts that a demonstration would have sent, for whoever tries it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from markupsafe import Markup, escape

from moothall.customers.rules.writing import show_phone
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui import words
from moothall.notifications.adapters import local

KINDS = {"email": "Email", "sms": "Text message"}
_LINK = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)]")


@dataclass(frozen=True, slots=True)
class Line:
    """One message in the list."""

    kind: str
    to: str
    words: str
    when: str
    link: str


@dataclass(frozen=True, slots=True)
class Page:
    """One message."""

    title: str
    kind: str
    to: str
    sender: str
    when: str
    body: Markup
    as_mail: str


def _shown(to: str) -> str:
    """Where it went, as people write it."""
    return to if "@" in to else show_phone(to)


@policy("demo")
@require_safe
def outbox(request: Request) -> HttpResponse:
    """List what was sent, newest first."""
    return render(request, "demo/outbox.html", {"lines": _lines(list(local.outbox()))})


@policy("demo")
@require_safe
def message(request: Request, reference: str) -> HttpResponse:
    """Show one message as words; its links can be followed."""
    kept = local.read(reference)
    if kept is None:
        raise Http404
    as_mail = reverse("demo:as-mail", args=[reference]) if kept.html else ""
    kind = KINDS.get(kept.channel, kept.channel)
    page = Page(
        kept.subject or kind, kind, _shown(kept.to), kept.sender, words.day_time(kept.at), _linked(kept.text), as_mail
    )
    return render(request, "demo/message.html", {"page": page})


@policy("demo")
@csp_replace({"style-src": [UNSAFE_INLINE]})  # type: ignore[arg-type]
@require_safe
def as_mail(request: Request, reference: str) -> HttpResponse:
    """Show an e-mail as a mail programme shows it. Its styles stand on its elements, as mail needs them to."""
    kept = local.read(reference)
    if kept is None or not kept.html:
        raise Http404
    return HttpResponse(kept.html)


def _lines(rows: Sequence[local.Kept]) -> list[Line]:
    return [
        Line(
            KINDS.get(one.channel, one.channel), _shown(one.to), one.subject or one.text, words.day_time(one.at),
            reverse("demo:message", args=[one.reference]),
        )
        for one in rows
    ]  # fmt: skip


def _linked(text: str) -> Markup:
    """Return text as HTML: its paragraphs, its lines, its web addresses as links; everything else is escaped."""
    paragraphs = [_line_ends(part) for part in re.split(r"\n\s*\n", text.strip())]
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in paragraphs)


def _line_ends(text: str) -> Markup:
    return Markup("<br>").join(_links(line) for line in text.split("\n"))


def _links(text: str) -> Markup:
    out, end = Markup(), 0
    for found in _LINK.finditer(text):
        out += escape(text[end : found.start()]) + Markup('<a href="{0}">{0}</a>').format(found[0])
        end = found.end()
    return out + escape(text[end:])
