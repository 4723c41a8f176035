"""Money in words for the console's pages."""

from __future__ import annotations

from moothall.interfaces.ui import words
from moothall.interfaces.ui.parts import FactRow
from moothall.payments.queries import Bill


def exact(pence: int) -> str:
    """Return an amount as books have it, with its pence: £1,234.50, −£3.00."""
    return f"{'−' if pence < 0 else ''}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def bill_rows(about: Bill) -> list[FactRow]:
    """Return what a bill is for line by line, what it comes to, and what has become of it."""
    rows = [
        FactRow(str(line["says"]), "\n".join(filter(None, (_signed(int(line["pence"])), str(line.get("why", ""))))))
        for line in about.lines
    ]
    rows.append(FactRow("Together", words.pence(about.pence)))
    if about.vat:
        rows.append(FactRow("VAT, included", words.pence(about.vat)))
    if about.paid:
        rows.append(FactRow("Paid", words.pence(about.paid)))
    if about.back:
        rows.append(FactRow("Given back", words.pence(about.back)))
    if about.going_back:
        rows.append(FactRow("On its way back", words.pence(about.going_back)))
    return rows


def _signed(pence: int) -> str:
    return words.pence(pence) if pence >= 0 else f"−{words.pence(-pence)}"
