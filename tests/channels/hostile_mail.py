"""E-mails made to hurt whoever reads them, small ones by hand and large ones on demand."""

# ruff: noqa: E501, PLW0108, PERF401 - each of them is one line to read, and made only when asked for

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

HEAD = b"From: Pat <pat@example.com>\r\nTo: hello@leeds.example.org\r\nSubject: My bin\r\nMIME-Version: 1.0\r\n"


def nested(depth: int) -> bytes:
    """Parts inside parts inside parts."""
    out = [HEAD]
    for n in range(depth):
        out.append(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n))
    out.append(b"Content-Type: text/plain\r\n\r\nDeep down\r\n")
    out.extend(b"--b%d--\r\n" % n for n in reversed(range(depth)))
    return b"".join(out)


def messages_in_messages(depth: int) -> bytes:
    """Forwarded forwards."""
    inside = HEAD + b"\r\nThe last word\r\n"
    for n in range(depth):
        inside = HEAD + b'Content-Type: multipart/mixed; boundary="m%d"\r\n\r\n--m%d\r\nContent-Type: message/rfc822\r\n\r\n' % (
            n, n,
        ) + inside + b"\r\n--m%d--\r\n" % n  # fmt: skip
    return inside


def attached(name: str, content: bytes, kind: str = "application/octet-stream") -> bytes:
    """One file beside some words."""
    coded = base64.encodebytes(content)
    return (
        HEAD + b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nSee it\r\n--x\r\n'
        + f'Content-Type: {kind}; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'.encode() + coded + b"\r\n--x--\r\n"
    )  # fmt: skip


def zip_bomb() -> bytes:
    """A zip of zips that would be gigabytes; nothing of ours may unpack it."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("zeros", b"\x00" * 100_000_000)
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as packed:
        for n in range(50):
            packed.writestr(f"{n}.zip", inner.getvalue())
    return attached("bomb.zip", outer.getvalue(), "application/zip")


def image_bomb() -> bytes:
    """A picture of a hundred kilobytes that would be gigabytes on a screen."""
    side = 30_000
    rows = zlib.compressobj(9)
    packed = b"".join(rows.compress(b"\x00" * (side // 8 + 1)) for _ in range(side)) + rows.flush()

    def chunk(kind: bytes, held: bytes) -> bytes:
        return struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    picture = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    return attached("photo.png", picture, "image/png")


def _many(count: int) -> bytes:
    return b"".join(b"X-Filler-%d: %s\r\n" % (n, b"a" * 40) for n in range(count))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "ten_thousand_headers": lambda: HEAD + _many(10_000) + b"\r\nWords\r\n",
    "ten_thousand_headers_first": lambda: _many(10_000) + HEAD + b"\r\nWords\r\n",
    "ten_thousand_recipients": lambda: HEAD + b"Cc: " + b", ".join(b"a%d@example.com" % n for n in range(10_000)) + b"\r\n\r\nHi\r\n",
    "comments_in_comments": lambda: b"From: " + b"(" * 50_000 + b"\r\n" + HEAD + b"\r\nHi\r\n",
    "encoded_words": lambda: b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\r\n" + HEAD + b"\r\nHi\r\n",
    "one_endless_line": lambda: HEAD + b"\r\n" + b"a" * 30_000_000,
    "only_line_ends": lambda: HEAD + b"\r\n" + b"\n" * 20_000_000,
    "many_lines_many_parts": lambda: nested(50) + b"x\n" * 500_000,
    "fifty_megabytes": lambda: HEAD + b"\r\n" + b"All work and no play\r\n" * 2_400_000,
    "nested_40": lambda: nested(40),
    "nested_1000": lambda: nested(1000),
    "forwarded_12": lambda: messages_in_messages(12),
    "forwarded_500": lambda: messages_in_messages(500),
    "thousand_parts": lambda: HEAD + b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n' + b"--x\r\n\r\nHi\r\n" * 1000,
    "fifty_megabytes_of_long_lines": lambda: HEAD + b"\r\n" + (b"All work and no play, " * 40 + b"\r\n") * 57_000,
    "zip_bomb": zip_bomb,
    "image_bomb": image_bomb,
    "broken_base64": lambda: attached("a.pdf", b"%PDF-")[:-30] + b"\xff\xfe!!!!====",
    "html_of_openings": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<" * 2_000_000,
    "html_of_comments": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<!--" * 1_000_000,
    "html_of_quotes": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<blockquote>" * 200_000 + b"x",
    "packed_by_nobody": lambda: attached("winmail.dat", b"\x78\x9f\x3e\x22" + b"\xff" * 2_000_000, "application/ms-tnef"),
    "zero_bytes": lambda: HEAD.replace(b"My bin", b"My\x00 bin") + b"\r\nA\x00B\r\n",
    "no_end_of_headers": lambda: HEAD.strip(),
    "binary": lambda: bytes(range(256)) * 4000,
    "empty": lambda: b"",
    "spaces": lambda: b" \r\n" * 1000,
    "boundary_of_nothing": lambda: HEAD + b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n\r\nHi\r\n----\r\n",
    "unknown_alphabet": lambda: HEAD + b"Content-Type: text/plain; charset=klingon-8\r\n\r\nqap\xe1la\r\n",
    "alphabet_of_trouble": lambda: HEAD + b"Content-Type: text/plain; charset=idna\r\n\r\n" + b"\xff." * 50_000,
    "hex_alphabet": lambda: HEAD + b"Content-Type: text/plain; charset=hex\r\n\r\nzz\r\n",
    "quoted_printable_of_signs": lambda: HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=" * 3_000_000,
    "references_without_end": lambda: HEAD + b"References: " + b"<a@b> " * 100_000 + b"\r\n\r\nHi\r\n",
    "quotes_that_never_end": lambda: HEAD + b"\r\n" + (b"On 1 a wrote" + b" x" * 120 + b"\n") * 8_000,
    "file_name_of_paths": lambda: attached("../../../../etc/passwd\u202egpj.exe", b"root"),
}  # fmt: skip


@cache
def hostile(name: str) -> bytes:
    """One of them."""
    return HOSTILE[name]()
