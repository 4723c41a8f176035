"""What arrives in writing, whatever the channel: taken in once, given to who answers it, worked with until it is done.

A channel parses what arrives into an `ArrivedWriting` and calls `take_written`; it says how it acknowledges and answers by
`register_way`. It decides nothing else. `docs/seams.md` has the whole of it.
"""

from moothall.intake.written.arrived import ArrivedFile, ArrivedWriting
from moothall.intake.written.taking import Taken, take_written
from moothall.intake.written.ways import Outbound, Way, register_way

__all__ = ["ArrivedFile", "ArrivedWriting", "Outbound", "Taken", "Way", "register_way", "take_written"]
