"""What a sent file is, whatever it says it is. Pure."""

from __future__ import annotations

import io
import lzma
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

MB: Final = 1024 * 1024
LARGEST: Final = 15 * MB
NAME_MAX: Final = 120

WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument.text"
PHOTOS: Final = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/heic": ".heic", "image/heif": ".heif",
}  # fmt: skip
PAPERS: Final = {
    **PHOTOS,
    "application/pdf": ".pdf",
    "image/tiff": ".tif",
    WORD: ".docx",
    OPEN_DOCUMENT: ".odt",
    "text/plain": ".txt",
}


class FileRefused(ValueError):
    """The file cannot be kept; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept: its true kind, and a name that is safe to show and to save under."""

    name: str
    media_type: str


def check_size(name: str, size: int) -> None:
    """Let a file of this many bytes pass, before any of it is read into memory.

    Raises:
        FileRefused: it is empty or too large.
    """
    if not size:
        raise FileRefused(f"“{safe_name(name)}” is empty. Choose another file.")
    if size > LARGEST:
        raise FileRefused(
            f"“{safe_name(name)}” is larger than {LARGEST // MB} MB. Choose a smaller one, or send a photo of it."
        )


def check_file(name: str, content: bytes, *, photo: bool) -> Checked:
    """Return what the file is, by its content.

    Raises:
        FileRefused: it is empty, too large, or not a kind we take.
    """
    shown = safe_name(name)
    check_size(name, len(content))
    kind = true_kind(content)
    allowed = PHOTOS if photo else PAPERS
    if kind not in allowed:
        wanted = (
            "a photo (JPEG, PNG, HEIC or WebP)"
            if photo
            else "a photo, a PDF, a Word or OpenDocument file, or plain text"
        )
        raise FileRefused(f"“{shown}” is not a kind of file we can open. Send {wanted}.")
    stem, _, ending = shown.rpartition(".")
    right = allowed[kind]
    known_endings = {right, ".jpeg", ".jpe", ".tiff"} if kind in {"image/jpeg", "image/tiff"} else {right}
    if f".{ending.lower()}" not in known_endings:
        shown = f"{stem or ending}{right}"
    return Checked(name=shown, media_type=kind)


PROGRAMS: Final = frozenset({
    "exe", "com", "scr", "pif", "bat", "cmd", "msi", "msp", "cpl", "dll", "jar", "js", "jse", "vbs", "vbe", "wsf", "wsh",
    "hta", "ps1", "lnk", "reg", "iso", "img", "vhd", "apk", "app", "dmg", "sh",
})  # fmt: skip
ANYTHING: Final = "application/octet-stream"


def check_received(name: str, content: bytes) -> Checked:
    """Return what a file is that somebody sent beside a letter: it was not asked for, so any kind is kept but a program.

    What we cannot tell is ``application/octet-stream``: an officer may save it, never open it here.

    Raises:
        FileRefused: it is empty, too large or a program.
    """
    shown = safe_name(name)
    check_size(name, len(content))
    if shown.rpartition(".")[2].lower() in PROGRAMS or content[:2] == b"MZ" or content[:4] == b"\x7fELF":
        raise FileRefused(f"“{shown}” is a program, so we have not kept it.")
    return Checked(name=shown, media_type=true_kind(content) or ANYTHING)


def true_kind(content: bytes) -> str:
    """Return the media type by the content alone; empty when it cannot be told."""
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        if brand in {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis"}:
            return "image/heic"
        if brand in {b"mif1", b"msf1"}:
            return "image/heif"
        return ""
    if content[:4] == b"RIFF":
        return "image/webp" if content[8:12] == b"WEBP" else ""
    if content[:5] == b"%PDF-":
        return "application/pdf"
    if content[:3] == b"\xff\xd8\xff":
        return "image/jpeg"
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png"
    if content[:4] in {b"II*\x00", b"MM\x00*"}:
        return "image/tiff"
    if content[:4] == b"PK\x03\x04":
        return _packed(content)
    return "text/plain" if _is_plain_text(content) else ""


def _packed(content: bytes) -> str:
    """A zip is a letter only if it is a word processor's, and holds no macros; names alone are read, nothing unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            first = archive.infolist()[0] if names else None
            if first and first.filename == "mimetype" and first.file_size < 100:
                said = archive.read(first).decode("ascii", "replace")
                return said if said == OPEN_DOCUMENT and not any(n.startswith("Basic/") for n in names) else ""
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        zlib.error,
        lzma.LZMAError,
    ):
        return ""
    macros = any(name.endswith("vbaProject.bin") for name in names)
    return WORD if {"[Content_Types].xml", "word/document.xml"} <= names and not macros else ""


def _is_plain_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    start = text.lstrip("\ufeff \r\n\t")[:200].lower()
    # Text that a browser or a shell would run is not a letter, whatever it is called.
    if start.startswith(("<", "#!", "%!ps", "{\\rtf", "mz")):
        return False
    return not any(unicodedata.category(c) == "Cc" and c not in "\r\n\t\f" for c in text)


def safe_name(name: str) -> str:
    """Return a file's name without its path, control characters or anything a file system or header could trip on."""
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(c for c in unicodedata.normalize("NFC", last) if c.isprintable() and c not in '<>:"|?*;\u202e')
    kept = " ".join(kept.split()).strip(". ")
    if not kept:
        return "file"
    stem, dot, ending = kept.rpartition(".")
    if not dot:
        return kept[:NAME_MAX]
    return f"{stem[: NAME_MAX - 12]}.{ending[:10]}"
