"""What Outlook packs into ``winmail.dat``: its words and its files. Bounded; what cannot be opened stays packed."""

from __future__ import annotations

import io
import logging
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any, Final

from moothall.channels.email.bodies import decoded, from_html, tidy

LARGEST: Final = 20 * 1024 * 1024
MOST_FILES: Final = 40


@dataclass(frozen=True, slots=True)
class Opened:
    """What was inside: words (empty where there were none that can be read), files by name."""

    words: str
    files: tuple[tuple[str, bytes], ...]


def open_packed(content: bytes) -> Opened | None:
    """Return what is inside, or ``None`` where it cannot be opened. Never raises."""
    if len(content) > LARGEST or content[:4] != b"\x78\x9f\x3e\x22":
        return None
    try:
        from tnefparse import TNEF

        logging.getLogger("tnefparse").setLevel(logging.CRITICAL)
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            packed: Any = TNEF(content, do_checksum=False)
        files = tuple(
            (_text(one.long_filename() or "file"), bytes(one.data)) for one in packed.attachments[:MOST_FILES]
        )
        words = _text(packed.body or b"") or from_html(_text(packed.htmlbody or b""))
    except Exception:  # a library for a format nobody published fails in many ways
        return None
    held = tuple((name, data) for name, data in files if data)
    return Opened(words, held) if words or held else None


def _text(value: Any) -> str:
    return decoded(value) if isinstance(value, bytes) else tidy(str(value))
