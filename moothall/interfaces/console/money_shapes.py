"""Money in words for the console's pages."""

from __future__ import annotations

from moothall.interfaces.ui import words
from moothall.interfaces.ui.parts import FactRow
from moothall.payments.queries import Bill


def bill_rows(about: Bill) -> list[FactRow]:
    """Return what a bill is for line by line, what it comes to, and what has become of it."""
    rows = [
        FactRow(str(line["says"]), "\n".join(filter(None, (words.pence(int(line["pence"])), str(line.get("why", ""))))))
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
