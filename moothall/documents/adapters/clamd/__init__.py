"""ClamAV's daemon, by its INSTREAM command: the file goes over the socket, nothing is written to a disk of its own.

The wire: `zINSTREAM\\0`, then pieces each led by their length (4 bytes, network order), then a length of zero; the answer
is `stream: OK` or `stream: NAME FOUND`, ended by a null.
"""

from __future__ import annotations

import socket
import struct
from typing import Final

from moothall.documents.protocols import ScannerAway

PIECE: Final = 65_536
TIMEOUT: Final = 20.0


class ClamdScanner:
    """Asks the daemon at ``host:port`` or at the path of its socket."""

    name = "clamd"

    def __init__(self, address: str) -> None:
        self.address = address

    def scan(self, content: bytes) -> str:
        """Return what was found, empty when clean. Raises ScannerAway."""
        try:
            with self._connect() as line:
                line.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), PIECE):
                    piece = content[start : start + PIECE]
                    line.sendall(struct.pack(">I", len(piece)) + piece)
                line.sendall(struct.pack(">I", 0))
                answer = self._answer(line)
        except OSError as gone:
            raise ScannerAway(f"clamd at {self.address} does not answer") from gone
        said = answer.removeprefix("stream: ")
        if said == "OK":
            return ""
        if said.endswith(" FOUND"):
            return said.removesuffix(" FOUND")[:100]
        raise ScannerAway(f"clamd says: {answer[:100]}")

    def _connect(self) -> socket.socket:
        host, colon, port = self.address.rpartition(":")
        if colon and port.isdigit():
            return socket.create_connection((host, int(port)), TIMEOUT)
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(TIMEOUT)
        try:
            line.connect(self.address)
        except OSError:
            line.close()
            raise
        return line

    def _answer(self, line: socket.socket) -> str:
        held = b""
        while b"\0" not in held and len(held) < 4_096:
            piece = line.recv(1_024)
            if not piece:
                break
            held += piece
        return held.rstrip(b"\0\n").decode("utf-8", "replace")
