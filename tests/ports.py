"""Ports for servers that tests start: from a range the machine itself hands to nobody, so that none is taken in between."""

from __future__ import annotations

import random
import socket

RANGE = range(15_000, 30_000)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    for port in random.SystemRandom().sample(RANGE, 200):
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("No free port between 15000 and 30000.")
