"""A page that says one thing."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from moothall.interfaces.site.pages import MessageView


def message(
    request: HttpRequest, title: str, text: str, link: str = "/", link_words: str = "Go to the start page", *,
    kind: Literal["", "kept", "risk", "late"] = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Answer with a page that says one thing and leads on."""
    view = MessageView(title, text, link, link_words, kind)
    return render(request, "site/message.html", {"page": view}, status=status)
