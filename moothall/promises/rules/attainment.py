"""How well promises are kept, counting the work that is still late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from moothall.promises.rules.clock import ClockState, State


@dataclass(frozen=True)
class Attainment:
    """Counts of promises and the share kept: on time ÷ (closed + overdue open).

    Closed is kept on time, kept late, or withdrawn after it was already late; what was withdrawn in time and what is
    still running within its time count neither way.
    """

    on_time: int
    late: int
    overdue_open: int
    running: int
    withdrawn: int

    @property
    def closed(self) -> int:
        """Promises that ended, kept or not."""
        return self.on_time + self.late

    @property
    def counted(self) -> int:
        """The divisor: closed and overdue open."""
        return self.closed + self.overdue_open

    @property
    def share(self) -> float | None:
        """Kept on time out of counted, from 0 to 1; None when nothing has fallen due."""
        return self.on_time / self.counted if self.counted else None


def attainment(states: Iterable[ClockState]) -> Attainment:
    """Return how well a set of promises has been kept, each at its own `now`."""
    on_time = late = overdue = running = withdrawn = 0
    for s in states:
        if s.state is State.MET and not s.broken:
            on_time += 1
        elif s.state in (State.MET, State.MET_LATE) or (s.state is State.WITHDRAWN and s.broken):
            late += 1
        elif s.state is State.OVERDUE:
            overdue += 1
        elif s.state is State.WITHDRAWN:
            withdrawn += 1
        else:
            running += 1
    return Attainment(on_time, late, overdue, running, withdrawn)
