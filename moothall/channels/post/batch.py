"""The letters of a day as one file for a printer, with a list of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2

from moothall.core.sheets import csv_lines

A4 = (595.276, 841.89)


@dataclass(frozen=True, slots=True)
class Batch:
    """What was put together: how many letters on how many sheets, and the file; none where there were no letters."""

    letters: int
    sheets: int
    pdf: Path | None


def batch_of(folder: Path, into: Path) -> Batch:
    """Put all letters of a folder into ``into``.pdf, in the order they were written, and list them in ``into``.csv.

    A letter with an odd number of pages is followed by an empty one, so that the next begins on a front side.
    """
    paths = sorted(folder.glob("*.pdf")) if folder.is_dir() else []
    if not paths:
        return Batch(0, 0, None)
    library: Any = pypdfium2.PdfDocument
    whole = library.new()
    rows = []
    for path in paths:
        one = library(path.read_bytes())
        pages = len(one)
        rows.append((path.name, len(whole) + 1, pages))
        whole.import_pages(one)
        if pages % 2:
            whole.new_page(*A4)
        one.close()
    into.parent.mkdir(parents=True, exist_ok=True)
    pdf, listed = into.with_suffix(".pdf"), into.with_suffix(".csv")
    write: Any = whole.save
    write(str(pdf))
    with listed.open("w", encoding="utf-8", newline="") as out:
        out.writelines(csv_lines(("letter", "first page", "pages"), rows))
    sheets = len(whole) // 2
    whole.close()
    return Batch(len(paths), sheets, pdf)
