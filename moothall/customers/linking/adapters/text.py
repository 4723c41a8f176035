"""What files of text share: plain or gzipped, UTF-8 or the Windows code page that older systems write."""

from __future__ import annotations

import gzip
import hashlib
import zlib

from moothall.customers.linking.protocols import CannotRead

MOST_BYTES = 2_000_000_000


def plain_text(content: bytes) -> str:
    """Return the text of a file. A byte that is no UTF-8 is read as Windows-1252, line by line."""
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as wrong:
            raise CannotRead("The file is gzipped and breaks off or is damaged. Ask for it again.") from wrong
    if b"\x00" in content[:4096]:
        raise CannotRead("This is no text file. Send the export as text: CSV, fixed width or JSON.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "\n".join(_line(line) for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n"))


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of a file as hex."""
    return hashlib.sha256(content).hexdigest()


def _line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")
