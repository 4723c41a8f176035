"""What may be published of a count: nothing under five, and nothing from which one under five could be worked out.

Pure. A table whose total is public gives a single hidden cell away by subtraction, so a second one, the smallest left,
is hidden with it (complementary suppression, as the Office for National Statistics does for tables of people).
"""

from collections.abc import Mapping
from typing import Final, TypeVar

LEAST: Final = 5
Key = TypeVar("Key")


def hidden(counts: Mapping[Key, int]) -> frozenset[Key]:
    """Return the cells of one table that may not be shown, given that their sum is public. Noughts are shown.

    With any cell hidden, at least two are, or what is hidden together is at least five.
    """
    small = {key for key, count in counts.items() if 0 < count < LEAST}
    if not small:
        return frozenset()
    left = sorted((key for key, count in counts.items() if key not in small and count > 0), key=lambda key: counts[key])
    while left and (len(small) < 2 or sum(counts[key] for key in small) < LEAST):
        small.add(left.pop(0))
    return frozenset(small)
