"""What may be published of a count: nothing under five, and nothing from which one under five could be worked out.

Pure. A table whose total is public gives a single hidden cell away by subtraction, so a second one, the smallest left,
is hidden with it (complementary suppression, as the Office for National Statistics does for tables of people).
"""

from collections.abc import Collection, Mapping
from typing import Final, TypeVar

LEAST: Final = 5
Key = TypeVar("Key")


def hidden(counts: Mapping[Key, int]) -> frozenset[Key]:
    """Return the cells of one table that may not be shown, given that their sum is public: another split of the same cases
    may tell it. Noughts are shown.

    What is hidden is two cells or more, five or more together, and more than one in each: else the sum would say that each
    is one. Where that cannot be had all cells are hidden, the noughts too.
    """
    small = {key for key, count in counts.items() if 0 < count < LEAST}
    if not small:
        return frozenset()
    left = sorted((key for key, count in counts.items() if key not in small and count > 0), key=lambda key: counts[key])
    while left and not _is_safe(small, counts):
        small.add(left.pop(0))
    return frozenset(small if _is_safe(small, counts) else counts)


def untold(counts: Mapping[Key, int]) -> bool:
    """Return whether not even the names of a table's cells may be shown: each name would say that there is one at least."""
    present = {key for key, count in counts.items() if count > 0}
    return bool(present) and hidden(counts) >= present and not _is_safe(present, counts)


def gives_away(left: int, cells: int) -> bool:
    """Return whether what is left of a published sum, after all that is shown, tells of one of so many hidden cells."""
    return left > 0 and (cells < 2 or left < LEAST or left <= cells)


def _is_safe(cells: Collection[Key], counts: Mapping[Key, int]) -> bool:
    return not gives_away(sum(counts[key] for key in cells), len(cells))
