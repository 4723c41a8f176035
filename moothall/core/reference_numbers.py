"""References that cannot collide: numbers of one sequence, taken a thousand at a time, each turned into its own reference.

Drawing references at random would hit a taken one about once in a thousand new rows of a large council, and an insert that
fails cannot be tried again without a savepoint around every one. A sequence never gives a number twice.
"""

import threading

from django.db import connection

from moothall.core.references import reference_of

BLOCK = 1000
_lock = threading.Lock()
_next, _end = 0, 0


def next_reference() -> str:
    """Return a reference nobody has had. One statement in a thousand calls."""
    return next_references(1)[0]


def next_references(count: int) -> list[str]:
    """Return as many references nobody has had."""
    global _next, _end  # noqa: PLW0603  what is left of this process's block
    found: list[int] = []
    with _lock:
        while len(found) < count:
            if _next >= _end:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT nextval('core_reference')")
                    _next = int(cursor.fetchone()[0]) * BLOCK
                _end = _next + BLOCK
            take = min(count - len(found), _end - _next)
            found.extend(range(_next, _next + take))
            _next += take
    return [reference_of(number) for number in found]


def forget() -> None:
    """Leave the rest of the block: the next numbers come from the database that is connected then (tests)."""
    global _next, _end  # noqa: PLW0603
    with _lock:
        _next = _end = 0
