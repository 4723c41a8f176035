"""A line between us and a provider that can be cut, slow, or answer nonsense: plain TCP, whatever is spoken on it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from tests.ports import free_port

HURRY, PLENTY = 0.5, 30.0
GARBAGE = b"\x15\x03\x01 nonsense \xff\xfe\r\n\r\n"
_PAGE = b"\r\nContent-Type: text/html\r\nContent-Length: 20\r\nConnection: close\r\n\r\n<html>gateway</html>"
GATEWAY, NO_JSON = b"HTTP/1.1 502 Bad Gateway" + _PAGE, b"HTTP/1.1 200 OK" + _PAGE
MAIL_TROUBLE = b"421 4.3.2 Service not available, closing transmission channel\r\n"


class Line:
    """A port of its own that leads to ``upstream``. ``trouble``:

    ``""`` all is well; ``down`` nobody listens; ``slow`` answers come after ``seconds``; ``cut`` what we say arrives and the
    answer is lost (on a line for mail: the one that holds ``cut_at``); ``wrong`` a gateway answers an error in the
    provider's place; ``garbage`` an answer that cannot be read.

    ``patience`` is told how long we are to wait for an answer: briefly only where it is slow on purpose, so that a machine
    that does ten other things is not taken for trouble.
    """

    def __init__(
        self, upstream: int, *, mail: bool = False, seconds: float = 2.0, cut_at: bytes = b"250 OK",
        patience: Callable[[float], None] = lambda seconds: None,
    ) -> None:  # fmt: skip
        self.upstream, self.mail, self.seconds, self.cut_at = upstream, mail, seconds, cut_at
        self.port, self.trouble = free_port(), ""
        self._patience = patience
        patience(PLENTY)
        self._listening: socket.socket | None = None
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._listen()

    def set(self, trouble: str) -> None:
        """Change what is wrong; lines that stand are broken."""
        self.trouble = trouble
        self._patience(HURRY if trouble == "slow" else PLENTY)
        with self._lock:
            for one in self._open:
                _close(one)
            self._open.clear()
        if trouble == "down":
            self.close()
        elif self._listening is None:
            self._listen()

    def close(self) -> None:
        """Stop listening, and let go of who is on the line."""
        if self._listening is not None:
            _close(self._listening)
            self._listening = None
        with self._lock:
            held, self._open = self._open, []
        for one in held:
            _close(one)

    def _listen(self) -> None:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        listening.listen(64)
        self._listening = listening
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            with self._lock:
                self._open.append(near)
            threading.Thread(target=self._serve, args=(near, self.trouble), daemon=True).start()

    def _serve(self, near: socket.socket, trouble: str) -> None:
        with suppress(OSError):
            if trouble in {"wrong", "garbage"}:
                if not self.mail:
                    near.recv(65536)
                near.sendall(
                    GARBAGE
                    if self.mail and trouble == "garbage"
                    else MAIL_TROUBLE
                    if self.mail
                    else GATEWAY
                    if trouble == "wrong"
                    else NO_JSON
                )
                _close(near)
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.upstream))
            except OSError:
                _close(near)
                return
            with self._lock:
                self._open.append(far)
            threading.Thread(target=self._pump, args=(near, far, "", near), daemon=True).start()
            self._pump(far, near, trouble, near)

    def _pump(self, source: socket.socket, sink: socket.socket, trouble: str, near: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(65536):
                if trouble == "slow":
                    time.sleep(self.seconds)
                if trouble == "cut" and (not self.mail or self.cut_at in chunk):
                    break
                sink.sendall(chunk)
        _close(source)
        _close(sink)


def _close(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
