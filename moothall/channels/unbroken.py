"""Markdown drawn as HTML in which no line ends inside a reference of ours: half a reference is read out as a whole one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

REFERENCE: Final = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b")


def unbroken(text: str) -> Markup:
    """Return words as HTML, escaped, with what has the shape of a reference kept on one line."""
    whole = REFERENCE.sub(r'<span style="white-space:nowrap">\g<0></span>', str(escape(text)))
    return Markup(whole)  # noqa: S704  escaped above; a reference is capitals, figures and a dash


@lru_cache(maxsize=1)
def markdown() -> MarkdownIt:
    """Return what reads Markdown in which HTML is words."""
    reader = MarkdownIt("commonmark", {"html": False})
    reader.add_render_rule("text", _text)
    return reader


def _text(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return str(unbroken(tokens[at].content))
