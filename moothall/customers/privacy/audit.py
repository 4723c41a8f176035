"""An auditor's copy: the events of some months, their seals, who looked at whom and why, and what the check found."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import IO, Final

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.seals import verify
from moothall.core.seals.verifying import canonical_rows, months_between, seal_lines
from moothall.core.sheets import csv_line, csv_lines
from moothall.customers.privacy.queries import reasons_between
from moothall.customers.queries import looks_between

READ_ME = """What is in this archive

events.jsonl   every event of the months, one a line, in the order it was written. A line is the text that was sealed.
seals.csv      the chain: month, number, rows, digest of the seal before, digest of this one, when it was made
sealed.csv     for each sealed event: month, number of its seal, its id, the SHA-256 of its line
looks.csv      who looked at whose record, when, for which purpose, on which screen
reasons.csv    why officers said they looked, where they were asked; `note` is in their own words
verdict.json   what our own check found when this was made

To check it yourself
1. The SHA-256 of each line of events.jsonl (UTF-8, without the line's end) is the one in sealed.csv for its id.
   A line that is not there is newer than the last seal; an id that has no line was taken out.
2. The digest of a seal is the SHA-256 of "before:month:number:" followed by the id (16 bytes) and digest (32 bytes)
   of each of its rows, in the order of sealed.csv. `before` of the first seal of a month is 64 zeros.

Events hold ids and codes only. Nobody is named in them.
"""


SEALS: Final = ("month", "number", "rows", "before", "digest", "sealed_at")
SEALED: Final = ("month", "number", "event", "sha256")
LOOKS: Final = ("at", "actor_kind", "actor", "customer", "purpose", "screen", "case")
REASONS: Final = ("at", "officer", "customer", "purpose", "note")


def write_audit(out: IO[bytes], first: date, last: date, *, by: Actor, at: datetime) -> None:
    """Write the archive for the months from `first` to `last`, as a zip.

    Raises:
        Refused: the actor is no auditor.
    """
    require(by, "audit.view")
    months = months_between(first, last)
    begin = datetime(int(months[0][:4]), int(months[0][5:]), 1, tzinfo=UTC)
    year, month = int(months[-1][:4]), int(months[-1][5:])
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    verdict = verify(first, last)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", READ_ME)
        archive.writestr(
            "verdict.json", json.dumps(asdict(verdict) | {"holds": verdict.holds, "made_at": at}, default=str, indent=1)
        )
        with archive.open("events.jsonl", "w") as part:
            for line in canonical_rows(first, last):
                part.write(line.encode() + b"\n")
        seals, sealed = [csv_line(SEALS)], [csv_line(SEALED)]
        for one in seal_lines(months):
            seals.append(csv_line((one.month, one.number, one.rows, one.before, one.digest, one.sealed_at.isoformat())))
            sealed += [csv_line((one.month, one.number, event_id, digest)) for event_id, digest in one.entries]
        archive.writestr("seals.csv", "".join(seals))
        archive.writestr("sealed.csv", "".join(sealed))
        looks = (
            (one.at.isoformat(), one.actor_kind, one.actor_id, one.customer_id, one.purpose, one.screen, one.case_id)
            for one in looks_between(begin, end, by)
        )
        archive.writestr("looks.csv", "".join(csv_lines(LOOKS, looks)))
        reasons = (
            (one.said_at.isoformat(), one.staff_id, one.customer_id, one.purpose, one.note)
            for one in reasons_between(begin, end, by)
        )
        archive.writestr("reasons.csv", "".join(csv_lines(REASONS, reasons)))
