"""Where a deposit stands, in the same words for whoever paid it and for the officer who helps her."""

from __future__ import annotations

from moothall.interfaces.ui import words
from moothall.payments.queries.deposits import DepositLine


def deposit_words(line: DepositLine) -> str:
    """Return where a deposit stands: until when it is kept safe, that it went back, or what was kept of it and why."""
    amount = words.pence(line.pence)
    if line.state == "held":
        return f"{amount}. It goes back by itself{f', {words.day_time(line.due_at)}' if line.due_at else ''}."
    if line.state != "settled":
        return f"{amount}. We are looking into it."
    if not line.kept:
        return f"{amount}. It has gone back."
    rest = f" The rest, {words.pence(line.pence - line.kept)}, has gone back." if line.pence > line.kept else ""
    return f"We kept {words.pence(line.kept)} of {amount}. {line.why}{rest}"
