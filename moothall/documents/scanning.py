"""Whether a file would harm whoever opens it: asked of the configured scanner before anything is kept."""

from __future__ import annotations

import logging

from django.conf import settings

from moothall.documents.adapters.clamd import ClamdScanner
from moothall.documents.protocols import Scanner, ScannerAway
from moothall.documents.rules import FileRefused, safe_name

log = logging.getLogger(__name__)
_instead: list[Scanner | None] = []


def use(scanner: Scanner | None, *, instead: bool = True) -> None:
    """Put another scanner in place (tests); ``instead=False`` gives the configured one back."""
    _instead[:] = [scanner] if instead else []


def scanner_here() -> Scanner | None:
    """Return who scans files here (``MOOTHALL_CLAMD``), or ``None``."""
    if _instead:
        return _instead[0]
    address = str(settings.CLAMD_ADDRESS)
    return ClamdScanner(address) if address else None


def scan(name: str, content: bytes) -> str:
    """Return ``clean``, or ``not_scanned`` where there is no scanner or it does not answer: officers are shown which.

    Raises:
        FileRefused: something harmful was found; nothing is kept.
    """
    scanner = scanner_here()
    if scanner is None:
        return "not_scanned"
    try:
        found = scanner.scan(content)
    except ScannerAway as away:
        log.warning("a file was kept without being scanned: %s", away)
        return "not_scanned"
    if found:
        log.warning("a file was refused: %s found %s", scanner.name, found)
        raise FileRefused(
            f"“{safe_name(name)}” holds something harmful, so we have not kept it. Send another file, or check your device."
        )
    return "clean"
