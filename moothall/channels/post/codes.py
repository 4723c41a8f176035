"""The code printed on letters and forms of ours, and on the sheets that part one letter from the next.

A QR code in capitals: ``MOOT:L:<reference>`` on a letter (the case's reference), ``MOOT:F:<service>:<page>:<mark>`` on a
form, ``MOOT:SEP`` on a separator sheet. Nothing in it is private: the reference stands in words beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import segno
import zxingcpp
from PIL import Image

from moothall.core.references import NotAReference, read_reference

LETTER: Final = "letter"
FORM: Final = "form"
SEPARATOR: Final = "separator"
_FORM = re.compile(r"MOOT:F:([A-Z0-9-]{1,64}):(\d{1,2}):([A-Z0-9]{8})")
_FORMATS = "QRCode|Code128|Code39|DataMatrix"


@dataclass(frozen=True, slots=True)
class Code:
    """A code of ours found on a page. ``reference`` on a letter; ``service``, ``page`` (from 1), ``mark`` on a form."""

    kind: str
    reference: str = ""
    service: str = ""
    page: int = 0
    mark: str = ""


def letter_code(reference: str) -> str:
    """Return what the code of a letter says; ``reference`` in its stored form."""
    return f"MOOT:L:{reference}"


def form_code(service: str, page: int, mark: str) -> str:
    """Return what the code on a page of a form says; ``mark`` are eight capitals of the form's wording."""
    return f"MOOT:F:{service.upper()}:{page}:{mark}"


SEPARATOR_CODE: Final = "MOOT:SEP"


def svg_of(text: str, *, scale: float = 1.0) -> str:
    """Return the code as an inline SVG drawing, with a quiet margin, in black."""
    made = segno.make(text, error="m", micro=False)
    return str(made.svg_inline(scale=scale, border=4, omitsize=True))


def drawing_of(text: str) -> str:
    """Return the code as an address that carries its own drawing (``data:``), 0.55 mm a dot, for paper."""
    made = segno.make(text, error="m", micro=False)
    return str(made.svg_data_uri(scale=0.55, unit="mm", border=4, encode_minimal=False))


def read_code(text: str) -> Code | None:
    """Return the code that a text is, or ``None`` when it is none of ours. A reference with a wrong check is none."""
    if text == SEPARATOR_CODE:
        return Code(SEPARATOR)
    if text.startswith("MOOT:L:"):
        try:
            return Code(LETTER, reference=read_reference(text.removeprefix("MOOT:L:")))
        except NotAReference:
            return None
    found = _FORM.fullmatch(text)
    return Code(FORM, service=found[1].lower(), page=int(found[2]), mark=found[3]) if found else None


def codes_on(page: Image.Image) -> list[Code]:
    """Return the codes of ours on a page, however it lies. Codes of others (a library card, a parcel) are left out."""
    found: list[Code] = []
    for one in zxingcpp.read_barcodes(page, try_rotate=True, try_downscale=True):
        code = read_code(str(one.text))
        if code is not None and code not in found:
            found.append(code)
    return found
