"""Whether the file of a scan has its end: scanners and fax lines write for minutes, and rest between pages. Pure.

Sources: ISO 32000-1, 7.5.5 (PDF ends with ``%%EOF``); ISO/IEC 10918-1, B.2.1 (JPEG with the marker EOI); ISO/IEC 15948,
11.2.5 (PNG with the chunk IEND); TIFF 6.0, section 2 (each directory says where the next one is).
"""

from __future__ import annotations

import struct
from typing import Final

_TAIL: Final = 1024
"""Some write a little behind the end."""
_MOST_PAGES: Final = 2_000


def is_whole(content: bytes) -> bool:
    """Say whether a file ends as its kind ends. What is of no kind we know is whole: reading it says what is wrong."""
    if content.startswith(b"%PDF-"):
        return b"%%EOF" in content[-_TAIL:]
    if content.startswith(b"\xff\xd8"):
        return b"\xff\xd9" in content[-_TAIL:]
    if content.startswith(b"\x89PNG"):
        return b"IEND" in content[-_TAIL:]
    if content[:4] in (b"II*\x00", b"MM\x00*"):
        return _has_its_pages(content)
    return bool(content)


def _has_its_pages(content: bytes) -> bool:
    """A TIFF whose directories are all there. One that leads in a circle is as whole as it will be."""
    order = "<" if content[:2] == b"II" else ">"
    try:
        (where,) = struct.unpack_from(f"{order}I", content, 4)
        for _ in range(_MOST_PAGES):
            if not where:
                return True
            (entries,) = struct.unpack_from(f"{order}H", content, where)
            (where,) = struct.unpack_from(f"{order}I", content, where + 2 + 12 * entries)
    except struct.error:
        return False
    return True
