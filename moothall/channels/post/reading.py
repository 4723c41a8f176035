"""A scan is read: pages, codes, words; letters made of them; each judged, and filed where nothing is in doubt."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from PIL import Image

from moothall.channels.post.cleaning import is_blank
from moothall.channels.post.codes import FORM, SEPARATOR, Code, codes_on
from moothall.channels.post.forms import read_marks
from moothall.channels.post.layer import Lines, layers_of, words_of_layer
from moothall.channels.post.pages import CannotOpen, pages_of
from moothall.channels.post.words import NoReader, PageWords, read_page
from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.documents.pictures import page_jpeg
from moothall.intake.posted import file_sure, send_sure_form
from moothall.postroom import actions as postroom
from moothall.postroom.actions import ReadSheet
from moothall.postroom.queries import printed_form, scan_content

log = logging.getLogger("moothall.post")
LANGUAGES_READ: Final = ("pl", "cy", "ro", "pt", "es")
"""Languages a letter is tried in, beside the council's own, where Tesseract has them."""


def read_scan(scan_id: UUID, *, at: datetime) -> list[UUID]:
    """Read one scan and make letters of it; return them. Read before, or not to be read: none.

    Raises:
        NoReader: there is no Tesseract here; the scan waits.
    """
    held = scan_content(scan_id)
    if held is None:
        return []
    _, content = held
    try:
        layers = list(layers_of(content))
        sheets = [read_sheet(page, *layers[number : number + 1]) for number, page in enumerate(pages_of(content))]
    except CannotOpen as wrong:
        postroom.cannot_read(scan_id, why=str(wrong), by=SYSTEM, at=at)
        return []
    letters = postroom.keep_pages(scan_id, sheets, by=SYSTEM, at=at)
    for letter_id in letters:
        if not send_sure_form(letter_id, at=at):
            file_sure(letter_id, at=at)
    return letters


def read_sheet(page: Image.Image, typed: Lines = ()) -> ReadSheet:
    """Return one page as it was read: codes first, words unless it is a separator. ``typed`` are words it carries as text."""
    codes = codes_on(page)
    if any(code.kind == SEPARATOR for code in codes):
        return ReadSheet(picture=page_jpeg(page), separator=True)
    read = words_of_layer(page, typed, languages()) if typed else read_page(page, languages=languages())
    if not codes and not read.blank:
        codes = codes_on(read.picture)
    return _sheet(read, codes, typed=bool(typed))


def _sheet(read: PageWords, codes: list[Code], *, typed: bool) -> ReadSheet:
    empty = read.blank and is_blank(read.picture)  # what cannot be read is not therefore empty
    first_of_form = any(code.kind == FORM and code.page == 1 for code in codes)
    return ReadSheet(
        picture=page_jpeg(read.picture), text=read.text, sure=read.sure, language=read.language, turned=read.turned,
        codes=tuple({key: value for key, value in asdict(code).items() if value} for code in codes),
        blank=empty and not codes, opens=first_of_form, filled=_filled(read, codes, typed=typed),
    )  # fmt: skip


def _filled(read: PageWords, codes: list[Code], *, typed: bool) -> dict[str, Any]:
    """What is in the boxes of a page of a form of ours; nothing where it is none."""
    code = next((code for code in codes if code.kind == FORM), None)
    printed = printed_form(code.mark) if code else None
    if code is None or printed is None:
        return {}
    boxes = read_marks(read, printed.layout, page=code.page, typed=typed)
    return {"mark": printed.mark, "page": code.page, "boxes": boxes}


def languages() -> tuple[str, ...]:
    """Return the languages letters are read in: the council's first."""
    own = current_pack().council.languages
    return tuple(dict.fromkeys([*own, *LANGUAGES_READ]))


__all__ = ["NoReader", "languages", "read_scan", "read_sheet"]
