"""What we ask of whoever looks for harm in a file."""

from __future__ import annotations

from typing import Protocol


class Scanner(Protocol):
    """Looks into a file for what would harm whoever opens it."""

    name: str

    def scan(self, content: bytes) -> str:
        """Return the name of what was found, empty when the file is clean.

        Raises:
            ScannerAway: nobody answered; the file is neither clean nor refused.
        """
        ...


class ScannerAway(Exception):
    """The scanner cannot be asked just now."""
