"""How paper is drawn: HTML of ours into a tagged PDF (PDF/UA-1), with nothing fetched from anywhere."""

from __future__ import annotations

import logging
from base64 import b64encode
from ctypes.util import find_library
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.contrib.staticfiles import finders
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from PIL import ImageFile

MM: float = 96 / 25.4
"""Dots of a style sheet in a millimetre."""
FONTS = Markup('"Liberation Sans", "DejaVu Sans", "Noto Sans", "Noto Sans Arabic", "Noto Sans CJK SC", sans-serif')
OURS: Final = Markup('"Atkinson Hyperlegible Next", "Atkinson ext"')
"""The site's own face, as `faces` brings it; what it has no letters for comes from `FONTS`."""


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
def faces() -> Markup:
    """Return the rules of a style sheet that bring the site's face into a page; nothing where its fonts were not built."""
    rules = []
    for name, part in zip(OURS.split(", "), ("latin", "latin-ext"), strict=True):
        found = finders.find(f"built/atkinson-{part}-wght-normal.woff2")
        if found:
            font = b64encode(Path(str(found)).read_bytes()).decode()
            rules.append(
                f"@font-face {{ font-family: {name}; font-weight: 200 800; "
                f'src: url(data:font/woff2;base64,{font}) format("woff2"); }}'
            )
    return Markup("\n".join(rules))  # noqa: S704  our own file, as letters and figures


@lru_cache(maxsize=1)
def _library() -> tuple[Any, Any]:
    try:
        import weasyprint
        from weasyprint import urls
    except OSError as missing:
        raise NoPrinter(
            "Letters and forms cannot be drawn: Pango is missing (apt install libpango-1.0-0 libpangoft2-1.0-0)."
        ) from missing
    # Loading it makes Pillow take half a picture for a whole one, everywhere in the process: uploads must not change with
    # whether a letter was drawn before.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("weasyprint.progress").setLevel(logging.ERROR)
    fetcher: Any = urls
    return weasyprint, fetcher.URLFetcher(allowed_protocols={"data"})


@lru_cache(maxsize=8)
def page_of(source: str) -> Any:
    """Return a template of a page; every value in it is escaped."""
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(source)
