"""From pairs to people: records joined by pairs, directly or through others."""

from __future__ import annotations

from collections.abc import Callable, Iterable


class Groups:
    """Records by group, as pairs are joined one after another. Records are numbered from nought."""

    def __init__(self, count: int) -> None:
        self._over = list(range(count))
        self._members: dict[int, list[int]] = {}

    def of(self, record: int) -> int:
        """Return the number that stands for the record's group."""
        over = self._over
        while over[record] != record:
            over[record] = over[over[record]]
            record = over[record]
        return record

    def members(self, record: int) -> list[int]:
        """Return every record of this one's group."""
        top = self.of(record)
        return self._members.get(top, [top])

    def join(self, one: int, other: int) -> bool:
        """Put two records' groups together; say whether they were apart."""
        a, b = self.of(one), self.of(other)
        if a == b:
            return False
        mine, theirs = self._members.pop(a, [a]), self._members.pop(b, [b])
        if len(mine) < len(theirs):
            a, b, mine, theirs = b, a, theirs, mine
        self._over[b] = a
        mine.extend(theirs)
        self._members[a] = mine
        return True

    def several(self) -> Iterable[list[int]]:
        """Return the groups of more than one record."""
        return self._members.values()


def group(
    count: int,
    pairs: Iterable[tuple[int, int]],
    together: Callable[[int, int], bool] | None = None,
    *,
    joined: Iterable[tuple[int, int]] = (),
    made: list[tuple[int, int]] | None = None,
    kept_out: list[tuple[int, int]] | None = None,
) -> Groups:
    """Join pairs in the order given (best first). `together(a, b)`: whether two records may be in one group at all.

    A pair that would bring two records together which may not be is left out: a chain through a record that fits both
    (a “Chris” between the twins Christopher and Christine) joins neither. `joined`: pairs that are one already, whatever
    anybody thinks. `made`: takes the pairs that brought two groups together; `kept_out`, those that were not let.
    """
    groups = Groups(count)
    for one, other in joined:
        groups.join(one, other)
    for one, other in pairs:
        if groups.of(one) == groups.of(other):
            continue
        if together:
            mine, theirs = groups.members(one), groups.members(other)
            if not all(together(a, b) for a in mine for b in theirs):
                if kept_out is not None:
                    kept_out.append((one, other))
                continue
        groups.join(one, other)
        if made is not None:
            made.append((one, other))
    return groups
