"""Identifiers made here, not in the database, so that any PostgreSQL from 15 on will do."""

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """Return a UUID of version 7 (RFC 9562): rising within this process, so rows that come together lie together.

    The time inside is the machine's own and says only "about when": nothing reads it back.
    """
    global _last  # noqa: PLW0603  one counter per process keeps ids of one millisecond in order
    with _lock:
        milliseconds, fraction = divmod(time.time_ns(), 1_000_000)
        value = (milliseconds << 12) | (fraction * 4096 // 1_000_000)
        _last = max(value, _last + 1)
        value = _last
    tail = int.from_bytes(os.urandom(8), "big") & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=((value >> 12) << 80) | (0x7 << 76) | ((value & 0xFFF) << 64) | (0b10 << 62) | tail)
