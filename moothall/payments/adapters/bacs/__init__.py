"""Bacs files: what we send, as the 106-character payment records of Standard 18, and the reports that come back as XML.

The labels around the records (VOL, HDR, UHL, EOF, UTL) are put on by whatever sends them: a bureau or Bacstel-IP software.
Reports are read for what they say of one instruction or payment; layouts differ a little between senders, so elements are
known by their names wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Report = Literal["auddis", "addacs", "arudd"]
LONGEST: Final = 5_000_000
RECORD: Final = 106


class BadReport(ValueError):
    """The report cannot be read; the message says why. Nothing of it was taken."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The council as Bacs knows it: service user number, its own account, and the name payers see."""

    number: str
    sort_code: str
    account: str
    name: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record to send: an instruction (0 pence) or a payment, with the day it is worked on."""

    code: str
    sort_code: str
    account: str
    holder: str
    reference: str
    pence: int
    on: date


@dataclass(frozen=True, slots=True)
class Advice:
    """One line of a report. ``pence`` and ``on`` are of the payment that came back; the new account, where there is one."""

    kind: Report
    reference: str
    code: str
    on: date | None = None
    pence: int = 0
    sort_code: str = ""
    account: str = ""


def record_line(one: Record, sender: Sender) -> str:
    """Return one record of 106 characters: Standard 18, destination first, the processing day at its end."""
    julian = f" {one.on:%y%j}"
    line = (
        f"{one.sort_code:0>6}{one.account:0>8}0{one.code}{sender.sort_code:0>6}{sender.account:0>8}    {one.pence:011d}"
        f"{sender.name.upper():<18.18}{one.reference:<18.18}{one.holder:<18.18}{julian}"
    )
    if len(line) != RECORD:
        raise ValueError("A record is 106 characters long.")
    return line


def read_report(raw: bytes) -> tuple[Report, list[Advice]]:
    """Return what kind of report it is and its lines.

    Raises:
        BadReport: too long, no XML, or no report we know.
    """
    if len(raw) > LONGEST:
        raise BadReport("The report is larger than 5 MB. Bring it in by days.")
    try:
        root = ElementTree.fromstring(raw)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as wrong:
        raise BadReport("The file is no XML report of Bacs. Download it again, as XML.") from wrong
    found = list(_lines(root))
    kinds = {one.kind for one in found}
    if not found or len(kinds) > 1:
        raise BadReport("No AUDDIS, ADDACS or ARUDD lines are in this file.")
    return kinds.pop(), found


def _lines(root: Element) -> Iterator[Advice]:
    kind: Report = "addacs"
    for node in root.iter():
        name = str(node.tag).rpartition("}")[2]
        if name == "MessagingHeader" and "AUDDIS" in node.get("report-type", "").upper():
            kind = "auddis"
        elif name == "MessagingAdvice":
            yield _advice(node, kind)
        elif name == "ReturnedDebitItem":
            yield _returned(node)


def _advice(node: Element, kind: Report) -> Advice:
    reference, code = node.get("reference", "").strip(), node.get("reason-code", "").strip().upper()
    if not reference or not code:
        raise BadReport("A line of the report has no reference or no reason.")
    return Advice(
        kind, reference, code, on=_day(node.get("effective-date", "")),
        sort_code=_digits(node.get("payer-new-sort-code", "")), account=_digits(node.get("payer-new-account-number", "")),
    )  # fmt: skip


def _returned(node: Element) -> Advice:
    reference, code = node.get("ref", "").strip(), node.get("returnCode", "").strip().upper()
    day = _day(node.get("originalProcessingDate", ""))
    whole, _, part = node.get("valueOf", "").strip().replace(",", "").partition(".")
    if not reference or not code or day is None or not whole.isdigit() or (part and not part.isdigit()):
        raise BadReport("A line of the report lacks its reference, reason, day or amount.")
    return Advice("arudd", reference, code, on=day, pence=int(whole) * 100 + int(part.ljust(2, "0")[:2] or 0))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _digits(text: str) -> str:
    kept = "".join(one for one in text if one.isascii() and one.isdigit())
    return kept if len(kept) in {6, 8} else ""
