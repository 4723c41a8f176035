"""The counter: a visitor is here, and takes a slip of paper away."""

from moothall.channels.counter.slips import Slip, slip_of

__all__ = ["Slip", "slip_of"]
