"""The pages of what a scanner or a fax line delivers: PDF, TIFF of many pages, or one picture; each a grey image."""

from __future__ import annotations

import io
import math
import struct
import warnings
from collections.abc import Iterator
from typing import Any, Final

import pypdfium2
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from moothall.documents.pictures import page_png

DPI: Final = 200
"""What pages are read at: fax is 204 a line, an office scanner 200 or 300."""
MOST_PAGES: Final = 200
LARGEST_SIDE: Final = 2600
SMALLEST_SIDE: Final = 24
MOST_PIXELS: Final = 80_000_000
_BROKEN: Final = (
    Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError,
    OverflowError, ZeroDivisionError, struct.error, MemoryError,
)  # fmt: skip
"""What a broken picture makes the library raise, wherever it is broken."""
_PdfDocument: Any = pypdfium2.PdfDocument


class CannotOpen(ValueError):
    """The file cannot be taken apart into pages; the message says why, for whoever fed the scanner."""


def pages_of(content: bytes) -> Iterator[Image.Image]:
    """Give the pages of a scan one after another, grey, at about 200 dots an inch, as they lie.

    A fax's dots are taller than wide: such pages are stretched. Pages are made one at a time, so that a scan of two hundred
    does not lie in memory at once.

    Raises:
        CannotOpen: it is no PDF, TIFF, JPEG or PNG; is broken or locked; has more than 200 pages, or one far too large.
    """
    if content[:1024].lstrip().startswith(b"%PDF-"):
        yield from _pages_of_pdf(content)
    else:
        yield from _pages_of_picture(content)


def _pages_of_pdf(content: bytes) -> Iterator[Image.Image]:
    try:
        document: Any = _PdfDocument(content)
    except pypdfium2.PdfiumError as wrong:
        raise CannotOpen("This PDF is broken or locked with a password. Scan the paper again.") from wrong
    try:
        count = len(document)
        if not count:
            raise CannotOpen("This PDF has no pages. Scan the paper again.")
        _few_enough(count)
        for number in range(count):
            try:
                page = document[number]
                scale = DPI / 72
                longest = max(page.get_size()) * scale
                if longest > LARGEST_SIDE:
                    scale *= LARGEST_SIDE / longest
                picture = page.render(scale=scale, grayscale=True).to_pil().convert("L")
            except (pypdfium2.PdfiumError, ValueError, MemoryError) as wrong:
                raise CannotOpen(f"Page {number + 1} of this PDF cannot be drawn. Scan it again.") from wrong
            yield _sane(picture)
    finally:
        document.close()


def _pages_of_picture(content: bytes) -> Iterator[Image.Image]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd tags and large pictures are judged here, not by a printed warning
        try:
            held = Image.open(io.BytesIO(content), formats=("TIFF", "JPEG", "PNG"))
            count = int(getattr(held, "n_frames", 1))
        except (UnidentifiedImageError, *_BROKEN) as wrong:
            raise CannotOpen("We cannot open this file. Send a PDF, TIFF, JPEG or PNG.") from wrong
        _few_enough(count)
        frames = ImageSequence.Iterator(held)
        number = 0
        while True:
            number += 1
            try:
                frame = next(frames)
                if frame.width * frame.height > MOST_PIXELS:
                    raise CannotOpen(f"Page {number} is far too large. Scan it at 300 dots an inch or fewer.")
                picture = _square(ImageOps.exif_transpose(frame))
            except StopIteration:
                return
            except CannotOpen:
                raise
            except _BROKEN as wrong:
                raise CannotOpen(f"Page {number} of this file is broken. Scan it again.") from wrong
            yield _sane(picture)


def _few_enough(count: int) -> None:
    if count > MOST_PAGES:
        raise CannotOpen(f"This scan has {count} pages; the most is {MOST_PAGES}. Scan it in parts.")


def _square(frame: Image.Image) -> Image.Image:
    """A grey page with square dots at no more than we read at: a standard fax has 204 dots across and 98 down."""
    picture = frame.convert("RGBA") if "transparency" in frame.info else frame
    if picture.mode in {"RGBA", "LA", "PA"}:
        over = picture.convert("RGBA")
        white = Image.new("RGBA", over.size, "white")
        picture = Image.alpha_composite(white, over)
    grey = picture.convert("L")
    across, down = _density(frame)
    width, height = float(grey.width), float(grey.height)
    if across and down and abs(across / down - 1) > 0.05 and 0.2 < across / down < 5:
        if across > down:
            height *= across / down
        else:
            width *= down / across
    longest = max(width, height)
    scale = LARGEST_SIDE / longest if longest > LARGEST_SIDE else 1.0
    if scale == 1.0 and 0 < longest < 1100 and 50 <= across < 130:
        scale = min(2.0, DPI / across)  # a page photographed or scanned small reads better larger
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return grey if size == grey.size else grey.resize(size, Image.Resampling.LANCZOS)


def _density(frame: Image.Image) -> tuple[float, float]:
    said = frame.info.get("dpi")
    try:
        across, down = (float(one) for one in said or (0, 0))
    except (TypeError, ValueError, ZeroDivisionError):
        return 0.0, 0.0
    return (across, down) if math.isfinite(across) and math.isfinite(down) else (0.0, 0.0)


def _sane(picture: Image.Image) -> Image.Image:
    if min(picture.size) < SMALLEST_SIDE:
        white = Image.new("L", (max(SMALLEST_SIDE, picture.width), max(SMALLEST_SIDE, picture.height)), 255)
        white.paste(picture)
        return white
    return picture


def page_count(pdf: bytes) -> int:
    """Return how many pages a PDF of ours has; 0 where there is none."""
    if not pdf:
        return 0
    document: Any = _PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def page_picture(pdf: bytes, number: int) -> bytes | None:
    """Return page ``number`` (from 1) of a PDF of ours as a PNG to look at, or ``None`` past its last."""
    document: Any = _PdfDocument(pdf)
    try:
        if not 1 <= number <= len(document):
            return None
        return page_png(document[number - 1].render(scale=110 / 72).to_pil())
    finally:
        document.close()
