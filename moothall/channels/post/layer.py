"""The words that a PDF carries as text: of a form typed on a screen or a letter sent as a document, read without looking.

A page that is a picture with words behind it (a scanner's own reading) is left to our reader: nobody knows how good they
are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pypdfium2
import pypdfium2.raw
from PIL import Image

from moothall.channels.post.words import PageWords, Word, language_of

MOST_CHARACTERS: Final = 20_000
PICTURE_SHARE: Final = 0.5
_PdfDocument: Any = pypdfium2.PdfDocument
pdfium: Any = pypdfium2.raw
Placed = tuple[str, float, float, float, float]
"""A word and where it stands, in shares of the page's width and height from the top left: left, top, right, bottom."""
Lines = tuple[tuple[Placed, ...], ...]


def layers_of(content: bytes) -> Iterator[Lines]:
    """Give, page by page, the lines of words that a PDF carries; nothing for what is no PDF, none for a page of pictures."""
    if not content[:1024].lstrip().startswith(b"%PDF-"):
        return
    try:
        document: Any = _PdfDocument(content)
    except pypdfium2.PdfiumError:
        return
    try:
        for number in range(len(document)):
            try:
                yield _lines(document[number])
            except (pypdfium2.PdfiumError, ValueError):
                yield ()
    finally:
        document.close()


def words_of_layer(page: Image.Image, lines: Lines, languages: tuple[str, ...]) -> PageWords:
    """Return a page's words as reading would have given them, in dots of its picture, each of them sure."""
    words = tuple(
        Word(
            text, 100.0, round(left * page.width), round(top * page.height), round((right - left) * page.width),
            round((bottom - top) * page.height), number,
        )
        for number, line in enumerate(lines)
        for text, left, top, right, bottom in line
    )  # fmt: skip
    text = "\n".join(" ".join(one[0] for one in line) for line in lines)
    return PageWords(page, words, text, 100.0, language_of(text, languages), 0.0)


def _lines(page: Any) -> Lines:
    width, height = page.get_size()
    for one in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = one.get_bounds() if hasattr(one, "get_bounds") else one.get_pos()
        if (right - left) * (top - bottom) > PICTURE_SHARE * width * height:
            return ()
    text = page.get_textpage()
    lines: list[list[Placed]] = [[]]
    word, box = "", [9e9, 9e9, -9e9, -9e9]

    def close() -> None:
        nonlocal word, box
        if word:
            lines[-1].append((word, box[0] / width, 1 - box[3] / height, box[2] / width, 1 - box[1] / height))
        word, box = "", [9e9, 9e9, -9e9, -9e9]

    before = None
    for index in range(min(text.count_chars(), MOST_CHARACTERS)):
        one = chr(pdfium.FPDFText_GetUnicode(text, index))
        if one in "\r\n":
            close()
            if lines[-1]:
                lines.append([])
            continue
        if one.isspace():
            close()
            continue
        left, bottom, right, top = text.get_charbox(index)
        if before is not None and word and (left - before > 0.6 * max(4.0, top - bottom) or left < box[0] - 1):
            close()  # no space was written between: another column, another box
        word += one
        box = [min(box[0], left), min(box[1], bottom), max(box[2], right), max(box[3], top)]
        before = right
    close()
    return tuple(tuple(line) for line in lines if line)
