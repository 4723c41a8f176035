"""Identifiers made here, not in the database, so that any PostgreSQL from 15 on will do."""

import os
import threading
import time
from collections.abc import Iterator
from typing import Final
from uuid import UUID

_lock = threading.Lock()
_last = 0
_BLOCK: Final = 256


def new_id() -> UUID:
    """Return a UUID of version 7 (RFC 9562): rising within this process, so rows that come together lie together.

    The time inside is the machine's own and says only "about when": nothing reads it back.
    """
    return _made(_reserve(1), os.urandom(8))


def new_ids() -> Iterator[UUID]:
    """Yield ids like those of `new_id`, for many at once: they rise, and cost a fraction of one at a time."""
    while True:
        first, tails = _reserve(_BLOCK), os.urandom(8 * _BLOCK)
        for place in range(_BLOCK):
            yield _made(first + place, tails[8 * place : 8 * place + 8])


def _reserve(count: int) -> int:
    """The first of so many numbers in a row that no other id of this process has."""
    global _last  # noqa: PLW0603  one counter per process keeps ids of one millisecond in order
    with _lock:
        milliseconds, fraction = divmod(time.time_ns(), 1_000_000)
        first = max((milliseconds << 12) | (fraction * 4096 // 1_000_000), _last + 1)
        _last = first + count - 1
    return first


def _made(value: int, random: bytes) -> UUID:
    tail = int.from_bytes(random, "big") & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=((value >> 12) << 80) | (0x7 << 76) | ((value & 0xFFF) << 64) | (0b10 << 62) | tail)
