"""How paper is drawn: HTML of ours into a tagged PDF (PDF/UA-1), with nothing fetched from anywhere."""

from __future__ import annotations

import logging
from ctypes.util import find_library
from functools import lru_cache
from typing import Any

from jinja2 import Environment, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

MM: float = 96 / 25.4
"""Dots of a style sheet in a millimetre."""
FONTS = Markup('"Liberation Sans", "DejaVu Sans", "Noto Sans", "Noto Sans Arabic", "Noto Sans CJK SC", sans-serif')


class NoPrinter(RuntimeError):
    """Paper cannot be drawn here: the library's own library, Pango, is missing."""


@lru_cache(maxsize=1)
def can_draw() -> bool:
    """Say whether paper can be drawn here, without loading what draws it."""
    return find_library("pango-1.0") is not None and find_library("pangoft2-1.0") is not None


def lay_out(html: str) -> Any:
    """Return the pages of a document as WeasyPrint laid them out (``pages[n].anchors`` says where each id stands).

    Raises:
        NoPrinter: Pango is missing.
    """
    library, fetcher = _library()
    return library.HTML(string=html, url_fetcher=fetcher).render(pdf_tags=True)


def pdf_of(html: str) -> bytes:
    """Return a document as PDF/UA-1. Raises NoPrinter."""
    library, fetcher = _library()
    made: bytes = library.HTML(string=html, url_fetcher=fetcher).write_pdf(pdf_variant="pdf/ua-1")
    return made


def css_text(text: str) -> Markup:
    """Return words as a string of a style sheet, whatever stands in them."""
    safe = "".join(one if one.isalnum() or one == " " else f"\\{ord(one):x} " for one in text)
    return Markup(f'"{safe}"')  # noqa: S704  nothing is left in it that a style sheet or HTML reads


@lru_cache(maxsize=1)
def _library() -> tuple[Any, Any]:
    try:
        import weasyprint
        from weasyprint import urls
    except OSError as missing:
        raise NoPrinter(
            "Letters and forms cannot be drawn: Pango is missing (apt install libpango-1.0-0 libpangoft2-1.0-0)."
        ) from missing
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("weasyprint.progress").setLevel(logging.ERROR)
    fetcher: Any = urls
    return weasyprint, fetcher.URLFetcher(allowed_protocols={"data"})


@lru_cache(maxsize=8)
def page_of(source: str) -> Any:
    """Return a template of a page; every value in it is escaped."""
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(source)


@lru_cache(maxsize=1)
def markdown() -> MarkdownIt:
    """Return what reads Markdown in which HTML is words."""
    return MarkdownIt("commonmark", {"html": False})
